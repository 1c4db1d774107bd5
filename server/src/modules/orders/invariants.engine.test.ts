import { afterAll, beforeAll, expect, test } from 'vitest';
import { openShop, type Shop } from '../../../test/harness/shop.ts';
import type { OrderRow } from './index.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});

afterAll(() => shop.close());

/** Breaks one order as only a defect could, and answers what is then said of it; repairs it afterwards. */
async function whatIsSaid(order: OrderRow, broken: Partial<OrderRow>): Promise<string[]> {
  const set = (values: Partial<OrderRow>) =>
    shop.db.tx('test.break', (tx) =>
      tx.query.updateTable('orders').set(values).where('id', '=', order.id).execute(),
    );
  await set(broken);
  const said = await shop.violations();
  await set(Object.fromEntries(Object.keys(broken).map((name) => [name, order[name as keyof OrderRow]])));
  expect(await shop.violations()).toEqual([]);
  return said.map(({ invariant, message }) => `${invariant}: ${message}`);
}

test('a sound shop has nothing to say', async () => {
  await shop.newOrder();
  await shop.newPaidOrder();
  expect(await shop.violations()).toEqual([]);
});

test('an order that is paid and was closed, so that nobody will deliver it, is found', async () => {
  const order = await shop.newPaidOrder();
  expect(await whatIsSaid(order, { status: 'closed' })).toEqual(
    expect.arrayContaining([
      'I5: it is paid and closed, and nobody will deliver it',
      'I9: 1999 was captured, 0 refunded and 0 disputed, but only 0 is owed',
      'I8: order: status is closed, its history says confirmed',
    ]),
  );
});

test('an order that was sent without being fulfilled is found', async () => {
  const order = await shop.newPaidOrder();
  expect(await whatIsSaid(order, { status: 'shipped' })).toContain(
    'I5: it is shipped, but its fulfilment is unfulfilled',
  );
});

test('an order that is called paid without money, or unpaid with it, is found', async () => {
  const unpaid = await shop.newOrder();
  expect(await whatIsSaid(unpaid, { payment_status: 'paid' })).toContain(
    'I9: it is paid, but only 0 of 1999 was captured',
  );
  const paid = await shop.newPaidOrder();
  expect(await whatIsSaid(paid, { payment_status: 'unpaid' })).toContain(
    'I9: it is unpaid, but 1999 was captured for it',
  );
});

test('an order whose lines do not sum to its subtotal is found', async () => {
  const order = await shop.newOrder();
  expect(await whatIsSaid(order, { subtotal: 2_000, total: 2_000 })).toContain(
    'I7: its lines sum to 1999, its subtotal is 2000',
  );
});

test('an order that waits without its job, and a counter that is wrong, are found', async () => {
  const order = await shop.newOrder();
  expect(await whatIsSaid(order, { customer_id: 'usr_other' })).toEqual([
    'I8: the counter says 1 unpaid orders, there are 0',
  ]);
  const paid = await shop.newPaidOrder();
  expect(await whatIsSaid(paid, { closing_at: 1 })).toEqual([
    'I10: it waits to be paid or closed, but has no job that closes it',
  ]);
});
