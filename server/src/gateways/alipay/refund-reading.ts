/**
 * What Alipay knows of one refund, by the number under which it was asked for. The answer to a refund and the notification
 * of one name only the sum of all refunds of the trade, so that the query alone tells what this one returned.
 */
import { z } from 'zod';
import { parseBeijingTime } from '../beijing-time.ts';
import type { GatewayReason, RefundFacts } from '../gateway.ts';
import type { AlipayClient } from './client.ts';
import { FOREIGN_ANSWER, MALFORMED_ANSWER } from './errors.ts';
import { readAmount } from './trade.ts';

const REFUNDED = 'REFUND_SUCCESS';

const refundSchema = z.object({
  out_trade_no: z.string().optional(),
  trade_no: z.string().optional(),
  out_request_no: z.string().optional(),
  refund_amount: z.string().optional(),
  refund_status: z.string().optional(),
  gmt_refund_pay: z.string().optional(),
});

/** A refund's number at Alipay: trade and request number together, because Alipay gives it none of its own. */
export function providerRefundIdOf(tradeNumber: string, requestNumber: string): string {
  return `${tradeNumber}:${requestNumber}`;
}

export type FoundRefund =
  | { readonly outcome: 'succeeded'; readonly facts: RefundFacts }
  /** Never asked for, or not done yet: Alipay answers the same to both, and asking for it again does no harm. */
  | { readonly outcome: 'not_found' }
  | { readonly outcome: 'unknown'; readonly reason: GatewayReason };

export interface RefundNumbers {
  readonly paymentId: string;
  readonly requestNumber: string;
}

export type FindRefund = (numbers: RefundNumbers, deadlineMs?: number) => Promise<FoundRefund>;

function readRefund(body: unknown, { paymentId, requestNumber }: RefundNumbers): FoundRefund {
  const { data: refund } = refundSchema.safeParse(body);
  if (!refund) {
    return { outcome: 'unknown', reason: MALFORMED_ANSWER };
  }
  if (refund.refund_status !== REFUNDED) {
    return { outcome: 'not_found' };
  }
  if (refund.out_trade_no !== paymentId || refund.out_request_no !== requestNumber) {
    return { outcome: 'unknown', reason: FOREIGN_ANSWER };
  }
  const amount = readAmount(refund.refund_amount);
  if (amount === undefined || !refund.trade_no) {
    return { outcome: 'unknown', reason: MALFORMED_ANSWER };
  }
  return {
    outcome: 'succeeded',
    facts: {
      amount,
      paymentId,
      merchantAccount: null,
      providerRefundId: providerRefundIdOf(refund.trade_no, requestNumber),
      finishedAt: parseBeijingTime(refund.gmt_refund_pay) ?? null,
    },
  };
}

export function createFindRefund(client: AlipayClient): FindRefund {
  return async (numbers, deadlineMs) => {
    const answer = await client.call({
      operation: 'query_refund',
      subject: numbers.requestNumber,
      method: 'alipay.trade.fastpay.refund.query',
      content: {
        out_trade_no: numbers.paymentId,
        out_request_no: numbers.requestNumber,
        query_options: ['gmt_refund_pay'],
      },
      isSafeToRepeat: true,
      ...(deadlineMs === undefined ? {} : { timeoutMs: deadlineMs }),
    });
    if (answer.kind === 'done') {
      return readRefund(answer.body, numbers);
    }
    return answer.kind === 'refused' && answer.refusal === 'not_found'
      ? { outcome: 'not_found' }
      : { outcome: 'unknown', reason: answer.reason };
  };
}
