/**
 * Refunds. Invariant: one refund of ours is at most one refund at PayPal, because our refund's id is its PayPal-Request-Id,
 * kept there for 45 days, and stands in its `custom_id`, by which the order shows it at any time. `failed` lets a new refund
 * be made under a new number, so it is answered only when PayPal has refused for good **and** the order shows none of this
 * number. If the process dies after the call, the refund is found by its query.
 */
import type {
  GatewayReason,
  KnownRefund,
  QueryRefundResult,
  RefundRequest,
  RefundResult,
} from '../gateway.ts';
import type { PaypalAnswer, PaypalClient } from './client.ts';
import { FOREIGN_ANSWER, MALFORMED_ANSWER } from './issues.ts';
import type { LookUp } from './look-up.ts';
import { toPaypalMoney } from './money.ts';
import { readRefund, refundCustomId } from './refund-reading.ts';

const MAX_NOTE_LENGTH = 255;

export function buildRefundBody(request: RefundRequest): string {
  const note = (request.reason ?? '').replace(/\s+/g, ' ').trim().slice(0, MAX_NOTE_LENGTH);
  return JSON.stringify({
    amount: toPaypalMoney(request.amount),
    custom_id: refundCustomId(request.payment.id, request.id),
    invoice_id: request.id,
    ...(note !== '' && { note_to_payer: note }),
  });
}

function readAnswer(body: unknown, id: string): RefundResult {
  const refund = readRefund(body);
  if (!refund) {
    return { outcome: 'unknown', reason: MALFORMED_ANSWER };
  }
  return refund.refundId === id ? refund.result : { outcome: 'unknown', reason: FOREIGN_ANSWER };
}

export function createRefunds(client: PaypalClient, lookUp: LookUp) {
  /** Of all refunds of the order, the one that carries our number. */
  async function findInOrder({ id, payment }: RefundRequest): Promise<QueryRefundResult> {
    if (payment.reference === null) {
      return {
        outcome: 'unknown',
        reason: { code: 'no_order', message: 'The order of PayPal is not known.' },
      };
    }
    const looked = await lookUp({ id: payment.id, reference: payment.reference });
    if (looked.kind === 'none') {
      // An order that can not be read says nothing about its refunds.
      const reason: GatewayReason =
        looked.result.outcome === 'unknown'
          ? looked.result.reason
          : { code: 'no_order', message: 'PayPal does not show the order any more.' };
      return { outcome: 'unknown', reason };
    }
    const found = looked.order.refunds.map(readRefund).find((refund) => refund?.refundId === id);
    return found?.result ?? { outcome: 'not_found' };
  }

  async function queryRefund(refund: KnownRefund): Promise<QueryRefundResult> {
    if (refund.providerRefundId === null) {
      return findInOrder(refund);
    }
    const answer = await client.call({
      operation: 'get_refund',
      subject: refund.id,
      method: 'GET',
      path: `/v2/payments/refunds/${encodeURIComponent(refund.providerRefundId)}`,
      isSafeToRepeat: true,
    });
    switch (answer.kind) {
      case 'done':
        return readAnswer(answer.body, refund.id);
      case 'refused':
      case 'not_sent':
      case 'unknown':
        return { outcome: 'unknown', reason: answer.reason };
    }
  }

  async function judgeRefusal(
    request: RefundRequest,
    { refusal, reason }: Extract<PaypalAnswer, { kind: 'refused' }>,
  ): Promise<RefundResult> {
    if (refusal === 'misconfigured') {
      return { outcome: 'not_sent', reason };
    }
    if (refusal === 'in_progress') {
      return { outcome: 'unknown', reason };
    }
    const found = await findInOrder(request);
    if (found.outcome !== 'not_found') {
      return found;
    }
    const isFinal = refusal === 'final' || refusal === 'invalid' || refusal === 'not_found';
    // CAPTURE_FULLY_REFUNDED without a refund of this number: somebody else has returned it all.
    return isFinal || reason.code === 'CAPTURE_FULLY_REFUNDED'
      ? { outcome: 'failed', reason }
      : { outcome: 'refused_for_now', reason };
  }

  async function refund(request: RefundRequest): Promise<RefundResult> {
    const answer = await client.call({
      operation: 'refund',
      subject: request.id,
      method: 'POST',
      path: `/v2/payments/captures/${encodeURIComponent(request.captureTransactionId)}/refund`,
      body: buildRefundBody(request),
      requestId: `${request.id}.refund`,
      // After anything but an answer a refund is queried before it is sent again, and that is the caller's to decide.
      isSafeToRepeat: false,
    });
    switch (answer.kind) {
      case 'done':
        return readAnswer(answer.body, request.id);
      case 'refused':
        return judgeRefusal(request, answer);
      case 'not_sent':
      case 'unknown':
        return { outcome: answer.kind, reason: answer.reason };
    }
  }

  return { refund, queryRefund };
}
