/**
 * The few statements that move `stock_items`, each one conditional update: never a read that is decided upon later.
 * Callers have moved the reservations that they end before, go through the variants in sorted order, and insert afterwards
 * (RULES 19).
 */

import { systemActor } from '../../kernel/actor.ts';
import { statement, type Tx } from '../../kernel/db/index.ts';
import { resolveAlert } from '../alerts/index.ts';
import { readStockOf } from './read-stock.ts';
import type { StockLine } from './stock.ts';

type Units = StockLine & { readonly now: number };

/** Promises units of a tracked variant if so many are still to be had: 1 when they were. */
const promise = statement<Units>((query, p) =>
  query
    .updateTable('stock_items')
    .set((eb) => ({ reserved: eb('reserved', '+', p.quantity), updated_at: p.now }))
    .where('variant_id', '=', p.variantId)
    .where('is_tracked', '=', 1)
    .where((eb) =>
      eb(eb('reserved', '+', p.quantity), '<=', eb('on_hand', '+', eb.ref('backorder_allowance'))),
    ),
);

const giveBackCovered = statement<Units>((query, p) =>
  query
    .updateTable('stock_items')
    .set((eb) => ({ reserved: eb('reserved', '-', p.quantity), updated_at: p.now }))
    .where('variant_id', '=', p.variantId)
    .where('short', '=', 0),
);

/** Every unit that is given back makes `short` smaller by one, as long as there is any. */
const giveBackShort = statement<Units>((query, p) =>
  query
    .updateTable('stock_items')
    .set((eb) => ({
      reserved: eb('reserved', '-', p.quantity),
      short: eb
        .case()
        .when('short', '>', p.quantity)
        .then(eb('short', '-', p.quantity))
        .else(0)
        .end(),
      updated_at: p.now,
    }))
    .where('variant_id', '=', p.variantId),
);

/** Takes promised units off the shelf, if they lie there: 1 when they did. */
const takeOff = statement<Units>((query, p) =>
  query
    .updateTable('stock_items')
    .set((eb) => ({
      reserved: eb('reserved', '-', p.quantity),
      on_hand: eb('on_hand', '-', p.quantity),
      updated_at: p.now,
    }))
    .where('variant_id', '=', p.variantId)
    .where('is_tracked', '=', 1)
    .where('on_hand', '>=', p.quantity),
);

const putBack = statement<Units>((query, p) =>
  query
    .updateTable('stock_items')
    .set((eb) => ({
      on_hand: eb('on_hand', '+', p.quantity),
      short: eb
        .case()
        .when('short', '>', p.quantity)
        .then(eb('short', '-', p.quantity))
        .else(0)
        .end(),
      updated_at: p.now,
    }))
    .where('variant_id', '=', p.variantId),
);

/** Promises the units; answers whether they were to be had. A variant that is not tracked has none to promise. */
export async function promiseUnits(tx: Tx, line: StockLine): Promise<boolean> {
  return (await promise.run(tx, { ...line, now: tx.now })) === 1;
}

/** Takes a promise back. */
export async function giveBackUnits(tx: Tx, line: StockLine): Promise<void> {
  const units = { ...line, now: tx.now };
  if ((await giveBackCovered.run(tx, units)) === 0) {
    await giveBackShort.send(tx, units);
    await endShortage(tx, line.variantId);
  }
}

/** Takes promised units off the shelf; answers whether they lay there. */
export async function takeOffUnits(tx: Tx, line: StockLine): Promise<boolean> {
  return (await takeOff.run(tx, { ...line, now: tx.now })) === 1;
}

/** Puts units back onto the shelf. */
export async function putBackUnits(tx: Tx, line: StockLine): Promise<void> {
  await putBack.send(tx, { ...line, now: tx.now });
  await endShortage(tx, line.variantId);
}

/** Closes the alert about promises that a count did not cover, once they are covered again. */
async function endShortage(tx: Tx, variantId: string): Promise<void> {
  const stock = await readStockOf(tx, variantId);
  if (stock?.short === 0) {
    await resolveAlert(tx, { kind: 'stock_short', subject: variantId, by: systemActor(tx.name) });
  }
}
