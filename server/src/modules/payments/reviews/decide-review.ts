/**
 * Attempts that a person must look at before their provider is called. Invariant: nothing of an attempt under review has
 * left this program, so that it can be closed here alone; it waits no longer than its deadline, and what it is for does
 * not end before that.
 *
 * Crash story: the verdict stands in the transaction that opens the attempt, a person's decision in one of its own.
 */
import type { Actor } from '../../../kernel/actor.ts';
import type { Tx } from '../../../kernel/db/index.ts';
import { AppError, notFound } from '../../../kernel/errors.ts';
import { moveJob } from '../../../kernel/jobs/index.ts';
import { transition } from '../../../kernel/states.ts';
import { closePayment } from '../attempts/end-payment.ts';
import { alertReview, resolveOverdue } from '../attempts/waiting.ts';
import { ownerOf, type PaymentsDeps } from '../deps.ts';
import { notUnderReview } from '../errors.ts';
import { paymentPoll } from '../jobs.ts';
import { lockPayment } from '../payment-repository.ts';
import { paymentMachine } from '../payment-states.ts';
import type { PaymentRow } from '../tables.ts';

/** Holds a fresh attempt for a person; its provider is not called. */
export async function holdForReview(
  tx: Tx,
  deps: PaymentsDeps,
  row: PaymentRow,
  by: Actor,
): Promise<PaymentRow> {
  await alertReview(tx, row);
  return transition<PaymentRow>(
    tx,
    paymentMachine,
    row,
    { status: 'requires_review' },
    { by, set: { call_started_at: null, held_until: tx.now + deps.holds.reviewMs } },
  );
}

async function lockReviewed(tx: Tx, deps: PaymentsDeps, paymentId: string): Promise<PaymentRow> {
  const row = await lockPayment(tx, deps, paymentId);
  if (row === undefined) {
    throw new AppError(notFound);
  }
  if (row.status !== 'requires_review') {
    throw new AppError(notUnderReview, { details: { status: row.status } });
  }
  return row;
}

/**
 * Lets the payer go on: their next request calls the provider, and what is paid on delivery goes on by itself. They get
 * their whole time again. Throws `not_found`, `not_under_review` (409), and what the owner refuses with.
 */
export async function approveReview(
  tx: Tx,
  deps: PaymentsDeps,
  { paymentId, by }: { readonly paymentId: string; readonly by: Actor },
): Promise<PaymentRow> {
  const row = await lockReviewed(tx, deps, paymentId);
  const expiresAt = await ownerOf(deps, row.purpose_type).renew(tx, row.purpose_id);
  const set = { held_until: null, expires_at: Math.max(row.expires_at, expiresAt) };
  const approved = await transition<PaymentRow>(tx, paymentMachine, row, { status: 'created' }, { by, set });
  await resolveOverdue(tx, row, by);
  await moveJob(tx, paymentPoll, row.id, tx.now);
  return approved;
}

/** Ends the attempt; the purpose stays payable in another way while it is not due. Throws like {@link approveReview}. */
export async function rejectReview(
  tx: Tx,
  deps: PaymentsDeps,
  { paymentId, by }: { readonly paymentId: string; readonly by: Actor },
): Promise<void> {
  const row = await lockReviewed(tx, deps, paymentId);
  await closePayment(tx, deps, row, { by, reason: 'review_rejected' });
}
