/** How a refund reads: in the answer to it, in its order and in its notification alike. */
import { z } from 'zod';
import type { RefundFacts, RefundResult } from '../gateway.ts';
import { MALFORMED_ANSWER } from './issues.ts';
import { moneySchema, readPaypalMoney } from './money.ts';
import { parseTime } from './order.ts';

export const REFUND_STATUSES = {
  COMPLETED: 'succeeded',
  PENDING: 'pending',
  CANCELLED: 'failed',
  FAILED: 'failed',
} as const satisfies Record<string, RefundResult['outcome']>;

const refundSchema = z.object({
  id: z.string(),
  status: z.string(),
  amount: moneySchema,
  custom_id: z.string(),
  create_time: z.string().optional(),
  update_time: z.string().optional(),
  /** PayPal's name for who pays the refund: the merchant. */
  payer: z.object({ merchant_id: z.string().optional() }).optional(),
});

export interface RefundReading {
  /** Ours, or PayPal's own where the refund was made without us. */
  readonly refundId: string;
  readonly paymentId: string;
  readonly merchantAccount: string | null;
  readonly result: RefundResult;
}

/**
 * What a refund of ours carries as its `custom_id`, so that it names both rows wherever it turns up. One that was made on
 * PayPal's own pages inherits that of the capture: the payment's id alone.
 */
export const refundCustomId = (paymentId: string, refundId: string) => `${paymentId}.${refundId}`;

/** The two ids of a `custom_id`; the refund's is `null` where it is not ours. */
export function splitCustomId(customId: string): { paymentId: string; refundId: string | null } {
  const [paymentId = '', refundId = null] = customId.split('.');
  return { paymentId, refundId };
}

/** Reads a refund; `undefined` when it is none, or of nothing that we sold. */
export function readRefund(body: unknown): RefundReading | undefined {
  const { data } = refundSchema.safeParse(body);
  if (!data) {
    return undefined;
  }
  const { paymentId, refundId } = splitCustomId(data.custom_id);
  const merchantAccount = data.payer?.merchant_id ?? null;
  return { refundId: refundId ?? data.id, paymentId, merchantAccount, result: resultOf(data) };
}

function resultOf(refund: z.infer<typeof refundSchema>): RefundResult {
  const amount = readPaypalMoney(refund.amount);
  if (!Object.hasOwn(REFUND_STATUSES, refund.status) || !amount) {
    return { outcome: 'unknown', reason: MALFORMED_ANSWER };
  }
  const outcome = REFUND_STATUSES[refund.status as keyof typeof REFUND_STATUSES];
  if (outcome === 'failed') {
    const message = 'PayPal did not carry the refund out; the money was not returned.';
    return { outcome, reason: { code: refund.status, message } };
  }
  const finishedAt = parseTime(refund.update_time ?? refund.create_time) ?? null;
  const facts: RefundFacts = {
    amount,
    paymentId: splitCustomId(refund.custom_id).paymentId,
    merchantAccount: refund.payer?.merchant_id ?? null,
    providerRefundId: refund.id,
    finishedAt: outcome === 'succeeded' ? finishedAt : null,
  };
  return { outcome, facts };
}
