import type { FastifyInstance } from 'fastify';
import type { ControlRoute } from '../control/route.ts';
import type { Journal } from '../journal.ts';
import { type PaypalContext, PROVIDER } from './context.ts';
import { createPaypalControl, type PaypalControl } from './control.ts';
import { paypalRoutes } from './control-routes.ts';
import { createDisputes, DISPUTE_TABLES } from './disputes.ts';
import { createPaypalListener } from './listener.ts';
import { loadMaterial } from './material.ts';
import { registerSettlements } from './money-moves.ts';
import { PAYPAL_FAULTS } from './operations.ts';
import { createOrders, ORDER_TABLES } from './orders.ts';
import { createPaypalSettings } from './paypal-settings.ts';
import { createReplays, REPLAY_TABLES } from './replays.ts';
import { createTokens, TOKEN_TABLES } from './tokens.ts';
import { createNotificationChannel } from './webhooks.ts';

export type { PaypalControl } from './control.ts';

export type PaypalDependencies = Pick<
  PaypalContext,
  'store' | 'clock' | 'faults' | 'scheduler' | 'notifier' | 'payers' | 'baseUrl'
> & {
  dataDir: string | undefined;
  journal: Journal;
};

/** The simulated PayPal: its listener, its part of the control API, and its tables for a reset. */
export interface Paypal {
  listener: FastifyInstance;
  control: PaypalControl;
  routes: ControlRoute[];
  tables: readonly string[];
  reset(): void;
}

export async function createPaypal(dependencies: PaypalDependencies): Promise<Paypal> {
  const { store, clock, faults, notifier } = dependencies;
  const settings = createPaypalSettings(store);
  const context: PaypalContext = {
    ...dependencies,
    settings,
    material: await loadMaterial(dependencies.dataDir, clock.now()),
    tokens: createTokens(store, clock),
    orders: createOrders(store, clock),
    disputes: createDisputes(store),
    replays: createReplays(store, clock),
  };
  faults.register(PROVIDER, PAYPAL_FAULTS);
  notifier.register(PROVIDER, createNotificationChannel(context));
  registerSettlements(context);
  const control = createPaypalControl(context);
  return {
    listener: createPaypalListener(context, dependencies.journal),
    control,
    routes: paypalRoutes(control),
    tables: [...ORDER_TABLES, ...DISPUTE_TABLES, ...REPLAY_TABLES, ...TOKEN_TABLES],
    reset: () => settings.reset(),
  };
}
