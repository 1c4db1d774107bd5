/**
 * What an attempt waits for besides its payer: a person's review, or a provider that is still working on what the payer
 * has done. Invariant: while it waits, and no longer than its deadline, what it pays for does not end; when the deadline
 * passes a person is told, and the close goes on.
 *
 * Crash story: the deadline stands in the attempt's row; the poll job finds it passed whatever happened before.
 */
import type { Actor } from '../../../kernel/actor.ts';
import type { Reader, Tx } from '../../../kernel/db/index.ts';
import { raiseAlert, resolveAlert } from '../../alerts/index.ts';
import { ownerOf, type PaymentsDeps } from '../deps.ts';
import { findOpenPayments, patchPayment } from '../payment-repository.ts';
import type { Purpose } from '../purpose.ts';
import type { PaymentRow } from '../tables.ts';

/** Of an attempt that its provider still works on. */
export const PROCESSING = 'processing';

/** Open while an attempt waits for a person. */
const REVIEW_ALERT = 'payment_review_waiting';
const HOLD_ENDING_ALERT = 'authorisation_ending';

function overdueAlert(row: PaymentRow): string {
  return row.status === 'requires_review' ? 'payment_review_overdue' : 'payment_processing_overdue';
}

/** The provider is working on it: what is paid for waits for that, once and for no longer than the setting says. */
export async function waitForProvider(tx: Tx, deps: PaymentsDeps, row: PaymentRow): Promise<boolean> {
  if (row.reason === PROCESSING && row.held_until !== null) {
    return false;
  }
  const heldUntil = row.held_until ?? tx.now + deps.holds.processingMs;
  await patchPayment(tx, row, { reason: PROCESSING, held_until: heldUntil });
  return true;
}

/** It waits for its payer alone again, or for nobody: what is paid for ends if it is due. `row` is as it was before. */
export async function endWaiting(tx: Tx, deps: PaymentsDeps, row: PaymentRow, by: Actor): Promise<void> {
  if (row.status === 'authorized') {
    await resolveAlert(tx, { kind: HOLD_ENDING_ALERT, subject: row.id, by });
  }
  if (row.held_until !== null) {
    await resolveOverdue(tx, row, by);
    if (isUnreviewed(row, tx.now, by)) {
      await alertOverdue(tx, row);
    }
    await ownerOf(deps, row.purpose_type).closeWhenDue(tx, row.purpose_id);
  }
}

/** It ended by its deadline and not by anybody's word, so that a buyer was lost: somebody should know. */
function isUnreviewed({ status, held_until: until }: PaymentRow, now: number, by: Actor): boolean {
  return status === 'requires_review' && until !== null && until <= now && by.type === 'system';
}

/** Nobody needs to be told any more that it waits. */
export async function resolveOverdue(tx: Tx, row: PaymentRow, by: Actor): Promise<void> {
  if (row.status === 'requires_review') {
    await resolveAlert(tx, { kind: REVIEW_ALERT, subject: row.id, by });
  }
  await resolveAlert(tx, { kind: overdueAlert(row), subject: row.id, by });
}

/** Tells staff that an attempt waits for one of them. */
export async function alertReview(tx: Tx, row: PaymentRow): Promise<void> {
  const { purpose_id: purposeId, amount, currency } = row;
  const details = { purposeId, amount, currency };
  await raiseAlert(tx, { kind: REVIEW_ALERT, subject: row.id, severity: 'warning', details });
}

/** Tells a person that the deadline has passed. */
export async function alertOverdue(tx: Tx, row: PaymentRow): Promise<void> {
  const { purpose_id: purposeId, amount, currency } = row;
  const details = { purposeId, amount, currency };
  await raiseAlert(tx, { kind: overdueAlert(row), subject: row.id, severity: 'warning', details });
}

/** Tells staff that a hold ends within a day: what is not captured by then is lost. */
export async function alertHoldEnding(tx: Tx, row: PaymentRow): Promise<void> {
  const { purpose_id: purposeId, amount, currency, authorised_until: until } = row;
  const details = { purposeId, amount, currency, until };
  await raiseAlert(tx, { kind: HOLD_ENDING_ALERT, subject: row.id, severity: 'warning', details });
}

/** Until when something that is open holds the end of the purpose (ms); `null` where nothing does. */
export async function heldUntil(db: Reader, purpose: Purpose): Promise<number | null> {
  const deadlines = (await findOpenPayments(db, purpose)).flatMap((row) => row.held_until ?? []);
  return deadlines.length === 0 ? null : Math.max(...deadlines);
}
