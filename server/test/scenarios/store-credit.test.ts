/** Store credit that staff puts right, over HTTP: from what somebody in a shop knows of a customer to the statement. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { newStaff } from '../harness/staff.ts';
import { openStage, type Seen, type Stage } from './stage.ts';

let stage: Stage;

beforeEach(async () => {
  stage = await openStage({ environment: { WALLET_ADJUST_LIMIT: '{"default":100,"JPY":10000}' } });
});
afterEach(async () => {
  await stage.expectSound();
  await stage.close();
});

async function find(search: string, token = stage.adminToken): Promise<string[]> {
  const { status, body } = await stage.call(`GET /admin/customers?search=${encodeURIComponent(search)}`, {
    token,
  });
  expect(status).toBe(200);
  return body.data.items.map(({ id }: Seen) => id);
}

test('a customer is found by the whole number or id of an order, and by nobody without the permission', async () => {
  const buyer = await stage.newBuyer();
  const other = await stage.newBuyer();
  const { order } = await stage.buy(buyer);
  await stage.buy(other);
  expect(await find(order.orderNumber)).toEqual([buyer.userId]);
  expect(await find(order.orderNumber.toLowerCase())).toEqual([buyer.userId]);
  expect(await find(order.id)).toEqual([buyer.userId]);
  expect(await find(order.orderNumber.slice(0, -1))).toEqual([]);
  const page = `GET /admin/customers?search=${order.orderNumber}&status=suspended`;
  expect((await stage.call(page, { token: stage.adminToken })).body.data.items).toEqual([]);

  const clerk = await newStaff(stage, ['wallet.read', 'wallet.adjust', 'orders.read']);
  const refused = await stage.call(`GET /admin/customers?search=${order.orderNumber}`, {
    token: clerk.token,
  });
  expect(refused).toMatchObject({ status: 403, body: { details: { permission: 'customers.read' } } });
});

test('store credit is counted by its own currency, and waits for a second person beyond its limit', async () => {
  const { userId: customerId, token } = await stage.newBuyer();
  const one = await newStaff(stage, ['wallet.adjust', 'wallet.approve', 'wallet.read']);
  const other = await newStaff(stage, ['wallet.approve', 'wallet.read']);
  const ask = async (currency: string, amount: number) =>
    stage.call('POST /admin/wallet-adjustments', {
      token: one.token,
      body: { customerId, currency, amount, reason: 'a broken cup' },
    });
  expect(await ask('CNY', 10_000)).toMatchObject({ status: 201, body: { data: { status: 'applied' } } });
  expect(await ask('JPY', 10_000)).toMatchObject({ status: 201 });
  const waiting = await ask('CNY', 1);
  expect(waiting).toMatchObject({ status: 202, body: { data: { status: 'requested' } } });
  const path = `POST /admin/wallet-adjustments/${waiting.body.data.id}/approve`;
  expect((await stage.call(path, { token: one.token, body: {} })).body.error).toBe('adjustment_own');
  expect((await stage.call(path, { token: other.token, body: {} })).status).toBe(200);
  const { storeCredit } = (await stage.call('GET /wallet', { token })).body.data;
  expect(storeCredit).toEqual([
    { currency: 'CNY', balance: 10_001, held: 0, owed: 0 },
    { currency: 'JPY', balance: 10_000, held: 0, owed: 0 },
  ]);
  const below = await ask('JPY', -10_001);
  expect(below).toMatchObject({ status: 202 });
  const taken = `POST /admin/wallet-adjustments/${below.body.data.id}/approve`;
  expect(await stage.call(taken, { token: other.token, body: {} })).toMatchObject({
    status: 409,
    body: { error: 'insufficient_balance', details: { available: 10_000 } },
  });
});

test('staff that has a wallet puts it right only with somebody else', async () => {
  const one = await newStaff(stage, ['wallet.adjust', 'wallet.approve', 'wallet.read']);
  const other = await newStaff(stage, ['wallet.approve']);
  const own = await stage.call('POST /admin/wallet-adjustments', {
    token: one.token,
    body: { customerId: one.userId, currency: 'CNY', amount: 1, reason: 'my own cup' },
  });
  expect(own).toMatchObject({ status: 202, body: { data: { status: 'requested' } } });
  const path = `POST /admin/wallet-adjustments/${own.body.data.id}/approve`;
  expect((await stage.call(path, { token: one.token, body: {} })).body.error).toBe('adjustment_own');
  expect((await stage.call(path, { token: other.token, body: {} })).status).toBe(200);
  const wallet = await stage.call(`GET /admin/wallets/${one.userId}`, { token: one.token });
  expect(wallet.body.data.storeCredit).toMatchObject([{ currency: 'CNY', balance: 1 }]);
});
