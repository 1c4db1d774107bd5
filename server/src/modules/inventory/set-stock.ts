/**
 * Counting: what a person or an import says is on the shelf.
 *
 * Invariant: `on_hand` equals the sum of the movements, and promises that a count no longer covers stand in `short` with
 * an open alert that names the orders; they are never silently dropped. Crash story: each function is one transaction
 * of its caller's, so the item, its movement, the alert and the event exist together or not at all.
 */
import type { Actor } from '../../kernel/actor.ts';
import { statement, type Tx } from '../../kernel/db/index.ts';
import { AppError } from '../../kernel/errors.ts';
import { publish } from '../../kernel/events/index.ts';
import { raiseAlert, resolveAlert } from '../alerts/index.ts';
import { unknownStockItem } from './errors.ts';
import { stockChanged } from './events.ts';
import { recordMovements } from './movements.ts';
import { readStockOf } from './read-stock.ts';
import { type Stock, shortOf } from './stock.ts';

const MAX_NAMED_ORDERS = 100;

const holdItem = statement<{ variantId: string; now: number }>((query, p) =>
  query.updateTable('stock_items').set({ updated_at: p.now }).where('variant_id', '=', p.variantId),
);

const newestHolders = statement<{ variantId: string }, { owner_id: string }>((query, p) =>
  query
    .selectFrom('stock_reservations')
    .select('owner_id')
    .where('variant_id', '=', p.variantId)
    .where('state', '=', 'live')
    .where('owner_type', '=', 'order')
    .orderBy('created_at', 'desc')
    .limit(MAX_NAMED_ORDERS),
);

export interface NewStock {
  readonly variantId: string;
  readonly sku: string;
  readonly isTracked: boolean;
  readonly onHand: number;
  readonly backorderAllowance: number;
  readonly by: Actor;
}

/** Makes the stock of a new variant. Throws a RangeError for quantities that are negative or no integers. */
export async function createStock(tx: Tx, stock: NewStock): Promise<void> {
  assertQuantities(stock);
  const { variantId, onHand, by } = stock;
  await tx.query
    .insertInto('stock_items')
    .values({
      variant_id: variantId,
      sku: stock.sku,
      is_tracked: stock.isTracked ? 1 : 0,
      on_hand: onHand,
      reserved: 0,
      backorder_allowance: stock.backorderAllowance,
      short: 0,
      created_at: tx.now,
      updated_at: tx.now,
    })
    .execute();
  await recordMovements(tx, [{ variantId, quantity: onHand }], { reason: 'initial', causeId: null, by });
}

export interface StockChange {
  readonly variantId: string;
  readonly sku?: string | undefined;
  /** What was counted on the shelf, promised or not. */
  readonly onHand?: number | undefined;
  readonly isTracked?: boolean | undefined;
  readonly backorderAllowance?: number | undefined;
  /** Why, in the person's words; stands beside the movement. */
  readonly reason?: string | undefined;
  readonly by: Actor;
}

/**
 * Sets what is named and leaves the rest; answers the stock before and after. Throws `unknown_stock_item` (404), and a
 * RangeError for quantities that are negative or no integers.
 */
export async function setStock(tx: Tx, change: StockChange): Promise<{ before: Stock; after: Stock }> {
  const { variantId, by } = change;
  if ((await holdItem.run(tx, { variantId, now: tx.now })) === 0) {
    throw new AppError(unknownStockItem, { details: { variantId } });
  }
  const before = (await readStockOf(tx, variantId)) as Stock;
  const target = {
    sku: change.sku ?? before.sku,
    isTracked: change.isTracked ?? before.isTracked,
    onHand: change.onHand ?? before.onHand,
    backorderAllowance: change.backorderAllowance ?? before.backorderAllowance,
    reserved: before.reserved,
  };
  assertQuantities(target);
  await tx.query
    .updateTable('stock_items')
    .set({
      sku: target.sku,
      is_tracked: target.isTracked ? 1 : 0,
      on_hand: target.onHand,
      backorder_allowance: target.backorderAllowance,
      short: shortOf(target),
      updated_at: tx.now,
    })
    .where('variant_id', '=', variantId)
    .execute();
  await recordMovements(tx, [{ variantId, quantity: target.onHand - before.onHand }], {
    reason: 'count',
    causeId: null,
    note: change.reason,
    by,
  });
  const after = (await readStockOf(tx, variantId)) as Stock;
  await tellShortage(tx, before, after, by);
  await publish(tx, stockChanged, variantId, { stock: after, reason: 'count' });
  return { before, after };
}

/** Newest first: they are the ones that will not get theirs. */
async function tellShortage(tx: Tx, before: Stock, after: Stock, by: Actor): Promise<void> {
  const { variantId, sku, short } = after;
  if (short > 0 && short !== before.short) {
    const holders = await newestHolders.all(tx, { variantId });
    const orderIds = holders.map(({ owner_id }) => owner_id);
    await raiseAlert(tx, {
      kind: 'stock_short',
      subject: variantId,
      severity: 'warning',
      details: { sku, short, orderIds },
    });
  } else if (short === 0 && before.short > 0) {
    await resolveAlert(tx, { kind: 'stock_short', subject: variantId, by });
  }
}

function assertQuantities(stock: { onHand: number; backorderAllowance: number }): void {
  for (const quantity of [stock.onHand, stock.backorderAllowance]) {
    if (!Number.isSafeInteger(quantity) || quantity < 0) {
      throw new RangeError(`${quantity} is no quantity of stock`);
    }
  }
}
