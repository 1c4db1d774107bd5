/**
 * Notifications: verified over the raw bytes and read with the same tables as answers. Events come in any order and more than
 * once; each says what its object was at the time, in words that never take a payment backwards where they are applied.
 */
import { z } from 'zod';
import type {
  IncomingNotification,
  NotificationReply,
  NotificationResult,
  NotificationSubject,
  QueryPaymentResult,
} from '../gateway.ts';
import { chargeSchema, factsOfCharge, heldUntil } from './charge.ts';
import type { CheckedSettings } from './config.ts';
import { readDispute } from './dispute.ts';
import { intentSchema, resultOfIntent } from './intent.ts';
import { readRefund } from './refund-reading.ts';
import { resultOfSession, sessionSchema } from './session.ts';
import { verifyMessage } from './verify.ts';

const eventSchema = z.object({
  object: z.literal('event'),
  id: z.string().regex(/^evt_\w{1,100}$/),
  type: z.string().min(1).max(100),
  created: z.int(),
  livemode: z.boolean(),
  /** There only where the event is of an account connected to ours. */
  account: z.string().nullish(),
  data: z.object({ object: z.unknown() }),
});

type Event = z.infer<typeof eventSchema>;

/** The payment of ours that an intent at Stripe is for: asked for where an event does not say it. */
export type FindPaymentOfIntent = (
  intentId: string,
) => Promise<{ readonly kind: 'found'; readonly paymentId: string } | { readonly kind: 'none' | 'unknown' }>;

export interface NotificationDeps {
  readonly settings: CheckedSettings;
  readonly findPaymentOfIntent: FindPaymentOfIntent;
}

const OTHER: NotificationSubject = { type: 'other' };

/** `undefined`: it is not of the shape that its type promises. `unavailable`: Stripe has to be asked, and did not answer. */
type Reading = NotificationSubject | 'unavailable' | undefined;

function ofPayment(paymentId: string | undefined, result: QueryPaymentResult): NotificationSubject {
  // Without our number it is a payment of somebody else who uses the same account.
  return paymentId === undefined ? OTHER : { type: 'payment', paymentId, result };
}

function readIntentEvent({ data, created }: Event, merchantAccount: string): Reading {
  const intent = intentSchema.safeParse(data.object).data;
  if (!intent) {
    return undefined;
  }
  const { payment_id: paymentId, form } = intent.metadata ?? {};
  const result = resultOfIntent(intent, { merchantAccount, toldAt: created });
  if (form !== 'session') {
    return ofPayment(paymentId, result);
  }
  // Only the page's own expiry says that nobody can pay any more; and it is the page that goes by a name here.
  if (result.outcome === 'closed') {
    return OTHER;
  }
  const { reference: _intent, ...rest } = result as { reference?: string } & QueryPaymentResult;
  return ofPayment(paymentId, rest);
}

/** The charge itself, where card and time stand. One that failed is told by its intent. */
function readChargeEvent({ data }: Event, merchantAccount: string): Reading {
  const charge = chargeSchema.safeParse(data.object).data;
  if (!charge) {
    return undefined;
  }
  if (charge.status !== 'succeeded') {
    return OTHER;
  }
  const amount = charge.captured ? charge.amount_captured : charge.amount;
  const facts = factsOfCharge(charge, amount, merchantAccount);
  const until = heldUntil(charge);
  return ofPayment(
    charge.metadata?.payment_id,
    charge.captured
      ? { outcome: 'succeeded', facts }
      : { outcome: 'authorized', facts, ...(until && { authorisedUntil: until }) },
  );
}

function readSessionEvent({ data, created, type }: Event, merchantAccount: string): Reading {
  const session = sessionSchema.safeParse(data.object).data;
  if (!session) {
    return undefined;
  }
  const result: QueryPaymentResult =
    type === 'checkout.session.async_payment_failed'
      ? { outcome: 'declined', reason: { code: 'async_payment_failed', message: 'The bank refused.' } }
      : resultOfSession(session, { merchantAccount, toldAt: created });
  return ofPayment(session.metadata?.payment_id, result);
}

async function readRefundEvent(
  { data }: Event,
  merchantAccount: string,
  findPaymentOfIntent: FindPaymentOfIntent,
): Promise<Reading> {
  const refund = readRefund(data.object);
  if (!refund) {
    return undefined;
  }
  if (refund.refundId === null && !refund.hasMovedMoney) {
    return OTHER;
  }
  let { paymentId } = refund;
  if (paymentId === null && refund.intentId !== null) {
    const found = await findPaymentOfIntent(refund.intentId);
    if (found.kind === 'unknown') {
      return 'unavailable';
    }
    paymentId = found.kind === 'found' ? found.paymentId : null;
  }
  return paymentId === null
    ? OTHER
    : {
        type: 'refund',
        refundId: refund.refundId ?? refund.providerRefundId,
        paymentId,
        result: refund.resultFor(paymentId, merchantAccount),
      };
}

function readDisputeEvent({ data }: Event, merchantAccount: string): Reading {
  const facts = readDispute(data.object, merchantAccount);
  return facts && { type: 'dispute', facts };
}

function readSubject(event: Event, account: string, find: FindPaymentOfIntent): Reading | Promise<Reading> {
  const { type } = event;
  if (type.startsWith('payment_intent.')) {
    return readIntentEvent(event, account);
  }
  if (type.startsWith('checkout.session.')) {
    return readSessionEvent(event, account);
  }
  if (type === 'charge.succeeded' || type === 'charge.captured') {
    return readChargeEvent(event, account);
  }
  if (type.startsWith('refund.') || type === 'charge.refund.updated') {
    return readRefundEvent(event, account, find);
  }
  if (type.startsWith('charge.dispute.')) {
    return readDisputeEvent(event, account);
  }
  return OTHER;
}

/** Whose event it is. A test event under live keys, or the reverse, is another merchant's as far as money goes. */
function accountOf({ account, livemode }: Event, { accountId, isLive }: CheckedSettings): string {
  const named = account ?? accountId;
  return livemode === isLive ? named : `${named}:${livemode ? 'live' : 'test'}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function createParseNotification({ settings, findPaymentOfIntent }: NotificationDeps) {
  return async (notification: IncomingNotification): Promise<NotificationResult> => {
    const verification = verifyMessage(notification, settings.webhookSecrets);
    if (!verification.isValid) {
      return { outcome: 'rejected', status: 400, reason: verification.reason };
    }
    const event = eventSchema.safeParse(parseJson(notification.body.toString('utf8'))).data;
    if (!event) {
      return { outcome: 'rejected', status: 400, reason: 'malformed' };
    }
    const merchantAccount = accountOf(event, settings);
    const subject = await readSubject(event, merchantAccount, findPaymentOfIntent);
    if (subject === 'unavailable') {
      return { outcome: 'unverified', reason: 'payment_not_asked' };
    }
    return subject
      ? { outcome: 'verified', eventId: event.id, eventType: event.type, merchantAccount, subject }
      : { outcome: 'rejected', status: 400, reason: 'malformed_object' };
  };
}

/** Stripe wants any 2xx soon, or it sends the event again for three days. */
export function replyTo(isAccepted: boolean): NotificationReply {
  return {
    status: isAccepted ? 200 : 500,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ received: isAccepted }),
  };
}
