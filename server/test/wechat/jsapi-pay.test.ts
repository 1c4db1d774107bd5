/** Buying in one call inside WeChat, over HTTP, with WeChat Pay played by the simulator. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestAnswer } from '../harness/api.ts';
import { createJsapi, type Jsapi } from '../harness/jsapi.ts';
import { type Customer, openWechatShop, type WechatShop } from '../harness/wechat-shop.ts';

let shop: WechatShop;
let jsapi: Jsapi;
beforeAll(async () => {
  shop = await openWechatShop();
  jsapi = createJsapi(shop);
});
afterAll(() => shop.close());

const attemptsOf = (orderId: string) =>
  shop.db.query.selectFrom('payments').selectAll().where('purpose_id', '=', orderId).execute();
const view = async (customer: Customer, orderId: string) =>
  (await shop.call(`GET /orders/${orderId}`, { token: customer.token })).body.data;
describe('the same purchase by GET and by POST', () => {
  test('is an order and a prepay that the phone can pay, at our price', async () => {
    const customer = await shop.newCustomer();
    const product = await shop.newProduct();
    const answer = await jsapi.get(customer, jsapi.fieldsFor(customer, product.id));
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store' });
    expect(answer.headers.duplicate).toBeUndefined();
    const { data } = answer.body;
    expect(data).toEqual({
      prepay_id: expect.stringMatching(/^wx/),
      package: `prepay_id=${data.prepay_id}`,
      timeStamp: expect.stringMatching(/^\d{10}$/),
      nonceStr: expect.stringMatching(/^\w{16,32}$/),
      signType: 'RSA',
      paySign: expect.stringMatching(/^[\w+/]+=*$/),
      appId: shop.miniProgram,
      orderId: expect.stringMatching(/^ord_/),
      orderNumber: expect.stringMatching(/^ORD/),
    });
    const order = await view(customer, data.orderId);
    expect(order).toMatchObject({
      status: 'pending',
      total: 19_800,
      customerNote: 'after six, please',
      shippingAddress: { city: 'Hangzhou' },
      items: [{ variantId: product.variantIds[0], quantity: 2 }],
    });
    expect(jsapi.payOnPhone(answer)).toBe('paid');
    shop.clock.advance(6_000);
    expect(await view(customer, data.orderId)).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' });
  });

  test('again and again, through both doors and under any key, is one order with fresh parameters', async () => {
    const customer = await shop.newCustomer();
    const fields = jsapi.fieldsFor(customer, (await shop.newProduct({ onHand: 2 })).id);
    const first = await jsapi.get(customer, fields);
    // Long after the minute in which POST /orders takes equal carts for one, and though the last unit is promised.
    shop.clock.advance(5 * 60_000);
    const others = [
      await jsapi.get(customer, fields),
      await jsapi.post(customer, fields),
      await jsapi.post(customer, fields, { 'idempotency-key': 'first-key' }),
      await jsapi.post(
        customer,
        { ...fields, remark: 'something else' },
        { 'idempotency-key': 'second-key' },
      ),
    ];
    for (const { status, headers, body } of others) {
      expect(status).toBe(200);
      expect(headers.duplicate).toBe('true');
      expect(body.data).toMatchObject({ orderId: first.body.data.orderId });
      expect(body.data.paySign).not.toBe(first.body.data.paySign);
    }
    expect(await jsapi.ordersOf(customer)).toHaveLength(1);
    expect(await attemptsOf(first.body.data.orderId)).toHaveLength(1);
    const [earlier, , , last] = others as [TestAnswer, TestAnswer, TestAnswer, TestAnswer];
    expect(jsapi.payOnPhone(last)).toBe('paid');
    expect(jsapi.payOnPhone(earlier)).toBe('refused');
  });

  test('twenty times at once is one order', async () => {
    const customer = await shop.newCustomer();
    const fields = jsapi.fieldsFor(customer, (await shop.newProduct({ onHand: 2 })).id);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        n % 2 === 0
          ? jsapi.get(customer, fields)
          : jsapi.post(customer, fields, { 'idempotency-key': `run-number-${n}` }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ body }) => body.data.orderId)).size).toBe(1);
    expect(await jsapi.ordersOf(customer)).toHaveLength(1);
  });

  test('under one key gives the first answer again, and another purchase under that key is refused', async () => {
    const customer = await shop.newCustomer();
    const fields = jsapi.fieldsFor(customer, (await shop.newProduct()).id);
    const headers = { 'idempotency-key': 'one-and-the-same' };
    const first = await jsapi.post(customer, fields, headers);
    const second = await jsapi.post(customer, fields, headers);
    expect(second.headers['idempotency-hit']).toBe('true');
    expect(second.body.data).toEqual(first.body.data);
    const other = { ...fields, productNum: 1, totalPrice: 9_900 };
    expect(await jsapi.post(customer, other, headers)).toMatchObject({
      status: 422,
      body: { error: 'idempotency_key_reused' },
    });
  });

  test('once it is paid, cancelled or expired is a new order', async () => {
    const customer = await shop.newCustomer();
    const fields = jsapi.fieldsFor(customer, (await shop.newProduct()).id);
    const paid = await jsapi.post(customer, fields);
    jsapi.payOnPhone(paid);
    shop.clock.advance(6_000);
    await view(customer, paid.body.data.orderId);
    const cancelled = await jsapi.post(customer, fields);
    await shop.call(`POST /orders/${cancelled.body.data.orderId}/cancel`, {
      token: customer.token,
      body: { reason: 'changed my mind' },
    });
    const expired = await jsapi.post(customer, fields);
    shop.clock.advance(15 * 60_000);
    const last = await jsapi.post(customer, fields);
    const ids = [paid, cancelled, expired, last].map(({ body }) => body.data.orderId);
    expect(new Set(ids).size).toBe(4);
    expect([cancelled, expired, last].map(({ headers }) => headers.duplicate)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('the app that is paid in', () => {
  test.each([
    ['mini program', 0, 'mini_program'],
    ['official account', 1, 'mobile'],
  ])('is the one that knows the openid: %s', async (_name, index, source) => {
    const customer = await shop.newCustomer();
    await shop.logIn(customer.payer, shop.officialAccount);
    const appid = [shop.miniProgram, shop.officialAccount][index] ?? '';
    const answer = await jsapi.post(customer, jsapi.fieldsFor(customer, (await shop.newProduct()).id, appid));
    expect(answer.body).toMatchObject({ code: 200, data: { appId: appid } });
    const [attempt] = await attemptsOf(answer.body.data.orderId);
    expect(attempt).toMatchObject({ app_id: appid, openid: customer.payer.openids[appid] });
    expect(await jsapi.ordersOf(customer)).toMatchObject([{ source }]);
    expect(jsapi.payOnPhone(answer)).toBe('paid');
  });

  test('may change while the order waits: the old attempt is closed before the new one begins', async () => {
    const customer = await shop.newCustomer();
    await shop.logIn(customer.payer, shop.officialAccount);
    const { id } = await shop.newProduct();
    const mini = await jsapi.post(customer, jsapi.fieldsFor(customer, id, shop.miniProgram));
    const web = await jsapi.post(customer, jsapi.fieldsFor(customer, id, shop.officialAccount));
    expect(web.body.data).toMatchObject({ orderId: mini.body.data.orderId, appId: shop.officialAccount });
    const attempts = await attemptsOf(web.body.data.orderId);
    expect(Object.fromEntries(attempts.map(({ app_id: appid, status }) => [appid, status]))).toEqual({
      [shop.miniProgram]: 'closed',
      [shop.officialAccount]: 'pending',
    });
  });
});

describe('a price that changes while the order waits', () => {
  test('leaves the order at the price that was agreed, and the new price is a new order', async () => {
    const customer = await shop.newCustomer();
    const product = await shop.newProduct();
    const fields = jsapi.fieldsFor(customer, product.id);
    const agreed = await jsapi.post(customer, fields);
    await shop.call(`PATCH /products/${product.id}/variants/${product.variantIds[0] ?? ''}`, {
      token: shop.adminToken,
      body: { unitPrice: 12_000 },
    });
    const again = await jsapi.post(customer, fields);
    expect(again.body.data.orderId).toBe(agreed.body.data.orderId);
    const dearer = await jsapi.post(customer, { ...fields, totalPrice: 24_000 });
    expect(dearer.body.data.orderId).not.toBe(agreed.body.data.orderId);
    expect(new Set((await jsapi.ordersOf(customer)).map(({ total }) => total))).toEqual(
      new Set([19_800, 24_000]),
    );
    expect(await jsapi.post(customer, { ...fields, totalPrice: 20_000 })).toMatchObject({
      status: 409,
      body: { error: 'price_changed', details: { total: 24_000 } },
    });
    expect((await jsapi.post(customer, { ...fields, totalPrice: 24_000 })).body.data.orderId).toBe(
      dearer.body.data.orderId,
    );
  });
});

describe('WeChat Pay that does not answer', () => {
  const silence = () =>
    shop.simulators.faults.set({
      provider: 'wechat-pay',
      operation: 'prepay',
      kind: 'connection_refused',
      times: 'always',
    });

  test.each(['GET', 'POST'])('leaves the order payable: the same %s finds it and pays', async (method) => {
    const customer = await shop.newCustomer();
    const fields = jsapi.fieldsFor(customer, (await shop.newProduct()).id);
    const call = () =>
      method === 'GET'
        ? jsapi.get(customer, fields)
        : jsapi.post(customer, fields, { 'idempotency-key': 'kept-by-both' });
    const fault = silence();
    const refused = await call();
    expect(refused).toMatchObject({ status: 502, body: { error: 'provider_unavailable' } });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    shop.simulators.faults.clear(fault.id);
    const [order] = await jsapi.ordersOf(customer);
    // The key is free at once, the way to WeChat Pay when its circuit is tried again.
    shop.clock.advance(30_000);
    const answer = await call();
    expect(answer.body.data).toMatchObject({ orderId: order?.id });
    expect(await jsapi.ordersOf(customer)).toHaveLength(1);
    expect(jsapi.payOnPhone(answer)).toBe('paid');
  });
});
