/**
 * Somebody wants money of an order back. Invariant: a customer's wish promises nothing and there is at most one that waits
 * for an answer (a unique key); staff's is agreed to in the same transaction.
 *
 * Crash story: one transaction, found again by the claim of its Idempotency-Key.
 */
import type { Actor } from '../../../kernel/actor.ts';
import { insertRow, type Tx } from '../../../kernel/db/index.ts';
import { AppError, notFound } from '../../../kernel/errors.ts';
import { publish } from '../../../kernel/events/index.ts';
import { newId } from '../../../kernel/ids.ts';
import { initialVersion, recordInitialStates } from '../../../kernel/states.ts';
import { type RefundTarget, refundExceedsCaptured } from '../../payments/index.ts';
import { type OrdersDeps, toPurpose } from '../deps.ts';
import { findLines } from '../repository.ts';
import type { OrderRow } from '../tables.ts';
import { orderNotShipped, refundAlreadyRequested, refundQuantityExceeded } from './errors.ts';
import { refundAsked, toRefundRequestEvent } from './events.ts';
import { priceUnits, shareOfLines } from './line-prices.ts';
import { findLineRefunds, findRequestByClaim, insertRequestLines } from './repository.ts';
import { refundRequestMachine } from './request-states.ts';
import { reserveRequest } from './reserve-request.ts';
import type { RefundRequestLineRow, RefundRequestRow } from './tables.ts';

export interface WantedLine {
  readonly position: number;
  readonly quantity: number;
  /** How many of them are fit to be sold again; only staff says so. */
  readonly restockQuantity: number;
}

export interface RefundWish {
  readonly orderId: string;
  /** Minor units; everything that is left without it and without lines. */
  readonly amount?: number | undefined;
  readonly lines?: readonly WantedLine[] | undefined;
  readonly reason: string;
  readonly isReturn: boolean;
  readonly byHand: boolean;
  readonly to: RefundTarget;
  readonly by: Actor;
  readonly claimId: string | null;
  /** Set for a customer, who asks only about orders of their own. */
  readonly customerId: string | null;
  /** Runs in the same transaction, for the audit log. */
  readonly record?: ((tx: Tx, request: RefundRequestRow) => Promise<void>) | undefined;
}

/**
 * Writes the wish down, and for staff carries it out. Throws `not_found`, `refund_already_requested`,
 * `refund_quantity_exceeded`, `refund_exceeds_captured`, `order_not_shipped` (409) and what `reserveRequest` throws.
 */
export function requestRefund(deps: OrdersDeps, wish: RefundWish): Promise<RefundRequestRow> {
  return deps.db.tx('refund_request.create', async (tx) => {
    const order = await tx.lock('orders', wish.orderId);
    if (!order || (wish.customerId !== null && order.customer_id !== wish.customerId)) {
      throw new AppError(notFound);
    }
    const existing = wish.claimId === null ? undefined : await findRequestByClaim(tx, wish.claimId);
    if (existing !== undefined) {
      return existing;
    }
    if (wish.isReturn && order.fulfilment_status !== 'fulfilled') {
      throw new AppError(orderNotShipped);
    }
    const lines = await priceLines(tx, order, wish.lines ?? []);
    const amount = await assertLeft(tx, deps, wish, lines);
    const request = toRow(tx, order, wish, amount);
    await insert(tx, request, lines, wish.by);
    if (request.status === 'reserved') {
      await reserveRequest(tx, deps, order, request, {
        lines: lines.map((line) => ({ ...line, request_id: request.id })),
        by: wish.by,
      });
    }
    await publish(tx, refundAsked, order.id, toRefundRequestEvent(request));
    await wish.record?.(tx, request);
    return request;
  });
}

/** What the wanted units are worth, after what was refunded of their lines before. */
async function priceLines(
  tx: Tx,
  order: OrderRow,
  wanted: readonly WantedLine[],
): Promise<Omit<RefundRequestLineRow, 'request_id'>[]> {
  if (wanted.length === 0) {
    return [];
  }
  const lines = await findLines(tx, order.id);
  const shares = shareOfLines(order, lines);
  const refunded = new Map((await findLineRefunds(tx, order.id)).map((row) => [row.position, row]));
  return wanted.map(({ position, quantity, restockQuantity }) => {
    const index = lines.findIndex((line) => line.position === position);
    const line = lines[index];
    const before = refunded.get(position);
    const left = (line?.quantity ?? 0) - (before?.refunded_quantity ?? 0);
    if (line === undefined || quantity > left) {
      throw new AppError(refundQuantityExceeded, { details: { position, left } });
    }
    const share = shares[index] ?? 0;
    const price = priceUnits(share, line.quantity, before?.refunded_quantity ?? 0, quantity);
    return { position, quantity, amount: price, restock_quantity: restockQuantity };
  });
}

async function assertLeft(
  tx: Tx,
  { payments }: OrdersDeps,
  wish: RefundWish,
  lines: readonly { readonly amount: number }[],
): Promise<number> {
  const available = await payments.readRefundable(tx, toPurpose(wish.orderId));
  const ofLines = lines.reduce((sum, line) => sum + line.amount, 0);
  const wanted = lines.length > 0 ? ofLines : (wish.amount ?? available);
  if (wanted === 0 || wanted > available) {
    throw new AppError(refundExceedsCaptured, { details: { requested: wanted, available } });
  }
  return wanted;
}

function toRow(tx: Tx, order: OrderRow, wish: RefundWish, amount: number): RefundRequestRow {
  const isCustomers = wish.customerId !== null;
  return {
    id: newId('rrq'),
    version: initialVersion(refundRequestMachine),
    status: isCustomers ? 'requested' : 'reserved',
    order_id: order.id,
    customer_id: order.customer_id,
    origin: isCustomers ? 'customer' : 'staff',
    is_return: wish.isReturn ? 1 : 0,
    amount,
    currency: order.currency,
    approved_amount: isCustomers ? null : amount,
    by_hand: wish.byHand ? 1 : 0,
    refund_to: wish.to,
    reason: wish.reason,
    decision_reason: null,
    live_key: isCustomers ? order.id : null,
    claim_id: wish.claimId,
    decided_by: isCustomers ? null : wish.by.id,
    decided_at: isCustomers ? null : tx.now,
    created_at: tx.now,
    updated_at: tx.now,
  };
}

async function insert(
  tx: Tx,
  request: RefundRequestRow,
  lines: readonly Omit<RefundRequestLineRow, 'request_id'>[],
  by: Actor,
): Promise<void> {
  if (request.live_key === null) {
    await insertRow(tx, 'refund_requests', request);
  } else if (!(await tx.insertOnce('refund_requests', request))) {
    throw new AppError(refundAlreadyRequested);
  }
  await recordInitialStates(tx, refundRequestMachine, request.id, { status: request.status }, { by });
  await insertRequestLines(
    tx,
    lines.map((line) => ({ ...line, request_id: request.id })),
  );
}
