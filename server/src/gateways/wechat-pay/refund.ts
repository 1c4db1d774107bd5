/**
 * Refunds. Invariant: one refund of ours is at most one refund at WeChat Pay, because our refund's id is its number there.
 * If the process dies after the call, the refund is found by its query and asked for again under the same number.
 */
import type { QueryRefundResult, RefundRequest, RefundResult } from '../gateway.ts';
import { createJudgeRefund, FOREIGN_ANSWER, judgeUnanswered, MALFORMED_ANSWER } from '../wechat-answers.ts';
import { toPayerText } from '../wechat-text.ts';
import type { WechatPayClient } from './client.ts';
import { readRefund } from './refund-reading.ts';

const MAX_REASON_BYTES = 80;

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
    return answer.kind === 'done' ? readRefundAnswer(answer.body, id) : judgeUnanswered(answer);
  }

  const judgeRefund = createJudgeRefund(queryRefund);

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
    return answer.kind === 'done'
      ? readRefundAnswer(answer.body, request.id)
      : judgeRefund(request.id, answer);
  }

  return { refund, queryRefund };
}
