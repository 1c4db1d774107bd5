/**
 * Closing at Stripe: an intent is cancelled, a page is made to expire and the intent under it is cancelled. Of an
 * authorisation this is its void.
 *
 * Each of these calls has a key that is never used again: what Stripe repeats under an old key is the answer of back then,
 * and a refusal because the bank was at work would stand for a day. Doing it twice does no more than once.
 */
import { randomUUID } from 'node:crypto';
import type { ClosePaymentResult, KnownPayment, QueryPaymentResult } from '../gateway.ts';
import type { StripeAnswer, StripeClient } from './client.ts';
import type { FindPayment } from './find-payment.ts';
import { isSession, type ReadPayment } from './query-payment.ts';

export interface ClosePaymentDeps {
  readonly client: StripeClient;
  readonly findPayment: FindPayment;
  readonly readPayment: ReadPayment;
}

/** What a state means to somebody who wants to close; `undefined` where it can be closed. */
function alreadyOver(result: QueryPaymentResult): ClosePaymentResult | undefined {
  switch (result.outcome) {
    case 'succeeded':
      return { outcome: 'already_paid' };
    case 'closed':
    case 'declined':
      return { outcome: 'closed' };
    case 'processing':
      return { outcome: 'not_closable' };
    case 'not_found':
      return { outcome: 'not_found' };
    case 'unknown':
      return { outcome: 'unknown', reason: result.reason };
    case 'pending':
    case 'approved':
    case 'authorized':
      return undefined;
  }
}

const NOT_CLOSED = { code: 'not_closed', message: 'Stripe did not close the payment.' };

export function createClosePayment({ client, findPayment, readPayment }: ClosePaymentDeps) {
  function cancelIntent(id: string, intentId: string): Promise<StripeAnswer> {
    return client.call({ operation: 'cancel_intent', subject: id, isSafeToRepeat: false }, (sdk) =>
      sdk.paymentIntents.cancel(
        intentId,
        { cancellation_reason: 'abandoned' },
        { idempotencyKey: `${id}:cancel:${randomUUID()}` },
      ),
    );
  }

  function expireSession(id: string, sessionId: string): Promise<StripeAnswer> {
    return client.call({ operation: 'expire_session', subject: id, isSafeToRepeat: false }, (sdk) =>
      sdk.checkout.sessions.expire(sessionId, {}, { idempotencyKey: `${id}:expire:${randomUUID()}` }),
    );
  }

  /** The intent that a page has, once its payer has begun to pay. */
  async function closeSession(id: string, reference: string): Promise<StripeAnswer> {
    const seen = await readPayment({ id }, reference);
    const beneath = seen.object && 'payment_intent' in seen.object ? seen.object.payment_intent : null;
    const intentId = typeof beneath === 'string' ? beneath : beneath?.id;
    if (seen.result.outcome === 'authorized' && intentId !== undefined) {
      return cancelIntent(id, intentId);
    }
    const expired = await expireSession(id, reference);
    return expired.kind === 'done' && intentId !== undefined ? cancelIntent(id, intentId) : expired;
  }

  return async (payment: KnownPayment): Promise<ClosePaymentResult> => {
    const found = await findPayment(payment);
    if (found.kind !== 'found') {
      return found.kind === 'unknown'
        ? { outcome: 'unknown', reason: found.reason }
        : { outcome: 'not_found' };
    }
    const { id } = payment;
    const { reference } = found;
    const answer = isSession(reference)
      ? await closeSession(id, reference)
      : await cancelIntent(id, reference);
    if (answer.kind === 'not_sent' || answer.kind === 'unknown') {
      return { outcome: 'unknown', reason: answer.reason };
    }
    // Done or refused: in both cases what stands there now decides, for the payer may have been quicker.
    const { result } = await readPayment(payment, reference);
    const reason = answer.kind === 'refused' ? answer.reason : NOT_CLOSED;
    return alreadyOver(result) ?? { outcome: 'unknown', reason };
  };
}
