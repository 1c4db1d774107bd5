/** Buying in one call inside WeChat, over HTTP, with WeChat Pay played by the simulator. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestAnswer } from '../harness/api.ts';
import { type Customer, openWechatShop, type WechatShop } from '../harness/wechat-shop.ts';

let shop: WechatShop;
beforeAll(async () => {
  shop = await openWechatShop();
});
afterAll(() => shop.close());

interface Fields {
  readonly [field: string]: string | number;
}

async function post(
  customer: Customer,
  fields: Fields,
  headers: Readonly<Record<string, string>> = {},
): Promise<TestAnswer> {
  return shop.call('POST /wechat/jsapiPay', { token: customer.token, body: fields, headers });
}

async function get(customer: Customer, fields: Fields): Promise<TestAnswer> {
  const texts = Object.entries(fields).map(([name, value]): [string, string] => [name, String(value)]);
  const query = new URLSearchParams(texts);
  return shop.call(`GET /wechat/jsapiPay?${query.toString()}`, { token: customer.token });
}

/** What the page of the source document sends, for two units. */
const fieldsFor = (customer: Customer, productId: string, appid = shop.miniProgram) => ({
  userId: customer.userId,
  openid: customer.payer.openids[appid] ?? '',
  productId,
  productNum: 2,
  totalPrice: 19_800,
  description: 'two boxes of tea',
  remark: 'after six, please',
});

const ordersOf = ({ userId }: Customer) =>
  shop.db.query.selectFrom('orders').selectAll().where('customer_id', '=', userId).execute();
const attemptsOf = (orderId: string) =>
  shop.db.query.selectFrom('payments').selectAll().where('purpose_id', '=', orderId).execute();
const view = async (customer: Customer, orderId: string) =>
  (await shop.call(`GET /orders/${orderId}`, { token: customer.token })).body.data;
/** The phone pays with what it was given; WeChat checks the signature. */
const payOnPhone = ({ body: { data } }: TestAnswer) => {
  const { appId, timeStamp, nonceStr, package: prepay, signType, paySign } = data;
  const clientParams = { appId, timeStamp, nonceStr, package: prepay, signType, paySign };
  return shop.simulators.wechatPay.pay({ clientParams }).result;
};

describe('the same purchase by GET and by POST', () => {
  test('is an order and a prepay that the phone can pay, at our price', async () => {
    const customer = await shop.newCustomer();
    const product = await shop.newProduct();
    const answer = await get(customer, fieldsFor(customer, product.id));
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
    expect(payOnPhone(answer)).toBe('paid');
    shop.clock.advance(6_000);
    expect(await view(customer, data.orderId)).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' });
  });

  test('again and again, through both doors and under any key, is one order with fresh parameters', async () => {
    const customer = await shop.newCustomer();
    const fields = fieldsFor(customer, (await shop.newProduct({ onHand: 2 })).id);
    const first = await get(customer, fields);
    // Long after the minute in which POST /orders takes equal carts for one, and though the last unit is promised.
    shop.clock.advance(5 * 60_000);
    const others = [
      await get(customer, fields),
      await post(customer, fields),
      await post(customer, fields, { 'idempotency-key': 'first-key' }),
      await post(customer, { ...fields, remark: 'something else' }, { 'idempotency-key': 'second-key' }),
    ];
    for (const { status, headers, body } of others) {
      expect(status).toBe(200);
      expect(headers.duplicate).toBe('true');
      expect(body.data).toMatchObject({ orderId: first.body.data.orderId });
      expect(body.data.paySign).not.toBe(first.body.data.paySign);
    }
    expect(await ordersOf(customer)).toHaveLength(1);
    expect(await attemptsOf(first.body.data.orderId)).toHaveLength(1);
    const [earlier, , , last] = others as [TestAnswer, TestAnswer, TestAnswer, TestAnswer];
    expect(payOnPhone(last)).toBe('paid');
    expect(payOnPhone(earlier)).toBe('refused');
  });

  test('twenty times at once is one order', async () => {
    const customer = await shop.newCustomer();
    const fields = fieldsFor(customer, (await shop.newProduct({ onHand: 2 })).id);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        n % 2 === 0
          ? get(customer, fields)
          : post(customer, fields, { 'idempotency-key': `run-number-${n}` }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ body }) => body.data.orderId)).size).toBe(1);
    expect(await ordersOf(customer)).toHaveLength(1);
  });

  test('under one key gives the first answer again, and another purchase under that key is refused', async () => {
    const customer = await shop.newCustomer();
    const fields = fieldsFor(customer, (await shop.newProduct()).id);
    const headers = { 'idempotency-key': 'one-and-the-same' };
    const first = await post(customer, fields, headers);
    const second = await post(customer, fields, headers);
    expect(second.headers['idempotency-hit']).toBe('true');
    expect(second.body.data).toEqual(first.body.data);
    const other = { ...fields, productNum: 1, totalPrice: 9_900 };
    expect(await post(customer, other, headers)).toMatchObject({
      status: 422,
      body: { error: 'idempotency_key_reused' },
    });
  });

  test('once it is paid, cancelled or expired is a new order', async () => {
    const customer = await shop.newCustomer();
    const fields = fieldsFor(customer, (await shop.newProduct()).id);
    const paid = await post(customer, fields);
    payOnPhone(paid);
    shop.clock.advance(6_000);
    await view(customer, paid.body.data.orderId);
    const cancelled = await post(customer, fields);
    await shop.call(`POST /orders/${cancelled.body.data.orderId}/cancel`, {
      token: customer.token,
      body: { reason: 'changed my mind' },
    });
    const expired = await post(customer, fields);
    shop.clock.advance(15 * 60_000);
    const last = await post(customer, fields);
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
    const answer = await post(customer, fieldsFor(customer, (await shop.newProduct()).id, appid));
    expect(answer.body).toMatchObject({ code: 200, data: { appId: appid } });
    const [attempt] = await attemptsOf(answer.body.data.orderId);
    expect(attempt).toMatchObject({ app_id: appid, openid: customer.payer.openids[appid] });
    expect(await ordersOf(customer)).toMatchObject([{ source }]);
    expect(payOnPhone(answer)).toBe('paid');
  });

  test('may change while the order waits: the old attempt is closed before the new one begins', async () => {
    const customer = await shop.newCustomer();
    await shop.logIn(customer.payer, shop.officialAccount);
    const { id } = await shop.newProduct();
    const mini = await post(customer, fieldsFor(customer, id, shop.miniProgram));
    const web = await post(customer, fieldsFor(customer, id, shop.officialAccount));
    expect(web.body.data).toMatchObject({ orderId: mini.body.data.orderId, appId: shop.officialAccount });
    const attempts = await attemptsOf(web.body.data.orderId);
    expect(attempts.map(({ app_id: appid, status }) => [appid, status]).sort()).toEqual(
      [
        [shop.miniProgram, 'closed'],
        [shop.officialAccount, 'pending'],
      ].sort(),
    );
  });
});

describe('what is refused places no order', () => {
  const refusals: readonly [
    string,
    (customer: Customer, other: Customer) => Promise<Fields>,
    number,
    string,
  ][] = [
    [
      'another user',
      async (_customer, other) => fieldsFor(other, (await shop.newProduct()).id),
      404,
      'not_found',
    ],
    [
      'the openid of another user',
      async (customer, other) => ({
        ...fieldsFor(customer, (await shop.newProduct()).id),
        openid: other.payer.openids[shop.miniProgram] ?? '',
      }),
      404,
      'not_found',
    ],
    [
      'an openid of an app where the caller has not logged in',
      async (customer) => fieldsFor(customer, (await shop.newProduct()).id, shop.officialAccount),
      404,
      'not_found',
    ],
    ['an unknown product', async (customer) => fieldsFor(customer, 'prd_nothing'), 404, 'product_not_found'],
    ['an unknown variant', async (customer) => fieldsFor(customer, 'var_nothing'), 404, 'variant_not_found'],
    [
      'a product with several variants',
      async (customer) => fieldsFor(customer, (await shop.newProduct({ variants: 2 })).id),
      422,
      'variant_required',
    ],
    [
      'another price',
      async (customer) => ({ ...fieldsFor(customer, (await shop.newProduct()).id), totalPrice: 1 }),
      409,
      'price_changed',
    ],
    [
      'a price in another currency',
      async (customer) => fieldsFor(customer, (await shop.newProduct({ currency: 'USD' })).id),
      422,
      'payment_method_unavailable',
    ],
    [
      'more than there is',
      async (customer) => fieldsFor(customer, (await shop.newProduct({ onHand: 1 })).id),
      409,
      'insufficient_stock',
    ],
  ];

  test.each(refusals)('%s', async (_name, makeFields, status, error) => {
    const [customer, other] = [await shop.newCustomer(), await shop.newCustomer()];
    const fields = await makeFields(customer, other);
    for (const answer of [await get(customer, fields), await post(customer, fields)]) {
      expect(answer).toMatchObject({ status, body: { error, data: null } });
    }
    expect([...(await ordersOf(customer)), ...(await ordersOf(other))]).toEqual([]);
  });

  test('goods that need an address where there is none; others need none', async () => {
    const customer = await shop.newCustomer({ hasAddress: false });
    const shipped = fieldsFor(customer, (await shop.newProduct()).id);
    expect(await post(customer, shipped)).toMatchObject({
      status: 422,
      body: { error: 'shipping_address_required' },
    });
    expect(await ordersOf(customer)).toEqual([]);
    const sentByMail = fieldsFor(customer, (await shop.newProduct({ requiresShipping: false })).id);
    expect((await post(customer, sentByMail)).status).toBe(200);
  });

  test.each([
    ['productNum', 0],
    ['productNum', 1.5],
    ['productNum', 10_000],
    ['totalPrice', 0],
    ['totalPrice', -1],
    ['totalPrice', 198.5],
    ['totalPrice', '1e3'],
    ['totalPrice', ''],
    ['userId', ''],
    ['openid', ''],
    ['productId', ''],
    ['price', 1],
  ])('a wrong %s (%j) is named', async (field, value) => {
    const customer = await shop.newCustomer();
    const fields = { ...fieldsFor(customer, 'prd_nothing'), [field]: value };
    for (const answer of [await get(customer, fields), await post(customer, fields)]) {
      expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request', errors: [{ field }] } });
    }
  });

  test('a remark that is too long; an empty one is none', async () => {
    const customer = await shop.newCustomer();
    const fields = fieldsFor(customer, (await shop.newProduct()).id);
    expect(await post(customer, { ...fields, remark: 'x'.repeat(2_001) })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'remark' }] },
    });
    await get(customer, { ...fields, remark: ' ' });
    expect(await ordersOf(customer)).toMatchObject([{ customer_note: null }]);
  });

  test('a stranger', async () => {
    expect((await shop.call('GET /wechat/jsapiPay?userId=usr_x')).status).toBe(401);
    expect((await shop.call('POST /wechat/jsapiPay', { body: {} })).status).toBe(401);
  });
});

describe('a price that changes while the order waits', () => {
  test('leaves the order at the price that was agreed, and the new price is a new order', async () => {
    const customer = await shop.newCustomer();
    const product = await shop.newProduct();
    const fields = fieldsFor(customer, product.id);
    const agreed = await post(customer, fields);
    await shop.call(`PATCH /products/${product.id}/variants/${product.variantIds[0] ?? ''}`, {
      token: shop.admin,
      body: { unitPrice: 12_000 },
    });
    const again = await post(customer, fields);
    expect(again.body.data.orderId).toBe(agreed.body.data.orderId);
    const dearer = await post(customer, { ...fields, totalPrice: 24_000 });
    expect(dearer.body.data.orderId).not.toBe(agreed.body.data.orderId);
    expect((await ordersOf(customer)).map(({ total }) => total).sort()).toEqual([19_800, 24_000]);
    expect(await post(customer, { ...fields, totalPrice: 20_000 })).toMatchObject({
      status: 409,
      body: { error: 'price_changed', details: { total: 24_000 } },
    });
    expect((await post(customer, { ...fields, totalPrice: 24_000 })).body.data.orderId).toBe(
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
    const fields = fieldsFor(customer, (await shop.newProduct()).id);
    const call = () =>
      method === 'GET'
        ? get(customer, fields)
        : post(customer, fields, { 'idempotency-key': 'kept-by-both' });
    const fault = silence();
    const refused = await call();
    expect(refused).toMatchObject({ status: 502, body: { error: 'provider_unavailable' } });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    shop.simulators.faults.clear(fault.id);
    const [order] = await ordersOf(customer);
    // The key is free at once, the way to WeChat Pay when its circuit is tried again.
    shop.clock.advance(30_000);
    const answer = await call();
    expect(answer.body.data).toMatchObject({ orderId: order?.id });
    expect(await ordersOf(customer)).toHaveLength(1);
    expect(payOnPhone(answer)).toBe('paid');
  });
});
