/** Every status that Stripe has, and what it means to us. */
import type { Stripe } from 'stripe';
import type { DisputeStage, QueryPaymentResult, RefundResult } from '../gateway.ts';

/** The SDK's types leave room for statuses to come (`string & {}`); what is left are those that it names. */
type Named<T> = T extends string ? (string extends T ? never : T) : never;

/**
 * A try that failed takes an intent back to `requires_payment_method`, where it can still take money: that is never a
 * failure. `requires_capture` holds the money.
 */
export const INTENT_STATUSES = {
  requires_payment_method: 'pending',
  requires_confirmation: 'pending',
  requires_action: 'pending',
  processing: 'processing',
  requires_capture: 'authorized',
  succeeded: 'succeeded',
  canceled: 'closed',
} as const satisfies Record<Named<Stripe.PaymentIntent.Status>, QueryPaymentResult['outcome']>;

/** `complete` says only that the payer is done; the intent under it says what became of the money. */
export const SESSION_STATUSES = {
  open: 'pending',
  complete: 'processing',
  expired: 'closed',
} as const satisfies Record<Named<Stripe.Checkout.Session.Status>, QueryPaymentResult['outcome']>;

/** `requires_action`: the payer has to tell Stripe where the money may go. A failed one may have been told as succeeded. */
export const REFUND_STATUSES = {
  pending: 'pending',
  requires_action: 'pending',
  succeeded: 'succeeded',
  failed: 'failed',
  canceled: 'failed',
} as const satisfies Record<string, RefundResult['outcome']>;

/** A `warning_…` is an inquiry that moves no money yet; one that is closed, or was prevented, has ended without a dispute. */
export const DISPUTE_STATUSES = {
  warning_needs_response: 'needs_response',
  warning_under_review: 'under_review',
  warning_closed: 'withdrawn',
  needs_response: 'needs_response',
  under_review: 'under_review',
  appeal_needs_response: 'needs_response',
  appeal_under_review: 'under_review',
  won: 'won',
  lost: 'lost',
  prevented: 'withdrawn',
} as const satisfies Record<Named<Stripe.Dispute.Status>, DisputeStage>;

/** The word for a status; `undefined` for one that is not known here. */
export function wordFor<Table extends Readonly<Record<string, string>>>(
  table: Table,
  status: string,
): Table[keyof Table] | undefined {
  return Object.hasOwn(table, status) ? table[status as keyof Table] : undefined;
}
