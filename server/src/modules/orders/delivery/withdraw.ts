/**
 * What money that goes back makes of a delivery.
 *
 * Invariant: a refund before delivery is one of the whole order and ends the delivery in its own transaction (RULES 12);
 * while nobody knows whether the order was delivered, nothing is refunded. What was delivered is taken back by whoever
 * delivered it (RULES 14). Crash story: everything stands in the transaction that moves the refund or the dispute.
 */
import type { Actor } from '../../../kernel/actor.ts';
import type { Tx } from '../../../kernel/db/index.ts';
import { AppError } from '../../../kernel/errors.ts';
import { transition } from '../../../kernel/states.ts';
import type { DisputeNotice, RefundNotice } from '../../payments/index.ts';
import { cancelPaid } from '../cancel-order.ts';
import type { OrdersDeps } from '../deps.ts';
import { deliveryUndecided, refundMustBeFull } from '../errors.ts';
import { type FulfilmentStatus, orderMachine } from '../order-states.ts';
import type { OrderRow } from '../tables.ts';
import { mayBeDelivered } from './deliver.ts';
import { isVirtual } from './fulfiller.ts';

/**
 * A refund is being reserved. Throws `delivery_undecided` and `refund_must_be_full` (409), and what the fulfiller refuses
 * with.
 */
export async function withdrawForRefund(tx: Tx, deps: OrdersDeps, refund: RefundNotice): Promise<void> {
  const order = await lockVirtual(tx, refund);
  if (!order) {
    return;
  }
  switch (order.fulfilment_status) {
    case 'in_progress':
    case 'unknown':
      throw new AppError(deliveryUndecided);
    case 'fulfilled':
      await fulfillerOf(deps, order).onRefundReserved(tx, order, refund);
      return;
    case 'unfulfilled':
    case 'failed':
      if (refund.refundedDone + refund.refundedUnderWay < refund.captured) {
        throw new AppError(refundMustBeFull);
      }
      await moveDelivery(tx, order, 'cancelled', refund);
      return;
    case 'cancelled':
      return;
  }
}

/**
 * A refund has come further. An order that was not delivered ends with its money: as soon as any of it is gone, all of it
 * is owed. Where a refund was given up before anything was sent, the delivery stands where it stood, and is due again.
 */
export async function settleWithdrawal(tx: Tx, deps: OrdersDeps, refund: RefundNotice): Promise<void> {
  const order = await lockVirtual(tx, refund);
  if (!order) {
    return;
  }
  if (order.fulfilment_status === 'fulfilled') {
    await fulfillerOf(deps, order).onRefundChanged(tx, order, refund);
    return;
  }
  if (order.status !== 'confirmed') {
    return;
  }
  const isGivenUp = refund.state === 'cancelled' && refund.refundedDone + refund.refundedUnderWay === 0;
  if (order.fulfilment_status === 'cancelled' && isGivenUp) {
    await beginAgain(tx, deps, await moveDelivery(tx, order, await statusBefore(tx, order), refund), refund);
    return;
  }
  const isGone = refund.refundedDone > 0 || refund.state === 'failed';
  if (isGone && order.fulfilment_status !== 'in_progress' && order.fulfilment_status !== 'unknown') {
    await cancelPaid(tx, deps, order, { to: 'cancelled', by: refund.by, reason: 'refunded' });
  }
}

/**
 * A dispute has come further. What was not delivered when its money was lost is not delivered any more; what waited for
 * its end is due when it has left the money here.
 */
export async function withdrawForDispute(tx: Tx, deps: OrdersDeps, dispute: DisputeNotice): Promise<void> {
  const order = await tx.lock('orders', dispute.purpose.id);
  if (!order || !isVirtual(order)) {
    return;
  }
  if (order.fulfilment_status === 'fulfilled') {
    await fulfillerOf(deps, order).onDisputeChanged(tx, order, dispute);
    return;
  }
  const isUndelivered = order.fulfilment_status === 'unfulfilled' || order.fulfilment_status === 'failed';
  if (dispute.status === 'lost' && isUndelivered && order.status === 'confirmed') {
    await cancelPaid(tx, deps, order, { to: 'cancelled', by: dispute.by, reason: 'disputed' });
    return;
  }
  await beginAgain(tx, deps, order, dispute);
}

/** What stood in the way of the delivery is gone: it is due again, as when the order was paid. */
async function beginAgain(
  tx: Tx,
  deps: OrdersDeps,
  order: OrderRow,
  { by }: { readonly by: Actor },
): Promise<void> {
  if (mayBeDelivered(order)) {
    await fulfillerOf(deps, order).onPaid(tx, order, by);
  }
}

/** Only money that paid the order is about its delivery. */
async function lockVirtual(tx: Tx, refund: RefundNotice): Promise<OrderRow | undefined> {
  if (refund.isSurplus) {
    return undefined;
  }
  const order = await tx.lock('orders', refund.purpose.id);
  return order && isVirtual(order) ? order : undefined;
}

function moveDelivery(
  tx: Tx,
  order: OrderRow,
  to: FulfilmentStatus,
  { by, refundId }: RefundNotice,
): Promise<OrderRow> {
  return transition<OrderRow>(tx, orderMachine, order, { fulfilment_status: to }, { by, note: refundId });
}

/** Where the delivery stood before its refund was reserved. */
async function statusBefore(tx: Tx, order: OrderRow): Promise<FulfilmentStatus> {
  const step = await tx.query
    .selectFrom('state_history')
    .select('from_state')
    .where('entity', '=', orderMachine.entity)
    .where('entity_id', '=', order.id)
    .where('field', '=', 'fulfilment_status')
    .where('to_state', '=', 'cancelled')
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  return step.from_state as FulfilmentStatus;
}

/** Throws a defect: an order of a kind that nobody delivers can not have been placed. */
export function fulfillerOf({ fulfillers }: OrdersDeps, order: OrderRow) {
  const fulfiller = isVirtual(order) ? fulfillers.get(order.kind) : undefined;
  if (fulfiller === undefined) {
    throw new Error(`nobody delivers orders of kind ${order.kind}`);
  }
  return fulfiller;
}
