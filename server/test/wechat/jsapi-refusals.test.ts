/** What buying in one call inside WeChat refuses, through both doors, before anything is placed. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createJsapi, type Jsapi, type JsapiFields } from '../harness/jsapi.ts';
import { type Customer, openWechatShop, type WechatShop } from '../harness/wechat-shop.ts';

let shop: WechatShop;
let jsapi: Jsapi;
beforeAll(async () => {
  shop = await openWechatShop();
  jsapi = createJsapi(shop);
});
afterAll(() => shop.close());

describe('what is refused places no order', () => {
  const refusals: readonly [
    string,
    (customer: Customer, other: Customer) => Promise<JsapiFields>,
    number,
    string,
  ][] = [
    [
      'another user',
      async (customer, other) => ({
        ...jsapi.fieldsFor(customer, (await shop.newProduct()).id),
        userId: other.userId,
      }),
      404,
      'not_found',
    ],
    [
      'the openid of another user',
      async (customer, other) => ({
        ...jsapi.fieldsFor(customer, (await shop.newProduct()).id),
        openid: other.payer.openids[shop.miniProgram] ?? '',
      }),
      404,
      'not_found',
    ],
    [
      'an openid of an app where the caller has not logged in',
      async (customer) => jsapi.fieldsFor(customer, (await shop.newProduct()).id, shop.officialAccount),
      404,
      'not_found',
    ],
    [
      'an unknown product',
      async (customer) => jsapi.fieldsFor(customer, 'prd_nothing'),
      404,
      'product_not_found',
    ],
    [
      'an unknown variant',
      async (customer) => jsapi.fieldsFor(customer, 'var_nothing'),
      404,
      'variant_not_found',
    ],
    [
      'a product with several variants',
      async (customer) => jsapi.fieldsFor(customer, (await shop.newProduct({ variants: 2 })).id),
      422,
      'variant_required',
    ],
    [
      'another price',
      async (customer) => ({ ...jsapi.fieldsFor(customer, (await shop.newProduct()).id), totalPrice: 1 }),
      409,
      'price_changed',
    ],
    [
      'a price in another currency',
      async (customer) => jsapi.fieldsFor(customer, (await shop.newProduct({ currency: 'USD' })).id),
      422,
      'payment_method_unavailable',
    ],
    [
      'more than there is',
      async (customer) => jsapi.fieldsFor(customer, (await shop.newProduct({ onHand: 1 })).id),
      409,
      'insufficient_stock',
    ],
  ];

  test.each(refusals)('%s is refused through both doors', async (_name, makeFields, status, error) => {
    const [customer, other] = [await shop.newCustomer(), await shop.newCustomer()];
    const fields = await makeFields(customer, other);
    for (const answer of [await jsapi.get(customer, fields), await jsapi.post(customer, fields)]) {
      expect(answer).toMatchObject({ status, body: { error, data: null } });
    }
    expect([...(await jsapi.ordersOf(customer)), ...(await jsapi.ordersOf(other))]).toEqual([]);
  });

  test('goods that are shipped need an address, others need none', async () => {
    const customer = await shop.newCustomer({ hasAddress: false });
    const shipped = jsapi.fieldsFor(customer, (await shop.newProduct()).id);
    expect(await jsapi.post(customer, shipped)).toMatchObject({
      status: 422,
      body: { error: 'shipping_address_required' },
    });
    expect(await jsapi.ordersOf(customer)).toEqual([]);
    const sentByMail = jsapi.fieldsFor(customer, (await shop.newProduct({ requiresShipping: false })).id);
    expect((await jsapi.post(customer, sentByMail)).status).toBe(200);
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
    const fields = { ...jsapi.fieldsFor(customer, 'prd_nothing'), [field]: value };
    for (const answer of [await jsapi.get(customer, fields), await jsapi.post(customer, fields)]) {
      expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request', errors: [{ field }] } });
    }
  });

  test('a remark that is too long is named, and an empty one is none', async () => {
    const customer = await shop.newCustomer();
    const fields = jsapi.fieldsFor(customer, (await shop.newProduct()).id);
    expect(await jsapi.post(customer, { ...fields, remark: 'x'.repeat(2_001) })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'remark' }] },
    });
    await jsapi.get(customer, { ...fields, remark: ' ' });
    expect(await jsapi.ordersOf(customer)).toMatchObject([{ customer_note: null }]);
  });

  test('a stranger has to log in', async () => {
    expect((await shop.call('GET /wechat/jsapiPay?userId=usr_x')).status).toBe(401);
    expect((await shop.call('POST /wechat/jsapiPay', { body: {} })).status).toBe(401);
  });
});
