import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { tokenOf } from '../../../test/harness/api.ts';
import { openTopupShop, STAFF, type TopupShop } from '../../../test/harness/topup-shop.ts';
import { DAY_MS, MINUTE_MS } from '../../kernel/clock.ts';

let shop: TopupShop;

beforeAll(async () => {
  shop = await openTopupShop();
});
beforeEach(() => {
  shop.operator.isDown = false;
  shop.operator.bill = null;
});
afterAll(() => shop.close());

const NUMBER = '88000001';
const products = (msisdn = NUMBER, token = shop.newCustomer().token) =>
  shop.api.call(`GET /topup/products?msisdn=${encodeURIComponent(msisdn)}`, { token });
const order = (change: object = {}, token = shop.newCustomer().token, headers = {}) =>
  shop.api.call('POST /topup/orders', {
    ...{ token, headers },
    body: { msisdn: NUMBER, type: 'recharge', code: 'SD5000', ...change },
  });
/** A number that nobody has asked about. */
let numbers = 0;
function newNumber(): string {
  numbers += 1;
  return `88${String(100_000 + numbers)}`;
}

describe('what is on sale', () => {
  test('anybody sees the operators, their numbers and the rate', async () => {
    const { status, body } = await shop.api.call('GET /topup/operators');
    expect(status).toBe(200);
    expect(body.data).toMatchObject([
      {
        operator: 'unitel',
        currency: 'MNT',
        prefixes: ['80', '86', '88', '89'],
        rate: { fromUnits: 440, toUnits: 1 },
      },
    ]);
  });

  test('a number’s products have a price in tugrik and one in yuan', async () => {
    const { body } = await products('+976 8800-0001');
    expect(body.data).toMatchObject({
      ...{ operator: 'unitel', msisdn: NUMBER, plan: 'prepaid', priceCurrency: 'MNT', currency: 'CNY' },
      products: [{ type: 'recharge', code: 'SD5000', price: 500_000, amount: 1_136 }],
    });
  });

  test('a post-paid number is offered its bill', async () => {
    shop.operator.bill = 2_500_000;
    const msisdn = newNumber();
    const { body } = await products(msisdn);
    expect(body.data.products[0]).toMatchObject({
      type: 'bill',
      code: 'bill',
      price: 2_500_000,
      amount: 5_682,
    });
    const placed = await order({ msisdn, type: 'bill', code: undefined });
    expect(placed).toMatchObject({
      status: 201,
      body: { data: { type: 'bill', code: null, amount: 5_682 } },
    });
  });

  test.each([
    ['99000001', 422, 'topup_number_unknown'],
    ['not a number', 422, 'topup_number_unknown'],
  ])('%s is %i %s', async (msisdn, status, error) => {
    const answer = await products(msisdn);
    expect([answer.status, answer.body.error]).toEqual([status, error]);
  });

  test('it is asked for at most every ten minutes, and for an order every minute', async () => {
    const msisdn = newNumber();
    const asked = () => shop.operator.questions.filter((question) => question === `tariffs ${msisdn}`).length;
    await Promise.all([products(msisdn), products(msisdn), products(msisdn)]);
    expect(asked()).toBe(1);
    shop.clock.advance(MINUTE_MS);
    await products(msisdn);
    expect(asked()).toBe(1);
    await order({ msisdn });
    expect(asked()).toBe(2);
    shop.operator.isDown = true;
    expect((await products(msisdn)).status).toBe(200);
    shop.clock.advance(10 * MINUTE_MS);
    expect(await products(msisdn)).toMatchObject({ status: 502, body: { error: 'provider_unavailable' } });
    shop.operator.isDown = false;
    expect((await products(msisdn)).status).toBe(200);
  });
});

describe('an order', () => {
  test('has the operator’s price at the rate of its moment, and keeps both', async () => {
    const { body } = await order();
    expect(body.data).toMatchObject({
      ...{ operator: 'unitel', msisdn: NUMBER, type: 'recharge', code: 'SD5000', name: '5000 нэгж' },
      ...{ price: 500_000, priceCurrency: 'MNT', amount: 1_136, currency: 'CNY' },
      ...{ rate: { fromUnits: 440, toUnits: 1 }, status: 'pending', rechargeStatus: 'unfulfilled' },
    });
    const set = await shop.api.call('POST /admin/topups/rates', {
      token: STAFF,
      body: { from: 'MNT', fromUnits: 500, toUnits: 1, note: 'the bank says so' },
    });
    expect(set.status).toBe(201);
    expect((await order()).body.data).toMatchObject({ amount: 1_000, rate: { fromUnits: 500 } });
    const again = await shop.api.call(`GET /admin/topups/${body.data.id}`, { token: STAFF });
    expect(again.body.data).toMatchObject({ amount: 1_136, rate: { fromUnits: 440 } });
    const { body: rates } = await shop.api.call('GET /admin/topups/rates', { token: STAFF });
    expect(rates.data.items).toMatchObject([
      {
        from: 'MNT',
        to: 'CNY',
        current: { fromUnits: 500 },
        history: [{ setBy: 'usr_clerk', fromUnits: 500 }],
      },
    ]);
    await shop.api.call('POST /admin/topups/rates', {
      token: STAFF,
      body: { from: 'MNT', fromUnits: 440, toUnits: 1 },
    });
  });

  test('a price that the client brings is only compared, and a wrong one is refused', async () => {
    expect(await order({ totalPrice: 1 })).toMatchObject({ status: 409, body: { error: 'price_changed' } });
    expect((await order({ totalPrice: 1_136 })).status).toBe(201);
    for (const field of ['price', 'amount', 'unitPrice', 'price_rmb']) {
      expect((await order({ [field]: 1 })).status, field).toBe(400);
    }
  });

  test('what is not on sale for the number is refused', async () => {
    expect(await order({ code: 'SD1' })).toMatchObject({ status: 422, body: { error: 'topup_unavailable' } });
    expect(await order({ type: 'data' })).toMatchObject({
      status: 422,
      body: { error: 'topup_unavailable' },
    });
    expect(await order({ code: undefined })).toMatchObject({ status: 400 });
    expect(await order({ method: 'cash' })).toMatchObject({
      status: 422,
      body: { error: 'payment_method_unavailable' },
    });
    expect(await order({ vatRegisterNumber: '12' })).toMatchObject({ status: 400 });
  });

  test('an operator that does not answer costs nothing but a try', async () => {
    shop.operator.isDown = true;
    const answer = await order({ msisdn: newNumber() });
    expect([answer.status, answer.body.error]).toEqual([502, 'provider_unavailable']);
  });

  test('the same wish within a minute is one order, and so is the same key', async () => {
    const { token } = shop.newCustomer();
    const [first, second] = [await order({}, token), await order({}, token)];
    expect(second.body.data.id).toBe(first.body.data.id);
    expect(second.headers.duplicate).toBe('true');
    for (const other of [{ msisdn: '88000002' }, { vatRegisterNumber: '1234567' }]) {
      expect((await order(other, token)).body.data.id).not.toBe(first.body.data.id);
    }
    const key = { 'idempotency-key': 'topup-key-0001' };
    const keyed = await Promise.all([order({}, token, key), order({}, token, key), order({}, token, key)]);
    const ids = new Set(keyed.filter(({ status }) => status === 201).map(({ body }) => body.data.id));
    expect(ids.size).toBe(1);
  });

  test('somebody else’s is none, for reading too', async () => {
    const mine = shop.newCustomer();
    const { id, orderId } = await shop.order(mine.token);
    const other = shop.newCustomer();
    for (const path of [id, orderId]) {
      expect((await shop.api.call(`GET /topup/orders/${path}`, { token: mine.token })).status).toBe(200);
      expect((await shop.api.call(`GET /topup/orders/${path}`, { token: other.token })).status).toBe(404);
    }
    expect((await shop.api.call(`GET /orders/${orderId}`, { token: other.token })).status).toBe(404);
    const pay = { token: other.token, body: { method: 'wechat_native' } };
    expect((await shop.api.call(`POST /orders/${orderId}/payments`, pay)).status).toBe(404);
    const { body } = await shop.api.call('GET /topup/orders', { token: other.token });
    expect(body.data.items).toEqual([]);
    expect((await shop.api.call('GET /topup/orders')).status).toBe(401);
  });
});

describe('staff', () => {
  test.each([
    'GET /admin/topups',
    'GET /admin/topups/waiting',
    'GET /admin/topups/top_1',
    'GET /admin/topups/statistics',
    'GET /admin/topups/summaries',
    'GET /admin/topups/rates',
    'POST /admin/topups/rates',
    'POST /admin/topups/top_1/decide',
    'POST /admin/topups/top_1/refund',
  ])('%s needs its permission', async (route) => {
    const body = route.startsWith('POST') ? { body: {} } : {};
    expect((await shop.api.call(route, { token: shop.newCustomer().token, ...body })).status).toBe(403);
    const other = tokenOf({ userId: 'usr_o', kind: 'staff', permissions: ['orders.read', 'orders.write'] });
    expect((await shop.api.call(route, { token: other, ...body })).status).toBe(403);
    if (route.startsWith('POST')) {
      const reader = tokenOf({ userId: 'usr_r', kind: 'staff', permissions: ['topups.read'] });
      expect((await shop.api.call(route, { token: reader, ...body })).status).toBe(403);
    }
  });

  test('finds a top-up by its number, its status and its order, with every step', async () => {
    const id = await shop.buy();
    await shop.drain();
    const list = async (query: string) => {
      const { body } = await shop.api.call(`GET /admin/topups?${query}`, { token: STAFF });
      return body.data.items.map((item: { id: string }) => item.id) as string[];
    };
    expect(await list(`msisdn=${NUMBER}&status=fulfilled`)).toContain(id);
    expect(await list('status=unknown')).not.toContain(id);
    const { topup } = await shop.standing(id);
    expect(await list(`orderId=${topup.order_id}`)).toEqual([id]);
    const { body } = await shop.api.call(`GET /admin/topups/${topup.order_id}`, { token: STAFF });
    expect(body.data).toMatchObject({ id, result: 'delivered', vatBill: { lottery: 'AB 12345678' } });
    const steps = body.data.history.map((step: { to: string }) => step.to);
    expect(steps).toEqual(expect.arrayContaining(['in_progress', 'fulfilled', 'completed']));
    const first = await shop.api.call('GET /admin/topups?limit=1', { token: STAFF });
    const { nextCursor } = first.body.data.pagination;
    const second = await shop.api.call(`GET /admin/topups?limit=1&cursor=${nextCursor}`, { token: STAFF });
    expect(second.body.data.items[0].id).not.toBe(first.body.data.items[0].id);
    expect((await shop.api.call('GET /admin/topups?cursor=nonsense', { token: STAFF })).status).toBe(400);
  });

  test('sees what a day and a month bring, by operator, type and status, and a summary of each day', async () => {
    shop.clock.set(Date.parse('2027-01-31T15:59:00Z'));
    const late = await shop.buy();
    await shop.drain();
    shop.clock.set(Date.parse('2027-01-31T16:01:00Z'));
    await shop.buy();
    await shop.drain();
    const { body } = await shop.api.call('GET /admin/topups/statistics?from=2027-01-31&to=2027-01-31', {
      token: STAFF,
    });
    const one = { count: 1, amount: 1_136 };
    expect(body.data.day).toBe('2027-02-01');
    for (const figures of [body.data.today, body.data.month, body.data.period]) {
      expect(figures).toEqual({
        groups: [{ operator: 'unitel', type: 'recharge', status: 'fulfilled', currency: 'CNY', ...one }],
        revenue: [{ currency: 'CNY', paid: one, delivered: one, returned: { count: 0, amount: 0 } }],
      });
    }
    await shop.runCron('topup.summarise');
    await shop.runCron('topup.summarise');
    const { body: summaries } = await shop.api.call('GET /admin/topups/summaries', { token: STAFF });
    expect(summaries.data.items).toHaveLength(7);
    expect(summaries.data.items[0]).toMatchObject({ day: '2027-01-31', revenue: [{ delivered: one }] });
    const events = await shop.db.query
      .selectFrom('events')
      .select('subject')
      .where('name', '=', 'topup.day_summarised')
      .execute();
    expect(events).toHaveLength(7);
    expect((await shop.standing(late)).fulfilment).toBe('fulfilled');
    for (const query of [
      'from=2027-01-02&to=2027-01-01',
      'from=2027-01-01',
      'from=2020-01-01&to=2027-01-01',
    ]) {
      expect((await shop.api.call(`GET /admin/topups/statistics?${query}`, { token: STAFF })).status).toBe(
        400,
      );
    }
    await shop.drain(DAY_MS);
  });

  test('sets a rate of a currency that is sold in only', async () => {
    const set = (body: object) => shop.api.call('POST /admin/topups/rates', { token: STAFF, body });
    expect((await set({ from: 'THB', fromUnits: 5, toUnits: 1 })).status).toBe(404);
    expect((await set({ from: 'MNT', fromUnits: 0, toUnits: 1 })).status).toBe(400);
    expect((await set({ from: 'MNT', fromUnits: 440.5, toUnits: 1 })).status).toBe(400);
    const answers = await Promise.all(
      [441, 442, 443].map((fromUnits) => set({ from: 'MNT', fromUnits, toUnits: 1 })),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    const count = async () => {
      const { body } = await shop.api.call('GET /admin/topups/rates', { token: STAFF });
      return body.data.items[0].history.length as number;
    };
    const before = await count();
    const { fromUnits } = (await shop.api.call('GET /topup/operators')).body.data[0].rate;
    expect((await set({ from: 'MNT', fromUnits, toUnits: 1 })).status).toBe(201);
    expect(await count()).toBe(before);
    await set({ from: 'MNT', fromUnits: 440, toUnits: 1 });
  });

  test('every invariant holds after all that', async () => {
    expect(await shop.violations()).toEqual([]);
  });
});
