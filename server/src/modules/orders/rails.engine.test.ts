import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { tokenOf } from '../../../test/harness/api.ts';
import { CLERK, openShop, type Shop } from '../../../test/harness/shop.ts';
import type { PaymentMethod } from '../../gateways/gateway.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../kernel/clock.ts';
import { AppError } from '../../kernel/errors.ts';
import type { Step } from './advance-order.ts';
import type { OrderRow } from './tables.ts';

const CASHIER = tokenOf({
  userId: 'usr_cashier',
  kind: 'staff',
  permissions: ['payments.write', 'payments.read'],
});

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});

beforeEach(() => {
  shop.gateway.captureMode = 'automatic';
});

afterAll(async () => {
  expect(await shop.violations()).toEqual([]);
  await shop.close();
});

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'nothing was thrown',
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );

const advance = (order: OrderRow, to: Step, facts: object = {}): Promise<OrderRow> =>
  shop.orders.advanceOrder({ orderId: order.id, to, by: CLERK, ...facts });

const cancel = (order: OrderRow, customerId: string | null = null) =>
  shop.orders.cancelOrder({ orderId: order.id, by: CLERK, reason: 'no longer wanted', customerId });

async function begin(method: PaymentMethod): Promise<{ order: OrderRow; paymentId: string }> {
  const placed = await shop.newOrder();
  const paymentId = await shop.pay(placed, method);
  return { order: await shop.read(placed.id), paymentId };
}

const paymentOf = (id: string) =>
  shop.db.query.selectFrom('payments').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

describe('an order that is paid by bank transfer', () => {
  test('waits as long as its rail says, with its stock', async () => {
    const { order, paymentId } = await begin('bank_transfer');
    expect(order.expires_at).toBe(shop.clock.now() + 3 * DAY_MS);
    await shop.drain(DAY_MS);
    expect(await shop.read(order.id)).toMatchObject({ status: 'pending' });
    expect(await shop.stockOf(order)).toMatchObject({ reserved: 1 });
    await shop.drain(2 * DAY_MS);
    expect(await shop.read(order.id)).toMatchObject({ status: 'closed', payment_status: 'unpaid' });
    expect(await paymentOf(paymentId)).toMatchObject({ status: 'closed' });
    expect(await shop.stockOf(order)).toMatchObject({ reserved: 0 });
  });

  test('keeps its longer time when the buyer pays in another way after all', async () => {
    const { order } = await begin('bank_transfer');
    await shop.pay(order, 'wechat_native');
    expect((await shop.read(order.id)).expires_at).toBe(order.expires_at);
    await cancel(order);
  });
});

describe('an order that is paid on delivery', () => {
  test('is confirmed without its money, and paid when it is handed over', async () => {
    const { order, paymentId } = await begin('cash_on_delivery');
    expect(order).toMatchObject({ status: 'confirmed', payment_status: 'unpaid', payment_id: paymentId });
    await advance(order, 'processing');
    await advance(order, 'shipped');
    await shop.drain(2 * HOUR_MS);
    expect(await codeOf(advance(order, 'delivered'))).toBe('collected_amount_required');
    expect(await codeOf(advance(order, 'delivered', { collectedAmount: 1_998 }))).toBe('amount_differs');
    expect(await shop.read(order.id)).toMatchObject({ status: 'shipped', payment_status: 'unpaid' });
    expect(await advance(order, 'delivered', { collectedAmount: 1_999 })).toMatchObject({
      status: 'delivered',
      payment_status: 'paid',
    });
    expect(await paymentOf(paymentId)).toMatchObject({ status: 'succeeded', captured_amount: 1_999 });
  });

  test('may be handed over for another amount, which a person answers for', async () => {
    for (const [collectedAmount, refunds] of [
      [1_500, []],
      [2_000, [{ amount: 1, is_surplus: 1 }]],
    ] as const) {
      const { order, paymentId } = await begin('cash_on_delivery');
      await advance(order, 'processing');
      await advance(order, 'shipped');
      const facts = { collectedAmount, acceptsDifference: true };
      expect(await advance(order, 'delivered', facts)).toMatchObject({ payment_status: 'paid' });
      const made = shop.db.query.selectFrom('refunds').selectAll().where('payment_id', '=', paymentId);
      expect(await made.execute()).toMatchObject(refunds);
    }
  });

  test('is paid in no other way: it is cancelled, and ordered again', async () => {
    const { order, paymentId } = await begin('cash_on_delivery');
    const pay = (method: string) =>
      shop.api.call(`POST /orders/${order.id}/payments`, {
        token: tokenOf({ userId: order.customer_id, kind: 'customer' }),
        body: { method },
      });
    for (const method of ['credit_card', 'bank_transfer', 'cash_on_delivery']) {
      expect((await pay(method)).body).toMatchObject({ code: 409, error: 'order_paid_on_delivery' });
    }
    expect(await paymentOf(paymentId)).toMatchObject({ status: 'pending' });
    expect(await shop.read(order.id)).toMatchObject({ status: 'confirmed', payment_id: paymentId });
  });

  test('and refused at the door brings nothing, and its goods can be sold again', async () => {
    const { order, paymentId } = await begin('cash_on_delivery');
    await advance(order, 'processing');
    await advance(order, 'shipped');
    await advance(order, 'returned', { restock: true });
    expect(await paymentOf(paymentId)).toMatchObject({ status: 'closed', captured_amount: 0 });
    expect(await shop.read(order.id)).toMatchObject({ status: 'returned', payment_status: 'unpaid' });
    expect(await shop.stockOf(order)).toMatchObject({ onHand: 100, reserved: 0 });
  });

  test('can be cancelled while it is packed, and its stock is free again', async () => {
    const { order, paymentId } = await begin('cash_on_delivery');
    await advance(order, 'processing');
    expect(await cancel(order)).toBe('cancelled');
    expect(await paymentOf(paymentId)).toMatchObject({ status: 'closed' });
    expect(await shop.read(order.id)).toMatchObject({ status: 'cancelled', closing_at: null });
    expect(await shop.stockOf(order)).toMatchObject({ reserved: 0 });
  });

  test('asks for nothing where the money is here', async () => {
    const order = await shop.newPaidOrder();
    await advance(order, 'processing');
    await advance(order, 'shipped');
    expect(await codeOf(advance(order, 'delivered', { collectedAmount: 1_999 }))).toBe('nothing_to_collect');
  });
});

describe('an order whose money is held', () => {
  async function hold(): Promise<{ order: OrderRow; paymentId: string }> {
    shop.gateway.captureMode = 'manual';
    const { order, paymentId } = await begin('credit_card');
    shop.gateway.settle(paymentId, 'held');
    await shop.drain(6_000);
    expect(await shop.read(order.id)).toMatchObject({ status: 'confirmed', payment_status: 'authorized' });
    return { order, paymentId };
  }

  test('is captured when it is shipped', async () => {
    const { order, paymentId } = await hold();
    await advance(order, 'processing');
    expect(await paymentOf(paymentId)).toMatchObject({ capture_requested: 0 });
    await advance(order, 'shipped');
    await shop.drain();
    expect(await paymentOf(paymentId)).toMatchObject({ status: 'succeeded', captured_amount: 1_999 });
    expect(await shop.read(order.id)).toMatchObject({ status: 'shipped', payment_status: 'paid' });
  });

  test('is cancelled by letting it go, and nothing is captured', async () => {
    const { order, paymentId } = await hold();
    expect(await cancel(order, order.customer_id)).toBe('cancelled');
    expect(await paymentOf(paymentId)).toMatchObject({ status: 'closed', captured_amount: 0 });
    expect(await shop.read(order.id)).toMatchObject({
      ...{ status: 'cancelled', payment_status: 'unpaid', cancel_reason: 'no longer wanted' },
      closing_at: null,
    });
    expect(await shop.stockOf(order)).toMatchObject({ reserved: 0 });
  });

  test('of which a part was captured gives that back when it is cancelled', async () => {
    const { order, paymentId } = await hold();

    const body = { amount: 500, isFinal: false };
    const captured = await shop.api.call(`POST /admin/payments/${paymentId}/captures`, {
      token: CASHIER,
      body,
    });
    expect(captured).toMatchObject({ status: 201, body: { data: { status: 'requested', amount: 500 } } });
    await shop.drain();
    expect(await shop.read(order.id)).toMatchObject({ payment_status: 'authorized' });
    await cancel(order);
    await shop.drain(MINUTE_MS);
    expect(await shop.read(order.id)).toMatchObject({ status: 'cancelled', payment_status: 'refunded' });
    expect(shop.gateway.trades.get(paymentId)?.state).toBe('closed');
  });

  test('is cancelled when the hold ends, and its stock is free again', async () => {
    const { order, paymentId } = await hold();
    Object.assign(shop.gateway.trades.get(paymentId) ?? {}, { state: 'closed' });
    await shop.drain(7 * HOUR_MS);
    expect(await shop.read(order.id)).toMatchObject({ status: 'cancelled', payment_status: 'unpaid' });
    expect(await shop.stockOf(order)).toMatchObject({ reserved: 0 });
  });

  test('ends with a void by staff, over HTTP', async () => {
    const { order, paymentId } = await hold();

    const body = { reason: 'the customer has called' };
    const answer = await shop.api.call(`POST /admin/payments/${paymentId}/void`, { token: CASHIER, body });
    expect(answer).toMatchObject({
      status: 200,
      body: { data: { status: 'closed', authorisedAmount: 1_999 } },
    });
    expect(await shop.read(order.id)).toMatchObject({ status: 'cancelled' });
    const audited = shop.db.query
      .selectFrom('audit_entries')
      .select('action')
      .where('target_id', '=', paymentId);
    expect(await audited.execute()).toEqual([{ action: 'payment.void' }]);
  });
});

describe('an order whose payment the provider still works on', () => {
  test('is not closed at its expiry, and confirmed when the money comes', async () => {
    const { order, paymentId } = await begin('credit_card');
    shop.gateway.settle(paymentId, 'processing');
    await shop.drain(2 * HOUR_MS);
    expect(await shop.read(order.id)).toMatchObject({ status: 'pending', closing_at: null });
    shop.gateway.pay(paymentId);
    await shop.drain(HOUR_MS);
    expect(await shop.read(order.id)).toMatchObject({ status: 'confirmed', payment_status: 'paid' });
  });

  test('is closed as soon as the provider has declined it', async () => {
    const { order, paymentId } = await begin('credit_card');
    shop.gateway.settle(paymentId, 'processing');
    await shop.drain(HOUR_MS);
    const reason = { code: 'BANK_REFUSED', message: 'a raw text of the provider' };
    Object.assign(shop.gateway.trades.get(paymentId) ?? {}, { state: 'closed' });
    shop.gateway.fail('query', { answer: { outcome: 'declined', reason } });
    await shop.drain(HOUR_MS);
    expect(await shop.read(order.id)).toMatchObject({ status: 'closed' });
    expect(await paymentOf(paymentId)).toMatchObject({ status: 'failed', failure_reason: reason.message });
  });
});

describe('a customer', () => {
  test('sees neither a provider’s words nor those of staff', async () => {
    const order = await shop.newPaidOrder();
    const token = tokenOf({ userId: order.customer_id });
    await advance(order, 'processing', { note: 'a difficult customer' });
    const other = await shop.newOrder({ customerId: order.customer_id });
    const reason = { code: 'RAW_CODE_7', message: 'raw text of the provider' };
    shop.gateway.fail('create', { answer: { outcome: 'declined', reason } });
    const declined = await shop.api.call(`POST /orders/${other.id}/payments`, {
      token,
      body: { method: 'wechat_native' },
      headers: { 'accept-language': 'zh' },
    });
    expect(declined).toMatchObject({ status: 402, body: { error: 'payment_declined' } });
    expect(declined.body.message).toContain('支付渠道拒绝了本次支付');
    const seen = await Promise.all(
      [`GET /orders/${order.id}`, `GET /orders/${order.id}/history`, `GET /orders/${other.id}`].map((route) =>
        shop.api.call(route, { token }),
      ),
    );
    const text = JSON.stringify([declined.body, ...seen.map(({ body }) => body)]);
    expect(text).not.toMatch(/RAW_CODE_7|raw text|difficult|usr_clerk/);
    expect(seen[2]?.body.data.payments).toMatchObject([{ status: 'failed', reason: 'declined' }]);
    expect(seen[1]?.body.data).toContainEqual(
      expect.objectContaining({ to: 'processing', actor: { type: 'staff', id: null }, note: null }),
    );
  });
});
