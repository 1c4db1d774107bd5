/**
 * The steps of goods that a member of staff takes: packed, shipped, delivered, completed, returned. One function per arrow.
 *
 * Invariant: goods leave once (`in_progress → fulfilled` on one column), only for an order whose money is here, promised
 * or collected on delivery, and never while it is being closed or its money is on its way back. Crash story: the arrow,
 * its stock, its event and its audit entry are one transaction.
 */
import type { Tx } from '../../kernel/db/index.ts';
import { AppError, illegalTransition, notFound } from '../../kernel/errors.ts';
import { type EventDefinition, publish } from '../../kernel/events/index.ts';
import { transition } from '../../kernel/states.ts';
import { consumeForOrder, restockOrder } from '../inventory/index.ts';
import { type Collection, collect, isPaidOnDelivery } from './collect.ts';
import { type OrdersDeps, toPurpose } from './deps.ts';
import { orderClosing, orderRefunded } from './errors.ts';
import {
  type OrderEvent,
  orderCompleted,
  orderDelivered,
  orderProcessing,
  orderReturned,
  orderShipped,
  toOrderEvent,
} from './events.ts';
import { type StaffTarget, staffTargets } from './order.ts';
import { orderMachine } from './order-states.ts';
import type { OrderRow } from './tables.ts';

export type Step = Exclude<StaffTarget, 'cancelled'>;

export interface AdvanceRequest extends Collection {
  readonly orderId: string;
  readonly to: Step;
  readonly note?: string | undefined;
  /** For `shipped`. */
  readonly carrier?: string | undefined;
  readonly trackingNumber?: string | undefined;
  /** For `returned`: whether the goods came back fit for sale. */
  readonly restock?: boolean | undefined;
  /** Runs in the transaction of the arrow, such as for the audit log. */
  readonly record?: ((tx: Tx, before: OrderRow, after: OrderRow) => Promise<void>) | undefined;
}

type Arrow = (tx: Tx, deps: OrdersDeps, order: OrderRow, request: AdvanceRequest) => Promise<OrderRow>;

const ARROWS: Readonly<Record<Step, { readonly run: Arrow; readonly event: EventDefinition<OrderEvent> }>> = {
  processing: { run: startProcessing, event: orderProcessing },
  shipped: { run: ship, event: orderShipped },
  delivered: { run: deliver, event: orderDelivered },
  completed: { run: complete, event: orderCompleted },
  returned: { run: takeBack, event: orderReturned },
};

/**
 * Takes one step. Throws `not_found` (404), `illegal_transition` (409, with the legal ones), `order_closing`,
 * `order_refunded`, `stock_not_on_hand` and `amount_differs` (409), `collected_amount_required` and
 * `nothing_to_collect` (422).
 */
export async function advanceOrder(deps: OrdersDeps, request: AdvanceRequest): Promise<OrderRow> {
  const { orderId, to } = request;
  return deps.db.tx(`order.${to}`, async (tx) => {
    const order = await tx.lock('orders', orderId);
    if (!order) {
      throw new AppError(notFound);
    }
    const legal = staffTargets(order);
    if (!legal.includes(to)) {
      const details = { entity: 'order', field: 'status', from: order.status, to, legal };
      throw new AppError(illegalTransition, { details });
    }
    if (order.closing_at !== null) {
      throw new AppError(orderClosing);
    }
    const { run, event } = ARROWS[to];
    const advanced = await run(tx, deps, order, request);
    await publish(tx, event, orderId, toOrderEvent(advanced));
    await request.record?.(tx, order, advanced);
    return advanced;
  });
}

function move(
  tx: Tx,
  order: OrderRow,
  { by, note }: AdvanceRequest,
  changes: Partial<OrderRow>,
  set: Partial<OrderRow> = {},
): Promise<OrderRow> {
  return transition<OrderRow>(tx, orderMachine, order, changes, { by, note, set });
}

/** Money that is on its way back buys no goods. A part that was refunded (a discount after the fact) does not matter. */
function assertMoneyStays(order: OrderRow): void {
  if (order.payment_status === 'refund_pending' || order.payment_status === 'refunded') {
    throw new AppError(orderRefunded, { details: { paymentStatus: order.payment_status } });
  }
}

async function startProcessing(
  tx: Tx,
  _deps: OrdersDeps,
  order: OrderRow,
  request: AdvanceRequest,
): Promise<OrderRow> {
  assertMoneyStays(order);
  return move(tx, order, request, { status: 'processing', fulfilment_status: 'in_progress' });
}

/** What was only held for the goods is taken now that they leave. */
async function ship(tx: Tx, deps: OrdersDeps, order: OrderRow, request: AdvanceRequest): Promise<OrderRow> {
  assertMoneyStays(order);
  await deps.payments.captureHeld(tx, toPurpose(order.id), request.by);
  await consumeForOrder(tx, order.id, request.by);
  const changes = { status: 'shipped', fulfilment_status: 'fulfilled' } as const;
  return move(tx, order, request, changes, {
    shipped_at: tx.now,
    carrier: request.carrier ?? null,
    tracking_number: request.trackingNumber ?? null,
  });
}

async function deliver(
  tx: Tx,
  deps: OrdersDeps,
  order: OrderRow,
  request: AdvanceRequest,
): Promise<OrderRow> {
  const collected = await collect(tx, deps, order, request);
  return move(tx, collected, request, { status: 'delivered' }, { delivered_at: tx.now });
}

/** Goods that nobody ships are handed over by this step. */
async function complete(
  tx: Tx,
  deps: OrdersDeps,
  order: OrderRow,
  request: AdvanceRequest,
): Promise<OrderRow> {
  const set = { completed_at: tx.now };
  if (order.fulfilment_status === 'fulfilled') {
    return move(tx, order, request, { status: 'completed' }, set);
  }
  assertMoneyStays(order);
  await deps.payments.captureHeld(tx, toPurpose(order.id), request.by);
  const collected = await collect(tx, deps, order, request);
  await consumeForOrder(tx, order.id, request.by);
  return move(tx, collected, request, { status: 'completed', fulfilment_status: 'fulfilled' }, set);
}

/** Refused at the door: nothing is collected, and what came back can be sold again. */
async function takeBack(
  tx: Tx,
  deps: OrdersDeps,
  order: OrderRow,
  request: AdvanceRequest,
): Promise<OrderRow> {
  // The money of an order that was paid is a decision of its own: staff refunds what is owed for what came back.
  if (isPaidOnDelivery(order)) {
    const { payment_id: paymentId } = order;
    await deps.payments.closeByHand(tx, { paymentId, by: request.by, reason: 'returned' });
  }
  const returned = await move(tx, order, request, { status: 'returned' }, { returned_at: tx.now });
  if (request.restock) {
    await restockOrder(tx, order.id, request.by);
  }
  return returned;
}
