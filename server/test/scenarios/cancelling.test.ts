import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestBuyer } from '../harness/app.ts';
import { MINUTE, openStage, type Stage } from './stage.ts';

let stage: Stage;
let buyer: TestBuyer;

beforeAll(async () => {
  stage = await openStage();
  buyer = await stage.newBuyer();
});

afterAll(() => stage.close());

const cancel = (orderId: string, token = buyer.token) =>
  stage.call(`POST /orders/${orderId}/cancel`, { token, body: { reason: 'changed my mind' } });

test('a pending order is cancelled at once, its attempt closed at the provider', async () => {
  const variantId = await stage.addVariant();
  const order = await stage.place(buyer, [{ variantId, quantity: 1 }]);
  const { paymentId } = await stage.open(buyer, order.id);
  expect(await cancel(order.id)).toMatchObject({ status: 200, body: { data: { status: 'cancelled' } } });
  expect(stage.simulators.wechatPay.findTrade({ outTradeNo: paymentId }).tradeState).toBe('CLOSED');
  expect(await stage.stockOf(variantId)).toEqual({ on_hand: 100, reserved: 0 });
  await stage.expectSound();
});

test('while the provider does not answer, cancelling is accepted and done later', async () => {
  const variantId = await stage.addVariant();
  const order = await stage.place(buyer, [{ variantId, quantity: 1 }]);
  await stage.open(buyer, order.id);
  stage.plan('*', 'error', { status: 500 }, 'always');
  expect(await cancel(order.id)).toMatchObject({ status: 202, body: { data: { isClosing: true } } });
  stage.simulators.faults.clear();
  await stage.pass(10 * MINUTE);
  expect(await stage.order(buyer, order.id)).toMatchObject({ status: 'cancelled' });
  await stage.expectSound();
});

test('money found while cancelling confirms the order and is returned in full', async () => {
  const variantId = await stage.addVariant();
  const order = await stage.place(buyer, [{ variantId, quantity: 1 }]);
  const { paymentId } = await stage.open(buyer, order.id);
  stage.plan('notify', 'drop');
  await stage.pay(paymentId, buyer.payerId);
  expect((await cancel(order.id)).status).toBeLessThan(300);
  await stage.pass(10 * MINUTE);
  const seen = await stage.order(buyer, order.id);
  expect(seen).toMatchObject({ status: 'cancelled', paymentStatus: 'refunded' });
  expect(seen.refunds).toMatchObject([{ status: 'succeeded', amount: order.total }]);
  expect(await stage.stockOf(variantId)).toEqual({ on_hand: 100, reserved: 0 });
  await stage.expectSound();
});

test('a paid order is refunded in full by itself and its stock returned', async () => {
  const { order, variantId } = await stage.buy(buyer);
  expect((await cancel(order.id)).status).toBe(200);
  await stage.pass(5 * MINUTE);
  expect(await stage.order(buyer, order.id)).toMatchObject({
    status: 'cancelled',
    paymentStatus: 'refunded',
    refunds: [{ status: 'succeeded', amount: 1_280 }],
  });
  expect(await stage.stockOf(variantId)).toEqual({ on_hand: 100, reserved: 0 });
  await stage.expectSound();
});

test('an order in processing is cancelled by staff only, one that is shipped by nobody', async () => {
  const { order } = await stage.buy(buyer);
  await stage.advance(order.id, 'processing');
  expect(await cancel(order.id)).toMatchObject({ status: 409, body: { error: 'illegal_transition' } });
  expect((await cancel(order.id, stage.adminToken)).status).toBe(200);
  await stage.pass(5 * MINUTE);
  expect(await stage.order(buyer, order.id)).toMatchObject({
    status: 'cancelled',
    paymentStatus: 'refunded',
  });

  const shipped = await stage.buy(buyer);
  await stage.advance(shipped.order.id, 'processing');
  await stage.advance(shipped.order.id, 'shipped');
  expect((await cancel(shipped.order.id, stage.adminToken)).status).toBe(409);
  await stage.expectSound();
});

test('an order that is cancelled is not cancelled again, and refunded once', async () => {
  const { order } = await stage.buy(buyer);
  const answers = await Promise.all(Array.from({ length: 10 }, () => cancel(order.id)));
  expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
  await stage.pass(10 * MINUTE);
  expect((await stage.order(buyer, order.id)).refunds).toHaveLength(1);
  await stage.expectSound();
});
