/** Money that PayPal only holds, against the simulator. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../src/kernel/ids.ts';
import { openSimulatedPaypal, type SimulatedPaypal } from '../harness/simulated-paypal.ts';

let paypal: SimulatedPaypal;

const usd = (amount: number) => ({ amount, currency: 'USD' });

describe('a hold', () => {
  beforeAll(async () => {
    paypal = await openSimulatedPaypal({ intent: 'AUTHORIZE' });
  });
  afterAll(() => paypal.close());

  async function openAndHold() {
    const payment = await paypal.openAndApprove();
    const held = await paypal.gateway.authorisePayment?.(payment);
    const transactionId = held?.outcome === 'authorized' ? held.facts.transactionId : '';
    expect(held).toMatchObject({
      outcome: 'authorized',
      facts: { amount: usd(12_345), merchantAccount: paypal.gateway.merchantAccount },
      authorisedUntil: paypal.clock.now() + 29 * 86_400_000,
    });
    return { ...payment, transactionId };
  }

  test('is made of an approval once, and queried', async () => {
    const payment = await openAndHold();
    const again = await paypal.gateway.authorisePayment?.(payment);
    expect(again).toMatchObject({ outcome: 'authorized', facts: { transactionId: payment.transactionId } });
    expect(await paypal.gateway.queryPayment(payment)).toEqual(again);
  });

  test('is not made without an approval', async () => {
    const payment = paypal.newPayment();
    const opened = await paypal.gateway.createPayment(payment);
    const reference = opened.outcome === 'requires_action' ? (opened.reference ?? '') : '';
    expect(await paypal.gateway.authorisePayment?.({ ...payment, reference })).toMatchObject({
      outcome: 'pending',
      reason: { code: 'ORDER_NOT_APPROVED' },
    });
  });

  test('is captured in parts, each once', async () => {
    const payment = await openAndHold();
    const first = { id: newId('cap'), amount: 10_000, isFinal: false };
    paypal.plan('capture_authorization', 'error_after_commit');
    expect(await paypal.capture(payment, first)).toMatchObject({ outcome: 'unknown' });
    expect(await paypal.capture(payment, first)).toMatchObject({
      outcome: 'succeeded',
      facts: { amount: usd(10_000) },
    });
    expect(await paypal.gateway.queryPayment(payment)).toMatchObject({ outcome: 'authorized' });
    expect(await paypal.capture(payment, { amount: 2_345 })).toMatchObject({
      outcome: 'succeeded',
      facts: { amount: usd(2_345) },
    });
    expect(await paypal.gateway.queryPayment(payment)).toMatchObject({
      outcome: 'succeeded',
      facts: { amount: usd(12_345), transactionId: payment.transactionId },
    });
    expect(await paypal.capture(payment, { amount: 1 })).toMatchObject({
      outcome: 'failed',
      reason: { code: 'AUTHORIZATION_ALREADY_CAPTURED' },
    });
    await paypal.flush();
    expect(
      paypal.received
        .filter(({ outcome }) => outcome === 'hint')
        .map((hint) => 'paymentId' in hint && hint.paymentId),
    ).toContain(payment.id);
  });

  test('is given back by closing, again and again', async () => {
    const payment = await openAndHold();
    expect(await paypal.gateway.closePayment(payment)).toEqual({ outcome: 'closed' });
    expect(await paypal.gateway.closePayment(payment)).toEqual({ outcome: 'closed' });
    expect(await paypal.gateway.queryPayment(payment)).toEqual({ outcome: 'closed' });
    expect(await paypal.capture(payment)).toMatchObject({
      outcome: 'failed',
      reason: { code: 'AUTHORIZATION_VOIDED' },
    });
  });

  test('whose void had no answer is found to be void', async () => {
    const payment = await openAndHold();
    paypal.plan('void_authorization', 'truncated_body');
    expect(await paypal.gateway.closePayment(payment)).toMatchObject({ outcome: 'unknown' });
    expect(await paypal.gateway.closePayment(payment)).toEqual({ outcome: 'closed' });
  });

  test('that has ended by itself is closed', async () => {
    const payment = await openAndHold();
    paypal.simulators.paypal.expireAuthorization(payment.transactionId);
    expect(await paypal.gateway.queryPayment(payment)).toEqual({ outcome: 'closed' });
    await paypal.flush();
    expect(paypal.received.at(-1)).toEqual({
      outcome: 'hint',
      reason: 'PAYMENT.AUTHORIZATION.VOIDED',
      paymentId: payment.id,
    });
  });

  test('of which a part was taken is worth that part once the rest is let go', async () => {
    const payment = await openAndHold();
    await paypal.capture(payment, { amount: 5_000, isFinal: false });
    expect(await paypal.gateway.closePayment(payment)).toEqual({ outcome: 'closed' });
    expect(await paypal.gateway.queryPayment(payment)).toMatchObject({
      outcome: 'succeeded',
      facts: { amount: usd(5_000) },
    });
  });
});
