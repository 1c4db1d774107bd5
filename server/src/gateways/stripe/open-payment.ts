/**
 * Opening an intent or a page at Stripe, and finding again what was opened. Invariant: one attempt of ours is at most one
 * object at Stripe, because its creation carries a key made of the attempt's id, and every request for it is the same to the
 * byte; within the key's life Stripe answers a repeat with what the first one made.
 *
 * Crash story: if the process dies after the call, the object may exist without our knowing its name. Asking for it again
 * under the same key names it, whether the first request arrived or not, and from then on it is queried and closed by name.
 */
import type { Stripe } from 'stripe';
import { type Clock, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../kernel/clock.ts';
import type { ClientParameters, GatewayReason, PaymentRequest } from '../gateway.ts';
import type { StripeClient } from './client.ts';
import type { CheckedSettings } from './config.ts';
import { MALFORMED_ANSWER, type Refusal } from './errors.ts';
import { intentSchema } from './intent.ts';
import { toPayerText } from './payer-text.ts';
import { sessionSchema } from './session.ts';

/** Stripe keeps a key for at least a day; an hour of it is left unused, for clocks and long roads. */
export const KEY_LIFE_MS = 23 * HOUR_MS;

/** A page lives from half an hour to a day, counted from when Stripe makes it; closing ends it before. */
const SHORTEST_PAGE_MS = 45 * MINUTE_MS;
const LONGEST_PAGE_MS = 23 * HOUR_MS;
const MAX_NAME_CHARACTERS = 250;

export type Form = 'intent' | 'session';

export interface Opened {
  readonly kind: 'opened';
  /** `pi_…` or `cs_…`. */
  readonly reference: string;
  readonly parameters: ClientParameters;
  /** It was there before this request; its state may have changed since. */
  readonly isReplayed: boolean;
}

export type OpenAnswer =
  | Opened
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly reason: GatewayReason }
  | { readonly kind: 'not_sent' | 'unknown'; readonly reason: GatewayReason };

export type OpenPayment = (request: PaymentRequest, timeoutMs?: number) => Promise<OpenAnswer>;

export interface OpenPaymentDeps {
  readonly client: StripeClient;
  readonly settings: CheckedSettings;
}

/** A card is typed in at Stripe or in the caller's page; everything else only at Stripe. */
export function formOf({ method }: Pick<PaymentRequest, 'method'>, { cardForm }: CheckedSettings): Form {
  return method !== 'stripe' && cardForm === 'intent' ? 'intent' : 'session';
}

export function isKeyAlive({ createdAt }: Pick<PaymentRequest, 'createdAt'>, clock: Clock): boolean {
  return clock.now() - createdAt < KEY_LIFE_MS;
}

/** What comes back with every object, so that events and bills name our payment. */
function metadataOf({ id, method }: PaymentRequest, form: Form): Record<string, string> {
  return { payment_id: id, method, form };
}

function nameOf({ description, id }: PaymentRequest): string {
  return toPayerText(description, MAX_NAME_CHARACTERS) || id;
}

export function buildIntent(request: PaymentRequest): Stripe.PaymentIntentCreateParams {
  return {
    amount: request.amount.amount,
    currency: request.amount.currency.toLowerCase(),
    capture_method: request.captureMode,
    description: nameOf(request),
    metadata: metadataOf(request, 'intent'),
    allowed_payment_method_types: ['card'],
  };
}

export function buildSession(request: PaymentRequest): Stripe.Checkout.SessionCreateParams {
  const { createdAt, expiresAt, amount } = request;
  const lifeMs = Math.min(Math.max(expiresAt - createdAt, SHORTEST_PAGE_MS), LONGEST_PAGE_MS);
  return {
    mode: 'payment',
    success_url: request.returnUrl,
    cancel_url: request.returnUrl,
    client_reference_id: request.id,
    expires_at: Math.ceil((createdAt + lifeMs) / SECOND_MS),
    // Or Stripe offers to charge in the payer's own currency, and the amount is not what was asked for.
    adaptive_pricing: { enabled: false },
    line_items: [
      {
        quantity: 1,
        price_data: {
          currency: amount.currency.toLowerCase(),
          unit_amount: amount.amount,
          product_data: { name: nameOf(request) },
        },
      },
    ],
    metadata: metadataOf(request, 'session'),
    payment_intent_data: {
      capture_method: request.captureMode,
      description: nameOf(request),
      metadata: metadataOf(request, 'session'),
    },
    ...(request.method !== 'stripe' && { allowed_payment_method_types: ['card'] }),
  };
}

function readIntentAnswer(
  body: unknown,
  publishableKey: string,
): Omit<Opened, 'kind' | 'isReplayed'> | undefined {
  const { data } = intentSchema.safeParse(body);
  return data?.client_secret
    ? { reference: data.id, parameters: { clientSecret: data.client_secret, publishableKey } }
    : undefined;
}

function readSessionAnswer(body: unknown): Omit<Opened, 'kind' | 'isReplayed'> | undefined {
  const { data } = sessionSchema.safeParse(body);
  return data?.url ? { reference: data.id, parameters: { redirectUrl: data.url } } : undefined;
}

export function createOpenPayment({ client, settings }: OpenPaymentDeps): OpenPayment {
  return async (request, timeoutMs) => {
    const form = formOf(request, settings);
    const options = { idempotencyKey: `${request.id}:create` };
    const answer = await client.call(
      {
        operation: `create_${form}`,
        subject: request.id,
        isSafeToRepeat: true,
        ...(timeoutMs !== undefined && { timeoutMs }),
      },
      (sdk) =>
        form === 'intent'
          ? sdk.paymentIntents.create(buildIntent(request), options)
          : sdk.checkout.sessions.create(buildSession(request), options),
    );
    if (answer.kind !== 'done') {
      return answer;
    }
    const opened =
      form === 'intent'
        ? readIntentAnswer(answer.body, settings.publishableKey)
        : readSessionAnswer(answer.body);
    return opened
      ? { kind: 'opened', ...opened, isReplayed: answer.isReplayed }
      : { kind: 'unknown', reason: MALFORMED_ANSWER };
  };
}
