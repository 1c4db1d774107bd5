/** H5 and native apps, bills, and refunds that a person has to finish, against the simulator. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BillRow, KnownPayment } from '../../src/gateways/gateway.ts';
import { openSimulatedWechatPay, type SimulatedWechatPay } from '../harness/simulated-wechat-pay.ts';

const DAY_MS = 86_400_000;
let wechat: SimulatedWechatPay;

describe('a payment on a phone', () => {
  beforeAll(async () => {
    wechat = await openSimulatedWechatPay();
  });
  afterAll(() => wechat.close());

  const onPhone = (
    method: 'wechat_h5' | 'wechat_app',
    clientIp: string | null = '203.0.113.7',
  ): KnownPayment =>
    wechat.newPayment({
      method,
      clientIp,
      openid: null,
      appId: wechat.gateway.appFor(method),
      returnUrl: 'https://shop.example.test/cashier/1?a=b&c=d',
    });

  test('in its browser is led to a page of WeChat and back', async () => {
    const payment = onPhone('wechat_h5');
    const opened = await wechat.gateway.createPayment(payment);
    const h5Url = opened.outcome === 'requires_action' ? (opened.parameters.h5Url ?? '') : '';
    expect(h5Url).toContain('&redirect_url=https%3A%2F%2Fshop.example.test%2Fcashier%2F1%3Fa%3Db%26c%3Dd');
    const prepayId = new URL(h5Url).searchParams.get('prepay_id') ?? '';
    expect(wechat.simulators.wechatPay.pay({ prepayId }).result).toBe('paid');
    expect(await wechat.gateway.queryPayment(payment)).toMatchObject({
      outcome: 'succeeded',
      facts: { amount: { amount: 12_345, currency: 'CNY' }, appId: payment.appId },
    });
  });

  test('in its browser needs the address of the payer', () => {
    expect(wechat.gateway.validate(onPhone('wechat_h5', null))?.en).toContain('address');
    expect(wechat.gateway.validate(onPhone('wechat_h5'))).toBeUndefined();
  });

  test('in an app carries a signature that WeChat accepts', async () => {
    const payment = onPhone('wechat_app', null);
    expect(wechat.gateway.validate(payment)).toBeUndefined();
    const opened = await wechat.gateway.createPayment(payment);
    if (opened.outcome !== 'requires_action') {
      throw new Error(JSON.stringify(opened));
    }
    const {
      appid = '',
      partnerid = '',
      prepayid = '',
      noncestr = '',
      timestamp = '',
      sign = '',
    } = opened.parameters;
    const appParams = {
      appid,
      partnerid,
      prepayid,
      noncestr,
      timestamp,
      sign,
      package: opened.parameters.package ?? '',
    };
    expect(() =>
      wechat.simulators.wechatPay.pay({ appParams: { ...appParams, noncestr: 'another' } }),
    ).toThrow('sign');
    expect(wechat.simulators.wechatPay.pay({ appParams }).result).toBe('paid');
    expect(await wechat.gateway.queryPayment(payment)).toMatchObject({ outcome: 'succeeded' });
  });
});

describe.each(['public_key', 'certificate'] as const)('in the key mode %s', (keyMode) => {
  beforeAll(async () => {
    wechat = await openSimulatedWechatPay(keyMode);
  });
  afterAll(() => wechat.close());

  async function openAbnormal() {
    const payment = await wechat.openAndPay();
    const refund = wechat.refundOf(payment, 45);
    wechat.plan('refund', 'refund_abnormal', { ms: 0 });
    await wechat.gateway.refund(refund);
    wechat.simulators.wechatPay.settleRefund(refund.id);
    const found = await wechat.gateway.queryRefund(refund);
    expect(found.outcome).toBe('abnormal');
    const providerRefundId = found.outcome === 'abnormal' ? found.facts.providerRefundId : null;
    return { ...refund, providerRefundId };
  }

  test("an abnormal refund goes to the payer's card, which only WeChat Pay can read", async () => {
    const refund = await openAbnormal();
    const card = { bankType: 'ICBC_DEBIT', holderName: '张三', number: '6222000000000000000' };
    expect(await wechat.gateway.finishAbnormalRefund?.({ refund, to: 'payer_card', card })).toMatchObject({
      outcome: 'pending',
    });
    const [asked] = wechat.simulators.requests.list({ provider: 'wechat-pay', operation: 'abnormal_refund' });
    expect(asked?.body).not.toContain('6222');
    expect(asked?.body).not.toContain('张三');
    wechat.simulators.wechatPay.settleRefund(refund.id);
    expect(await wechat.gateway.queryRefund(refund)).toMatchObject({ outcome: 'succeeded' });
  });

  test('an abnormal refund goes to the merchant, once', async () => {
    const refund = await openAbnormal();
    expect(await wechat.gateway.finishAbnormalRefund?.({ refund, to: 'merchant_account' })).toMatchObject({
      outcome: 'pending',
    });
    // It is not abnormal any more: the repeat is refused, and answers what it is.
    expect(await wechat.gateway.finishAbnormalRefund?.({ refund, to: 'merchant_account' })).toMatchObject({
      outcome: 'pending',
    });
    expect(
      await wechat.gateway.finishAbnormalRefund?.({
        refund: { ...refund, providerRefundId: null },
        to: 'merchant_account',
      }),
    ).toMatchObject({ outcome: 'not_sent' });
  });
});

describe('the bill of a day', () => {
  const date = '2026-11-20';

  beforeAll(async () => {
    wechat = await openSimulatedWechatPay();
  });
  afterAll(() => wechat.close());

  const ask = (day = date) => wechat.gateway.downloadBill?.({ date: day });
  async function rows(): Promise<BillRow[]> {
    const bill = await ask();
    if (bill?.outcome !== 'ready') {
      throw new Error(JSON.stringify(bill));
    }
    const read: BillRow[] = [];
    for await (const row of bill.rows) {
      read.push(row);
    }
    return read;
  }

  test('has every payment and refund with our numbers, their fees, and nothing else', async () => {
    const payment = await wechat.openAndPay();
    const refund = wechat.refundOf(payment, 45);
    await wechat.gateway.refund(refund);
    wechat.simulators.wechatPay.settleRefund(refund.id);
    expect(await ask()).toMatchObject({ outcome: expect.stringMatching(/not_ready|unknown/) });
    wechat.clock.advance(DAY_MS);

    const trade = wechat.simulators.wechatPay.findTrade({ outTradeNo: payment.id });
    const common = { status: 'succeeded', merchantAccount: wechat.gateway.merchantAccount };
    expect(await rows()).toMatchObject([
      {
        ...common,
        type: 'payment',
        number: payment.id,
        transactionId: trade.transactionId,
        amount: { amount: 12_345, currency: 'CNY' },
        fee: 74,
      },
      {
        ...common,
        type: 'refund',
        number: refund.id,
        paymentNumber: payment.id,
        amount: { amount: 45, currency: 'CNY' },
        fee: 0,
      },
    ]);
  });

  test('on which nothing happened is empty', async () => {
    expect(await ask('2026-11-19')).toEqual({ outcome: 'empty' });
  });

  test.each([
    ['tradebill', 'STATEMENT_CREATING', 'not_ready'],
    ['tradebill', 'NO_STATEMENT_EXIST', 'empty'],
    ['tradebill', 'SYSTEM_ERROR', 'unknown'],
  ])('that %s refuses with %s is %s', async (operation, code, outcome) => {
    wechat.plan(operation, 'error', { status: 400, code });
    expect(await ask()).toMatchObject({ outcome });
  });

  test('whose file can not be had is unknown, and one that was damaged breaks off', async () => {
    wechat.plan('download_bill', 'error');
    expect(await ask()).toMatchObject({ outcome: 'unknown', reason: { code: 'http_500' } });
    wechat.plan('download_bill', 'truncated_body');
    await expect(rows()).rejects.toThrow();
    expect(await rows()).toHaveLength(2);
  });
});
