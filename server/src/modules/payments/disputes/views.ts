import { z } from 'zod';
import { toIso } from '../../../kernel/clock.ts';
import { DISPUTE_STATUSES } from './dispute-states.ts';
import type { DisputeMovementRow, DisputeRow } from './tables.ts';

/** A dispute as staff sees it. Amounts in minor units. */
export const disputeView = z.object({
  id: z.string(),
  status: z.enum(DISPUTE_STATUSES),
  provider: z.string(),
  merchantAccount: z.string(),
  /** The provider's number of it. */
  providerDisputeId: z.string(),
  paymentId: z.string(),
  captureId: z.string(),
  purpose: z.object({ type: z.string(), id: z.string() }),
  amount: z.int(),
  currency: z.string(),
  /** The provider's word, such as `fraudulent`. */
  reason: z.string(),
  /** What it has taken and not given back. */
  heldAmount: z.int(),
  /** Until when it may be answered at the provider. */
  evidenceDueAt: z.string().nullable(),
  openedAt: z.string(),
  endedAt: z.string().nullable(),
  answeredAt: z.string().nullable(),
  answeredBy: z.string().nullable(),
  note: z.string().nullable(),
});

export type DisputeView = z.infer<typeof disputeView>;

export const disputeMovementView = z.object({
  id: z.string(),
  providerMovementId: z.string(),
  type: z.enum(['withdrawn', 'reinstated']),
  amount: z.int(),
  currency: z.string(),
  fee: z.int(),
  movedAt: z.string(),
});

export function toDisputeView(row: DisputeRow): DisputeView {
  return {
    id: row.id,
    status: row.status,
    provider: row.provider,
    merchantAccount: row.merchant_account,
    providerDisputeId: row.provider_dispute_id,
    paymentId: row.payment_id,
    captureId: row.capture_id,
    purpose: { type: row.purpose_type, id: row.purpose_id },
    amount: row.amount,
    currency: row.currency,
    reason: row.reason,
    heldAmount: row.held_amount,
    evidenceDueAt: toIso(row.evidence_due_at),
    openedAt: toIso(row.opened_at),
    endedAt: toIso(row.ended_at),
    answeredAt: toIso(row.answered_at),
    answeredBy: row.answered_by,
    note: row.note,
  };
}

export function toMovementView(row: DisputeMovementRow): z.infer<typeof disputeMovementView> {
  return {
    id: row.id,
    providerMovementId: row.provider_movement_id,
    type: row.type,
    amount: row.amount,
    currency: row.currency,
    fee: row.fee,
    movedAt: toIso(row.moved_at),
  };
}
