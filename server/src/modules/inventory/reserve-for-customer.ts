/**
 * A customer's own reservation: units kept for a while before there is an order.
 *
 * Invariant: it counts as promised like an order's, and each customer holds only so many. Crash story: promise, counter,
 * row and the job that ends it are one transaction.
 */
import { insertRow, type Tx } from '../../kernel/db/index.ts';
import { AppError } from '../../kernel/errors.ts';
import { claimCount } from './customer-counts.ts';
import { insufficientStock } from './errors.ts';
import { planExpiry } from './expire-reservation.ts';
import { promiseUnits } from './promises.ts';
import { readStockOf } from './read-stock.ts';
import { toReservations } from './reservations.ts';
import type { StockLine } from './stock.ts';
import type { StockReservationRow } from './tables.ts';

export interface CustomerReservation extends StockLine {
  readonly customerId: string;
  readonly expiresAt: number;
  /** How many reservations the customer may hold at once. */
  readonly limit: number;
}

/**
 * Reserves and answers the reservation's id, `null` where the variant is not tracked and nothing need be kept. Throws
 * `insufficient_stock` and `too_many_reservations` (409).
 */
export async function reserveForCustomer(tx: Tx, reservation: CustomerReservation): Promise<string | null> {
  const { customerId, variantId, quantity, expiresAt } = reservation;
  if (!(await promiseUnits(tx, { variantId, quantity }))) {
    const stock = await readStockOf(tx, variantId);
    if (stock !== undefined && !stock.isTracked) {
      return null;
    }
    const line = { variantId, requested: quantity, available: stock?.available ?? 0 };
    throw new AppError(insufficientStock, { details: { lines: [line] } });
  }
  await claimCount(tx, customerId, reservation.limit);
  const owner = { type: 'customer', id: customerId, expiresAt } as const;
  const [row] = toReservations(tx, owner, [{ variantId, quantity }]) as [StockReservationRow];
  await insertRow(tx, 'stock_reservations', row);
  await planExpiry(tx, row, expiresAt);
  return row.id;
}
