/**
 * Refunds. Invariant: one refund of ours is at most one refund at WeChat Pay, because our refund's id is its number there.
 * `failed` lets a new refund be made under a new number, so it is answered only when WeChat Pay has refused for good **and**
 * a query finds nothing under the number: a refusal alone may be about an earlier request whose answer was lost. If the
 * process dies after the call, the refund is found by its query and asked for again under the same number.
 */
import type { GatewayReason, QueryRefundResult, RefundRequest, RefundResult } from '../gateway.ts';
import { toPayerText } from '../wechat-text.ts';
import type { WechatPayClient } from './client.ts';
import { FOREIGN_ANSWER, MALFORMED_ANSWER, type Refusal } from './errors.ts';
import { readRefund } from './refund-reading.ts';

const MAX_REASON_BYTES = 80;

/** Refusals that stay what they are however often the same request is sent. */
const FINAL_REFUSALS: ReadonlySet<Refusal> = new Set([
  'invalid',
  'payer_unreachable',
  'too_old',
  'not_found',
]);

export function buildRefundBody(request: RefundRequest): string {
  const reason = toPayerText(request.reason ?? '', MAX_REASON_BYTES);
  return JSON.stringify({
    out_trade_no: request.payment.id,
    out_refund_no: request.id,
    ...(reason === '' ? {} : { reason }),
    notify_url: request.notifyUrl,
    amount: { refund: request.amount.amount, total: request.total.amount, currency: request.amount.currency },
  });
}

/** The refund of this number in an answer. */
export function readRefundAnswer(body: unknown, id: string): RefundResult {
  const refund = readRefund(body);
  if (!refund) {
    return { outcome: 'unknown', reason: MALFORMED_ANSWER };
  }
  return refund.refundId === id ? refund.result : { outcome: 'unknown', reason: FOREIGN_ANSWER };
}

export function createRefunds(client: WechatPayClient) {
  async function queryRefund({ id }: { readonly id: string }): Promise<QueryRefundResult> {
    const answer = await client.call({
      operation: 'query_refund',
      subject: id,
      method: 'GET',
      pathAndQuery: `/v3/refund/domestic/refunds/${encodeURIComponent(id)}`,
      isSafeToRepeat: true,
    });
    switch (answer.kind) {
      case 'done':
        return readRefundAnswer(answer.body, id);
      case 'refused':
        return answer.refusal === 'not_found'
          ? { outcome: 'not_found' }
          : { outcome: 'unknown', reason: answer.reason };
      case 'not_sent':
      case 'unknown':
        return { outcome: 'unknown', reason: answer.reason };
    }
  }

  async function judgeRefusal(id: string, refusal: Refusal, reason: GatewayReason): Promise<RefundResult> {
    if (refusal === 'misconfigured') {
      return { outcome: 'not_sent', reason };
    }
    if (refusal === 'balance_too_low') {
      return { outcome: 'refused_for_now', reason };
    }
    const found = await queryRefund({ id });
    if (found.outcome !== 'not_found') {
      return found;
    }
    // The one-minute rule is answered with the same code as rules that last; the number is kept, so that at worst it is
    // refused again, and never refunded twice.
    return { outcome: FINAL_REFUSALS.has(refusal) ? 'failed' : 'refused_for_now', reason };
  }

  async function refund(request: RefundRequest): Promise<RefundResult> {
    const answer = await client.call({
      operation: 'refund',
      subject: request.id,
      method: 'POST',
      pathAndQuery: '/v3/refund/domestic/refunds',
      body: buildRefundBody(request),
      // After anything but an answer a refund is queried before it is sent again, and that is the caller's to decide.
      isSafeToRepeat: false,
    });
    switch (answer.kind) {
      case 'done':
        return readRefundAnswer(answer.body, request.id);
      case 'refused':
        return judgeRefusal(request.id, answer.refusal, answer.reason);
      case 'not_sent':
      case 'unknown':
        return { outcome: answer.kind, reason: answer.reason };
    }
  }

  return { refund, queryRefund };
}
