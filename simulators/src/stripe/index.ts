import type { FastifyInstance } from 'fastify';
import type { ControlRoute } from '../control/route.ts';
import type { Journal } from '../journal.ts';
import { createAccount } from './account.ts';
import { TEST_CARDS } from './cards.ts';
import { PROVIDER, type StripeContext } from './context.ts';
import { createStripeControl, type StripeControl } from './control.ts';
import { stripeRoutes } from './control-routes.ts';
import { createIdempotencyKeys, IDEMPOTENCY_TABLES } from './idempotency.ts';
import { cancelIntent, payLate, settleDebit } from './intents.ts';
import { createStripeListener } from './listener.ts';
import { createObjects, OBJECT_TABLES } from './objects.ts';
import { STRIPE_FAULTS } from './operations.ts';
import { lateIntentOf } from './pay.ts';
import { failRefund, succeedRefund } from './refunds.ts';
import { expireSession } from './sessions.ts';
import { createWebhookChannel } from './webhooks.ts';

export type { StripeControl } from './control.ts';

export type StripeDependencies = Omit<StripeContext, 'account' | 'objects' | 'keys' | 'addresses'> & {
  dataDir: string | undefined;
  journal: Journal;
  addresses(): { control: string; stripe: string };
};

/** The simulated Stripe: its listener, its part of the control API, and its tables for a reset. */
export interface SimulatedStripe {
  listener: FastifyInstance;
  control: StripeControl;
  routes: ControlRoute[];
  tables: readonly string[];
}

export function createStripe(dependencies: StripeDependencies): SimulatedStripe {
  const { store, clock, faults, notifier, dataDir } = dependencies;
  const context: StripeContext = {
    ...dependencies,
    account: createAccount(store, dataDir),
    objects: createObjects(store, clock),
    keys: createIdempotencyKeys(store, clock),
  };
  faults.register(PROVIDER, STRIPE_FAULTS);
  notifier.register(PROVIDER, createWebhookChannel(context));
  registerTasks(context);
  const control = createStripeControl(context, () => dependencies.addresses().stripe);
  return {
    listener: createStripeListener(context, dependencies.journal),
    control,
    routes: stripeRoutes(control),
    tables: [...OBJECT_TABLES, ...IDEMPOTENCY_TABLES],
  };
}

function registerTasks(context: StripeContext): void {
  const { scheduler, store, objects } = context;
  const register = (kind: string, work: (id: string) => unknown) =>
    scheduler.register(kind, (task) => void store.transaction(() => work(task.subject)));
  register('stripe.settle-debit', (id) => settleDebit(context, id));
  register('stripe.succeed-refund', (id) => succeedRefund(context, id));
  register('stripe.fail-refund', (id) => failRefund(context, id));
  register('stripe.expire-session', (id) => {
    const session = objects.find(id);
    return session?.status === 'open' ? expireSession(context, session) : undefined;
  });
  register('stripe.expire-hold', (id) => {
    const intent = objects.find(id);
    return intent?.status === 'requires_capture' ? cancelIntent(context, intent, 'automatic') : undefined;
  });
  register('stripe.pay-late', (id) => {
    const object = objects.find(id);
    const intent = object?.object === 'checkout.session' ? lateIntentOf(context, object) : object;
    const card = TEST_CARDS['4242424242424242'];
    return intent && card ? payLate(context, intent.id, card) : undefined;
  });
}
