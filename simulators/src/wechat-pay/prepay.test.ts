import { createSign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMerchant } from '../../test/merchant.ts';
import { type Simulators, startSimulators } from '../index.ts';

/** The base clock stands still, so that only the test moves time. */
const START = Date.parse('2026-05-04T12:00:00+08:00');

let simulators: Simulators;
let shop: ReturnType<typeof createMerchant>;

beforeAll(async () => {
  simulators = await startSimulators({ delivery: 'manual', now: () => START });
  shop = createMerchant(simulators);
});
afterAll(() => simulators.close());

const NATIVE = '/v3/pay/transactions/native';
const JSAPI = '/v3/pay/transactions/jsapi';
const refusal = ({ status, json }: { status: number; json: Record<string, unknown> }) => [status, json.code];
const native = (outTradeNo: string, changes?: Record<string, unknown>) =>
  shop.call('POST', NATIVE, shop.order(outTradeNo, changes));

describe('each product answers what its buyer needs', () => {
  test('native, jsapi, app and h5', async () => {
    const payer = simulators.payers.create();
    const appid = shop.merchant.apps[0]?.appid ?? '';
    expect((await native('PRODUCT-NATIVE')).json.code_url).toMatch(/^weixin:\/\/wxpay\/bizpayurl\?pr=\w{9}$/);
    const jsapi = shop.order('PRODUCT-JSAPI', { payer: { openid: payer.openids[appid] } });
    expect((await shop.call('POST', JSAPI, jsapi)).json.prepay_id).toMatch(/^wx\d{14}[0-9a-f]{20}$/);
    const app = await shop.call('POST', '/v3/pay/transactions/app', shop.order('PRODUCT-APP'));
    expect(app.json.prepay_id).toMatch(/^wx/);
    const scene = { payer_client_ip: '127.0.0.1', h5_info: { type: 'Wap' } };
    const h5 = await shop.call(
      'POST',
      '/v3/pay/transactions/h5',
      shop.order('PRODUCT-H5', { scene_info: scene }),
    );
    expect(h5.json.h5_url).toContain('/phone?prepay_id=wx');
    expect((await shop.query('PRODUCT-H5')).json).toMatchObject({
      trade_state: 'NOTPAY',
      trade_state_desc: '订单未支付',
    });
  });

  test('h5 without its scene is refused', async () => {
    const answer = await shop.call('POST', '/v3/pay/transactions/h5', shop.order('PRODUCT-H5-2'));
    expect(refusal(answer)).toEqual([400, 'PARAM_ERROR']);
    expect(answer.json.detail).toMatchObject({ field: '/scene_info' });
  });
});

describe('the same number again', () => {
  test('with the same parameters gives a new prepay, even when time_expire differs', async () => {
    const first = await native('AGAIN-SAME');
    const expire = new Date(START + 600_000).toISOString().replace(/\.\d+Z/, '+00:00');
    const second = await native('AGAIN-SAME', { time_expire: expire });
    expect(second.status).toBe(200);
    expect(second.json.code_url).not.toBe(first.json.code_url);
    expect(simulators.wechatPay.findTrade({ outTradeNo: 'AGAIN-SAME' }).expiresAt).toBeNull();
  });

  test('with another amount or another product is OUT_TRADE_NO_USED', async () => {
    await native('AGAIN-OTHER');
    expect(refusal(await native('AGAIN-OTHER', { amount: { total: 999 } }))).toEqual([
      403,
      'OUT_TRADE_NO_USED',
    ]);
    const app = await shop.call('POST', '/v3/pay/transactions/app', shop.order('AGAIN-OTHER'));
    expect(refusal(app)).toEqual([403, 'OUT_TRADE_NO_USED']);
  });

  test('of a paid trade is ORDERPAID and of a closed one ORDER_CLOSED', async () => {
    await shop.buy('AGAIN-PAID');
    expect(refusal(await native('AGAIN-PAID'))).toEqual([400, 'ORDERPAID']);
    await native('AGAIN-CLOSED');
    simulators.wechatPay.close({ outTradeNo: 'AGAIN-CLOSED' });
    expect(refusal(await native('AGAIN-CLOSED'))).toEqual([400, 'ORDER_CLOSED']);
  });
});

describe('parameters', () => {
  test.each([
    ['a missing description', { description: undefined }, '/description', '必填'],
    [
      'a description over 127 bytes',
      { description: '茶'.repeat(43) },
      '/description',
      '字节数 129，大于最大值 127',
    ],
    ['an emoji', { description: 'tea 🍵' }, '/description', '四字节'],
    ['an attach over 128 bytes', { attach: 'a'.repeat(129) }, '/attach', '大于最大值 128'],
    ['a number of 5 characters', { out_trade_no: 'ABCDE' }, '/out_trade_no', '小于最小值 6'],
    ['a number of 33 characters', { out_trade_no: 'A'.repeat(33) }, '/out_trade_no', '大于最大值 32'],
    ['a number with a space', { out_trade_no: 'ABC DEF' }, '/out_trade_no', '正则'],
    ['no money', { amount: { total: 0 } }, '/amount/total', '最小值 1'],
    ['a fraction of a fen', { amount: { total: 1.5 } }, '/amount/total', '整数'],
    ['an amount as text', { amount: { total: '100' } }, '/amount/total', '整数'],
    ['another currency', { amount: { total: 1, currency: 'USD' } }, '/amount/currency', 'CNY'],
    ['a time without an offset', { time_expire: '2030-01-01T00:00:00' }, '/time_expire', '正则'],
    ['a time beyond seven days', { time_expire: '2030-01-01T00:00:00+08:00' }, '/time_expire', '最长时间'],
    ['an address that is none', { notify_url: 'nowhere' }, '/notify_url', 'URL'],
    ['a detail over 6144 bytes', { detail: { cost: 'x'.repeat(6145) } }, '/detail', '6144'],
  ])('%s is PARAM_ERROR with its field', async (_name, changes, field, words) => {
    const answer = await shop.call('POST', NATIVE, shop.order('PARAM-ERROR', changes));
    expect(refusal(answer)).toEqual([400, 'PARAM_ERROR']);
    expect(answer.json.detail).toMatchObject({ field, location: 'body' });
    expect(answer.json.message).toContain(words);
  });

  test('an app of somebody else is APPID_MCHID_NOT_MATCH', async () => {
    expect(refusal(await native('PARAM-APP', { appid: 'wx0000000000000000' }))).toEqual([
      400,
      'APPID_MCHID_NOT_MATCH',
    ]);
  });

  test('an openid must exist and belong to the app', async () => {
    const payer = simulators.payers.create();
    const other = payer.openids[shop.merchant.apps[1]?.appid ?? ''];
    const unknown = await shop.call(
      'POST',
      JSAPI,
      shop.order('PARAM-OPENID', { payer: { openid: 'oNobody' } }),
    );
    expect(refusal(unknown)).toEqual([400, 'PARAM_ERROR']);
    const foreign = await shop.call('POST', JSAPI, shop.order('PARAM-OPENID', { payer: { openid: other } }));
    expect(refusal(foreign)).toEqual([500, 'OPENID_MISMATCH']);
  });

  test('strict mode refuses addresses that the platform cannot reach', async () => {
    simulators.changeSettings({ strictNotifyUrl: true });
    const refused = [
      'http://shop.example/n',
      'https://127.0.0.1/n',
      'https://localhost/n',
      'https://shop.example/n?a=1',
    ];
    for (const notifyUrl of refused) {
      const answer = await native('PARAM-STRICT', { notify_url: notifyUrl });
      expect(answer.json.detail).toMatchObject({ field: '/notify_url', value: notifyUrl });
    }
    expect((await native('PARAM-STRICT', { notify_url: 'https://shop.example/n' })).status).toBe(200);
    simulators.changeSettings({ strictNotifyUrl: false });
  });
});

describe('time', () => {
  test('an expiry under a minute is raised to a minute; after it the buyer is refused and the state stays', async () => {
    const soon = new Date(simulators.clockView().epochMs + 5000).toISOString().replace(/\.\d+Z/, '+00:00');
    await native('TIME-EXPIRE', { time_expire: soon });
    simulators.advanceClock(55_000);
    const { createdAt, expiresAt } = simulators.wechatPay.findTrade({ outTradeNo: 'TIME-EXPIRE' });
    expect((expiresAt ?? 0) - createdAt).toBe(60_000);
    simulators.advanceClock(5001);
    expect(simulators.wechatPay.pay({ outTradeNo: 'TIME-EXPIRE' })).toMatchObject({ reason: 'time_expired' });
    expect((await shop.query('TIME-EXPIRE')).json.trade_state).toBe('NOTPAY');
  });

  test('a prepay dies after two hours, an unpaid trade is closed after seven days', async () => {
    const { json } = await native('TIME-WEEK');
    simulators.advanceClock(2 * 3600_000 + 1000);
    const tried = simulators.wechatPay.pay({ codeUrl: String(json.code_url) });
    expect(tried).toMatchObject({ result: 'refused', reason: 'prepay_expired' });
    simulators.advanceClock(7 * 24 * 3600_000);
    expect((await shop.query('TIME-WEEK')).json.trade_state).toBe('CLOSED');
    expect(simulators.wechatPay.pay({ outTradeNo: 'TIME-WEEK' })).toMatchObject({ reason: 'order_closed' });
  });
});

test('a phone pays by client parameters only when the merchant signed them', async () => {
  const payer = simulators.payers.create();
  const appId = shop.merchant.apps[0]?.appid ?? '';
  const body = shop.order('CLIENT-PARAMS', { payer: { openid: payer.openids[appId] } });
  const { json } = await shop.call('POST', JSAPI, body);
  const params = {
    appId,
    timeStamp: '1554208460',
    nonceStr: 'abc',
    package: `prepay_id=${String(json.prepay_id)}`,
    signType: 'RSA',
  };
  const message = `${params.appId}\n${params.timeStamp}\n${params.nonceStr}\n${params.package}\n`;
  const paySign = createSign('sha256').update(message).sign(shop.merchant.merchantPrivateKeyPem, 'base64');
  const pay = (changes: Record<string, string>) =>
    simulators.wechatPay.pay({ clientParams: { ...params, paySign, ...changes } });
  expect(() => pay({ timeStamp: '1554208461' })).toThrow('requestPayment:fail');
  expect(() => pay({ signType: 'MD5' })).toThrow('requestPayment:fail');
  expect(pay({})).toMatchObject({ result: 'paid', trade: { paidOpenid: payer.openids[appId] } });
});

test('only the payer whose openid ordered may pay, and only once', async () => {
  const [owner, other] = [simulators.payers.create(), simulators.payers.create()];
  const appid = shop.merchant.apps[0]?.appid ?? '';
  await shop.call('POST', JSAPI, shop.order('ONLY-ONCE', { payer: { openid: owner.openids[appid] } }));
  const pay = (payerId: string) => simulators.wechatPay.pay({ outTradeNo: 'ONLY-ONCE', payerId });
  expect(pay(other.id)).toMatchObject({ result: 'refused', reason: 'not_the_payer' });
  expect(pay(owner.id)).toMatchObject({ result: 'paid' });
  expect(pay(owner.id)).toMatchObject({ result: 'refused', reason: 'already_paid' });
  expect(simulators.notifications.list({ subject: 'ONLY-ONCE' })).toHaveLength(1);
});

test('a buyer may pay later, or look and go away', async () => {
  await native('PAY-LATER');
  simulators.wechatPay.refuse({ outTradeNo: 'PAY-LATER' });
  expect((await shop.query('PAY-LATER')).json.trade_state).toBe('NOTPAY');
  expect(simulators.wechatPay.pay({ outTradeNo: 'PAY-LATER', afterMs: 30_000 })).toMatchObject({
    result: 'scheduled',
  });
  await simulators.notifications.flush();
  expect((await shop.query('PAY-LATER')).json.trade_state).toBe('NOTPAY');
  simulators.advanceClock(30_000);
  await simulators.notifications.flush();
  expect((await shop.query('PAY-LATER')).json.trade_state).toBe('SUCCESS');
});
