/**
 * Promising stock to an order.
 *
 * Invariant: of a tracked variant never more is promised than is on hand or may be back-ordered, however many buyers
 * come at once, because the database decides in one conditional update for each variant. Crash story: everything
 * happens in the transaction that creates the order; either both exist or neither.
 */
import { insertRows, type Tx } from '../../kernel/db/index.ts';
import { AppError } from '../../kernel/errors.ts';
import { releaseCount } from './customer-counts.ts';
import { insufficientStock } from './errors.ts';
import { dropExpiry } from './expire-reservation.ts';
import { giveBackUnits, promiseUnits } from './promises.ts';
import { readStock } from './read-stock.ts';
import { moveReservation, readReservations, toReservations } from './reservations.ts';
import { type StockLine, toSortedLines } from './stock.ts';
import type { StockReservationRow } from './tables.ts';

export interface OrderStock {
  readonly orderId: string;
  readonly customerId: string;
  readonly lines: readonly StockLine[];
}

/**
 * Reserves every line or none. What the customer holds of the same variants outside orders is used up by it. Variants
 * that are not tracked are always to be had. Throws `insufficient_stock` (409) that names each short line.
 */
export async function reserveForOrder(tx: Tx, order: OrderStock): Promise<void> {
  const lines = toSortedLines(order.lines);
  const wanted = new Set(lines.map(({ variantId }) => variantId));
  const held = (await readReservations(tx, order.customerId, 'live')).filter((row) =>
    wanted.has(row.variant_id),
  );
  for (const row of held) {
    await moveReservation(tx, row, 'used');
  }
  const promised: StockLine[] = [];
  const refused: StockLine[] = [];
  for (const line of lines) {
    const isPromised = await promiseBeyond(tx, line, sumOf(held, line.variantId));
    (isPromised ? promised : refused).push(line);
  }
  await assertUnlimited(tx, refused, held);
  for (const { variantId } of refused) {
    const quantity = sumOf(held, variantId);
    if (quantity > 0) {
      await giveBackUnits(tx, { variantId, quantity });
    }
  }
  const owner = { type: 'order', id: order.orderId, expiresAt: null } as const;
  await insertRows(tx, 'stock_reservations', toReservations(tx, owner, promised));
  for (const row of held) {
    await dropExpiry(tx, row.id);
  }
  if (held.length > 0) {
    await releaseCount(tx, order.customerId, held);
  }
}

function sumOf(held: readonly StockReservationRow[], variantId: string): number {
  return held.reduce((sum, row) => (row.variant_id === variantId ? sum + row.quantity : sum), 0);
}

/** The customer's own reservations are promised already: only the difference is asked for, or given back. */
async function promiseBeyond(tx: Tx, { variantId, quantity }: StockLine, held: number): Promise<boolean> {
  if (quantity > held) {
    return promiseUnits(tx, { variantId, quantity: quantity - held });
  }
  if (held > quantity) {
    await giveBackUnits(tx, { variantId, quantity: held - quantity });
  }
  return true;
}

/** Nothing was promised of these lines: fine where the variant is not tracked, otherwise each of them is short. */
async function assertUnlimited(
  tx: Tx,
  lines: readonly StockLine[],
  held: readonly StockReservationRow[],
): Promise<void> {
  const stocks = await readStock(
    tx,
    lines.map(({ variantId }) => variantId),
  );
  const short = lines
    .map((line) => ({ line, stock: stocks.get(line.variantId) }))
    .filter(({ stock }) => stock === undefined || stock.isTracked)
    .map(({ line, stock }) => ({
      variantId: line.variantId,
      requested: line.quantity,
      // What the customer holds already is to be had for them.
      available: (stock?.available ?? 0) + sumOf(held, line.variantId),
    }));
  if (short.length > 0) {
    throw new AppError(insufficientStock, { details: { lines: short } });
  }
}
