/**
 * Decides that money which is held, or agreed to, shall be taken. Invariant: what captures of ours have taken or may still
 * take is never more than is held; the counter on the attempt is raised by a conditional update under a CHECK before the
 * provider is asked (RULES 8), and only while the purpose still wants the money.
 *
 * Crash story: counter, capture row, history and job are one transaction, that of the caller. When it commits, the job
 * asks the provider; before, nothing is decided.
 */
import type { Actor } from '../../../kernel/actor.ts';
import { insertRow, type Tx } from '../../../kernel/db/index.ts';
import { AppError, notFound } from '../../../kernel/errors.ts';
import { enqueue, moveJob } from '../../../kernel/jobs/index.ts';
import { recordInitialStates } from '../../../kernel/states.ts';
import { gatewayOf, ownerOf, type PaymentsDeps } from '../deps.ts';
import { captureExceedsAuthorised, captureMustBeFinal, captureNotPossible } from '../errors.ts';
import { captureSend } from '../jobs.ts';
import { purposeOf, VOID_REQUESTED } from '../payment.ts';
import {
  findAuthorised,
  findUnfinishedCaptures,
  lockPayment,
  reserveCaptureOn,
} from '../payment-repository.ts';
import type { Purpose } from '../purpose.ts';
import type { CaptureRow, PaymentRow } from '../tables.ts';
import { newCapture } from './capture.ts';
import { captureMachine } from './capture-states.ts';

export interface CaptureOrder {
  readonly paymentId: string;
  /** Minor units; all that is left of the hold without it. */
  readonly amount?: number | undefined;
  /** Nothing more will be captured, and what is left of the hold is let go. */
  readonly isFinal: boolean;
  readonly by: Actor;
  /** The Idempotency-Key's, if there is one. */
  readonly claimId?: string | null;
}

/**
 * Orders a capture of an authorised attempt. Throws `not_found`, `capture_not_possible`, `capture_exceeds_authorised` and
 * `capture_must_be_final` (409).
 */
export async function requestCapture(tx: Tx, deps: PaymentsDeps, order: CaptureOrder): Promise<CaptureRow> {
  const row = await lockPayment(tx, deps, order.paymentId);
  if (row === undefined) {
    throw new AppError(notFound);
  }
  const claimed = await findClaimed(tx, order.claimId ?? null);
  if (claimed !== undefined) {
    return claimed;
  }
  const { captures } = gatewayOf(deps, row).capabilities;
  const isHeld = row.status === 'authorized' && row.mismatch === null && row.reason !== VOID_REQUESTED;
  const isWanted =
    row.is_surplus === 0 && (await ownerOf(deps, row.purpose_type).wantsHold(tx, purposeOf(row), row.id));
  const pending = await findUnfinishedCaptures(tx, row.id);
  const isOver = pending.some((capture) => capture.is_final === 1);
  if (captures === null || !isHeld || !isWanted || isOver) {
    throw new AppError(captureNotPossible, { details: { status: row.status } });
  }
  const isLast = order.isFinal || order.amount === undefined;
  if (!captures.isMultiple && !isLast) {
    throw new AppError(captureMustBeFinal);
  }
  const left = row.authorised_amount - row.captured_amount - row.capture_requested;
  const { by, claimId = null } = order;
  return insertRequested(tx, row, { amount: order.amount ?? left, isFinal: isLast, by, left, claimId });
}

interface Wanted {
  readonly amount: number;
  readonly isFinal: boolean;
  readonly by: Actor;
  readonly left: number;
  readonly claimId?: string | null;
}

/** The capture that the first run of this very request has ordered. */
async function findClaimed(tx: Tx, claimId: string | null): Promise<CaptureRow | undefined> {
  return claimId === null
    ? undefined
    : tx.query.selectFrom('captures').selectAll().where('claim_id', '=', claimId).executeTakeFirst();
}

async function insertRequested(tx: Tx, row: PaymentRow, wanted: Wanted): Promise<CaptureRow> {
  const { amount, isFinal, by, left, claimId = null } = wanted;
  if (amount <= 0 || !(await reserveCaptureOn(tx, row.id, amount))) {
    throw new AppError(captureExceedsAuthorised, { details: { requested: amount, available: left } });
  }
  const capture = newCapture(tx, row, { amount, isFinal, claimId });
  await insertRow(tx, 'captures', capture);
  await recordInitialStates(tx, captureMachine, capture.id, { status: 'requested' }, { by });
  await enqueue(tx, captureSend, { captureId: capture.id, tries: 0 }, { key: capture.id });
  return capture;
}

/** Takes what the payer has agreed to in full. The caller has locked the attempt and knows that it is wanted. */
export async function captureApproved(
  tx: Tx,
  deps: PaymentsDeps,
  paymentId: string,
  by: Actor,
): Promise<void> {
  const row = await lockPayment(tx, deps, paymentId);
  if (row === undefined) {
    throw new Error(`payment ${paymentId} has disappeared`);
  }
  await tx.query
    .updateTable('payments')
    .set({ authorised_amount: row.amount, updated_at: tx.now })
    .where('id', '=', row.id)
    .execute();
  await insertRequested(tx, row, { amount: row.amount, isFinal: true, by, left: row.amount });
}

/** Takes all that is still held for the purpose, because its goods have left; nothing where nothing is held. */
export async function captureHeld(tx: Tx, deps: PaymentsDeps, purpose: Purpose, by: Actor): Promise<void> {
  const row = await findAuthorised(tx, purpose);
  const pending = row === undefined ? [] : await findUnfinishedCaptures(tx, row.id);
  if (row !== undefined && pending.every((capture) => capture.is_final === 0)) {
    await requestCapture(tx, deps, { paymentId: row.id, isFinal: true, by });
  }
}

/** Lets the captures that are under way be asked for as soon as a worker is free. */
export async function nudgeCaptures(tx: Tx, paymentId: string): Promise<void> {
  for (const { id } of await findUnfinishedCaptures(tx, paymentId)) {
    await moveJob(tx, captureSend, id, tx.now);
  }
}
