/**
 * Closes what may still take money. Invariant: an attempt is closed here only after its provider can take no money under
 * its number: it was asked, told to close, and asked again; and no call that could create it is under way (RULES 4).
 *
 * Crash story: every answer is recorded in a transaction of its own. Dying anywhere leaves the attempt open with its poll
 * job, and whoever wanted it closed begins anew.
 */

import { systemActor } from '../../kernel/actor.ts';
import { closePayment } from './apply-payment-result.ts';
import { type PaymentsDeps, reachGatewayOf } from './deps.ts';
import { callUnderWayUntil, toKnown } from './payment.ts';
import { findOpenPayments, findPayment, isPaid, lockPayment } from './payment-repository.ts';
import { isOpen } from './payment-states.ts';
import type { Purpose } from './purpose.ts';
import { queryPayment } from './query-payment.ts';
import type { PaymentRow } from './tables.ts';

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
    const until = await closeAttempt(deps, row);
    if (until !== null) {
      waitUntil = Math.max(waitUntil ?? 0, until);
    }
  }
  const left = await findOpenPayments(deps.db, purpose);
  return {
    isAllClosed: left.length === 0,
    hasMoney: await isPaid(deps.db, purpose),
    waitUntil,
  };
}

/** Closes one attempt as far as its provider lets us; answers until when a call has to be waited for, or `null`. */
export async function closeAttempt(deps: PaymentsDeps, row: PaymentRow): Promise<number | null> {
  const waitUntil = callUnderWayUntil(row, deps.outboundTimeoutMs, deps.clock.now());
  if (waitUntil !== null) {
    return waitUntil;
  }
  if (row.mismatch !== null) {
    // Held until a person decides; a query may still find that the provider has corrected itself.
    await queryPayment(deps, row, 'query');
    return null;
  }
  const before = await queryPayment(deps, row, 'query');
  if (before.outcome === 'unknown' || !(await mayClose(deps, row.id))) {
    return null;
  }
  const closing = await reachGatewayOf(deps, row).closePayment(toKnown(row));
  if (closing.outcome === 'unknown' || closing.outcome === 'not_closable') {
    return null;
  }
  const after = await queryPayment(deps, row, 'query');
  if (after.outcome === 'not_found') {
    await closeUnknownThere(deps, row.id);
  }
  return null;
}

/** Money that was authorised for a purpose that still wants it is left alone. */
async function mayClose(deps: PaymentsDeps, id: string): Promise<boolean> {
  const row = await findPayment(deps.db, id);
  return (
    row !== undefined &&
    isOpen(row.status) &&
    row.mismatch === null &&
    (row.status !== 'authorized' || row.is_surplus === 1)
  );
}

/** The provider has never heard of it, and no call that may create it is under way any more. */
function closeUnknownThere(deps: PaymentsDeps, id: string): Promise<void> {
  return deps.db.tx('payment.close_unsent', async (tx) => {
    const row = await lockPayment(tx, deps, id);
    const isIdle = row !== undefined && callUnderWayUntil(row, deps.outboundTimeoutMs, tx.now) === null;
    if (isIdle && isOpen(row.status) && row.mismatch === null) {
      await closePayment(tx, deps, row, systemActor('payment.close'));
    }
  });
}
