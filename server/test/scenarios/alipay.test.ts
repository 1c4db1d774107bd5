/** Purchases through Alipay from the order to the books, over HTTP, with the simulator as the provider. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TestBuyer } from '../harness/app.ts';
import { MINUTE, openStage, type Seen, type Stage } from '../scenarios/stage.ts';

let stage: Stage;
let buyer: TestBuyer;

beforeEach(async () => {
  stage = await openStage();
  buyer = await stage.newBuyer();
});
afterEach(() => stage.close());

const alipay = () => stage.simulators.alipay;
const plan = (operation: string, kind: string) =>
  void stage.simulators.faults.set({ provider: 'alipay', operation, kind });

async function place(): Promise<Seen> {
  const variantId = await stage.addVariant();
  return stage.place(buyer, [{ variantId, quantity: 1 }]);
}

async function buyBy(method: string) {
  const order = await place();
  const { paymentId, parameters } = await stage.open(buyer, order.id, method);
  expect(alipay().pay(parameters).result).toBe('paid');
  await stage.simulators.notifications.flush();
  return { order, paymentId };
}

async function refundAll(paymentId: string, amount: number) {
  const answer = await stage.call(`POST /admin/payments/${paymentId}/refunds`, {
    token: stage.adminToken,
    body: { amount, reason: 'too small' },
  });
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
}

test.each(['alipay_qr', 'alipay_page', 'alipay_wap'])(
  'an order is paid by %s, and refunded in part',
  async (method) => {
    const { order, paymentId } = await buyBy(method);
    expect(await stage.order(buyer, order.id)).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' });
    await refundAll(paymentId, 280);
    await stage.pass(MINUTE);
    expect(await stage.order(buyer, order.id)).toMatchObject({ paymentStatus: 'partially_refunded' });
    expect(await stage.openAlerts()).toEqual([]);
    await stage.expectSound();
  },
);

test('the notification of a refund is no second payment, and a full one leaves the order paid and refunded', async () => {
  const { order, paymentId } = await buyBy('alipay_qr');
  await refundAll(paymentId, 1_280);
  await stage.pass(30 * MINUTE);
  expect(await stage.order(buyer, order.id)).toMatchObject({ paymentStatus: 'refunded' });
  expect(await stage.openAlerts()).toEqual([]);
  await stage.expectSound();
});

test('a lost notification is made up for by the poll', async () => {
  plan('notify', 'drop');
  const { order } = await buyBy('alipay_qr');
  await stage.pass(MINUTE);
  expect(await stage.order(buyer, order.id)).toMatchObject({ paymentStatus: 'paid' });
  await stage.expectSound();
});

test('money that was returned in the console lowers what is left, with an alert', async () => {
  const { order } = await buyBy('alipay_qr');
  const { paymentId } = { paymentId: alipay().listTrades()[0]?.outTradeNo ?? '' };
  alipay().refundInConsole({ outTradeNo: paymentId, amount: 100 });
  await stage.pass(MINUTE);
  expect(await stage.order(buyer, order.id)).toMatchObject({ paymentStatus: 'partially_refunded' });
  expect(await stage.openAlerts()).toEqual(['refund_by_provider']);
  await stage.expectSound();
});

describe('an order that nobody pays', () => {
  test('by code is closed at its expiry, and the code is dead', async () => {
    const order = await place();
    const { parameters } = await stage.open(buyer, order.id, 'alipay_qr');
    await stage.pass(16 * MINUTE);
    expect(await stage.order(buyer, order.id)).toMatchObject({ status: 'closed', paymentStatus: 'unpaid' });
    expect(alipay().pay(parameters).result).toBe('refused');
    await stage.expectSound();
  });

  test('by a page that was never opened is closed when the page is dead, not before', async () => {
    const order = await place();
    await stage.open(buyer, order.id, 'alipay_page');
    await stage.pass(16 * MINUTE);
    expect(await stage.order(buyer, order.id)).toMatchObject({ status: 'pending' });
    await stage.pass(30 * MINUTE);
    expect(await stage.order(buyer, order.id)).toMatchObject({ status: 'closed', paymentStatus: 'unpaid' });
    await stage.expectSound();
  });

  test('and whose money comes after it was closed gives it back by itself', async () => {
    const order = await place();
    const { paymentId } = await stage.open(buyer, order.id, 'alipay_qr');
    await stage.pass(16 * MINUTE);
    plan('pay', 'paid_after_close');
    expect(alipay().pay({ outTradeNo: paymentId }).result).toBe('paid');
    await stage.pass(5 * MINUTE);
    expect(await stage.order(buyer, order.id)).toMatchObject({ status: 'closed' });
    expect(alipay().listRefunds(paymentId)).toMatchObject([{ status: 'SUCCESS', refund: 1_280 }]);
    await stage.expectSound();
  });
});

test('a buyer who leaves a page unopened and pays by code is refunded what they pay on that page later', async () => {
  const order = await place();
  const page = await stage.open(buyer, order.id, 'alipay_page');
  const code = await stage.open(buyer, order.id, 'alipay_qr');
  expect(alipay().pay(code.parameters).result).toBe('paid');
  await stage.simulators.notifications.flush();
  expect(await stage.order(buyer, order.id)).toMatchObject({ paymentStatus: 'paid' });
  expect(alipay().pay(page.parameters).result).toBe('paid');
  await stage.simulators.notifications.flush();
  await stage.pass(5 * MINUTE);
  expect(alipay().listRefunds(page.paymentId)).toMatchObject([{ status: 'SUCCESS', refund: 1_280 }]);
  expect(alipay().listRefunds(code.paymentId)).toEqual([]);
  expect(await stage.order(buyer, order.id)).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' });
  await stage.expectSound();
});

test('money that a cancel sends back as the buyer pays is in the books, and the order is cancelled unpaid', async () => {
  const order = await place();
  const { paymentId } = await stage.open(buyer, order.id, 'alipay_qr');
  plan('cancel', 'paid_during_close');
  const cancelled = await stage.call(`POST /orders/${order.id}/cancel`, {
    token: buyer.token,
    body: { reason: 'changed my mind' },
  });
  expect(cancelled.status, JSON.stringify(cancelled.body)).toBeLessThan(300);
  await stage.pass(5 * MINUTE);
  expect(await stage.order(buyer, order.id)).toMatchObject({ status: 'cancelled', paymentStatus: 'unpaid' });
  expect(await stage.openAlerts()).toEqual(['refund_by_provider', 'surplus_payment']);
  expect(alipay().listRefunds(paymentId)).toMatchObject([{ origin: 'cancel', refund: 1_280 }]);
  await stage.expectSound();
});

test.each([
  ['wrong_amount', 'amount'],
  ['wrong_seller', 'merchant'],
  ['wrong_appid', 'app'],
])('a notification with the %s is held back, and the query pays the order', async (kind) => {
  plan('notify', kind);
  const { order } = await buyBy('alipay_qr');
  await stage.pass(MINUTE);
  expect(await stage.order(buyer, order.id)).toMatchObject({ paymentStatus: 'paid' });
  expect(await stage.openAlerts()).toContain('notification_mismatch');
  await stage.expectSound();
});

test('notifications that come twenty times pay once', async () => {
  stage.simulators.faults.set({
    provider: 'alipay',
    operation: 'notify',
    kind: 'duplicate',
    params: { copies: 19, ms: 0 },
  });
  const { order } = await buyBy('alipay_qr');
  expect(await stage.order(buyer, order.id)).toMatchObject({ paymentStatus: 'paid' });
  await stage.expectSound();
});
