/**
 * A person agrees to a request. Invariant: its money is reserved under the counters of the captures, its units are counted
 * on the lines, and what comes back onto the shelf is counted and moved once, all in the transaction that ends the
 * request: whatever else is asked for at the same moment, no more goes back than there is.
 *
 * Crash story: one transaction; when it commits, the refunds' own jobs return the money.
 */
import type { Actor } from '../../../kernel/actor.ts';
import type { Tx } from '../../../kernel/db/index.ts';
import { AppError } from '../../../kernel/errors.ts';
import { allocate } from '../../../kernel/money.ts';
import { restockUnits } from '../../inventory/index.ts';
import { refundExceedsCaptured } from '../../payments/index.ts';
import { type OrdersDeps, toPurpose } from '../deps.ts';
import { findLines } from '../repository.ts';
import type { OrderLineRow, OrderRow } from '../tables.ts';
import { orderNotShipped, refundQuantityExceeded } from './errors.ts';
import { shareOfLines } from './line-prices.ts';
import { countLineRefund, countLineRestock, updateRequestLine } from './repository.ts';
import type { RefundRequestLineRow, RefundRequestRow } from './tables.ts';

/** What a person decides about a line: how many of its units are fit to be sold again. */
export interface RestockDecision {
  readonly position: number;
  readonly quantity: number;
}

/**
 * Reserves the agreed amount of the request, which stands as `reserved` already. The caller has locked the order. Throws
 * `refund_exceeds_captured`, `refund_quantity_exceeded`, `order_not_shipped`, `refund_too_late`, `refund_limit_reached`.
 */
export async function reserveRequest(
  tx: Tx,
  deps: OrdersDeps,
  order: OrderRow,
  request: RefundRequestRow,
  { lines, by }: { readonly lines: readonly RefundRequestLineRow[]; readonly by: Actor },
): Promise<void> {
  const approved = request.approved_amount ?? request.amount;
  const parts = divide(lines, approved);
  const orderLines = new Map((await findLines(tx, order.id)).map((line) => [line.position, line]));
  await countLines(tx, order, [...orderLines.values()], parts);
  const { refundIds } = await deps.payments.reserveRefund(tx, {
    purpose: toPurpose(order.id),
    amount: { amount: approved, currency: request.currency },
    reason: request.reason,
    by,
    origin: request.origin,
    key: request.id,
    requestId: request.id,
    byHand: request.by_hand === 1,
    to: request.refund_to,
  });
  if (refundIds.length === 0) {
    throw new AppError(refundExceedsCaptured, { details: { available: 0 } });
  }
  await restock(tx, order, orderLines, parts, request.id, by);
}

/** A lower amount than was asked for is taken off the lines in proportion. */
function divide(lines: readonly RefundRequestLineRow[], approved: number): RefundRequestLineRow[] {
  const weights = lines.map(({ amount }) => amount);
  if (weights.every((weight) => weight === 0)) {
    return [...lines];
  }
  const amounts = allocate(approved, weights);
  return lines.map((line, index) => ({ ...line, amount: amounts[index] ?? 0 }));
}

async function countLines(
  tx: Tx,
  order: OrderRow,
  orderLines: readonly OrderLineRow[],
  parts: readonly RefundRequestLineRow[],
): Promise<void> {
  const shares = shareOfLines(order, orderLines);
  for (const part of parts) {
    const index = orderLines.findIndex(({ position }) => position === part.position);
    const line = orderLines[index];
    const { position, quantity, amount } = part;
    const isLeft =
      line !== undefined &&
      (await countLineRefund(tx, line, { quantity, amount, share: shares[index] ?? 0 }));
    if (!isLeft) {
      throw new AppError(refundQuantityExceeded, { details: { position } });
    }
    await updateRequestLine(tx, part);
  }
}

async function restock(
  tx: Tx,
  order: OrderRow,
  orderLines: ReadonlyMap<number, OrderLineRow>,
  parts: readonly RefundRequestLineRow[],
  causeId: string,
  by: Actor,
): Promise<void> {
  const units: { variantId: string; quantity: number }[] = [];
  for (const { position, restock_quantity: quantity } of parts) {
    const line = orderLines.get(position);
    if (line === undefined || quantity === 0) {
      continue;
    }
    if (order.fulfilment_status !== 'fulfilled') {
      throw new AppError(orderNotShipped);
    }
    if (!(await countLineRestock(tx, line, quantity))) {
      throw new AppError(refundQuantityExceeded, { details: { position } });
    }
    units.push({ variantId: line.variant_id, quantity });
  }
  if (units.length > 0) {
    await restockUnits(tx, { orderId: order.id, causeId, units }, by);
  }
}
