/** Buying through PayPal, from the order to the refund, with everything between the shop and PayPal going wrong. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runDoctor } from '../../src/modules/doctor/index.ts';
import type { TestBuyer } from '../harness/app.ts';
import { compareWithProvider } from '../harness/provider-money.ts';
import { toPaypalEnvironment } from '../harness/simulated-paypal.ts';
import { MINUTE, openStage, type Seen, type Stage } from './stage.ts';

let stage: Stage;
let buyer: TestBuyer;

async function open(environment: Record<string, string> = {}): Promise<void> {
  stage = await openStage({
    environment: { SHOP_CURRENCY: 'USD', ...environment },
    environmentOf: toPaypalEnvironment,
  });
  stage.simulators.paypal.changeSettings({ webhookUrl: `${stage.url}/payments/notify/paypal` });
  buyer = await stage.newBuyer();
}

/** An order of 12.80 with its open attempt, and PayPal's number of it. */
async function placeAndOpen() {
  const variantId = await stage.addVariant();
  const order = await stage.place(buyer, [{ variantId, quantity: 1 }]);
  const { paymentId, parameters } = await stage.open(buyer, order.id, 'paypal');
  expect(parameters.redirectUrl).toContain(`/checkoutnow?token=${parameters.orderId}`);
  return { orderId: order.id as string, paymentId, paypalId: parameters.orderId ?? '', variantId };
}

const plan = (operation: string, kind: string, params = {}) =>
  stage.simulators.faults.set({ provider: 'paypal', operation, kind, params });

async function agree(paypalId: string): Promise<void> {
  stage.simulators.paypal.approve({ orderId: paypalId });
  await stage.simulators.notifications.flush();
}

const atPaypal = (paypalId: string) => stage.simulators.paypal.findOrder(paypalId);

/** Every invariant, and the money of each order at PayPal is that of its payment here. */
async function expectSound(): Promise<void> {
  expect((await runDoctor(stage.db, stage.clock)).violations).toEqual([]);
  const orders = stage.simulators.paypal.listOrders(1_000);
  const trades = orders.map(({ customId, captures }) => {
    const done = captures.filter(({ status }) => !['PENDING', 'DECLINED', 'FAILED'].includes(status));
    const total = done.reduce((sum, { units }) => sum + units, 0);
    return { outTradeNo: customId, paidAt: done[0]?.createdAt ?? null, total };
  });
  const refunds = orders.flatMap(({ customId, refunds: made }) =>
    made.map(({ status, units }) => ({
      outTradeNo: customId,
      status: status === 'COMPLETED' ? 'SUCCESS' : status,
      refund: units,
    })),
  );
  expect(await compareWithProvider(stage.db, { trades, refunds })).toEqual([]);
}

const refund = (orderId: string, body: object): Promise<Seen> =>
  stage.call(`POST /orders/${orderId}/refunds`, { token: stage.adminToken, body });

describe('an order that is captured once its payer agrees', () => {
  beforeAll(() => open());
  afterAll(() => stage.close());

  test('is paid, and refunded in part', async () => {
    const { orderId, paypalId } = await placeAndOpen();
    await agree(paypalId);
    await stage.pass(MINUTE);
    expect(await stage.order(buyer, orderId)).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' });
    expect(atPaypal(paypalId).captures).toMatchObject([{ status: 'COMPLETED', units: 1_280 }]);

    const asked = await refund(orderId, { amount: 280, reason: 'too small' });
    expect(asked.status, JSON.stringify(asked.body)).toBeLessThan(300);
    await stage.pass(5 * MINUTE);
    expect(await stage.order(buyer, orderId)).toMatchObject({ paymentStatus: 'partially_refunded' });
    expect(atPaypal(paypalId).refunds).toMatchObject([{ status: 'COMPLETED', units: 280 }]);
    await expectSound();
  });

  test('is captured once, although the answer to the capture was lost and no notification came', async () => {
    const { orderId, paypalId } = await placeAndOpen();
    plan('notify', 'drop');
    plan('notify', 'drop');
    plan('capture_order', 'error_after_commit');
    stage.simulators.paypal.approve({ orderId: paypalId });
    await stage.pass(15 * MINUTE);
    expect(await stage.order(buyer, orderId)).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' });
    expect(atPaypal(paypalId).captures).toHaveLength(1);
    stage.simulators.faults.clear();
    await expectSound();
  });

  test('whose card is declined stays payable, and is paid by another one', async () => {
    const { orderId, paypalId } = await placeAndOpen();
    plan('capture_order', 'instrument_declined');
    await agree(paypalId);
    await stage.pass(MINUTE);
    expect(await stage.order(buyer, orderId)).toMatchObject({ status: 'pending', paymentStatus: 'unpaid' });
    await agree(paypalId);
    await stage.pass(5 * MINUTE);
    expect(await stage.order(buyer, orderId)).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' });
    expect(atPaypal(paypalId).captures).toHaveLength(1);
    await expectSound();
  });

  test('that is closed is never captured, however late its payer agrees', async () => {
    const { orderId, paypalId, variantId } = await placeAndOpen();
    await stage.pass(16 * MINUTE);
    expect(await stage.order(buyer, orderId)).toMatchObject({ status: 'closed', paymentStatus: 'unpaid' });
    expect(await stage.stockOf(variantId)).toEqual({ on_hand: 100, reserved: 0 });
    await agree(paypalId);
    await stage.pass(180 * MINUTE);
    expect(atPaypal(paypalId).captures).toEqual([]);
    expect(await stage.order(buyer, orderId)).toMatchObject({ status: 'closed', paymentStatus: 'unpaid' });
    await expectSound();
  });

  test('of which a notification tells another amount or merchant is not paid by it', async () => {
    for (const kind of ['wrong_amount', 'wrong_merchant', 'forge']) {
      const { orderId, paypalId } = await placeAndOpen();
      stage.simulators.paypal.approve({ orderId: paypalId });
      plan('notify', kind);
      await stage.pass(10 * MINUTE);
      expect(await stage.order(buyer, orderId), kind).toMatchObject({ paymentStatus: 'paid' });
      expect(atPaypal(paypalId).captures, kind).toMatchObject([{ units: 1_280 }]);
    }
    await expectSound();
  });
});

describe('an order that is held', () => {
  beforeAll(() => open({ PAYPAL_INTENT: 'AUTHORIZE' }));
  afterAll(() => stage.close());

  test('is confirmed by the hold and paid when it is shipped', async () => {
    const { orderId, paypalId } = await placeAndOpen();
    await agree(paypalId);
    await stage.pass(MINUTE);
    expect(await stage.order(buyer, orderId)).toMatchObject({
      status: 'confirmed',
      paymentStatus: 'authorized',
    });
    expect(atPaypal(paypalId)).toMatchObject({ authorisation: { status: 'CREATED' }, captures: [] });
    await stage.advance(orderId, 'processing');
    await stage.advance(orderId, 'shipped', { carrier: 'SF', trackingNumber: 'SF1' });
    await stage.pass(MINUTE);
    expect(await stage.order(buyer, orderId)).toMatchObject({ paymentStatus: 'paid' });
    expect(atPaypal(paypalId)).toMatchObject({
      authorisation: { status: 'CAPTURED' },
      captures: [{ status: 'COMPLETED', units: 1_280 }],
    });
    await expectSound();
  });

  test('is captured in part by staff, and what is left is let go', async () => {
    const { orderId, paymentId, paypalId } = await placeAndOpen();
    await agree(paypalId);
    await stage.pass(MINUTE);
    const { status, body } = await stage.call(`POST /admin/payments/${paymentId}/captures`, {
      token: stage.adminToken,
      body: { amount: 1_000, isFinal: true },
    });
    expect(status, JSON.stringify(body)).toBeLessThan(300);
    await stage.pass(10 * MINUTE);
    expect(atPaypal(paypalId)).toMatchObject({
      authorisation: { status: 'CAPTURED' },
      captures: [{ units: 1_000 }],
    });
    expect(await stage.order(buyer, orderId)).toMatchObject({ paymentStatus: 'paid' });
    await expectSound();
  });

  test('is given back when the order is cancelled', async () => {
    const { orderId, paypalId, variantId } = await placeAndOpen();
    await agree(paypalId);
    await stage.pass(MINUTE);
    const { status } = await stage.call(`POST /orders/${orderId}/cancel`, {
      token: buyer.token,
      body: { reason: 'changed my mind' },
    });
    expect(status).toBeLessThan(300);
    await stage.pass(10 * MINUTE);
    expect(atPaypal(paypalId)).toMatchObject({ authorisation: { status: 'VOIDED' }, captures: [] });
    expect(await stage.order(buyer, orderId)).toMatchObject({ status: 'cancelled', paymentStatus: 'unpaid' });
    expect(await stage.stockOf(variantId)).toEqual({ on_hand: 100, reserved: 0 });
    await expectSound();
  });
});
