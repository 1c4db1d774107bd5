/**
 * A person cancels an order.
 *
 * Invariant: what was paid is on its way back when the order is cancelled, in one transaction, and what can still be paid
 * is closed at its provider first (closing.ts). Crash story: a paid order is cancelled with its refund reserved or not at
 * all; an unpaid one is marked as closing together with the job that finishes what this request could not.
 */
import type { Actor } from '../../kernel/actor.ts';
import { SECOND_MS } from '../../kernel/clock.ts';
import type { Tx } from '../../kernel/db/index.ts';
import { AppError, illegalTransition, notFound } from '../../kernel/errors.ts';
import { publish } from '../../kernel/events/index.ts';
import { transition } from '../../kernel/states.ts';
import { releaseForOrder } from '../inventory/index.ts';
import { dropClose, planClose } from './close-job.ts';
import { beginClosing, type ClosingRequest, finishClosing, runClosing } from './closing.ts';
import { type OrdersDeps, toPurpose } from './deps.ts';
import { orderCancelled, toOrderEvent } from './events.ts';
import { staffTargets } from './order.ts';
import { orderMachine } from './order-states.ts';
import type { OrderRow } from './tables.ts';

/** When the job takes over from a request that has died between marking the order and closing it. */
const TAKE_OVER_AFTER_MS = 30 * SECOND_MS;

export interface CancelRequest {
  readonly orderId: string;
  readonly by: Actor;
  readonly reason: string | null;
  /** Set for a customer, who may cancel only orders of their own, and none that is being packed. */
  readonly customerId: string | null;
  /** Runs in the transaction in which the order is cancelled or marked, such as for the audit log. */
  readonly record?: ((tx: Tx, order: OrderRow) => Promise<void>) | undefined;
}

/** `closing`: an attempt could not be closed yet; the order will be cancelled, or confirmed if it turns out to be paid. */
export type CancelOutcome = 'cancelled' | 'closing';

/**
 * Cancels the order, or begins to. Repeating it is harmless. Throws `not_found` (404) and `illegal_transition` (409, with
 * the legal ones).
 */
export async function cancelOrder(deps: OrdersDeps, request: CancelRequest): Promise<CancelOutcome> {
  const outcome = await deps.db.tx('order.cancel', (tx) => beginCancel(tx, deps, request));
  if (outcome === 'cancelled') {
    return outcome;
  }
  const { orderId } = request;
  const { isSettled, waitUntil } = await runClosing(deps, orderId, (tx) => dropClose(tx, orderId));
  if (!isSettled && waitUntil !== null) {
    await deps.db.tx('order.wait_to_close', (tx) => planClose(tx, orderId, waitUntil));
  }
  return isSettled ? 'cancelled' : 'closing';
}

async function beginCancel(tx: Tx, deps: OrdersDeps, request: CancelRequest): Promise<CancelOutcome> {
  const { orderId, by, reason } = request;
  const order = await tx.lock('orders', orderId);
  if (!order || (request.customerId !== null && order.customer_id !== request.customerId)) {
    throw new AppError(notFound);
  }
  if (order.status === 'cancelled') {
    return 'cancelled';
  }
  assertCancellable(order, request);
  await request.record?.(tx, order);
  const closing: ClosingRequest = { to: 'cancelled', by, reason };
  if (!['unpaid', 'authorized'].includes(order.payment_status)) {
    await cancelPaid(tx, deps, order, closing);
    return 'cancelled';
  }
  await beginClosing(tx, order, closing);
  if (await finishClosing(tx, deps, orderId)) {
    await dropClose(tx, orderId);
    return 'cancelled';
  }
  await planClose(tx, orderId, tx.now + TAKE_OVER_AFTER_MS);
  return 'closing';
}

function assertCancellable(order: OrderRow, { customerId }: CancelRequest): void {
  const isAllowed =
    staffTargets(order).includes('cancelled') &&
    (customerId === null || order.status !== 'processing') &&
    ['unfulfilled', 'failed', ...(order.kind === 'goods' ? ['in_progress'] : [])].includes(
      order.fulfilment_status,
    );
  if (!isAllowed) {
    const legal = customerId === null ? staffTargets(order).filter((target) => target !== 'cancelled') : [];
    throw new AppError(illegalTransition, {
      details: { entity: 'order', field: 'status', from: order.status, to: 'cancelled', legal },
    });
  }
}

/**
 * Cancels an order whose money is here: reserves all that is left of it for a refund and gives the stock back. The caller
 * has locked the order.
 */
export async function cancelPaid(
  tx: Tx,
  deps: OrdersDeps,
  { id }: OrderRow,
  { by, reason }: ClosingRequest,
): Promise<OrderRow> {
  await returnMoney(tx, deps, id, { by, reason });
  // The refund has moved the order's payment status.
  const order = (await tx.lock('orders', id)) as OrderRow;
  const cancelled = await transition<OrderRow>(
    tx,
    orderMachine,
    order,
    {
      status: 'cancelled',
      ...(order.fulfilment_status !== 'cancelled' && { fulfilment_status: 'cancelled' }),
    },
    { by, note: reason ?? undefined, set: { cancelled_at: tx.now, cancel_reason: reason } },
  );
  await releaseForOrder(tx, id);
  await publish(tx, orderCancelled, id, toOrderEvent(cancelled));
  return cancelled;
}

/** Reserves all that is left of the order's money, which is owed; nothing may be left. The caller has locked the order. */
export async function returnMoney(
  tx: Tx,
  { payments }: OrdersDeps,
  orderId: string,
  { by, reason }: Pick<ClosingRequest, 'by' | 'reason'>,
): Promise<void> {
  const purpose = toPurpose(orderId);
  await payments.reserveRefund(tx, { purpose, amount: 'all', reason, by, origin: 'cancel' });
}
