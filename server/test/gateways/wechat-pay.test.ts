/** The gateway against the simulator, which has its own implementation of every signature, over real sockets. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openSimulatedWechatPay, type SimulatedWechatPay } from '../harness/simulated-wechat-pay.ts';

let wechat: SimulatedWechatPay;

describe.each(['public_key', 'certificate', 'switching'] as const)('in the key mode %s', (keyMode) => {
  beforeAll(async () => {
    wechat = await openSimulatedWechatPay(keyMode);
  });
  beforeEach(() => {
    wechat.received.length = 0;
  });
  afterAll(() => wechat.close());

  test('a payment is opened, paid, notified, queried and refunded', async () => {
    const payment = wechat.newPayment();
    const opened = await wechat.gateway.createPayment(payment);
    if (opened.outcome !== 'requires_action') {
      throw new Error(JSON.stringify(opened));
    }
    expect(await wechat.gateway.queryPayment(payment)).toEqual({ outcome: 'pending' });

    const {
      appId = '',
      timeStamp = '',
      nonceStr = '',
      package: prepay = '',
      signType = '',
      paySign = '',
    } = opened.parameters;
    const clientParams = { appId, timeStamp, nonceStr, package: prepay, signType, paySign };
    expect(wechat.simulators.wechatPay.pay({ clientParams }).result).toBe('paid');

    const paid = {
      outcome: 'succeeded',
      facts: {
        amount: { amount: 12_345, currency: 'CNY' },
        merchantAccount: wechat.gateway.merchantAccount,
        appId: wechat.appid,
        transactionId: expect.stringMatching(/^\d{28}$/),
        paidAt: wechat.clock.now(),
        payer: wechat.openid,
      },
    };
    expect(await wechat.gateway.queryPayment(payment)).toEqual(paid);
    await wechat.flush();
    expect(wechat.received).toMatchObject([
      {
        outcome: 'verified',
        eventType: 'TRANSACTION.SUCCESS',
        merchantAccount: wechat.gateway.merchantAccount,
        subject: { type: 'payment', paymentId: payment.id, result: paid },
      },
    ]);

    const refund = wechat.refundOf(payment, 45);
    expect(await wechat.gateway.refund(refund)).toMatchObject({ outcome: 'pending' });
    wechat.simulators.wechatPay.settleRefund(refund.id);
    const returned = {
      outcome: 'succeeded',
      facts: { amount: { amount: 45, currency: 'CNY' }, paymentId: payment.id },
    };
    expect(await wechat.gateway.queryRefund(refund)).toMatchObject(returned);
    await wechat.flush();
    expect(wechat.received[1]).toMatchObject({
      outcome: 'verified',
      eventType: 'REFUND.SUCCESS',
      subject: { type: 'refund', refundId: refund.id, paymentId: payment.id, result: returned },
    });
    expect(await wechat.gateway.queryPayment(payment)).toEqual(paid);
  });

  test('a native payment is paid by its code', async () => {
    const payment = wechat.newPayment({
      method: 'wechat_native',
      openid: null,
      appId: wechat.gateway.appFor('wechat_native'),
    });
    const opened = await wechat.gateway.createPayment(payment);
    const codeUrl = opened.outcome === 'requires_action' ? (opened.parameters.codeUrl ?? '') : '';
    expect(wechat.simulators.wechatPay.pay({ codeUrl }).result).toBe('paid');
    expect(await wechat.gateway.queryPayment(payment)).toMatchObject({ outcome: 'succeeded' });
  });

  test('an attempt that is opened again is the same trade, with fresh parameters', async () => {
    const payment = wechat.newPayment();
    const [first, second] = [
      await wechat.gateway.createPayment(payment),
      await wechat.gateway.createPayment(payment),
    ];
    expect(first).toMatchObject({ outcome: 'requires_action' });
    expect(second).toMatchObject({ outcome: 'requires_action' });
    expect(second).not.toEqual(first);
    const trades = wechat.simulators.wechatPay.listTrades();
    expect(trades.filter(({ outTradeNo }) => outTradeNo === payment.id)).toHaveLength(1);
  });

  describe('closing', () => {
    test('closes an open trade, again and again, and no money can come in after', async () => {
      const payment = wechat.newPayment();
      await wechat.gateway.createPayment(payment);
      expect(await wechat.gateway.closePayment(payment)).toEqual({ outcome: 'closed' });
      expect(await wechat.gateway.closePayment(payment)).toEqual({ outcome: 'closed' });
      expect(wechat.simulators.wechatPay.pay({ outTradeNo: payment.id }).result).toBe('refused');
      expect(await wechat.gateway.queryPayment(payment)).toEqual({ outcome: 'closed' });
      expect(await wechat.gateway.createPayment(payment)).toEqual({ outcome: 'already_closed' });
    });

    test('finds out that the trade is paid', async () => {
      const payment = await wechat.openAndPay();
      expect(await wechat.gateway.closePayment(payment)).toEqual({ outcome: 'already_paid' });
      expect(await wechat.gateway.createPayment(payment)).toEqual({ outcome: 'already_paid' });
    });

    test('finds out that the trade was paid while it was being closed', async () => {
      const payment = wechat.newPayment();
      await wechat.gateway.createPayment(payment);
      wechat.plan('close', 'paid_during_close');
      expect(await wechat.gateway.closePayment(payment)).toEqual({ outcome: 'already_paid' });
      expect(await wechat.gateway.queryPayment(payment)).toMatchObject({ outcome: 'succeeded' });
    });

    test('of a trade that was never opened finds nothing', async () => {
      expect(await wechat.gateway.closePayment(wechat.newPayment())).toEqual({ outcome: 'not_found' });
      expect(await wechat.gateway.queryPayment(wechat.newPayment())).toEqual({ outcome: 'not_found' });
    });
  });
});

test('callbacks that change over to the other kind of key are all verified', async () => {
  wechat = await openSimulatedWechatPay('switching');
  for (const greyPercent of [0, 100]) {
    wechat.simulators.wechatPay.changeSettings({ greyPercent });
    await wechat.openAndPay();
    await wechat.flush();
  }
  await wechat.simulators.wechatPay.rotateCertificate();
  wechat.clock.advance(60_000);
  wechat.simulators.wechatPay.changeSettings({ greyPercent: 0 });
  await wechat.openAndPay();
  await wechat.flush();
  expect(wechat.received.map(({ outcome }) => outcome)).toEqual(['verified', 'verified', 'verified']);
  await wechat.close();
});
