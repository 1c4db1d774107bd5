import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { TestBuyer } from '../harness/app.ts';
import { ADDRESS, MINUTE, openStage, type Stage } from './stage.ts';

let stage: Stage;
let buyer: TestBuyer;
let variantId: string;

beforeAll(async () => {
  stage = await openStage();
});

beforeEach(async () => {
  buyer = await stage.newBuyer();
  variantId = await stage.addVariant();
});

afterAll(() => stage.close());

const place = (quantity: number, headers: Record<string, string> = {}) =>
  stage.call('POST /orders', {
    token: buyer.token,
    body: { items: [{ variantId, quantity }], shippingAddress: ADDRESS },
    headers,
  });

async function countOrders(): Promise<number> {
  const { body } = await stage.call('GET /orders', { token: buyer.token });
  return body.data.pagination.total as number;
}

test('fifty creations at once under one key are one order', async () => {
  const headers = { 'idempotency-key': 'checkout-0001' };
  const answers = await Promise.all(Array.from({ length: 50 }, () => place(1, headers)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(
    new Set(answers.some(({ status }) => status === 409) ? [201, 409] : [201]),
  );
  const again = await place(1, headers);
  expect(again.status).toBe(201);
  expect(again.headers['idempotency-hit']).toBe('true');
  const ids = answers.filter(({ status }) => status === 201).map(({ body }) => body.data.id);
  expect(new Set([...ids, again.body.data.id]).size).toBe(1);
  expect(await countOrders()).toBe(1);
  expect((await stage.stockOf(variantId)).reserved).toBe(1);
});

test('a key that was used for another body is refused', async () => {
  const headers = { 'idempotency-key': 'checkout-0002' };
  expect((await place(1, headers)).status).toBe(201);
  const other = await place(2, headers);
  expect([other.status, other.body.error]).toEqual([422, 'idempotency_key_reused']);
  expect(await countOrders()).toBe(1);
});

test('the same cart sent fifty times at once without a key is one order', async () => {
  const answers = await Promise.all(Array.from({ length: 50 }, () => place(3)));
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
  expect(new Set(answers.map(({ body }) => body.data.id)).size).toBe(1);
  expect(answers.filter(({ headers }) => headers.duplicate === 'true')).toHaveLength(49);
  expect((await stage.stockOf(variantId)).reserved).toBe(3);
});

test('the same cart a minute later is another order', async () => {
  const first = await place(1);
  stage.clock.advance(MINUTE + 1);
  const second = await place(1);
  expect(second.body.data.id).not.toBe(first.body.data.id);
});

test('the key of one customer is nothing to another', async () => {
  const headers = { 'idempotency-key': 'checkout-0003' };
  const first = await place(1, headers);
  buyer = await stage.newBuyer();
  const second = await place(1, headers);
  expect([first.status, second.status]).toEqual([201, 201]);
  expect(second.body.data.id).not.toBe(first.body.data.id);
});

test('fifty attempts at once for one order are one attempt', async () => {
  const { body } = await place(1);
  const answers = await Promise.all(
    Array.from({ length: 50 }, () =>
      stage.call(`POST /orders/${body.data.id}/payments`, {
        token: buyer.token,
        body: { method: 'wechat_jsapi' },
      }),
    ),
  );
  const opened = answers.filter(({ status }) => status === 201);
  expect(opened.length).toBeGreaterThan(0);
  expect(new Set(opened.map(({ body: { data } }) => data.paymentId)).size).toBe(1);
  expect(
    stage.simulators.wechatPay.listTrades(1_000).filter(({ tradeState }) => tradeState === 'NOTPAY'),
  ).toHaveLength(1);
  await stage.expectSound();
});

test('a refund under one key is made once', async () => {
  const { order } = await stage.buy(buyer);
  const refund = () =>
    stage.call(`POST /orders/${order.id}/refunds`, {
      token: stage.adminToken,
      body: { amount: 100, reason: 'late' },
      headers: { 'idempotency-key': 'refund-0001' },
    });
  await Promise.all(Array.from({ length: 10 }, refund));
  expect((await refund()).headers['idempotency-hit']).toBe('true');
  await stage.pass(10 * MINUTE);
  expect((await stage.order(buyer, order.id)).refunds).toMatchObject([{ amount: 100, status: 'succeeded' }]);
  await stage.expectSound();
});
