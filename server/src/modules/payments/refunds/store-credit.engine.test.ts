import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { tokenOf } from '../../../../test/harness/api.ts';
import { type CoinShop, openCoinShop } from '../../../../test/harness/coin-shop.ts';
import { readRefunds } from '../../../../test/harness/read-refunds.ts';
import { CLERK } from '../../../../test/harness/shop.ts';
import { DAY_MS, HOUR_MS } from '../../../kernel/clock.ts';
import { newId } from '../../../kernel/ids.ts';
import type { OrderRow } from '../../orders/index.ts';

const staff = tokenOf({
  userId: 'usr_anna',
  kind: 'staff',
  permissions: ['refunds.write', 'payments.read', 'orders.read'],
});

describe('refunds that the customer has as store credit', () => {
  let shop: CoinShop;

  beforeAll(async () => {
    shop = await openCoinShop();
  });
  beforeEach(() => {
    shop.gateway.calls.length = 0;
    shop.gateway.refundsAreInstant = true;
  });
  afterEach(async () => {
    expect(await shop.violations()).toEqual([]);
  });
  afterAll(() => shop.close());

  const post = (path: string, body?: object, token = staff) =>
    shop.api.call(`POST ${path}`, { token, ...(body !== undefined && { body }) });
  const creditOf = async ({ customer_id }: OrderRow) =>
    (
      await shop.db.query
        .selectFrom('wallets')
        .select('paid')
        .where('customer_id', '=', customer_id)
        .where('currency', '=', 'CNY')
        .executeTakeFirst()
    )?.paid ?? 0;
  const refundsOf = (purpose: OrderRow) => readRefunds(shop.db, purpose);
  const providerCalls = () => shop.gateway.calls.filter((call) => call.toLowerCase().includes('refund'));

  test('are there at once, by one transfer, and no provider is asked', async () => {
    const order = await shop.newPaidOrder();
    const body = { amount: 900, reason: 'goodwill', to: 'store_credit' };
    const answer = await post(`/orders/${order.id}/refunds`, body);
    expect(answer).toMatchObject({
      status: 201,
      body: { data: { refundedAmount: 900, refunds: [{ status: 'succeeded', to: 'store_credit' }] } },
    });
    await shop.drain(DAY_MS);
    expect(await creditOf(order)).toBe(900);
    expect(providerCalls()).toEqual([]);
    const [refund] = await refundsOf(order);
    expect(refund).toMatchObject({
      status: 'succeeded',
      paid_from: 'store_credit',
      provider_refund_id: null,
    });
    const entries = await shop.db.query
      .selectFrom('ledger_transfers')
      .innerJoin('ledger_entries', 'ledger_entries.transfer_id', 'ledger_transfers.id')
      .select(['account', 'amount'])
      .where('cause', '=', `refund:${refund?.id}`)
      .orderBy('account')
      .execute();
    expect(entries).toEqual([
      { account: 'refunds:CNY', amount: 900 },
      { account: 'wallet:CNY', amount: -900 },
    ]);
    expect(await shop.read(order.id)).toMatchObject({ payment_status: 'partially_refunded' });
  });

  test('and money share one limit: nothing is given back twice', async () => {
    const order = await shop.newPaidOrder();
    const half = Math.floor(order.total / 2);
    const answers = await Promise.all(
      ['store_credit', 'payer', 'store_credit', 'payer'].map((to) =>
        post(`/admin/payments/${order.payment_id}/refunds`, { amount: half, reason: 'x', to }),
      ),
    );
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([201, 201, 409, 409]);
    await shop.drain(DAY_MS);
    const sum = (await refundsOf(order)).reduce((total, { amount }) => total + amount, 0);
    expect(sum).toBe(2 * half);
  });

  test('may be what staff makes of a customer’s wish, never what a customer takes', async () => {
    const order = await shop.newPaidOrder();
    const customer = tokenOf({ userId: order.customer_id });
    const wish = { reason: 'too small', to: 'store_credit' };
    const asked = await post(`/orders/${order.id}/refunds`, wish, customer);
    expect(asked).toMatchObject({ status: 201, body: { data: { status: 'requested' } } });
    expect(await creditOf(order)).toBe(0);
    const path = `/admin/refund-requests/${asked.body.data.id}/approve`;
    expect((await post(path, { byHand: true, to: 'store_credit' })).status).toBe(400);
    expect(await post(path, { to: 'store_credit' })).toMatchObject({
      status: 200,
      body: { data: { status: 'reserved', to: 'store_credit', refundedAmount: order.total } },
    });
    expect(await creditOf(order)).toBe(order.total);
    expect(await shop.read(order.id)).toMatchObject({ payment_status: 'refunded' });
  });

  test('are made under one key once', async () => {
    const order = await shop.newPaidOrder();
    const headers = { 'idempotency-key': newId('key') };
    const body = { amount: 100, reason: 'x', to: 'store_credit' };
    const call = () =>
      shop.api.call(`POST /admin/payments/${order.payment_id}/refunds`, { token: staff, body, headers });
    const [first, second] = [await call(), await call()];
    expect(second.body.data).toEqual(first.body.data);
    expect(await creditOf(order)).toBe(100);
  });

  test('take the place of one that waits, and its provider never hears of it', async () => {
    const order = await shop.newPaidOrder();
    await shop.orders.cancelOrder({ orderId: order.id, by: CLERK, reason: 'sold out', customerId: null });
    const [refund] = await refundsOf(order);
    const answers = await Promise.all([1, 2, 3].map(() => post(`/admin/refunds/${refund?.id}/store-credit`)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    await shop.drain(DAY_MS);
    expect(await creditOf(order)).toBe(order.total);
    expect(providerCalls()).toEqual([]);
    expect(await shop.read(order.id)).toMatchObject({ status: 'cancelled', payment_status: 'refunded' });
  });

  test('take the place of one that its provider could not finish; what it returns after all raises an alert', async () => {
    shop.gateway.refundsAreInstant = false;
    const order = await shop.newPaidOrder();
    const [id] = (
      await post(`/admin/payments/${order.payment_id}/refunds`, { reason: 'x' })
    ).body.data.refunds.map((refund: { id: string }) => refund.id) as [string];
    await shop.drain();
    const sent = await post(`/admin/refunds/${id}/store-credit`);
    expect(sent).toMatchObject({ status: 409, body: { error: 'illegal_transition' } });
    shop.gateway.refunds.get(id)!.state = 'abnormal';
    await shop.drain(HOUR_MS);
    expect((await post(`/admin/refunds/${id}/store-credit`)).status).toBe(200);
    expect(await creditOf(order)).toBe(order.total);
    const facts = {
      ...{ amount: { amount: order.total, currency: 'CNY' }, paymentId: order.payment_id },
      ...{ merchantAccount: null, providerRefundId: `50${id}`, finishedAt: null },
    };
    const told = (outcome: object) => ({
      body: {
        eventId: newId('evt'),
        subject: { type: 'refund', refundId: id, paymentId: order.payment_id, result: outcome },
      },
      headers: { 'content-type': 'application/json' },
    });
    const failed = { outcome: 'failed', reason: { code: 'CLOSED', message: 'closed' } };
    expect((await shop.api.call('POST /payments/notify/fake_pay', told(failed))).status).toBe(200);
    shop.gateway.refunds.get(id)!.state = 'failed';
    await shop.drain(HOUR_MS);
    expect(await creditOf(order)).toBe(order.total);
    expect((await refundsOf(order)).map(({ status }) => status)).toEqual(['succeeded']);
    const succeeded = { outcome: 'succeeded', facts };
    expect((await shop.api.call('POST /payments/notify/fake_pay', told(succeeded))).status).toBe(200);
    const alerts = await shop.db.query
      .selectFrom('alerts')
      .select('kind')
      .where('kind', '=', 'refund_by_provider')
      .execute();
    expect(alerts).toHaveLength(1);
  });

  test('of an order of coins take the coins back like any other', async () => {
    const customerId = newId('usr');
    const order = await shop.buy(customerId, await shop.newPod());
    await shop.spend(customerId, 7_000);
    const path = `/orders/${order.id}/refunds`;
    const refused = await post(path, { reason: 'x', to: 'store_credit' });
    expect(refused).toMatchObject({
      status: 409,
      body: { error: 'coins_spent', details: { refundable: 4_950 } },
    });
    expect((await post(path, { amount: 4_950, reason: 'x', to: 'store_credit' })).status).toBe(201);
    expect(await shop.walletOf(customerId)).toMatchObject({ paid: 0, gift: 0, owed: 0 });
    expect(await creditOf(order)).toBe(4_950);
  });

  test('know no age: what its provider no longer returns can still be credit', async () => {
    const order = await shop.newPaidOrder();
    shop.clock.advance(366 * DAY_MS);
    const path = `/admin/payments/${order.payment_id}/refunds`;
    expect(await post(path, { reason: 'x' })).toMatchObject({
      status: 409,
      body: { error: 'refund_too_late' },
    });
    const answer = await post(path, { reason: 'x', to: 'store_credit' });
    expect(answer.body.data.refunds).toMatchObject([{ status: 'succeeded', isByHand: false }]);
    expect(await creditOf(order)).toBe(order.total);
  });
});
