/** Disputes: in the answer to a query and in a notification alike. */
import { z } from 'zod';
import type { DisputeFacts, DisputeMovement, DisputeStage, QueryDisputeResult } from '../gateway.ts';
import type { PaypalClient } from './client.ts';
import { MALFORMED_ANSWER } from './issues.ts';
import { moneySchema, readPaypalMoney } from './money.ts';
import { parseTime } from './order.ts';
import { splitCustomId } from './refund-reading.ts';

/** What a dispute waits for; one that is resolved stands as its outcome says. */
export const DISPUTE_STATUSES = {
  OPEN: 'needs_response',
  WAITING_FOR_SELLER_RESPONSE: 'needs_response',
  WAITING_FOR_BUYER_RESPONSE: 'under_review',
  UNDER_REVIEW: 'under_review',
  OTHER: 'under_review',
  RESOLVED: 'resolved',
} as const satisfies Record<string, DisputeStage | 'resolved'>;

/** A payout is made from PayPal's own pocket, so it does not cost us anything. */
export const DISPUTE_OUTCOMES = {
  RESOLVED_BUYER_FAVOUR: 'lost',
  RESOLVED_SELLER_FAVOUR: 'won',
  RESOLVED_WITH_PAYOUT: 'won',
  CANCELED_BY_BUYER: 'withdrawn',
  ACCEPTED: 'lost',
  DENIED: 'won',
  NONE: 'withdrawn',
} as const satisfies Record<string, DisputeStage>;

const disputeSchema = z.object({
  dispute_id: z.string().min(1),
  create_time: z.string(),
  status: z.string(),
  reason: z.string().default('OTHER'),
  dispute_amount: moneySchema,
  seller_response_due_date: z.string().optional(),
  dispute_outcome: z.object({ outcome_code: z.string().optional() }).optional(),
  disputed_transactions: z
    .array(
      z.object({
        seller_transaction_id: z.string().optional(),
        custom: z.string().optional(),
        seller: z.object({ merchant_id: z.string().optional() }).optional(),
      }),
    )
    .default([]),
  money_movements: z
    .array(
      z.object({
        affected_party: z.string().optional(),
        amount: moneySchema,
        initiated_time: z.string(),
        type: z.enum(['DEBIT', 'CREDIT']),
        reason: z.string().optional(),
      }),
    )
    .default([]),
});

type Dispute = z.infer<typeof disputeSchema>;

function stageOf({ status, dispute_outcome }: Dispute): DisputeStage {
  const stage = Object.hasOwn(DISPUTE_STATUSES, status)
    ? DISPUTE_STATUSES[status as keyof typeof DISPUTE_STATUSES]
    : 'under_review';
  if (stage !== 'resolved') {
    return stage;
  }
  const code = dispute_outcome?.outcome_code ?? '';
  return Object.hasOwn(DISPUTE_OUTCOMES, code)
    ? DISPUTE_OUTCOMES[code as keyof typeof DISPUTE_OUTCOMES]
    : 'under_review';
}

/** PayPal numbers no movements: what one is, when it was begun and how much it is make it itself. */
function movementOf(dispute: Dispute, index: number): DisputeMovement | undefined {
  const movement = dispute.money_movements[index];
  const amount = movement && readPaypalMoney(movement.amount);
  const movedAt = parseTime(movement?.initiated_time);
  if (!movement || !amount || movedAt === undefined) {
    return undefined;
  }
  const { type, reason = 'DISPUTE_SETTLEMENT', initiated_time, amount: raw } = movement;
  const alike = dispute.money_movements
    .slice(0, index)
    .filter((other) => JSON.stringify(other) === JSON.stringify(movement)).length;
  const id = [
    dispute.dispute_id,
    type,
    reason,
    initiated_time,
    raw.value,
    ...(alike > 0 ? [alike] : []),
  ].join(':');
  const isFee = reason.endsWith('_FEE') && type === 'DEBIT';
  return {
    id,
    type: type === 'DEBIT' ? 'withdrawn' : 'reinstated',
    amount: isFee ? { ...amount, amount: 0 } : amount,
    fee: isFee ? amount.amount : 0,
    movedAt,
  };
}

/** Reads a dispute; `undefined` when it is none, or names money that can not be booked. */
export function readDispute(body: unknown, merchantId: string): DisputeFacts | undefined {
  const { data: dispute } = disputeSchema.safeParse(body);
  const amount = dispute && readPaypalMoney(dispute.dispute_amount);
  const openedAt = parseTime(dispute?.create_time);
  if (!dispute || !amount || openedAt === undefined) {
    return undefined;
  }
  const [transaction] = dispute.disputed_transactions;
  const movements = dispute.money_movements.flatMap((movement, index) =>
    movement.affected_party === undefined || movement.affected_party === 'SELLER'
      ? [movementOf(dispute, index)]
      : [],
  );
  const known = movements.filter((movement) => movement !== undefined);
  if (known.length < movements.length) {
    return undefined;
  }
  return {
    disputeId: dispute.dispute_id,
    merchantAccount: transaction?.seller?.merchant_id ?? merchantId,
    paymentId: transaction?.custom === undefined ? null : splitCustomId(transaction.custom).paymentId,
    captureTransactionId: transaction?.seller_transaction_id ?? null,
    stage: stageOf(dispute),
    reason: dispute.reason.toLowerCase(),
    amount,
    evidenceDueAt: parseTime(dispute.seller_response_due_date) ?? null,
    openedAt,
    movements: known,
  };
}

export function createQueryDispute(client: PaypalClient, merchantId: string) {
  return async ({ id }: { readonly id: string }): Promise<QueryDisputeResult> => {
    const answer = await client.call({
      operation: 'get_dispute',
      subject: id,
      method: 'GET',
      path: `/v1/customer/disputes/${encodeURIComponent(id)}`,
      isSafeToRepeat: true,
    });
    if (answer.kind === 'done') {
      const facts = readDispute(answer.body, merchantId);
      return facts?.disputeId === id
        ? { outcome: 'found', facts }
        : { outcome: 'unknown', reason: MALFORMED_ANSWER };
    }
    return answer.kind === 'refused' && answer.refusal === 'not_found'
      ? { outcome: 'not_found' }
      : { outcome: 'unknown', reason: answer.reason };
  };
}
