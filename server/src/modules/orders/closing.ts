/**
 * Ending an order that nobody has paid: by its expiry (`closed`) or by a person (`cancelled`), in one procedure (RULES 4).
 *
 * Invariant: stock is given back only when no attempt can take money any more. tx A marks the order as closing, so that
 * no attempt can be opened; then each open attempt is queried, closed and queried at its provider; tx B ends the order
 * only if none is open. Money that turns up meanwhile confirms the order in the transaction that records it.
 *
 * Crash story: the job `order.close` exists from before tx A until tx B or a payment removes it. Dying anywhere between
 * leaves an order that takes no attempts and a job that begins again with the same questions.
 */
import type { Actor } from '../../kernel/actor.ts';
import type { Tx } from '../../kernel/db/index.ts';
import { publish } from '../../kernel/events/index.ts';
import { transition } from '../../kernel/states.ts';
import { resolveAlert } from '../alerts/index.ts';
import { releaseForOrder } from '../inventory/index.ts';
import { type OrdersDeps, toPurpose } from './deps.ts';
import { orderCancelled, orderClosedEvent, toOrderEvent } from './events.ts';
import { orderMachine } from './order-states.ts';
import { markClosing } from './repository.ts';
import type { OrderRow } from './tables.ts';
import { uncountUnpaid } from './unpaid-counts.ts';

/** What the order shall become once no attempt is open, and who wants it. */
export interface ClosingRequest {
  readonly to: 'closed' | 'cancelled';
  readonly by: Actor;
  readonly reason: string | null;
}

/** Open while an order can not be closed because a provider does not let its attempts be closed. */
export const NOT_CLOSING_ALERT = 'order_not_closing';

export function closingRequestOf(order: OrderRow): ClosingRequest | null {
  return order.closing_request === null ? null : (JSON.parse(order.closing_request) as ClosingRequest);
}

/**
 * tx A, on an order that the caller has locked: from here on no attempt can be opened. A person's wish takes the place of
 * the expiry's, and the first person's stays.
 */
export async function beginClosing(tx: Tx, order: OrderRow, request: ClosingRequest): Promise<void> {
  if (closingRequestOf(order)?.to !== 'cancelled') {
    await markClosing(tx, order, JSON.stringify(request));
  }
}

export interface ClosingOutcome {
  /** Whether the order has ended or was confirmed; otherwise an attempt is still open. */
  readonly isSettled: boolean;
  /** When a call that is under way will be over (ms), so that asking earlier is no use. */
  readonly waitUntil: number | null;
}

/**
 * Closes the open attempts at their providers and then the order, if none is left. Call it outside any transaction;
 * `settle` runs in tx B when the order is settled. Throws what the network throws.
 */
export async function runClosing(
  deps: OrdersDeps,
  orderId: string,
  settle: (tx: Tx) => Promise<void>,
): Promise<ClosingOutcome> {
  const { waitUntil } = await deps.payments.closeOpenAttempts(toPurpose(orderId));
  const isSettled = await deps.db.tx('order.close', async (tx) => {
    const isDone = await finishClosing(tx, deps, orderId);
    if (isDone) {
      await settle(tx);
    }
    return isDone;
  });
  return { isSettled, waitUntil };
}

/** tx B: ends the order if it is still being closed and no attempt is open; answers whether nothing is left to do. */
export async function finishClosing(tx: Tx, deps: OrdersDeps, orderId: string): Promise<boolean> {
  const order = await tx.lock('orders', orderId);
  const request = order && closingRequestOf(order);
  if (!order || !request) {
    return true;
  }
  if ((await deps.payments.countOpenAttempts(tx, toPurpose(orderId))) > 0) {
    return false;
  }
  await endUnpaid(tx, order, request);
  await resolveAlert(tx, { kind: NOT_CLOSING_ALERT, subject: orderId, by: request.by });
  return true;
}

/** Ends an order whose money never came (or, authorised, was let go), and gives its stock back. */
export async function endUnpaid(tx: Tx, order: OrderRow, request: ClosingRequest): Promise<void> {
  const { to, by, reason } = request;
  const isClosed = to === 'closed';
  const isCancelled = !isClosed && order.fulfilment_status !== 'cancelled';
  const ended = await transition<OrderRow>(
    tx,
    orderMachine,
    order,
    {
      status: to,
      ...(order.payment_status === 'authorized' && { payment_status: 'unpaid' }),
      ...(isCancelled && { fulfilment_status: 'cancelled' }),
    },
    {
      by,
      note: reason ?? undefined,
      set: {
        closing_at: null,
        closing_request: null,
        ...(isClosed ? { closed_at: tx.now } : { cancelled_at: tx.now, cancel_reason: reason }),
      },
    },
  );
  await releaseForOrder(tx, order.id);
  if (order.status === 'pending') {
    await uncountUnpaid(tx, order.customer_id);
  }
  await publish(tx, isClosed ? orderClosedEvent : orderCancelled, order.id, toOrderEvent(ended));
}
