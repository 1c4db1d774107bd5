import type { StripeContext } from './context.ts';
import { invalidRequest, StripeError } from './errors.ts';
import { emit } from './events.ts';
import type { StripeObject } from './objects.ts';
import { SESSION_SHAPE } from './shapes.ts';

const MIN_LIFE_SECONDS = 30 * 60;
const MAX_LIFE_SECONDS = 24 * 60 * 60;

export interface NewSession {
  amount: number;
  currency: string;
  successUrl: string;
  cancelUrl: string | null;
  clientReferenceId: string | null;
  expiresAt: number | undefined;
  metadata: Record<string, string>;
  paymentMethodTypes: string[];
  /** What the intent will be made with, once the payer begins to pay. */
  intentData: { captureMethod: string; description: string | null; metadata: Record<string, string> };
}

export function createSession(context: StripeContext, input: NewSession): StripeObject {
  const { objects, addresses, scheduler, store } = context;
  const created = objects.nowSeconds();
  const expiresAt = input.expiresAt ?? created + MAX_LIFE_SECONDS;
  if (expiresAt < created + MIN_LIFE_SECONDS || expiresAt > created + MAX_LIFE_SECONDS) {
    throw invalidRequest(
      'The `expires_at` timestamp must be at least 30 minutes and less than 24 hours from Checkout Session creation.',
      'expires_at',
    );
  }
  const id = objects.newId('checkout.session');
  const session: StripeObject = {
    ...SESSION_SHAPE,
    id,
    amount_subtotal: input.amount,
    amount_total: input.amount,
    cancel_url: input.cancelUrl,
    client_reference_id: input.clientReferenceId,
    created,
    currency: input.currency,
    expires_at: expiresAt,
    metadata: input.metadata,
    payment_method_types: input.paymentMethodTypes,
    success_url: input.successUrl,
    url: `${addresses().control}/stripe/pay?session=${id}`,
  };
  objects.insert(session);
  store.writeRecord(`stripe_intent_data_${id}`, input.intentData);
  scheduler.schedule('stripe.expire-session', id, expiresAt * 1000);
  return session;
}

/** Ends the page. Whoever has paid on it can not be stopped any more. */
export function expireSession(context: StripeContext, session: StripeObject): StripeObject {
  if (session.status !== 'open') {
    // What a payer has done in the same moment stays done.
    throw new StripeError(
      400,
      {
        type: 'invalid_request_error',
        message: `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ${String(session.status)}.`,
      },
      true,
    );
  }
  const expired = { ...session, status: 'expired', url: null };
  context.objects.update(expired);
  context.scheduler.cancel('stripe.expire-session', session.id);
  emit(context, 'checkout.session.expired', expired);
  return expired;
}

/** The page that an intent belongs to, where it was made by one. */
export function sessionOf(context: StripeContext, intent: StripeObject): StripeObject | undefined {
  const sessionId = context.store.readRecord<string>(`stripe_session_of_${intent.id}`);
  return sessionId === undefined ? undefined : context.objects.find(sessionId);
}

/** The page is complete once its payer has agreed; whether money has come is said beside it. */
export function followIntent(
  context: StripeContext,
  intent: StripeObject,
  type = 'checkout.session.completed',
): void {
  const session = sessionOf(context, intent);
  if (session === undefined) {
    return;
  }
  const followed = {
    ...session,
    status: session.status === 'expired' ? 'expired' : 'complete',
    url: null,
    payment_status: intent.status === 'succeeded' ? 'paid' : 'unpaid',
  };
  context.objects.update(followed);
  context.scheduler.cancel('stripe.expire-session', session.id);
  const isNews = type !== 'checkout.session.completed' || session.status === 'open';
  if (isNews) {
    emit(context, type, followed);
  }
}
