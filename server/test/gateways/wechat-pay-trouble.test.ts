/** What goes wrong at WeChat Pay or on the way, played by the simulator. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openSimulatedWechatPay, type SimulatedWechatPay } from '../harness/simulated-wechat-pay.ts';

let wechat: SimulatedWechatPay;

beforeAll(async () => {
  wechat = await openSimulatedWechatPay();
});
beforeEach(async () => {
  // What earlier tests left to be sent must not be counted here.
  await wechat.flush();
  wechat.received.length = 0;
});
afterAll(() => wechat.close());

const tradesOf = (paymentId: string) =>
  wechat.simulators.wechatPay.listTrades().filter(({ outTradeNo }) => outTradeNo === paymentId);

describe('what WeChat Pay refuses', () => {
  test('an openid of another app is declined, and there is no trade', async () => {
    const other = wechat.simulators.wechatPay.merchant().apps[1]?.appid ?? '';
    const payment = wechat.newPayment({ appId: other });
    expect(await wechat.gateway.createPayment(payment)).toMatchObject({ outcome: 'declined' });
    expect(tradesOf(payment.id)).toEqual([]);
  });

  test('another amount under a used number is unknown, because the trade is there', async () => {
    const payment = wechat.newPayment();
    await wechat.gateway.createPayment(payment);
    const changed = { ...payment, amount: { amount: 1, currency: 'CNY' } };
    expect(await wechat.gateway.createPayment(changed)).toMatchObject({
      outcome: 'unknown',
      reason: { code: 'OUT_TRADE_NO_USED' },
    });
  });

  test('a second refund within a minute is unknown and not there, so that its number is sent again', async () => {
    const payment = await wechat.openAndPay();
    await wechat.gateway.refund(wechat.refundOf(payment, 1));
    const second = wechat.refundOf(payment, 2);
    expect(await wechat.gateway.refund(second)).toMatchObject({ outcome: 'unknown' });
    expect(await wechat.gateway.queryRefund(second)).toEqual({ outcome: 'not_found' });
    wechat.clock.advance(60_000);
    expect(await wechat.gateway.refund(second)).toMatchObject({ outcome: 'pending' });
  });

  test('a refund that is asked for twice is one refund; with another amount it tells what became of the first', async () => {
    const payment = await wechat.openAndPay();
    const refund = wechat.refundOf(payment, 10);
    expect(await wechat.gateway.refund(refund)).toMatchObject({ outcome: 'pending' });
    wechat.clock.advance(60_000);
    expect(await wechat.gateway.refund(refund)).toMatchObject({ outcome: 'pending' });
    const changed = { ...refund, amount: { amount: 11, currency: 'CNY' } };
    expect(await wechat.gateway.refund(changed)).toMatchObject({
      outcome: 'pending',
      facts: { amount: { amount: 10 } },
    });
    expect(wechat.simulators.wechatPay.listRefunds(payment.id)).toHaveLength(1);
  });

  test.each([
    ['not_enough', 'refused_for_now'],
    ['user_account_abnormal', 'failed'],
  ])('a refund by the plan %s is %s', async (kind, outcome) => {
    const payment = await wechat.openAndPay();
    wechat.plan('refund', kind);
    expect(await wechat.gateway.refund(wechat.refundOf(payment, 1))).toMatchObject({ outcome });
  });

  test.each([
    ['refund_abnormal', 'abnormal'],
    ['refund_closed', 'failed'],
  ])('a refund by the plan %s ends %s', async (kind, outcome) => {
    const payment = await wechat.openAndPay();
    wechat.plan('refund', kind);
    const refund = wechat.refundOf(payment, 1);
    expect(await wechat.gateway.refund(refund)).toMatchObject({ outcome: 'pending' });
    await wechat.flush();
    wechat.simulators.wechatPay.settleRefund(refund.id);
    expect(await wechat.gateway.queryRefund(refund)).toMatchObject({ outcome });
    await wechat.flush();
    expect(wechat.received.at(-1)).toMatchObject({ subject: { refundId: refund.id, result: { outcome } } });
  });
});

describe('faults', () => {
  test.each(['error_after_commit', 'truncated_body', 'wrong_signature', 'unknown_serial'])(
    'a refund whose answer suffers from %s is unknown, and found by its query',
    async (kind) => {
      const payment = await wechat.openAndPay();
      wechat.plan('refund', kind);
      const refund = wechat.refundOf(payment, 5);
      expect(await wechat.gateway.refund(refund)).toMatchObject({ outcome: 'unknown' });
      expect(await wechat.gateway.queryRefund(refund)).toMatchObject({ outcome: 'pending' });
      expect(wechat.simulators.wechatPay.listRefunds(payment.id)).toHaveLength(1);
    },
  );

  test.each(['wrong_signature', 'unknown_serial', 'truncated_body'])(
    'an opening whose answer suffers from %s is unknown, and asking again gives the same trade',
    async (kind) => {
      const payment = wechat.newPayment();
      wechat.plan('prepay', kind);
      expect(await wechat.gateway.createPayment(payment)).toMatchObject({ outcome: 'unknown' });
      expect(await wechat.gateway.createPayment(payment)).toMatchObject({ outcome: 'requires_action' });
      expect(tradesOf(payment.id)).toHaveLength(1);
    },
  );

  test('a query that takes longer than its deadline is unknown', async () => {
    const payment = await wechat.openAndPay();
    wechat.plan('query', 'delay', { ms: 2_000 });
    expect(await wechat.gateway.queryPayment(payment, 200)).toMatchObject({
      outcome: 'unknown',
      reason: { code: 'timeout' },
    });
  });

  test.each(['wrong_amount', 'wrong_mchid', 'wrong_appid', 'wrong_currency'])(
    'a notification with the %s is handed up as it is, for payments to judge',
    async (kind) => {
      wechat.plan('notify', kind);
      const payment = await wechat.openAndPay();
      await wechat.flush();
      const [notification] = wechat.received;
      const result = notification?.outcome === 'verified' ? notification.subject : undefined;
      const facts = result?.type === 'payment' && 'facts' in result.result ? result.result.facts : undefined;
      const isAsOpened = {
        wrong_amount: facts?.amount.amount === payment.amount.amount,
        wrong_mchid: facts?.merchantAccount === wechat.gateway.merchantAccount,
        wrong_appid: facts?.appId === wechat.appid,
        wrong_currency: facts?.amount.currency === 'CNY',
      };
      const differing = Object.entries(isAsOpened).filter(([, isSame]) => !isSame);
      expect(differing.map(([name]) => name)).toEqual([kind]);
    },
  );

  test.each([
    ['forge', 'bad_signature'],
    ['signtest', 'signature_probe'],
    ['stale_timestamp', 'stale'],
    ['unknown_serial', 'unknown_serial'],
    ['truncated', 'bad_signature'],
  ])('a notification by the plan %s is rejected for %s, and its repeat is verified', async (kind, reason) => {
    wechat.plan('notify', kind);
    await wechat.openAndPay();
    await wechat.flush();
    expect(wechat.received).toMatchObject([{ outcome: 'rejected', reason }]);
    wechat.clock.advance(15_000);
    await wechat.flush();
    expect(wechat.received[1]).toMatchObject({ outcome: 'verified' });
  });

  test('a notification in the old XML is a hint', async () => {
    wechat.plan('notify', 'v2_xml');
    await wechat.openAndPay();
    await wechat.flush();
    expect(wechat.received).toEqual([{ outcome: 'hint', reason: 'v2_xml' }]);
  });
});

test('no signature and no openid stands in the stored calls', async () => {
  const payment = await wechat.openAndPay();
  const storedCalls = () =>
    wechat.db.query.selectFrom('provider_calls').selectAll().where('subject', '=', payment.id).execute();
  await expect.poll(storedCalls, { timeout: 5_000 }).toHaveLength(1);
  const stored = JSON.stringify(await storedCalls());
  expect(stored).toContain('"total');
  expect(stored).not.toContain(wechat.openid);
  expect(stored).not.toContain('signature=');
});
