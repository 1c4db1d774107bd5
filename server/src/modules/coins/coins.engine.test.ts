import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { tokenOf } from '../../../test/harness/api.ts';
import { type CoinShop, coinStaff, openCoinShop } from '../../../test/harness/coin-shop.ts';
import { MINUTE_MS } from '../../kernel/clock.ts';
import { newId, randomCode } from '../../kernel/ids.ts';

describe('orders of coins', () => {
  let shop: CoinShop;
  let podId: string;

  beforeAll(async () => {
    shop = await openCoinShop();
    podId = await shop.newPod();
  });
  afterEach(async () => {
    expect(await shop.violations()).toEqual([]);
  });
  afterAll(() => shop.close());

  const read = (customerId: string, orderId: string) =>
    shop.coinApi.call(`GET /coin/order/${orderId}`, { token: tokenOf({ userId: customerId }) });

  test('are paid for and credited in one go, coins and gift in one transfer', async () => {
    const customerId = newId('usr');
    const placed = await shop.order(customerId, { podId, method: 'wechat_native' });
    expect(placed).toMatchObject({ status: 200, body: { data: { amount: 9_900, currency: 'CNY' } } });
    const { orderId, outTradeNo } = placed.body.data;
    expect((await read(customerId, orderId)).body.data).toMatchObject({
      ...{ orderId, outTradeNo, isPaid: false, paidTime: null, coin: 10_000, giftCoin: 2_000 },
      ...{ podId, subject: '一百金币', body: '100.00 + 20.00 COIN', price: 9_900, quantity: 1 },
    });
    await shop.receive(outTradeNo);
    expect((await read(customerId, orderId)).body.data).toMatchObject({
      ...{ orderId, outTradeNo, isPaid: true, status: 'completed', fulfilmentStatus: 'fulfilled' },
      paidTime: new Date(shop.clock.now()).toISOString(),
    });
    expect(await shop.walletOf(customerId)).toEqual({ paid: 10_000, gift: 2_000, held: 0, owed: 0 });
    const transfers = await shop.db.query
      .selectFrom('ledger_transfers')
      .select('cause')
      .where('cause', '=', `coins:${orderId}`)
      .execute();
    expect(transfers).toHaveLength(1);
  });

  test('are credited once, however often and under whatever number the payment is told of', async () => {
    const customerId = newId('usr');
    const { body } = await shop.order(customerId, { podId, method: 'wechat_native' });
    const { outTradeNo: paymentId } = body.data;
    const facts = shop.gateway.pay(paymentId);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        shop.coinApi.call('POST /coin/notify/fake_pay', {
          body: {
            eventId: index % 2 === 0 ? `evt_same_${paymentId}` : `evt_${randomCode(10)}`,
            subject: { type: 'payment', paymentId, result: { outcome: 'succeeded', facts } },
          },
          headers: { 'content-type': 'application/json' },
        }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    await shop.drain();
    expect(await shop.walletOf(customerId)).toMatchObject({ paid: 10_000, gift: 2_000 });
  });

  test('an unpaid one is asked at its provider before it is shown', async () => {
    const customerId = newId('usr');
    const { body } = await shop.order(customerId, { podId, method: 'wechat_native' });
    shop.gateway.pay(body.data.outTradeNo);
    shop.clock.advance(6_000);
    expect((await read(customerId, body.data.orderId)).body.data).toMatchObject({ isPaid: true });
    expect(await shop.walletOf(customerId)).toMatchObject({ paid: 10_000 });
  });

  test('belong to their customer, and others do not find them', async () => {
    const customerId = newId('usr');
    const { body } = await shop.order(customerId, { podId, method: 'wechat_native' });
    expect((await read(newId('usr'), body.data.orderId)).status).toBe(404);
    expect((await shop.coinApi.call(`GET /coin/order/${body.data.orderId}`)).status).toBe(401);
    expect((await shop.coinApi.call('POST /coin/order', { body: { podId, method: 'x' } })).status).toBe(401);
    expect((await shop.coinApi.call('GET /coin/pods')).status).toBe(401);
  });

  test('cost what the package says, whatever the client sends', async () => {
    const customerId = newId('usr');
    const wish = { podId, method: 'wechat_native' };
    expect((await shop.order(customerId, { ...wish, price: 1 })).status).toBe(400);
    const differs = await shop.order(customerId, { ...wish, expectedTotal: 1 });
    expect(differs).toMatchObject({ status: 409, body: { error: 'price_changed' } });
    const two = await shop.order(customerId, { ...wish, quantity: 2, expectedTotal: 19_800 });
    expect(two.body.data.amount).toBe(19_800);
    await shop.receive(two.body.data.outTradeNo);
    expect(await shop.walletOf(customerId)).toMatchObject({ paid: 20_000, gift: 4_000 });
  });

  test('keep what they were placed for when their package changes', async () => {
    const customerId = newId('usr');
    const changing = await shop.newPod({ name: '会变的套餐' });
    const { body } = await shop.order(customerId, { podId: changing, method: 'wechat_native' });
    const change = { coin: 1, giftCoin: 0, price: 1, status: 'inactive' };
    await shop.coinApi.call(`PATCH /admin/coin-pods/${changing}`, { token: coinStaff, body: change });
    await shop.receive(body.data.outTradeNo);
    expect(await shop.walletOf(customerId)).toMatchObject({ paid: 10_000, gift: 2_000 });
    const gone = await shop.order(customerId, { podId: changing, method: 'wechat_native' });
    expect(gone.status).toBe(404);
  });

  test('are not sold by a method that promises money only, or by none at all', async () => {
    const customerId = newId('usr');
    const refused = await shop.order(customerId, { podId, method: 'paper' });
    expect(refused).toMatchObject({ status: 422, body: { error: 'payment_method_unavailable' } });
    const placed = await shop.db.query
      .selectFrom('orders')
      .select('id')
      .where('customer_id', '=', customerId)
      .execute();
    expect(placed).toEqual([]);
  });

  test('the same package within a minute is the same order, another one after it was changed', async () => {
    const customerId = newId('usr');
    const changing = await shop.newPod();
    const wish = { podId: changing, method: 'wechat_native' };
    const first = await shop.order(customerId, wish);
    const again = await shop.order(customerId, wish);
    expect(again.headers.duplicate).toBe('true');
    expect(again.body.data.orderId).toBe(first.body.data.orderId);
    const more = { coin: 11_000 };
    await shop.coinApi.call(`PATCH /admin/coin-pods/${changing}`, { token: coinStaff, body: more });
    const other = await shop.order(customerId, wish);
    expect(other.body.data.orderId).not.toBe(first.body.data.orderId);
  });

  test('are closed here and at the provider when nobody pays within half an hour', async () => {
    const customerId = newId('usr');
    const { body } = await shop.order(customerId, { podId, method: 'wechat_native' });
    const { orderId, outTradeNo, expiresAt } = body.data;
    expect(Date.parse(expiresAt) - shop.clock.now()).toBe(30 * MINUTE_MS);
    await shop.drain(31 * MINUTE_MS);
    expect((await read(customerId, orderId)).body.data).toMatchObject({ isPaid: false, status: 'closed' });
    expect(shop.gateway.trades.get(outTradeNo)?.state).toBe('closed');
    // Money that comes all the same goes back by itself, and brings no coins.
    await shop.receive(outTradeNo);
    await shop.drain(60 * MINUTE_MS);
    expect(await shop.walletOf(customerId)).toMatchObject({ paid: 0, gift: 0 });
  });
});

describe('packages of coins', () => {
  let shop: CoinShop;
  beforeAll(async () => {
    shop = await openCoinShop();
  });
  afterAll(() => shop.close());
  const staff = (route: string, body?: object) => shop.coinApi.call(route, { token: coinStaff, body });
  const shown = async () => {
    const { body } = await shop.coinApi.call('GET /coin/pods', { token: tokenOf({ userId: 'usr_c' }) });
    return body.data as { id: string; name: string; coin: number; giftCoin: number; price: number }[];
  };

  test('are shown while they are switched on, in the order that staff gave them', async () => {
    const [small, large, gone] = [
      await shop.newPod({ name: 'small', coin: 100, giftCoin: 0, price: 100 }),
      await shop.newPod({ name: 'large' }),
      await shop.newPod({ name: 'gone', status: 'inactive' }),
    ];
    expect((await shown()).map(({ name }) => name)).toEqual(['small', 'large']);
    const ordered = await staff('PUT /admin/coin-pods/order', { podIds: [gone, large] });
    expect(ordered.body.data.items.map(({ id }: { id: string }) => id)).toEqual([gone, large, small]);
    await staff(`PATCH /admin/coin-pods/${gone}`, { status: 'active' });
    const pods = await shown();
    expect(pods.map(({ name }) => name)).toEqual(['gone', 'large', 'small']);
    expect(pods[2]).toMatchObject({ coin: 100, giftCoin: 0, price: 100, currency: 'CNY' });
  });

  test('are made once for a key, by staff only, with every change in the audit log', async () => {
    const body = { name: 'keyed', coin: 500, price: 500 };
    const headers = { 'idempotency-key': newId('key') };
    const made = await shop.coinApi.call('POST /admin/coin-pods', { token: coinStaff, body, headers });
    const again = await shop.coinApi.call('POST /admin/coin-pods', { token: coinStaff, body, headers });
    expect(made.status).toBe(201);
    expect(again.body.data.id).toBe(made.body.data.id);
    await staff(`PATCH /admin/coin-pods/${made.body.data.id}`, { price: 450 });
    const rows = await shop.db.query
      .selectFrom('audit_entries')
      .select('action')
      .where('target_id', '=', made.body.data.id)
      .orderBy('at')
      .execute();
    expect(rows.map(({ action }) => action).sort()).toEqual(['coin_pod.change', 'coin_pod.create']);
    const customer = { token: tokenOf({ userId: 'usr_c' }), body };
    expect((await shop.coinApi.call('POST /admin/coin-pods', customer)).status).toBe(403);
  });

  test('neither cost nothing nor hold nothing', async () => {
    for (const wrong of [{ price: 0 }, { coin: 0 }, { giftCoin: -1 }, { currency: 'COIN' }, { name: ' ' }]) {
      const body = { name: 'x', coin: 1, price: 1, ...wrong };
      expect((await staff('POST /admin/coin-pods', body)).status).toBe(400);
    }
    expect((await staff('PATCH /admin/coin-pods/pod_none', { price: 1 })).status).toBe(404);
    expect((await staff('PUT /admin/coin-pods/order', { podIds: ['pod_none'] })).status).toBe(404);
  });
});
