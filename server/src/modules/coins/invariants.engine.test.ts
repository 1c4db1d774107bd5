import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CoinShop, openCoinShop } from '../../../test/harness/coin-shop.ts';
import type { OrderRow } from '../orders/index.ts';

let shop: CoinShop;
let order: OrderRow;

beforeEach(async () => {
  shop = await openCoinShop();
  order = await shop.buy('usr_1', await shop.newPod());
  await shop.refund(order, 3_300);
  await shop.drain();
  expect(await shop.violations()).toEqual([]);
});

afterEach(() => shop.close());

test.each([
  ['coins that were never credited', 'UPDATE coin_orders SET coins = coins + 1'],
  [
    'a delivery without coins',
    'UPDATE coin_orders SET credited_at = NULL, paid_at = NULL, returned_coins = 0',
  ],
  ['coins that stay though their money went back', 'UPDATE coin_orders SET returned_coins = 0'],
  ['an order of coins that is no order', "UPDATE coin_orders SET id = 'ord_none'"],
])('the doctor finds %s', async (_what, statement) => {
  await shop.db.administer((connection) => connection.run(statement, []));
  const found = (await shop.violations()).map(({ invariant }) => invariant);
  expect(new Set(found)).toContain('I5');
});
