import type { Money } from '../../kernel/money.ts';
import type { GatewayReason } from './payment.ts';

/** Where a dispute stands at the provider. */
export type DisputeStage = 'needs_response' | 'under_review' | 'won' | 'lost' | 'withdrawn';

/** Money that a dispute has moved; the provider's own number makes it count once. */
export interface DisputeMovement {
  readonly id: string;
  /** `withdrawn`: from us; `reinstated`: back to us. */
  readonly type: 'withdrawn' | 'reinstated';
  readonly amount: Money;
  /** What the provider keeps for it (minor units, positive). */
  readonly fee: number;
  readonly movedAt: number;
}

/** A payer's complaint through their bank or the provider, as the provider tells it. */
export interface DisputeFacts {
  readonly disputeId: string;
  readonly merchantAccount: string;
  /** Our payment, where the provider echoes it. */
  readonly paymentId: string | null;
  /** The provider's number of the capture that is disputed. */
  readonly captureTransactionId: string | null;
  readonly stage: DisputeStage;
  /** The provider's word, such as `fraudulent`. */
  readonly reason: string;
  readonly amount: Money;
  /** Until when we may answer (ms). */
  readonly evidenceDueAt: number | null;
  readonly openedAt: number;
  /** All that have happened so far, as far as the provider says. */
  readonly movements: readonly DisputeMovement[];
}

export type QueryDisputeResult =
  | { readonly outcome: 'found'; readonly facts: DisputeFacts }
  | { readonly outcome: 'not_found' }
  | { readonly outcome: 'unknown'; readonly reason: GatewayReason };
