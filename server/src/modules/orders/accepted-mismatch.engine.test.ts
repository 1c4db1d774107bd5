import { afterAll, beforeAll, expect, test } from 'vitest';
import { tokenOf } from '../../../test/harness/api.ts';
import { openShop, type Shop } from '../../../test/harness/shop.ts';
import { MINUTE_MS } from '../../kernel/clock.ts';

const staff = tokenOf({ userId: 'usr_clerk', kind: 'staff', permissions: ['payments.write'] });

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});

afterAll(() => shop.close());

test.each([
  [1_000, 1_000],
  [5_000, 1_999],
])('%i that a person accepts for an order of 1999 pays it, and doctor agrees', async (received, kept) => {
  const order = await shop.newOrder();
  const paymentId = await shop.pay(order);
  shop.gateway.pay(paymentId, { amount: { amount: received, currency: 'CNY' } });
  await shop.drain(MINUTE_MS);
  const route = `POST /admin/payments/${paymentId}/resolve-mismatch`;
  const answer = await shop.api.call(route, { token: staff, body: { decision: 'accept' } });
  expect(answer.status).toBe(200);
  await shop.drain(MINUTE_MS);
  expect(await shop.read(order.id)).toMatchObject({ status: 'confirmed', payment_status: 'paid' });
  const refunds = await shop.payments.readRefunds(shop.db, { type: 'order', id: order.id });
  expect(received - refunds.reduce((sum, { amount }) => sum + amount, 0)).toBe(kept);
  expect(await shop.violations()).toEqual([]);
});
