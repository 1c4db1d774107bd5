/**
 * The seam between payments and whatever is being paid for. Payments knows no orders, coins or top-ups: a payment
 * stores a purpose `{type, id}`, and the purpose's owner is registered under that type in compose.ts. Its functions run
 * **inside** the transaction that moves the payment, so that both move or neither (RULES 1).
 */

import type { DisputeStage, OrderKind } from '../../gateways/gateway.ts';
import type { Actor } from '../../kernel/actor.ts';
import type { Tx } from '../../kernel/db/index.ts';
import type { Money } from '../../kernel/money.ts';

export interface Purpose {
  readonly type: string;
  readonly id: string;
}

/** What an attempt needs to know of what it pays for. */
export interface Payable {
  readonly amount: Money;
  readonly kind: OrderKind;
  /** What the payer reads. */
  readonly description: string;
  readonly customerId: string;
  readonly expiresAt: number;
  /** Where the payer's address is, in two letters, where it is known; for the review. */
  readonly country: string | null;
}

/** The part of a payment that owners see. */
export interface PaymentNotice {
  readonly paymentId: string;
  readonly purpose: Purpose;
  readonly provider: string;
  readonly method: string;
  readonly amount: Money;
  readonly at: number;
  readonly by: Actor;
}

/** The part of a refund that owners see. */
export interface RefundNotice {
  readonly refundId: string;
  readonly paymentId: string;
  readonly purpose: Purpose;
  readonly amount: Money;
  /** Whether it returns what the purpose was paid with, or only surplus (late or second money). */
  readonly isSurplus: boolean;
  readonly state: string;
  /** Sums over the purpose, surplus not counted, after this change. */
  readonly captured: number;
  readonly refundedDone: number;
  readonly refundedUnderWay: number;
  readonly at: number;
  readonly by: Actor;
}

/** The part of a dispute that owners see. */
export interface DisputeNotice {
  readonly disputeId: string;
  readonly paymentId: string;
  readonly purpose: Purpose;
  readonly status: DisputeStage;
  /** What this one has taken and not given back, in minor units. */
  readonly heldAmount: number;
  /** The most urgent status among all of the purpose's disputes. */
  readonly disputeStatus: DisputeStage | null;
  readonly at: number;
  readonly by: Actor;
}

/** How the owner takes a payment that succeeded: it pays the purpose, or it is surplus and is refunded by itself. */
export type Honour = 'honoured' | 'surplus';

export interface PurposeOwner {
  readonly type: string;
  /** Locks the owner's row. Called before payments touches a row of its own, so that locks are always taken in the order of RULES 19. */
  lock(tx: Tx, id: string): Promise<void>;
  /**
   * Makes room for a new attempt by a conditional update of the owner's row (pending, unpaid, not closing, not expired).
   * Where the rail gives the payer longer (`windowMs`) than is left, the expiry moves with it; it never comes nearer.
   * Throws `order_closed`, `order_expiring`, `order_already_paid` (409) or `not_found`.
   */
  claimForAttempt(tx: Tx, id: string, windowMs: number | null): Promise<Payable>;
  /**
   * Gives the payer their whole time again, because a review has taken it; answers the new expiry (ms). Throws like
   * {@link claimForAttempt} where the purpose is not to be paid any more.
   */
  renew(tx: Tx, id: string): Promise<number>;
  /** Nothing holds the end of the purpose any more: where it is due, it ends as soon as a worker is free. */
  closeWhenDue(tx: Tx, id: string): Promise<void>;
  /** Whether money is still welcome: used to tell a buyer whose prepay came back late that the order is closed. */
  isPayable(tx: Tx, id: string): Promise<boolean>;
  /** Whether the purpose still wants the money that this attempt holds or was promised; the owner must be locked. */
  wantsHold(tx: Tx, purpose: Purpose, paymentId: string): Promise<boolean>;
  /** It will be paid on delivery: the purpose goes on without its money. */
  onPromised(tx: Tx, payment: PaymentNotice): Promise<Honour>;
  onAuthorised(tx: Tx, payment: PaymentNotice): Promise<Honour>;
  onSucceeded(tx: Tx, payment: PaymentNotice): Promise<Honour>;
  /** An attempt ended without money; the purpose stays payable. */
  onFailed(tx: Tx, payment: PaymentNotice): Promise<void>;
  onClosed(tx: Tx, payment: PaymentNotice): Promise<void>;
  onVoided(tx: Tx, payment: PaymentNotice): Promise<void>;
  onRefundReserved(tx: Tx, refund: RefundNotice): Promise<void>;
  onRefundChanged(tx: Tx, refund: RefundNotice): Promise<void>;
  onDisputeChanged(tx: Tx, dispute: DisputeNotice): Promise<void>;
}
