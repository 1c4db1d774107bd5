/** What the lines of an order are worth when they are refunded: pure rules, in integers. */
import { allocate, scaleAmount } from '../../../kernel/money.ts';
import type { OrderLineRow, OrderRow } from '../tables.ts';

/**
 * What each line has cost with its part of the discount and of the tax, in the order of `lines`; together they are the
 * order's total without its shipping.
 */
export function shareOfLines(
  order: Pick<OrderRow, 'total' | 'shipping'>,
  lines: readonly Pick<OrderLineRow, 'total_price'>[],
): number[] {
  const prices = lines.map((line) => line.total_price);
  return prices.some((price) => price > 0) ? allocate(order.total - order.shipping, prices) : prices;
}

/**
 * What `quantity` more units of a line are worth when `before` of its `total` units were refunded already. However a line is
 * divided, its parts sum to its share.
 */
export function priceUnits(share: number, total: number, before: number, quantity: number): number {
  return scaleAmount(share, before + quantity, total) - scaleAmount(share, before, total);
}
