/** How a refund reads, in the answers to a refund and its query and in a refund's notification alike. */
import { z } from 'zod';
import type { RefundFacts, RefundResult } from '../gateway.ts';
import { MALFORMED_ANSWER } from '../wechat-answers.ts';
import { parseTime } from './trade.ts';

/**
 * Every refund status and what it means to us. ABNORMAL: the payer's account could not take the money and a person decides.
 * CLOSED is final for this number: the money stays here, and a new try needs a new number.
 */
export const REFUND_STATUSES = {
  SUCCESS: 'succeeded',
  PROCESSING: 'pending',
  ABNORMAL: 'abnormal',
  CLOSED: 'failed',
} as const satisfies Record<string, RefundResult['outcome']>;

const refundSchema = z.object({
  // Only notifications name the merchant.
  mchid: z.string().optional(),
  out_trade_no: z.string(),
  out_refund_no: z.string(),
  refund_id: z.string(),
  // The API calls it `status`, a notification `refund_status`.
  status: z.string().optional(),
  refund_status: z.string().optional(),
  success_time: z.string().optional(),
  amount: z.object({ refund: z.int().min(0), currency: z.string().default('CNY') }),
});

type Refund = z.infer<typeof refundSchema>;

export interface RefundReading {
  readonly refundId: string;
  readonly paymentId: string;
  readonly merchantAccount: string | null;
  readonly result: RefundResult;
}

function isRefundStatus(status: string): status is keyof typeof REFUND_STATUSES {
  return Object.hasOwn(REFUND_STATUSES, status);
}

function factsOf(refund: Refund): RefundFacts {
  return {
    amount: { amount: refund.amount.refund, currency: refund.amount.currency },
    paymentId: refund.out_trade_no,
    merchantAccount: refund.mchid ?? null,
    providerRefundId: refund.refund_id,
    finishedAt: parseTime(refund.success_time) ?? null,
  };
}

function resultOf(refund: Refund): RefundResult {
  const status = refund.status ?? refund.refund_status;
  if (status === undefined) {
    return { outcome: 'unknown', reason: MALFORMED_ANSWER };
  }
  if (!isRefundStatus(status)) {
    const message = 'WeChat Pay names a status of the refund that is not known here.';
    return { outcome: 'unknown', reason: { code: 'unknown_refund_status', message } };
  }
  const outcome = REFUND_STATUSES[status];
  return outcome === 'failed'
    ? {
        outcome,
        reason: { code: status, message: 'WeChat Pay closed the refund; the money was not returned.' },
      }
    : { outcome, facts: factsOf(refund) };
}

/** Reads a refund; `undefined` when it is none. */
export function readRefund(body: unknown): RefundReading | undefined {
  const parsed = refundSchema.safeParse(body);
  if (!parsed.success) {
    return undefined;
  }
  const { out_refund_no: refundId, out_trade_no: paymentId, mchid } = parsed.data;
  return { refundId, paymentId, merchantAccount: mchid ?? null, result: resultOf(parsed.data) };
}
