/**
 * Refunds. Invariant: one refund of ours is at most one refund at Alipay, because our refund's id is its request number
 * there, and Alipay returns the money of one number once. `failed` lets a new refund be made under a new number, so it is
 * answered only when Alipay has refused for good **and** a query finds nothing under the number: a refusal alone may be
 * about an earlier request whose answer was lost. If the process dies after the call, the refund is found by its query and
 * asked for again under the same number.
 */
import { z } from 'zod';
import { formatDecimal } from '../../kernel/money.ts';
import type {
  GatewayReason,
  KnownRefund,
  QueryRefundResult,
  RefundRequest,
  RefundResult,
} from '../gateway.ts';
import type { AlipayClient } from './client.ts';
import { FOREIGN_ANSWER, MALFORMED_ANSWER, type Refusal } from './errors.ts';
import { toPayerText } from './payer-text.ts';
import { type FindRefund, providerRefundIdOf } from './refund-reading.ts';

/** Refusals that stay what they are however often the same request is sent. */
const FINAL_REFUSALS: ReadonlySet<Refusal> = new Set([
  'invalid',
  'not_found',
  'already_closed',
  'wrong_state',
  'not_refundable',
]);

const answerSchema = z.object({
  out_trade_no: z.string(),
  trade_no: z.string(),
  /** `Y`: this request moved money. `N`: an earlier one did, or none has yet. */
  fund_change: z.string().optional(),
});

export interface RefundDeps {
  readonly client: AlipayClient;
  readonly findRefund: FindRefund;
}

export function buildRefundContent(request: RefundRequest) {
  const reason = toPayerText(request.reason ?? '');
  return {
    out_trade_no: request.payment.id,
    out_request_no: request.id,
    refund_amount: formatDecimal(request.amount),
    ...(reason === '' ? {} : { refund_reason: reason }),
  };
}

export function createRefunds({ client, findRefund }: RefundDeps) {
  const findOwn = (refund: Pick<RefundRequest, 'id' | 'payment'>) =>
    findRefund({ paymentId: refund.payment.id, requestNumber: refund.id });

  const queryRefund = (refund: KnownRefund): Promise<QueryRefundResult> => findOwn(refund);

  async function judgeRefusal(
    request: RefundRequest,
    refusal: Refusal,
    reason: GatewayReason,
  ): Promise<RefundResult> {
    if (refusal === 'misconfigured') {
      return { outcome: 'not_sent', reason };
    }
    const found = await findOwn(request);
    if (found.outcome !== 'not_found') {
      return found;
    }
    if (refusal === 'number_used') {
      // An earlier request under this number said something else; which of the two will be done is for Alipay to tell.
      return { outcome: 'unknown', reason };
    }
    return { outcome: FINAL_REFUSALS.has(refusal) ? 'failed' : 'refused_for_now', reason };
  }

  async function judgeDone(request: RefundRequest, body: unknown): Promise<RefundResult> {
    const { data: answer } = answerSchema.safeParse(body);
    if (!answer) {
      return { outcome: 'unknown', reason: MALFORMED_ANSWER };
    }
    if (answer.out_trade_no !== request.payment.id) {
      return { outcome: 'unknown', reason: FOREIGN_ANSWER };
    }
    const found = await findOwn(request);
    if (found.outcome === 'succeeded') {
      return found;
    }
    // Alipay has taken it, and its query does not show it (yet): what the request said is what it is to return.
    const facts = {
      amount: request.amount,
      paymentId: request.payment.id,
      merchantAccount: null,
      providerRefundId: providerRefundIdOf(answer.trade_no, request.id),
      finishedAt: null,
    };
    return { outcome: answer.fund_change === 'Y' ? 'succeeded' : 'pending', facts };
  }

  async function refund(request: RefundRequest): Promise<RefundResult> {
    const answer = await client.call({
      operation: 'refund',
      subject: request.id,
      method: 'alipay.trade.refund',
      content: buildRefundContent(request),
      // After anything but an answer a refund is queried before it is sent again, and that is the caller's to decide.
      isSafeToRepeat: false,
    });
    switch (answer.kind) {
      case 'done':
        return judgeDone(request, answer.body);
      case 'refused':
        return judgeRefusal(request, answer.refusal, answer.reason);
      case 'not_sent':
      case 'unknown':
        return { outcome: answer.kind, reason: answer.reason };
    }
  }

  return { refund, queryRefund };
}
