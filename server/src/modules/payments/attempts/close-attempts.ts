/**
 * Closes what may still take money. Invariant: an attempt is closed here only after its provider can take no money under
 * its number: it was asked, told to close, and asked again; and no call that could create it is under way (RULES 4).
 *
 * Crash story: every answer is recorded in a transaction of its own. Dying anywhere leaves the attempt open with its poll
 * job, and whoever wanted it closed begins anew.
 */

import { systemActor } from '../../../kernel/actor.ts';
import type { Tx } from '../../../kernel/db/index.ts';
import { advanceCapturesOf } from '../captures/send-capture.ts';
import { ownerOf, type PaymentsDeps, reachGatewayOf } from '../deps.ts';
import { callUnderWayUntil, purposeOf, toKnown, VOID_REQUESTED } from '../payment.ts';
import { findOpenPayments, findPayment, isPaid, lockPayment } from '../payment-repository.ts';
import { isOpen } from '../payment-states.ts';
import type { Purpose } from '../purpose.ts';
import type { PaymentRow } from '../tables.ts';
import { closePayment } from './end-payment.ts';
import { queryPayment } from './query-payment.ts';

export interface ClosedAttempts {
  readonly isAllClosed: boolean;
  /** Whether a payment pays the purpose; surplus does not count. */
  readonly hasMoney: boolean;
  /** When it makes sense to try again at the earliest (ms), because a call is still under way; `null` otherwise. */
  readonly waitUntil: number | null;
}

/** Closes every open attempt of the purpose, one after the other. Call it outside any transaction. */
export async function closeOpenAttempts(deps: PaymentsDeps, purpose: Purpose): Promise<ClosedAttempts> {
  let waitUntil: number | null = null;
  for (const row of await findOpenPayments(deps.db, purpose)) {
    const outcome = await closeAttempt(deps, row);
    if (outcome.waitUntil !== null) {
      waitUntil = Math.max(waitUntil ?? 0, outcome.waitUntil);
    }
  }
  const left = await findOpenPayments(deps.db, purpose);
  return {
    isAllClosed: left.length === 0,
    hasMoney: await isPaid(deps.db, purpose),
    waitUntil,
  };
}

export interface CloseOutcome {
  /** Until when a call has to be waited for. */
  readonly waitUntil: number | null;
  /** The provider can not close it; it dies by itself. */
  readonly isNotClosable: boolean;
}

const DONE: CloseOutcome = { waitUntil: null, isNotClosable: false };

/** Closes one attempt as far as its provider lets us. */
export async function closeAttempt(deps: PaymentsDeps, row: PaymentRow): Promise<CloseOutcome> {
  const waitUntil = callUnderWayUntil(row, deps.outboundTimeoutMs, deps.clock.now());
  if (waitUntil !== null) {
    return { waitUntil, isNotClosable: false };
  }
  if (row.mismatch !== null) {
    // Held until a person decides; a query may still find that the provider has corrected itself.
    await queryPayment(deps, row, 'query');
    return DONE;
  }
  if (row.status === 'requires_review' || row.settlement !== 'online') {
    await closeHere(deps, row.id);
    return DONE;
  }
  if (row.capture_requested > 0) {
    // The provider may be taking the money at this moment: that is brought to its end first.
    return { ...DONE, waitUntil: await advanceCapturesOf(deps, row.id) };
  }
  return closeAtProvider(deps, row);
}

/** Query, close, query. */
async function closeAtProvider(deps: PaymentsDeps, row: PaymentRow): Promise<CloseOutcome> {
  const before = await queryPayment(deps, row, 'query');
  const present = await findPayment(deps.db, row.id);
  const isBusy = before.outcome === 'unknown' || before.outcome === 'processing';
  if (isBusy || present === undefined || !(await mayClose(deps, present))) {
    return DONE;
  }
  const closing = await reachGatewayOf(deps, present).closePayment(toKnown(present));
  if (closing.outcome === 'unknown') {
    return DONE;
  }
  if (closing.outcome === 'abandoned') {
    await closeUncapturable(deps, row.id);
    return DONE;
  }
  const after = await queryPayment(deps, present, 'query');
  if (after.outcome === 'not_found' && closing.outcome !== 'not_closable') {
    await closeUncapturable(deps, row.id);
  }
  return { ...DONE, isNotClosable: closing.outcome === 'not_closable' };
}

/** Money that is held for a purpose which still wants it is left alone, and so is what is being captured. */
async function mayClose(deps: PaymentsDeps, row: PaymentRow): Promise<boolean> {
  if (!isOpen(row.status) || row.mismatch !== null || row.capture_requested > 0) {
    return false;
  }
  if (row.status !== 'authorized' || row.reason === VOID_REQUESTED) {
    return true;
  }
  return deps.db.tx('payment.may_void', async (tx) => {
    const locked = await lockPayment(tx, deps, row.id);
    return locked !== undefined && !(await isWanted(tx, deps, locked));
  });
}

async function isWanted(tx: Tx, deps: PaymentsDeps, row: PaymentRow): Promise<boolean> {
  return row.is_surplus === 0 && ownerOf(deps, row.purpose_type).wantsHold(tx, purposeOf(row), row.id);
}

/** Nothing of it is at a provider, or there is none: it is closed here alone, unless it is to be paid on delivery. */
function closeHere(deps: PaymentsDeps, id: string): Promise<void> {
  return deps.db.tx('payment.close_here', async (tx) => {
    const row = await lockPayment(tx, deps, id);
    if (row === undefined || !isOpen(row.status)) {
      return;
    }
    if (row.settlement !== 'on_delivery' || !(await isWanted(tx, deps, row))) {
      await closePayment(tx, deps, row, { by: systemActor('payment.close') });
    }
  });
}

/** The provider has never heard of it, or takes nothing without us; and no call of ours is under way any more. */
function closeUncapturable(deps: PaymentsDeps, id: string): Promise<void> {
  return deps.db.tx('payment.close_unsent', async (tx) => {
    const row = await lockPayment(tx, deps, id);
    const isIdle = row !== undefined && callUnderWayUntil(row, deps.outboundTimeoutMs, tx.now) === null;
    if (isIdle && isOpen(row.status) && row.mismatch === null && row.capture_requested === 0) {
      await closePayment(tx, deps, row, { by: systemActor('payment.close') });
    }
  });
}
