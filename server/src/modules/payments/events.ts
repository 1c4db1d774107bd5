import { defineEvent } from '../../kernel/events/index.ts';
import type { Money } from '../../kernel/money.ts';
import type { Purpose } from './purpose.ts';
import type { RefundTarget } from './refunds/refund.ts';

/** What is told of a payment. */
export interface PaymentEvent {
  readonly paymentId: string;
  readonly purpose: Purpose;
  readonly provider: string;
  readonly method: string;
  readonly amount: Money;
}

/** What is told of a refund. */
export interface RefundEvent {
  readonly refundId: string;
  readonly paymentId: string;
  readonly purpose: Purpose;
  readonly amount: Money;
  /** Whether it returns only money that nobody owed us (late, second or excess). */
  readonly isSurplus: boolean;
  /** Back to the payer, or into the customer's wallet as store credit. */
  readonly to: RefundTarget;
}

/** What is told of a dispute. */
export interface DisputeEvent {
  readonly disputeId: string;
  readonly paymentId: string;
  readonly purpose: Purpose;
  readonly status: string;
  readonly amount: Money;
}

/** The purpose was paid by this payment. Surplus money is not told of here but by `refund.requested`. */
export const paymentSucceeded = defineEvent<PaymentEvent>({ name: 'payment.succeeded', version: 1 });
export const paymentAuthorised = defineEvent<PaymentEvent>({ name: 'payment.authorised', version: 1 });
export const paymentFailed = defineEvent<PaymentEvent>({ name: 'payment.failed', version: 1 });
export const paymentClosedEvent = defineEvent<PaymentEvent>({ name: 'payment.closed', version: 1 });
export const refundRequested = defineEvent<RefundEvent>({ name: 'refund.requested', version: 1 });
export const refundSucceeded = defineEvent<RefundEvent>({ name: 'refund.succeeded', version: 1 });
export const refundFailed = defineEvent<RefundEvent>({ name: 'refund.failed', version: 1 });
/** One was given up before anything of it was sent, because the money had gone back without us. */
export const refundCancelled = defineEvent<RefundEvent>({ name: 'refund.cancelled', version: 1 });
/** A dispute was opened, has come further, or has moved money. */
export const disputeChanged = defineEvent<DisputeEvent>({ name: 'dispute.changed', version: 1 });
