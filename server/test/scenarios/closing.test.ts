import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { TestBuyer } from '../harness/app.ts';
import { MINUTE, openStage, type Seen, type Stage } from './stage.ts';

let stage: Stage;
let buyer: TestBuyer;
let variantId: string;
let order: Seen;

beforeAll(async () => {
  stage = await openStage();
});

beforeEach(async () => {
  buyer = await stage.newBuyer();
  variantId = await stage.addVariant({ onHand: 5 });
  order = await stage.place(buyer, [{ variantId, quantity: 2 }]);
});

afterAll(() => stage.close());

const tradeState = (paymentId: string) =>
  stage.simulators.wechatPay.findTrade({ outTradeNo: paymentId }).tradeState;

test('an order that nobody pays closes here and at the provider, and its stock is free again', async () => {
  const { paymentId, parameters } = await stage.open(buyer, order.id, 'wechat_native');
  expect(parameters.codeUrl ?? parameters.code_url).toMatch(/^weixin:/);
  await stage.pass(16 * MINUTE);
  expect(await stage.order(buyer, order.id)).toMatchObject({
    status: 'closed',
    paymentStatus: 'unpaid',
    payments: [{ status: 'closed' }],
  });
  expect(tradeState(paymentId)).toBe('CLOSED');
  expect(await stage.stockOf(variantId)).toEqual({ on_hand: 5, reserved: 0 });
  await stage.expectSound();
});

test('an order without an attempt closes as well', async () => {
  await stage.pass(16 * MINUTE);
  expect(await stage.order(buyer, order.id)).toMatchObject({ status: 'closed', payments: [] });
  await stage.expectSound();
});

test('money that wins the race against the close confirms the order', async () => {
  const { paymentId } = await stage.open(buyer, order.id);
  stage.plan('close', 'paid_during_close', { payerId: buyer.payerId });
  await stage.pass(20 * MINUTE);
  expect(tradeState(paymentId)).toBe('SUCCESS');
  expect(await stage.order(buyer, order.id)).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' });
  expect(await stage.stockOf(variantId)).toEqual({ on_hand: 5, reserved: 2 });
  await stage.expectSound();
});

test('money that comes after closing is refunded by itself and moves the order nowhere', async () => {
  const { paymentId } = await stage.open(buyer, order.id);
  await stage.pass(16 * MINUTE);
  stage.plan('pay', 'paid_after_close');
  await stage.pay(paymentId, buyer.payerId);
  await stage.pass(30 * MINUTE);
  const seen = await stage.order(buyer, order.id);
  expect(seen).toMatchObject({ status: 'closed', paymentStatus: 'unpaid' });
  expect(seen.refunds).toMatchObject([{ status: 'succeeded', amount: order.total }]);
  expect(await stage.stockOf(variantId)).toEqual({ on_hand: 5, reserved: 0 });
  await stage.expectSound();
});

test('late money whose notification is lost is found by the sweep of closed attempts, and refunded', async () => {
  const { paymentId } = await stage.open(buyer, order.id);
  await stage.pass(16 * MINUTE);
  stage.plan('pay', 'paid_after_close');
  stage.plan('notify', 'drop', {}, 'always');
  expect(stage.simulators.wechatPay.pay({ outTradeNo: paymentId, payerId: buyer.payerId }).result).toBe(
    'paid',
  );
  await stage.pass(48 * 60 * MINUTE);
  stage.simulators.faults.clear();
  await stage.pass(60 * MINUTE);
  expect((await stage.order(buyer, order.id)).refunds).toMatchObject([{ status: 'succeeded' }]);
  await stage.expectSound();
});

test('a payment whose notification is lost is found by asking', async () => {
  const { paymentId } = await stage.open(buyer, order.id);
  stage.plan('notify', 'drop', {}, 'always');
  await stage.pay(paymentId, buyer.payerId);
  expect(await stage.order(buyer, order.id)).toBeDefined();
  await stage.pass(2 * MINUTE);
  stage.simulators.faults.clear();
  expect(await stage.order(buyer, order.id)).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' });
  await stage.expectSound();
});

test('while the provider can not be reached nothing is closed; when it answers again, everything is', async () => {
  await stage.open(buyer, order.id);
  stage.plan('*', 'error', { status: 503 }, 'always');
  await stage.pass(25 * MINUTE);
  const waiting = await stage.order(buyer, order.id);
  expect(waiting).toMatchObject({ status: 'pending', isClosing: true });
  expect(await stage.openAlerts()).toContain('order_not_closing');
  expect(await stage.stockOf(variantId)).toEqual({ on_hand: 5, reserved: 2 });
  stage.simulators.faults.clear();
  await stage.pass(60 * MINUTE);
  expect(await stage.order(buyer, order.id)).toMatchObject({ status: 'closed' });
  expect(await stage.openAlerts()).not.toContain('order_not_closing');
  expect(await stage.stockOf(variantId)).toEqual({ on_hand: 5, reserved: 0 });
  await stage.expectSound();
});

test('in the last minute no attempt is opened any more', async () => {
  stage.clock.advance(14 * MINUTE + 30_000);
  const { status, body } = await stage.call(`POST /orders/${order.id}/payments`, {
    token: buyer.token,
    body: { method: 'wechat_jsapi' },
  });
  expect([status, body.error]).toEqual([409, 'order_expiring']);
  await stage.pass(5 * MINUTE);
  expect(await stage.order(buyer, order.id)).toMatchObject({ status: 'closed', payments: [] });
});

test('a second payment for an order that is paid is refunded, the first one stays', async () => {
  const first = await stage.open(buyer, order.id, 'wechat_native');
  const second = await stage.open(buyer, order.id, 'wechat_jsapi');
  expect(tradeState(first.paymentId)).toBe('CLOSED');
  await stage.pay(second.paymentId, buyer.payerId);
  expect(await stage.order(buyer, order.id)).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' });
  stage.plan('pay', 'paid_after_close');
  await stage.pay(first.paymentId, buyer.payerId);
  await stage.pass(60 * MINUTE);
  const seen = await stage.order(buyer, order.id);
  expect(seen).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' });
  expect(seen.refunds).toMatchObject([{ status: 'succeeded', paymentId: first.paymentId }]);
  await stage.expectSound();
});

test('an attempt that can not be closed at the provider is not replaced, and still pays the order', async () => {
  const first = await stage.open(buyer, order.id, 'wechat_native');
  stage.plan('close', 'error', { status: 500 }, 'always');
  const { status, body } = await stage.call(`POST /orders/${order.id}/payments`, {
    token: buyer.token,
    body: { method: 'wechat_jsapi' },
  });
  expect([status, body.error]).toEqual([502, 'provider_unavailable']);
  stage.simulators.faults.clear();
  await stage.pay(first.paymentId, buyer.payerId);
  expect(await stage.order(buyer, order.id)).toMatchObject({
    status: 'confirmed',
    payments: [{ status: 'succeeded' }],
  });
  await stage.expectSound();
});
