/** The gateway of cloud calls against the simulator, over real sockets. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openSimulatedWechatCloud, type SimulatedWechatCloud } from '../harness/simulated-wechat-cloud.ts';

const HOUR = 3_600_000;

let cloud: SimulatedWechatCloud;

beforeAll(async () => {
  cloud = await openSimulatedWechatCloud();
});
beforeEach(async () => {
  cloud.simulators.faults.clear();
  await cloud.flush();
  cloud.received.length = 0;
});
afterAll(() => cloud.close());

const control = () => cloud.simulators.wechatCloud;

test('a payment is opened, paid by what the phone was given, called back and queried', async () => {
  const payment = cloud.newPayment();
  const opened = await cloud.gateway.createPayment(payment);
  if (opened.outcome !== 'requires_action') {
    throw new Error(JSON.stringify(opened));
  }
  expect(await cloud.gateway.queryPayment(payment)).toEqual({ outcome: 'pending' });

  const { prepay_id: prepayId, ...clientParams } = opened.parameters;
  expect(clientParams).toMatchObject({ package: `prepay_id=${prepayId}`, signType: 'MD5' });
  expect(control().pay({ clientParams: clientParams as never }).result).toBe('paid');

  expect(await cloud.gateway.queryPayment(payment)).toEqual({
    outcome: 'succeeded',
    facts: {
      amount: { amount: 12_345, currency: 'CNY' },
      merchantAccount: cloud.gateway.merchantAccount,
      appId: payment.appId,
      transactionId: expect.stringMatching(/^\d{28}$/),
      paidAt: cloud.clock.now(),
      payer: cloud.openid,
    },
  });
  await cloud.flush();
  expect(cloud.received).toEqual([
    { outcome: 'hint', reason: 'unsigned', paymentId: payment.id, eventType: 'PAYMENT' },
  ]);
});

test('parameters that somebody has changed are refused by the phone', async () => {
  const opened = await cloud.gateway.createPayment(cloud.newPayment());
  const { prepay_id: _, ...clientParams } = opened.outcome === 'requires_action' ? opened.parameters : {};
  const forged = { ...clientParams, timeStamp: '1' };
  expect(() => control().pay({ clientParams: forged as never })).toThrow('paySign');
});

test('an attempt that is opened again is the same trade, with fresh parameters', async () => {
  const payment = cloud.newPayment();
  const first = await cloud.gateway.createPayment(payment);
  const second = await cloud.gateway.createPayment(payment);
  expect([first, second]).toMatchObject([{ outcome: 'requires_action' }, { outcome: 'requires_action' }]);
  expect(second).not.toEqual(first);
  expect(
    control()
      .listTrades()
      .filter(({ outTradeNo }) => outTradeNo === payment.id),
  ).toHaveLength(1);
});

describe('closing', () => {
  test('closes an open trade, again and again, and no money can come in after', async () => {
    const payment = cloud.newPayment();
    await cloud.gateway.createPayment(payment);
    expect(await cloud.gateway.closePayment(payment)).toEqual({ outcome: 'closed' });
    expect(await cloud.gateway.closePayment(payment)).toEqual({ outcome: 'closed' });
    expect(control().pay({ outTradeNo: payment.id }).result).toBe('refused');
    expect(await cloud.gateway.queryPayment(payment)).toEqual({ outcome: 'closed' });
    expect(await cloud.gateway.createPayment(payment)).toEqual({ outcome: 'already_closed' });
  });

  test('finds out that the trade was paid meanwhile', async () => {
    const payment = cloud.newPayment();
    await cloud.gateway.createPayment(payment);
    cloud.plan('close', 'paid_during_close');
    expect(await cloud.gateway.closePayment(payment)).toEqual({ outcome: 'already_paid' });
    expect(await cloud.gateway.createPayment(payment)).toEqual({ outcome: 'already_paid' });
  });

  test('of a trade that was never opened finds nothing', async () => {
    expect(await cloud.gateway.closePayment(cloud.newPayment())).toEqual({ outcome: 'not_found' });
    expect(await cloud.gateway.queryPayment(cloud.newPayment())).toEqual({ outcome: 'not_found' });
  });
});

describe('what goes wrong on the way', () => {
  test.each(['system_error', 'system_error_after_commit', 'truncated_body', 'error', 'error_after_commit'])(
    '%s leaves the opening unknown, and the same request opens the same trade',
    async (kind) => {
      const payment = cloud.newPayment();
      cloud.plan('unified_order', kind);
      expect(await cloud.gateway.createPayment(payment)).toMatchObject({ outcome: 'unknown' });
      expect(await cloud.gateway.createPayment(payment)).toMatchObject({ outcome: 'requires_action' });
      const trades = control().listTrades();
      expect(trades.filter(({ outTradeNo }) => outTradeNo === payment.id)).toHaveLength(1);
    },
  );

  test('an openid that the platform does not know opens nothing', async () => {
    const stranger = cloud.newPayment({ openid: 'oNobodyKnowsThisOne' });
    expect(await cloud.gateway.createPayment(stranger)).toMatchObject({ outcome: 'declined' });
  });
});

describe('refunds', () => {
  test('are told by the query where it tells', async () => {
    control().changeSettings({ refundLists: 'filled' });
    const payment = await cloud.openAndPay();
    const refund = cloud.refundOf(payment, 45);
    expect(await cloud.gateway.refund(refund)).toMatchObject({
      outcome: 'pending',
      facts: { amount: { amount: 45, currency: 'CNY' }, paymentId: payment.id, finishedAt: null },
    });
    expect(await cloud.gateway.queryRefund(refund)).toMatchObject({ outcome: 'pending' });
    control().settleRefund(refund.id);
    expect(await cloud.gateway.queryRefund(refund)).toMatchObject({
      outcome: 'succeeded',
      facts: {
        amount: { amount: 45, currency: 'CNY' },
        paymentId: payment.id,
        merchantAccount: cloud.gateway.merchantAccount,
        finishedAt: cloud.clock.now(),
      },
    });
    await cloud.flush();
    expect(cloud.received).toContainEqual({
      ...{ outcome: 'hint', reason: 'unsigned', paymentId: payment.id, eventType: 'REFUND' },
    });
  });

  test('that the query is silent about are told by the bill of the next morning', async () => {
    control().changeSettings({ refundLists: 'empty' });
    const payment = await cloud.openAndPay();
    const asked = cloud.refundOf(payment, 45);
    const accepted = await cloud.gateway.refund(asked);
    if (accepted.outcome !== 'pending') {
      throw new Error(JSON.stringify(accepted));
    }
    control().settleRefund(asked.id);
    const refund = { ...asked, providerRefundId: accepted.facts.providerRefundId };
    expect(await cloud.gateway.queryRefund(refund)).toEqual(accepted);

    cloud.clock.advance(14 * HOUR + 60_000);
    expect(await cloud.gateway.queryRefund(refund)).toMatchObject({
      outcome: 'succeeded',
      facts: {
        amount: { amount: 45, currency: 'CNY' },
        paymentId: payment.id,
        providerRefundId: accepted.facts.providerRefundId,
      },
    });
  });

  test('that were never asked for are not found, so that they may be asked for again', async () => {
    const refund = cloud.refundOf(await cloud.openAndPay(), 45);
    expect(await cloud.gateway.queryRefund(refund)).toEqual({ outcome: 'not_found' });
    expect(await cloud.gateway.refund(refund)).toMatchObject({ outcome: 'pending' });
    expect(await cloud.gateway.refund(refund)).toMatchObject({ outcome: 'pending' });
    expect(control().listRefunds(refund.payment.id)).toHaveLength(1);
  });
});

describe('the bill', () => {
  test('has every payment and refund of its day, and no other day has them', async () => {
    const payment = await cloud.openAndPay();
    const refund = cloud.refundOf(payment, 7);
    await cloud.gateway.refund(refund);
    control().settleRefund(refund.id);
    cloud.clock.advance(24 * HOUR);
    const day = new Date(cloud.clock.now() - 16 * HOUR).toISOString().slice(0, 10);
    const bill = await cloud.gateway.downloadBill?.({ date: day });
    if (bill?.outcome !== 'ready') {
      throw new Error(JSON.stringify(bill));
    }
    const rows = [];
    for await (const row of bill.rows) {
      rows.push(row);
    }
    expect(rows).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: 'payment', number: payment.id, amount: payment.amount }),
        expect.objectContaining({ type: 'refund', number: refund.id, paymentNumber: payment.id }),
      ]),
    );
    expect(rows.every(({ merchantAccount }) => merchantAccount === cloud.gateway.merchantAccount)).toBe(true);
    expect(await cloud.gateway.downloadBill?.({ date: '2026-11-01' })).toEqual({ outcome: 'empty' });
  });

  test('of yesterday is not ready before the morning', async () => {
    // Six in the morning at Beijing, whatever time it was.
    const sinceMidnight = (cloud.clock.now() + 8 * HOUR) % (24 * HOUR);
    cloud.clock.advance(30 * HOUR - sinceMidnight);
    const yesterday = new Date(cloud.clock.now() - 16 * HOUR).toISOString().slice(0, 10);
    expect(await cloud.gateway.downloadBill?.({ date: yesterday })).toEqual({ outcome: 'not_ready' });
  });
});

describe('callbacks', () => {
  test.each(['wrong_amount', 'wrong_mchid', 'wrong_appid'])(
    'with a %s are the same hint, whatever they claim',
    async (kind) => {
      cloud.plan('notify', kind);
      const payment = await cloud.openAndPay();
      await cloud.flush();
      expect(cloud.received).toEqual([
        { outcome: 'hint', reason: 'unsigned', paymentId: payment.id, eventType: 'PAYMENT' },
      ]);
    },
  );

  test('that were cut off come again, whole', async () => {
    cloud.plan('notify', 'truncated');
    const payment = await cloud.openAndPay();
    await cloud.flush();
    expect(cloud.received).toEqual([{ outcome: 'rejected', status: 400, reason: 'malformed' }]);
    cloud.clock.advance(15_000);
    await cloud.flush();
    expect(cloud.received[1]).toMatchObject({ outcome: 'hint', paymentId: payment.id });
  });
});
