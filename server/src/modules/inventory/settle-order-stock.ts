/**
 * What becomes of an order's reservations: given back, shipped, or returned after shipping.
 *
 * Invariant: each reservation ends once (`live` → `released` or `used`) and comes back at most once (`used` →
 * `released`), by a conditional update that comes before its units move and decides who may move them. Crash story: the
 * order's status and its stock change together or not at all, in the transaction of the order's own arrow.
 */
import type { Actor } from '../../kernel/actor.ts';
import type { Tx } from '../../kernel/db/index.ts';
import { AppError } from '../../kernel/errors.ts';
import { publish } from '../../kernel/events/index.ts';
import { stockNotOnHand } from './errors.ts';
import { stockChanged } from './events.ts';
import { recordMovements } from './movements.ts';
import { giveBackUnits, putBackUnits, takeOffUnits } from './promises.ts';
import { readStock } from './read-stock.ts';
import { moveReservation, readReservations, shrinkReservation } from './reservations.ts';
import type { StockLine } from './stock.ts';
import type { StockReservationRow } from './tables.ts';

function toLine(row: StockReservationRow) {
  return { variantId: row.variant_id, quantity: row.quantity };
}

/** Gives back all that is promised to the order, because it was closed or cancelled. */
export async function releaseForOrder(tx: Tx, orderId: string): Promise<void> {
  const rows = await readReservations(tx, orderId, 'live');
  for (const row of rows) {
    await moveReservation(tx, row, 'released');
    await giveBackUnits(tx, toLine(row));
  }
}

/**
 * Takes all that is promised to the order off the shelf, because it is being shipped. Throws `stock_not_on_hand` (409)
 * naming the lines of which fewer lie there than are shipped (back-orders that have not come in, or a wrong count).
 */
export async function consumeForOrder(tx: Tx, orderId: string, by: Actor): Promise<void> {
  const rows = await readReservations(tx, orderId, 'live');
  const taken: StockReservationRow[] = [];
  const left: StockReservationRow[] = [];
  for (const row of rows) {
    await moveReservation(tx, row, 'used');
    ((await takeOffUnits(tx, toLine(row))) ? taken : left).push(row);
  }
  await assertUntracked(tx, left);
  for (const row of left) {
    await giveBackUnits(tx, toLine(row));
    await moveReservation(tx, { ...row, state: 'used' }, 'released');
  }
  const movements = taken.map((row) => ({ variantId: row.variant_id, quantity: -row.quantity }));
  await recordMovements(tx, movements, { reason: 'shipped', causeId: orderId, by });
}

/** The variant is no longer tracked since the order was placed: nothing is taken off a shelf that nobody counts. */
async function assertUntracked(tx: Tx, rows: readonly StockReservationRow[]): Promise<void> {
  const stocks = await readStock(
    tx,
    rows.map((row) => row.variant_id),
  );
  const missing = rows
    .filter((row) => stocks.get(row.variant_id)?.isTracked === true)
    .map((row) => {
      const stock = stocks.get(row.variant_id);
      return { variantId: row.variant_id, sku: stock?.sku, requested: row.quantity, onHand: stock?.onHand };
    });
  if (missing.length > 0) {
    throw new AppError(stockNotOnHand, { details: { lines: missing } });
  }
}

/** Puts what was shipped for the order back onto the shelf, because it came back fit for sale. */
export async function restockOrder(tx: Tx, orderId: string, by: Actor): Promise<void> {
  const rows = await readReservations(tx, orderId, 'used');
  for (const row of rows) {
    await moveReservation(tx, row, 'released');
    await putBackUnits(tx, toLine(row));
  }
  await recordReturn(tx, rows.map(toLine), orderId, by);
}

/** Units of an order that came back, and what they came back for. */
export interface ReturnedUnits {
  readonly orderId: string;
  readonly causeId: string;
  readonly units: readonly StockLine[];
}

/**
 * Puts some of what was shipped for the order back. Units that are not out any more (they came back before, or nobody
 * counts them) are passed over: no more comes back than went out.
 */
export async function restockUnits(
  tx: Tx,
  { orderId, causeId, units }: ReturnedUnits,
  by: Actor,
): Promise<void> {
  const wanted = new Map<string, number>();
  for (const { variantId, quantity } of units) {
    wanted.set(variantId, (wanted.get(variantId) ?? 0) + quantity);
  }
  const moved: StockLine[] = [];
  for (const row of await readReservations(tx, orderId, 'used')) {
    const quantity = Math.min(row.quantity, wanted.get(row.variant_id) ?? 0);
    if (quantity === 0) {
      continue;
    }
    wanted.set(row.variant_id, (wanted.get(row.variant_id) ?? 0) - quantity);
    await (quantity === row.quantity
      ? moveReservation(tx, row, 'released')
      : shrinkReservation(tx, row, quantity));
    const line = { variantId: row.variant_id, quantity };
    await putBackUnits(tx, line);
    moved.push(line);
  }
  await recordReturn(tx, moved, causeId, by);
}

async function recordReturn(tx: Tx, lines: readonly StockLine[], causeId: string, by: Actor): Promise<void> {
  await recordMovements(tx, lines, { reason: 'returned', causeId, by });
  const stocks = await readStock(
    tx,
    lines.map((line) => line.variantId),
  );
  for (const stock of stocks.values()) {
    await publish(tx, stockChanged, stock.variantId, { stock, reason: 'returned' });
  }
}
