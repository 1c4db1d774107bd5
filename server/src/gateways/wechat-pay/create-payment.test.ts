import { createVerify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  answer,
  makeGateway,
  merchantPublicKey,
  OFFICIAL_ACCOUNT,
  paidTrade,
  payment,
  refusal,
} from '../../../test/harness/wechat-pay.ts';
import { OutboundError } from '../../kernel/outbound/index.ts';
import { toWechatTime } from './create-payment.ts';

const native = { ...payment, method: 'wechat_native' as const, openid: null, appId: OFFICIAL_ACCOUNT };

describe('opening a payment', () => {
  test('sends what WeChat Pay asks for', async () => {
    const { gateway, calls, answers } = makeGateway();
    answers(answer({ prepay_id: 'wx1' }));
    await gateway.createPayment(payment);
    expect(calls[0]).toMatchObject({
      provider: 'wechat_pay',
      operation: 'prepay',
      subject: payment.id,
      method: 'POST',
      url: 'https://pay.example.test/v3/pay/transactions/jsapi',
      isSafeToRepeat: true,
    });
    expect(calls[0]?.headers).toMatchObject({
      accept: 'application/json',
      'content-type': 'application/json',
      'user-agent': 'suanpan',
    });
    expect(JSON.parse(String(calls[0]?.body))).toEqual({
      appid: 'wx2421b1c4370ec43b',
      mchid: '1900007291',
      description: 'Image形象店-深圳腾大-QQ公仔',
      out_trade_no: payment.id,
      time_expire: '2026-11-20T20:15:00+08:00',
      notify_url: 'https://shop.example.test/api/payments/notifications/wechat_pay',
      amount: { total: 100, currency: 'CNY' },
      payer: { openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o' },
    });
  });

  test('of one attempt is the same to the byte each time, whatever the time', async () => {
    const { gateway, clock, calls, answers } = makeGateway();
    answers(answer({ prepay_id: 'wx1' }), new OutboundError('unknown', 'timeout', 'wechat_pay'));
    await gateway.createPayment(payment);
    clock.advance(60_000);
    await gateway.createPayment({ ...payment });
    expect(calls[1]?.body).toBe(calls[0]?.body);
  });

  test('by JSAPI answers parameters that WeChat accepts for this app and prepay', async () => {
    const { gateway, answers } = makeGateway();
    answers(answer({ prepay_id: 'wx201410272009395522657a690389285100' }));
    const result = await gateway.createPayment(payment);
    if (result.outcome !== 'requires_action') {
      throw new Error(`not opened: ${result.outcome}`);
    }
    const { timeStamp, nonceStr, paySign, ...rest } = result.parameters;
    expect(rest).toEqual({
      appId: 'wx2421b1c4370ec43b',
      package: 'prepay_id=wx201410272009395522657a690389285100',
      signType: 'RSA',
      prepay_id: 'wx201410272009395522657a690389285100',
    });
    expect(timeStamp).toBe('1795176000');
    const message = `wx2421b1c4370ec43b\n${timeStamp}\n${nonceStr}\nprepay_id=wx201410272009395522657a690389285100\n`;
    expect(
      createVerify('sha256')
        .update(message)
        .verify(merchantPublicKey, paySign ?? '', 'base64'),
    ).toBe(true);
  });

  test('asked for again answers fresh parameters of the same trade', async () => {
    const { gateway, answers } = makeGateway();
    answers(answer({ prepay_id: 'wx1' }), answer({ prepay_id: 'wx2' }));
    const opened = [await gateway.createPayment(payment), await gateway.createPayment(payment)];
    expect(opened).toMatchObject([
      { parameters: { prepay_id: 'wx1' } },
      { parameters: { prepay_id: 'wx2' } },
    ]);
    const nonces = opened.map((result) => ('parameters' in result ? result.parameters.nonceStr : undefined));
    expect(new Set(nonces).size).toBe(2);
  });

  test('by Native answers the code to show, and names no payer', async () => {
    const { gateway, calls, answers } = makeGateway();
    answers(answer({ code_url: 'weixin://wxpay/bizpayurl?pr=JyC91EIz1' }));
    expect(await gateway.createPayment(native)).toEqual({
      outcome: 'requires_action',
      parameters: { codeUrl: 'weixin://wxpay/bizpayurl?pr=JyC91EIz1' },
    });
    expect(calls[0]?.url).toBe('https://pay.example.test/v3/pay/transactions/native');
    expect(JSON.parse(String(calls[0]?.body))).not.toHaveProperty('payer');
  });

  test('takes out of the description what WeChat Pay refuses, and cuts it to 127 bytes at a whole character', async () => {
    const { gateway, calls, answers } = makeGateway();
    const describe = async (description: string) => {
      answers(answer({ prepay_id: 'wx1' }));
      await gateway.createPayment({ ...payment, description });
      return JSON.parse(String(calls.at(-1)?.body)).description;
    };
    expect(await describe('Tea 🍵 for two 👨‍👩‍👧\n  cups')).toBe('Tea for two cups');
    expect(await describe('龙井茶'.repeat(100))).toBe('龙井茶'.repeat(14));
    expect(await describe('𠮷\ud83c')).toBe(payment.id);
    expect(await describe(`${'x'.repeat(126)} y`)).toBe('x'.repeat(126));
  });
});

describe('a refused opening', () => {
  const notFound = refusal(404, 'ORDER_NOT_EXIST');

  test.each([
    [400, 'PARAM_ERROR'],
    [400, 'INVALID_REQUEST'],
    [400, 'APPID_MCHID_NOT_MATCH'],
    [403, 'NO_AUTH'],
    [403, 'RULE_LIMIT'],
    [403, 'TRADE_ERROR'],
    [403, 'ACCOUNT_ERROR'],
    [500, 'OPENID_MISMATCH'],
  ])('%i %s is declined once a query has found nothing', async (status, code) => {
    const { gateway, calls, answers } = makeGateway();
    answers(refusal(status, code), notFound);
    expect(await gateway.createPayment(payment)).toMatchObject({ outcome: 'declined', reason: { code } });
    expect(calls.map(({ operation }) => operation)).toEqual(['prepay', 'query']);
  });

  test('is not declined when an earlier request had opened the trade', async () => {
    const { gateway, answers } = makeGateway();
    answers(refusal(400, 'PARAM_ERROR'), answer({ ...paidTrade, trade_state: 'NOTPAY' }));
    expect(await gateway.createPayment(payment)).toMatchObject({ outcome: 'unknown' });
    answers(refusal(400, 'PARAM_ERROR'), answer(paidTrade));
    expect(await gateway.createPayment(payment)).toEqual({ outcome: 'already_paid' });
    answers(refusal(400, 'PARAM_ERROR'), answer({ ...paidTrade, trade_state: 'CLOSED' }));
    expect(await gateway.createPayment(payment)).toEqual({ outcome: 'already_closed' });
    answers(refusal(400, 'PARAM_ERROR'), refusal(500, 'SYSTEM_ERROR'));
    expect(await gateway.createPayment(payment)).toMatchObject({ outcome: 'unknown' });
  });

  test.each([
    [400, 'ORDERPAID', { outcome: 'already_paid' }],
    [400, 'ORDER_PAID', { outcome: 'already_paid' }],
    [400, 'ORDER_CLOSED', { outcome: 'already_closed' }],
    [403, 'OUT_TRADE_NO_USED', { outcome: 'unknown', reason: { code: 'OUT_TRADE_NO_USED' } }],
    [404, 'MCH_NOT_EXISTS', { outcome: 'not_sent', reason: { code: 'MCH_NOT_EXISTS' } }],
  ])('%i %s is known for what it is', async (status, code, expected) => {
    const { gateway, calls, answers } = makeGateway();
    answers(refusal(status, code));
    expect(await gateway.createPayment(payment)).toMatchObject(expected);
    expect(calls).toHaveLength(1);
  });
});

describe('the query of a payment', () => {
  test('asks by our number for our merchant, within the deadline it is given', async () => {
    const { gateway, calls, answers } = makeGateway();
    answers(answer(paidTrade), answer(paidTrade));
    expect(await gateway.queryPayment(payment, 2_000)).toMatchObject({
      outcome: 'succeeded',
    });
    expect(calls[0]).toMatchObject({
      operation: 'query',
      method: 'GET',
      url: `https://pay.example.test/v3/pay/transactions/out-trade-no/${payment.id}?mchid=1900007291`,
      timeoutMs: 2_000,
    });
    expect(calls[0]?.body).toBeUndefined();
    await gateway.queryPayment(payment);
    expect(calls[1]).not.toHaveProperty('timeoutMs');
  });

  test('that finds no such trade says so, and only then', async () => {
    const { gateway, answers } = makeGateway();
    answers(refusal(404, 'ORDER_NOT_EXIST'), refusal(400, 'MCH_NOT_EXISTS'), refusal(403, 'TRADE_ERROR'));
    expect(await gateway.queryPayment(payment)).toEqual({ outcome: 'not_found' });
    expect(await gateway.queryPayment(payment)).toMatchObject({ outcome: 'unknown' });
    expect(await gateway.queryPayment(payment)).toMatchObject({ outcome: 'unknown' });
  });

  test('does not take the answer about another trade for its own', async () => {
    const { gateway, answers } = makeGateway();
    answers(answer({ ...paidTrade, out_trade_no: 'pay_other' }));
    expect(await gateway.queryPayment(payment)).toMatchObject({
      outcome: 'unknown',
      reason: { code: 'foreign_answer' },
    });
  });
});

test.each([
  [400, 'ORDERPAID', { outcome: 'already_paid' }],
  [400, 'ORDER_PAID', { outcome: 'already_paid' }],
  [400, 'ORDER_CLOSED', { outcome: 'closed' }],
  [404, 'ORDER_NOT_EXIST', { outcome: 'not_found' }],
  [400, 'INVALID_REQUEST', { outcome: 'unknown' }],
  [429, 'FREQUENCY_LIMITED', { outcome: 'unknown' }],
  [500, 'SYSTEM_ERROR', { outcome: 'unknown' }],
])('a close that is answered %i %s is never taken for more than it says', async (status, code, expected) => {
  const { gateway, calls, answers } = makeGateway();
  answers(refusal(status, code));
  expect(await gateway.closePayment(payment)).toMatchObject(expected);
  expect(calls[0]).toMatchObject({
    url: `https://pay.example.test/v3/pay/transactions/out-trade-no/${payment.id}/close`,
    body: '{"mchid":"1900007291"}',
  });
});

test("a time is written in Beijing's whole seconds", () => {
  expect(toWechatTime(Date.parse('2026-12-31T16:00:00.999Z'))).toBe('2027-01-01T00:00:00+08:00');
});
