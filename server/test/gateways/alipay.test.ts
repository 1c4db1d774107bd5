/** The gateway against the simulator, which has its own implementation of every signature, over real sockets. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { KnownPayment, NotificationSubject } from '../../src/gateways/gateway.ts';
import { openSimulatedAlipay, type SimulatedAlipay } from '../harness/simulated-alipay.ts';

let alipay: SimulatedAlipay;

describe.each(['key', 'certificate'] as const)('in the key mode %s', (keyMode) => {
  beforeAll(async () => {
    alipay = await openSimulatedAlipay(keyMode);
  });
  beforeEach(async () => {
    await alipay.flush();
    alipay.received.length = 0;
  });
  afterAll(() => alipay.close());

  test.each(['alipay_qr', 'alipay_page', 'alipay_wap'] as const)(
    'a payment by %s is opened, paid, notified, queried and refunded',
    async (method) => {
      const { gateway, simulators } = alipay;
      const payment = alipay.newPayment({ method });
      const parameters = await alipay.open(payment);
      expect(await gateway.queryPayment(payment)).toEqual({ outcome: 'not_found' });
      expect(simulators.alipay.scan(parameters).result).toBe('scanned');
      expect(await gateway.queryPayment(payment)).toEqual({ outcome: 'pending' });
      expect(simulators.alipay.pay(parameters).result).toBe('paid');

      const paid = {
        outcome: 'succeeded',
        facts: {
          amount: { amount: 12_345, currency: 'CNY' },
          merchantAccount: gateway.merchantAccount,
          appId: payment.appId,
          transactionId: expect.stringMatching(/^\d{28}$/),
          paidAt: alipay.clock.now(),
          payer: expect.stringMatching(/^2088\d{12}$/),
        },
      };
      expect(await gateway.queryPayment(payment)).toEqual(paid);
      await alipay.flush();
      expect(alipay.received).toMatchObject([
        {
          outcome: 'verified',
          eventType: 'TRADE_SUCCESS',
          merchantAccount: gateway.merchantAccount,
          subject: { type: 'payment', paymentId: payment.id, result: paid },
        },
      ]);

      const refund = alipay.refundOf(payment, 45);
      const returned = {
        outcome: 'succeeded',
        facts: { amount: { amount: 45, currency: 'CNY' }, paymentId: payment.id },
      };
      expect(await gateway.refund(refund)).toMatchObject(returned);
      expect(await gateway.refund(refund)).toMatchObject(returned);
      expect(await gateway.queryRefund(refund)).toMatchObject(returned);
      expect(simulators.alipay.listRefunds(payment.id)).toHaveLength(1);
      await alipay.flush();
      expect(alipay.received[1]).toMatchObject({
        outcome: 'verified',
        eventType: 'REFUND',
        subject: { type: 'refund', refundId: refund.id, paymentId: payment.id, result: returned },
      });
      expect(await gateway.queryPayment(payment)).toEqual(paid);
    },
  );

  test('every notification was acknowledged by its body', () => {
    const states = alipay.simulators.notifications.list().map(({ state }) => state);
    expect(new Set(states)).toEqual(new Set(['acknowledged']));
  });
});

describe('at Alipay', () => {
  beforeAll(async () => {
    alipay = await openSimulatedAlipay();
  });
  beforeEach(async () => {
    await alipay.flush();
    alipay.received.length = 0;
  });
  afterAll(() => alipay.close());

  const subjectAt = (index: number): NotificationSubject | undefined => {
    const found = alipay.received.at(index);
    return found?.outcome === 'verified' ? found.subject : undefined;
  };

  test('the second of two partial refunds is told by its own sum, not by that of both', async () => {
    const payment = await alipay.openAndPay();
    await alipay.gateway.refund(alipay.refundOf(payment, 45));
    const second = alipay.refundOf(payment, 55);
    expect(await alipay.gateway.refund(second)).toMatchObject({ facts: { amount: { amount: 55 } } });
    await alipay.flush();
    // Two that are due together may arrive in either order.
    const subjects = alipay.received.flatMap((found) =>
      found.outcome === 'verified' ? [found.subject] : [],
    );
    expect(subjects).toContainEqual(
      expect.objectContaining({
        refundId: second.id,
        result: expect.objectContaining({
          facts: expect.objectContaining({ amount: { amount: 55, currency: 'CNY' } }),
        }),
      }),
    );
  });

  test('a trade that was returned in full is still paid', async () => {
    const payment = await alipay.openAndPay();
    await alipay.gateway.refund(alipay.refundOf(payment, 12_345));
    const found = await alipay.gateway.queryPayment(payment);
    expect(found).toMatchObject({ outcome: 'succeeded', facts: { amount: { amount: 12_345 } } });
    expect(found).not.toHaveProperty('returned');
    await alipay.flush();
    expect(subjectAt(-1)).toMatchObject({ type: 'refund', result: { outcome: 'succeeded' } });
  });

  test('a refund made in the console is told under its own number', async () => {
    const payment = await alipay.openAndPay();
    const { outRequestNo } = alipay.simulators.alipay.refundInConsole({
      outTradeNo: payment.id,
      amount: 5,
    });
    await alipay.flush();
    expect(subjectAt(-1)).toMatchObject({
      type: 'refund',
      refundId: outRequestNo,
      result: { outcome: 'succeeded', facts: { amount: { amount: 5 } } },
    });
  });

  test('a trade that is not there is told as such by what is done to trades', () => {
    const { finish, refundInConsole } = alipay.simulators.alipay;
    expect(() => finish('NONE')).toThrow('No trade "NONE" at Alipay.');
    expect(() => refundInConsole({ outTradeNo: 'NONE', amount: 1 })).toThrow('No trade "NONE" at Alipay.');
  });

  test('a finished trade is paid and can not be refunded', async () => {
    const payment = await alipay.openAndPay();
    alipay.simulators.alipay.finish(payment.id);
    expect(await alipay.gateway.queryPayment(payment)).toMatchObject({ outcome: 'succeeded' });
    expect(await alipay.gateway.refund(alipay.refundOf(payment, 5))).toMatchObject({
      outcome: 'failed',
      reason: { code: 'ACQ.TRADE_HAS_FINISHED' },
    });
  });

  test('an attempt by code that is opened again is the same order', async () => {
    const payment = alipay.newPayment();
    const [first, second] = [await alipay.open(payment), await alipay.open(payment)];
    expect(second).toEqual(first);
    alipay.simulators.alipay.pay(first);
    expect(await alipay.gateway.createPayment(payment)).toEqual({ outcome: 'already_paid' });
  });

  test('notifications signed by a new certificate are verified once it is configured', async () => {
    await alipay.openAndPay();
    await alipay.simulators.alipay.rotateCertificate();
    await alipay.flush();
    expect(alipay.received).toMatchObject([{ outcome: 'rejected', reason: 'unknown_serial' }]);
    await alipay.close();
    alipay = await openSimulatedAlipay();
    await alipay.openAndPay();
    await alipay.flush();
    expect(alipay.received).toMatchObject([{ outcome: 'verified' }]);
  });

  describe('closing', () => {
    const close = (payment: KnownPayment) => alipay.gateway.closePayment(payment);

    test('a code that nobody has scanned is killed, again and again', async () => {
      const payment = alipay.newPayment();
      const { qrCode } = await alipay.open(payment);
      expect(await close(payment)).toEqual({ outcome: 'closed' });
      expect(await close(payment)).toEqual({ outcome: 'closed' });
      expect(alipay.simulators.alipay.pay({ qrCode })).toMatchObject({
        result: 'refused',
        reason: 'order_closed',
      });
      expect(await alipay.gateway.queryPayment(payment)).toEqual({ outcome: 'not_found' });
      expect(await alipay.gateway.createPayment(payment)).toEqual({ outcome: 'already_closed' });
    });

    test.each(['alipay_qr', 'alipay_page'] as const)('a scanned trade by %s is closed', async (method) => {
      const payment = alipay.newPayment({ method });
      const parameters = await alipay.open(payment);
      alipay.simulators.alipay.refuse(parameters);
      expect(await close(payment)).toEqual({ outcome: 'closed' });
      expect(await close(payment)).toEqual({ outcome: 'closed' });
      expect(alipay.simulators.alipay.pay(parameters).result).toBe('refused');
      expect(await alipay.gateway.queryPayment(payment)).toEqual({ outcome: 'closed' });
    });

    test.each(['alipay_page', 'alipay_wap'] as const)(
      'a page by %s that nobody has opened can not be closed until its expiry is over',
      async (method) => {
        const payment = alipay.newPayment({ method });
        const parameters = await alipay.open(payment);
        expect(await close(payment)).toEqual({ outcome: 'not_closable' });
        alipay.clock.advance(900_000);
        expect(alipay.simulators.alipay.pay(parameters)).toMatchObject({ reason: 'time_expired' });
        expect(await close(payment)).toEqual({ outcome: 'not_closable' });
        alipay.clock.advance(120_000);
        expect(await close(payment)).toEqual({ outcome: 'not_found' });
      },
    );

    test('finds out that the trade is paid, also while it is closed', async () => {
      expect(await close(await alipay.openAndPay())).toEqual({ outcome: 'already_paid' });
      const payment = alipay.newPayment();
      alipay.simulators.alipay.scan(await alipay.open(payment));
      alipay.plan('close', 'paid_during_close');
      expect(await close(payment)).toEqual({ outcome: 'already_paid' });
      expect(alipay.simulators.alipay.listRefunds(payment.id)).toEqual([]);
    });

    test('a cancel that returns the money tells of the payment and of its return', async () => {
      const payment = alipay.newPayment();
      await alipay.open(payment);
      alipay.plan('cancel', 'paid_during_close');
      expect(await close(payment)).toEqual({ outcome: 'already_paid' });
      expect(await alipay.gateway.queryPayment(payment)).toMatchObject({
        outcome: 'succeeded',
        facts: { amount: { amount: 12_345 } },
        returned: [{ amount: { amount: 12_345, currency: 'CNY' } }],
      });
      await alipay.flush();
      expect(subjectAt(-1)).toMatchObject({ type: 'refund', refundId: payment.id });
    });
  });
});
