import type { Instrument } from './charges.ts';
import type { StripeContext } from './context.ts';
import { StripeError } from './errors.ts';
import { confirmIntent, createIntent } from './intents.ts';
import type { StripeObject } from './objects.ts';

interface IntentData {
  captureMethod: string;
  description: string | null;
  metadata: Record<string, string>;
}

/** The intent of a page; made when its payer first begins to pay. */
function intentOf(context: StripeContext, session: StripeObject): StripeObject {
  const { objects, store } = context;
  if (typeof session.payment_intent === 'string') {
    return objects.need('payment_intent', session.payment_intent);
  }
  const data = store.readRecord<IntentData>(`stripe_intent_data_${session.id}`);
  if (data === undefined) {
    throw new Error(`the page ${session.id} does not know what it is for`);
  }
  const intent = createIntent(context, {
    ...data,
    amount: session.amount_total as number,
    currency: session.currency as string,
    paymentMethodTypes: session.payment_method_types as string[],
  });
  store.writeRecord(`stripe_session_of_${intent.id}`, session.id);
  objects.update({ ...session, payment_intent: intent.id });
  return intent;
}

/** The payer pays on the page. Throws Stripe's refusals, a declined card among them. */
export function payOnSession(
  context: StripeContext,
  session: StripeObject,
  instrument: Instrument,
  hasActed = false,
): StripeObject {
  if (session.status !== 'open') {
    throw new StripeError(400, {
      type: 'invalid_request_error',
      message: `This page is not open any more: ${String(session.status)}.`,
    });
  }
  return confirmIntent(context, intentOf(context, session), instrument, hasActed);
}

/** For a page that has ended: the intent that its payer would have paid on. */
export function lateIntentOf(context: StripeContext, session: StripeObject): StripeObject {
  const intent = intentOf(context, session);
  const canceled = { ...intent, status: 'canceled' };
  context.objects.update(canceled);
  return canceled;
}
