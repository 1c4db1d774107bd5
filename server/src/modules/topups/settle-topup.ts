/**
 * What becomes of an order when the outcome of its top-up is known, or is given up as unknown.
 *
 * Invariant: the order moves with what is written of its delivery, in one transaction of the caller that holds the order's
 * row; a top-up that failed is cancelled there with all of its money on the way back, unless staff wants to decide that.
 * Nothing here ever sends it again.
 */
import type { Actor } from '../../kernel/actor.ts';
import { MINUTE_MS } from '../../kernel/clock.ts';
import type { Tx } from '../../kernel/db/index.ts';
import { publish } from '../../kernel/events/index.ts';
import { enqueue } from '../../kernel/jobs/index.ts';
import { raiseAlert, resolveAlert } from '../alerts/index.ts';
import type { DeliveryOutcome, OrderRow } from '../orders/index.ts';
import type { TopupsDeps } from './deps.ts';
import { topupDelivered, topupFailed, topupUndecided, toTopupEvent } from './events.ts';
import { topupQuery } from './jobs.ts';
import { setAwaits } from './repository.ts';
import type { TopupRow } from './tables.ts';

/** Open while nobody knows whether it was delivered. */
export const UNKNOWN_ALERT = 'topup_unknown';
/** Open while a person must decide what becomes of the money. */
export const FAILED_ALERT = 'topup_failed';

const FIRST_QUERY_AFTER_MS = MINUTE_MS;

export interface Settlement {
  readonly outcome: DeliveryOutcome;
  readonly by: Actor;
  /** For the history and for staff: the operator's code, or a person's reason. */
  readonly note: string | undefined;
  /** Whether the money goes back by itself if it failed. */
  readonly isRefunded: boolean;
}

/** Whether somebody is still waited for to say what became of it. */
export function isUndecided({ fulfilment_status: status }: OrderRow): boolean {
  return status === 'in_progress' || status === 'unknown';
}

/** Moves the order to where the outcome leaves it. The caller has locked it, and seen that it is undecided. */
export async function settleTopup(
  tx: Tx,
  deps: TopupsDeps,
  topup: TopupRow,
  { outcome, by, note, isRefunded }: Settlement,
): Promise<void> {
  const moved = await deps.orders.delivery.settle(tx, topup.order_id, outcome, { by, note });
  if (moved === undefined) {
    return;
  }
  switch (outcome) {
    case 'fulfilled':
      await endWaiting(tx, topup, by);
      await publish(tx, topupDelivered, topup.id, toTopupEvent(topup));
      return;
    case 'failed':
      await endWaiting(tx, topup, by);
      await publish(tx, topupFailed, topup.id, toTopupEvent(topup));
      await (isRefunded ? returnMoney(tx, deps, topup, by) : awaitPerson(tx, topup, 'failed', note));
      return;
    case 'unknown':
      await awaitPerson(tx, topup, 'unknown', note);
      await publish(tx, topupUndecided, topup.id, toTopupEvent(topup));
      if (deps.operators.byName(topup.operator)?.capabilities.isQueryable) {
        const options = { key: topup.id, runAt: tx.now + FIRST_QUERY_AFTER_MS };
        await enqueue(tx, topupQuery, { topupId: topup.id }, options);
      }
  }
}

/** Cancels the order of a top-up that failed, and reserves all of its money for a refund. */
export async function returnMoney(tx: Tx, { orders }: TopupsDeps, topup: TopupRow, by: Actor): Promise<void> {
  await orders.delivery.cancelUndelivered(tx, topup.order_id, { by, reason: 'topup_failed' });
  await setAwaits(tx, topup.id, null);
  await resolveAlert(tx, { kind: FAILED_ALERT, subject: topup.id, by });
}

async function awaitPerson(
  tx: Tx,
  topup: TopupRow,
  awaits: NonNullable<TopupRow['awaits_person']>,
  note: string | undefined,
): Promise<void> {
  await setAwaits(tx, topup.id, awaits);
  await raiseTopupAlert(tx, topup, awaits, note);
}

/** Tells staff of a top-up that waits for them. */
export async function raiseTopupAlert(
  tx: Tx,
  topup: TopupRow,
  awaits: NonNullable<TopupRow['awaits_person']>,
  note?: string,
): Promise<void> {
  const { id, order_id: orderId, operator, amount, currency } = topup;
  await raiseAlert(tx, {
    kind: awaits === 'unknown' ? UNKNOWN_ALERT : FAILED_ALERT,
    subject: id,
    severity: awaits === 'unknown' ? 'critical' : 'warning',
    details: { orderId, operator, amount, currency, note },
  });
}

async function endWaiting(tx: Tx, topup: TopupRow, by: Actor): Promise<void> {
  await setAwaits(tx, topup.id, null);
  await resolveAlert(tx, { kind: UNKNOWN_ALERT, subject: topup.id, by });
}
