import type { DisputeMovement } from '../../../gateways/gateway.ts';
import type { DisputeStatus } from './dispute-states.ts';

/** A payer's complaint through their bank or the provider, about one capture. */
export interface DisputeRow {
  id: string;
  version: number;
  status: DisputeStatus;
  provider: string;
  merchant_account: string;
  provider_dispute_id: string;
  payment_id: string;
  capture_id: string;
  purpose_type: string;
  purpose_id: string;
  /** What the payer disputes. */
  amount: number;
  currency: string;
  /** The money disputed was nobody's due: it is taken from what we owed its payer anyway. */
  is_surplus: number;
  reason: string;
  /** What it has taken and not given back, of the capture's money; part of the capture's `external_refunded`. */
  held_amount: number;
  evidence_due_at: number | null;
  opened_at: number;
  ended_at: number | null;
  /** When and by whom it was marked as answered at the provider. */
  answered_at: number | null;
  answered_by: string | null;
  note: string | null;
  last_queried_at: number;
  created_at: number;
  updated_at: number;
}

/** Money that a dispute has moved; a fact of the provider's. */
export interface DisputeMovementRow {
  id: string;
  dispute_id: string;
  provider: string;
  merchant_account: string;
  provider_movement_id: string;
  type: DisputeMovement['type'];
  amount: number;
  currency: string;
  fee: number;
  moved_at: number;
  created_at: number;
}

declare module '../../../kernel/db/types.ts' {
  interface Schema {
    /** Owned by payments. */
    disputes: DisputeRow;
    /** Owned by payments. */
    dispute_movements: DisputeMovementRow;
  }
}
