/** How a refund reads, in answers and in events alike. */
import { z } from 'zod';
import { SECOND_MS } from '../../kernel/clock.ts';
import type { RefundFacts, RefundResult } from '../gateway.ts';
import { idOf, metadataSchema } from './charge.ts';
import { codeOf } from './errors.ts';
import { REFUND_STATUSES, wordFor } from './states.ts';

const refundSchema = z.object({
  object: z.literal('refund'),
  id: z.string(),
  amount: z.int().min(0),
  currency: z.string(),
  created: z.int(),
  status: z.string().nullable(),
  metadata: metadataSchema,
  balance_transaction: idOf.nullish(),
  payment_intent: idOf.nullish(),
  failure_reason: z.string().nullish(),
});

type Refund = z.infer<typeof refundSchema>;

export interface RefundReading {
  readonly providerRefundId: string;
  /** Ours; `null` where the refund was made at Stripe itself. */
  readonly refundId: string | null;
  readonly paymentId: string | null;
  /** Letting go of a hold, in whole or in part, reads as a refund too; only one that moves our balance returns money. */
  readonly hasMovedMoney: boolean;
  /** What was refunded, which names our payment where the refund does not. */
  readonly intentId: string | null;
  resultFor(paymentId: string, merchantAccount: string): RefundResult;
}

function factsOf(refund: Refund, paymentId: string, merchantAccount: string): RefundFacts {
  return {
    amount: { amount: refund.amount, currency: refund.currency.toUpperCase() },
    paymentId,
    merchantAccount,
    providerRefundId: refund.id,
    finishedAt: refund.status === 'succeeded' ? refund.created * SECOND_MS : null,
  };
}

function resultOf(refund: Refund, paymentId: string, merchantAccount: string): RefundResult {
  const word = wordFor(REFUND_STATUSES, refund.status ?? '');
  switch (word) {
    case 'succeeded':
    case 'pending':
      return { outcome: word, facts: factsOf(refund, paymentId, merchantAccount) };
    case 'failed':
      return {
        outcome: word,
        reason: {
          code: codeOf(refund.failure_reason) ?? `refund_${refund.status}`,
          message: 'Stripe could not return the money; it is in our balance again.',
        },
      };
    case undefined: {
      const message = 'Stripe names a status of the refund that is not known here.';
      return { outcome: 'unknown', reason: { code: 'unknown_refund_status', message } };
    }
  }
}

/** Reads a refund; `undefined` when it is none. */
export function readRefund(body: unknown): RefundReading | undefined {
  const { data } = refundSchema.safeParse(body);
  return (
    data && {
      providerRefundId: data.id,
      refundId: data.metadata?.refund_id ?? null,
      paymentId: data.metadata?.payment_id ?? null,
      hasMovedMoney: Boolean(data.balance_transaction),
      intentId: data.payment_intent ?? null,
      resultFor: (paymentId, merchantAccount) => resultOf(data, paymentId, merchantAccount),
    }
  );
}
