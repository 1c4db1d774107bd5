import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDb } from '../../../test/harness/database.ts';
import { systemActor } from '../../kernel/actor.ts';
import { createFakeClock } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/db/index.ts';
import { checkStock, createStock, reserveForCustomer, reserveForOrder } from './index.ts';

const clock = createFakeClock(Date.UTC(2026, 10, 1));
let db: Db;

beforeAll(async () => {
  db = await openTestDb({ clock });
});

afterAll(() => db.close());

async function addVariant(variantId: string): Promise<void> {
  await db.tx('test.create', async (tx) => {
    const stock = { variantId, sku: variantId, isTracked: true, onHand: 10, backorderAllowance: 0 };
    await createStock(tx, { ...stock, by: systemActor('test') });
    await reserveForOrder(tx, {
      orderId: `ord_${variantId}`,
      customerId: 'usr_1',
      lines: [{ variantId, quantity: 1 }],
    });
  });
}

/** Breaks the database as only a defect could, and answers what the check then says. */
async function whatIsSaidAfter(sql: string): Promise<string[]> {
  const before = await checkStock(db);
  await db.administer((connection) => connection.run(sql, []));
  const said = await checkStock(db);
  return said
    .filter(({ message }) => !before.some((other) => other.message === message))
    .map(({ message }) => message);
}

test('a sound stock has nothing to say', async () => {
  await addVariant('var_sound');
  expect(await checkStock(db)).toEqual([]);
});

test('a promise without its reservation is found', async () => {
  await addVariant('var_promised');
  const said = await whatIsSaidAfter("UPDATE stock_items SET reserved = 4 WHERE variant_id = 'var_promised'");
  expect(said).toEqual(['reserved is 4, its live reservations sum to 1']);
});

test('goods without a movement are found', async () => {
  await addVariant('var_moved');
  const said = await whatIsSaidAfter("UPDATE stock_items SET on_hand = 12 WHERE variant_id = 'var_moved'");
  expect(said).toEqual(['on hand is 12, its movements sum to 10']);
});

test('a reservation of a variant without stock is found', async () => {
  await addVariant('var_gone');
  const said = await whatIsSaidAfter("DELETE FROM stock_items WHERE variant_id = 'var_gone'");
  expect(said).toHaveLength(1);
  expect(said[0]).toContain('is of a variant without stock');
});

test("a customer's reservation without its job or its count is found", async () => {
  await addVariant('var_held');
  await db.tx('test.hold', (tx) =>
    reserveForCustomer(tx, {
      customerId: 'usr_2',
      variantId: 'var_held',
      quantity: 1,
      expiresAt: 0,
      limits: { maxReservations: 5, maxReservedUnits: 50 },
      claimId: null,
    }),
  );
  expect(await whatIsSaidAfter('DELETE FROM jobs')).toEqual([expect.stringContaining('has no job')]);
  const said = await whatIsSaidAfter(
    "UPDATE stock_reservation_counts SET live = 0 WHERE customer_id = 'usr_2'",
  );
  expect(said).toEqual(['the counter says 0 reservations of 1 units, there are 1 of 1']);
});
