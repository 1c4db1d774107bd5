/**
 * The arrows of a delivery that the program makes itself.
 *
 * Invariant: of any number of runs one claims (`unfulfilled → in_progress` on the order's row), and a refund that is being
 * reserved moves the same column (RULES 12), so that an order is delivered or refunded before delivery, never both.
 * `unknown` is left by a query or a person only.
 *
 * Crash story: each arrow is one transaction, that of the caller, together with what it writes about its delivery. A run
 * that dies after its claim leaves `in_progress`, which nobody delivers again.
 */
import type { Actor } from '../../../kernel/actor.ts';
import type { Tx } from '../../../kernel/db/index.ts';
import { AppError, notFound } from '../../../kernel/errors.ts';
import { publish } from '../../../kernel/events/index.ts';
import { transition } from '../../../kernel/states.ts';
import { cancelPaid } from '../cancel-order.ts';
import type { OrdersDeps } from '../deps.ts';
import { deliveryUndecided } from '../errors.ts';
import { orderCompleted, toOrderEvent } from '../events.ts';
import { orderMachine } from '../order-states.ts';
import type { OrderRow } from '../tables.ts';
import { isVirtual } from './fulfiller.ts';

/** How a delivery ended, or that nobody knows. */
export type DeliveryOutcome = 'fulfilled' | 'failed' | 'unknown';

export interface DeliveryNote {
  readonly by: Actor;
  readonly note?: string | undefined;
}

export interface Delivery {
  /** Wins the right to deliver: a paid order, not disputed, whose delivery nobody has begun. `undefined` for whoever loses. */
  claim(tx: Tx, orderId: string, by: Actor): Promise<OrderRow | undefined>;
  /** Ends a delivery that was claimed, or whose outcome was unknown; `undefined` where it stands there already. */
  settle(
    tx: Tx,
    orderId: string,
    outcome: DeliveryOutcome,
    note: DeliveryNote,
  ): Promise<OrderRow | undefined>;
  /** Gives a claim back, by the run that made it, when nothing was sent. */
  giveBack(tx: Tx, orderId: string, note: DeliveryNote): Promise<OrderRow>;
  /**
   * Cancels a paid order that was not delivered and will not be, and reserves all of its money for a refund. Throws
   * `delivery_undecided` (409) while it may still have been delivered; nothing happens to one that has ended.
   */
  cancelUndelivered(
    tx: Tx,
    orderId: string,
    request: { readonly by: Actor; readonly reason: string },
  ): Promise<OrderRow>;
}

export function createDelivery(deps: OrdersDeps): Delivery {
  return {
    claim,
    settle,
    giveBack,
    cancelUndelivered: (tx, orderId, request) => cancelUndelivered(tx, deps, orderId, request),
  };
}

async function claim(tx: Tx, orderId: string, by: Actor): Promise<OrderRow | undefined> {
  const order = await tx.lock('orders', orderId);
  if (!order || !isVirtual(order) || !mayBeDelivered(order)) {
    return undefined;
  }
  return transition<OrderRow>(tx, orderMachine, order, { fulfilment_status: 'in_progress' }, { by });
}

/** A dispute that was won or withdrawn has left the money here. */
const HARMLESS: readonly OrderRow['dispute_status'][] = [null, 'won', 'withdrawn'];

/** Whether the program may begin to deliver the order: its money is here and stays, and nobody has begun. */
export function mayBeDelivered(order: OrderRow): boolean {
  return (
    order.status === 'confirmed' &&
    order.payment_status === 'paid' &&
    order.fulfilment_status === 'unfulfilled' &&
    order.closing_at === null &&
    HARMLESS.includes(order.dispute_status)
  );
}

async function settle(
  tx: Tx,
  orderId: string,
  outcome: DeliveryOutcome,
  { by, note }: DeliveryNote,
): Promise<OrderRow | undefined> {
  const order = await readVirtual(tx, orderId);
  if (order.fulfilment_status === outcome) {
    return undefined;
  }
  if (outcome !== 'fulfilled') {
    return transition<OrderRow>(tx, orderMachine, order, { fulfilment_status: outcome }, { by, note });
  }
  const completed = await transition<OrderRow>(
    tx,
    orderMachine,
    order,
    { fulfilment_status: 'fulfilled', status: 'completed' },
    { by, note, set: { completed_at: tx.now } },
  );
  await publish(tx, orderCompleted, orderId, toOrderEvent(completed));
  return completed;
}

async function giveBack(tx: Tx, orderId: string, { by, note }: DeliveryNote): Promise<OrderRow> {
  const order = await readVirtual(tx, orderId);
  return transition<OrderRow>(tx, orderMachine, order, { fulfilment_status: 'unfulfilled' }, { by, note });
}

async function cancelUndelivered(
  tx: Tx,
  deps: OrdersDeps,
  orderId: string,
  { by, reason }: { readonly by: Actor; readonly reason: string },
): Promise<OrderRow> {
  const order = await readVirtual(tx, orderId);
  if (order.fulfilment_status === 'in_progress' || order.fulfilment_status === 'unknown') {
    throw new AppError(deliveryUndecided);
  }
  if (order.status !== 'confirmed' || order.fulfilment_status === 'fulfilled') {
    return order;
  }
  return cancelPaid(tx, deps, order, { to: 'cancelled', by, reason });
}

async function readVirtual(tx: Tx, orderId: string): Promise<OrderRow> {
  const order = await tx.lock('orders', orderId);
  if (!order || !isVirtual(order)) {
    throw new AppError(notFound);
  }
  return order;
}
