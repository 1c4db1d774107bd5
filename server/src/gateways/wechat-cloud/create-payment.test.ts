import { expect, test } from 'vitest';
import { APPID, done, makeCloudGateway, payment, refused } from '../../../test/harness/wechat-cloud.ts';
import { buildOrder } from './create-payment.ts';

const settings = { subMchid: '1710000001', envId: 'prod-3gabcdef', service: 'suanpan' };

const parameters = {
  ...{ appId: APPID, timeStamp: '1795176000', nonceStr: 'abcdef0123456789' },
  ...{ package: 'prepay_id=wx20200000', signType: 'MD5', paySign: 'A'.repeat(32) },
};

test('an order says what, how much, who pays, until when (at Beijing) and where the callback goes', () => {
  expect(JSON.parse(JSON.stringify(buildOrder(payment, settings)))).toEqual({
    body: 'Image形象店-深圳腾大-QQ公仔',
    openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o',
    out_trade_no: payment.id,
    spbill_create_ip: '127.0.0.1',
    env_id: 'prod-3gabcdef',
    sub_mch_id: '1710000001',
    total_fee: 100,
    time_expire: '20261120201500',
    callback_type: 2,
    container: { service: 'suanpan', path: `/orders/payment-callback/${payment.id}` },
  });
});

test('the same attempt is the same request to the byte, and what it is for is cut to what fits', () => {
  const long = { ...payment, description: `${'龙'.repeat(60)}🍵` };
  const body = JSON.stringify(buildOrder(long, settings));
  expect(JSON.stringify(buildOrder({ ...long }, { ...settings }))).toBe(body);
  expect(Buffer.byteLength(JSON.parse(body).body)).toBeLessThanOrEqual(127);
});

test('the answer is what wx.requestPayment takes', async () => {
  const { gateway, answers } = makeCloudGateway();
  answers(done({ prepay_id: 'wx20200000', payment: parameters }));
  expect(await gateway.createPayment(payment)).toEqual({
    outcome: 'requires_action',
    parameters: { ...parameters, prepay_id: 'wx20200000' },
  });
});

test.each([
  ['parameters of another app', { ...parameters, appId: 'wx0000000000000000' }],
  ['a package that is no prepay_id', { ...parameters, package: 'Sign=WXPay' }],
  ['parameters without a signature', { ...parameters, paySign: '' }],
])('%s are given to nobody', async (_name, given) => {
  const { gateway, answers } = makeCloudGateway();
  answers(done({ prepay_id: 'wx20200000', payment: given }));
  expect(await gateway.createPayment(payment)).toMatchObject({ outcome: 'unknown' });
});

test.each([
  ['a number that is used stays unknown: its trade can take money', ['OUT_TRADE_NO_USED'], 'unknown'],
  ['a trade that is paid is no refusal', ['ORDERPAID'], 'already_paid'],
  ['a trade that is closed needs another attempt', ['ORDERCLOSED'], 'already_closed'],
  ['a refusal counts once the query finds no trade', ['PARAM_ERROR', 'ORDERNOTEXIST'], 'declined'],
  ['a refusal of a trade that the query can not find out about is unknown', ['PARAM_ERROR', 'X'], 'unknown'],
] as const)('when an opening is refused, %s', async (_name, codes, outcome) => {
  const { gateway, answers } = makeCloudGateway();
  answers(...codes.map((code) => refused(code)));
  expect(await gateway.createPayment(payment)).toMatchObject({ outcome });
});

test.each([
  ['another method', { method: 'wechat_native' as const }],
  ['another currency', { amount: { amount: 100, currency: 'USD' } }],
  ['nothing', { amount: { amount: 0, currency: 'CNY' } }],
  ['an app that may not call the environment', { appId: 'wx0000000000000000' }],
  ['nobody to pay', { openid: null }],
  ['a number that is too long', { id: 'p'.repeat(33) }],
])('%s is refused in both languages before anything is sent', (_name, change) => {
  const { gateway } = makeCloudGateway();
  expect(gateway.validate({ ...payment, ...change })).toMatchObject({
    en: expect.any(String),
    zh: expect.any(String),
  });
  expect(gateway.validate(payment)).toBeUndefined();
});
