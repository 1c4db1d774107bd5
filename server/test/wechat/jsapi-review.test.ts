import { afterAll, beforeAll, expect, test } from 'vitest';
import { createJsapi, type Jsapi } from '../harness/jsapi.ts';
import { openWechatShop, type WechatShop } from '../harness/wechat-shop.ts';

let shop: WechatShop;
let jsapi: Jsapi;

beforeAll(async () => {
  shop = await openWechatShop({ RISK_HIGH_RISK_COUNTRIES: 'CN', RISK_HIGH_AMOUNT: '1' });
  jsapi = createJsapi(shop);
});
afterAll(() => shop.close());

test('a purchase in one call that must be reviewed is refused until a person approves, and then goes on', async () => {
  const customer = await shop.newCustomer();
  const fields = jsapi.fieldsFor(customer, (await shop.newProduct()).id);
  const held = await jsapi.get(customer, fields);
  expect(held).toMatchObject({ status: 409, body: { error: 'payment_under_review' } });
  expect(await jsapi.post(customer, fields)).toMatchObject({ status: 409 });
  expect(await jsapi.ordersOf(customer)).toHaveLength(1);
  const token = shop.adminToken;
  const reviews = (await shop.call('GET /admin/risk/reviews', { token })).body.data.items;
  expect(reviews).toMatchObject([{ paymentId: held.body.details.paymentId }]);
  await shop.call(`POST /admin/risk/reviews/${reviews[0].id}/approve`, { token, body: {} });
  const answer = await jsapi.get(customer, fields);
  expect(answer.status).toBe(200);
  expect(jsapi.payOnPhone(answer)).toBe('paid');
});
