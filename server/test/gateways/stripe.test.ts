/** The gateway, through the official SDK, against the simulator, over real sockets. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openSimulatedStripe, type SimulatedStripe } from '../harness/simulated-stripe.ts';

let stripe: SimulatedStripe;

const withForm = (cardForm: 'hosted' | 'intent') => {
  beforeAll(async () => {
    stripe = await openSimulatedStripe({ cardForm });
  });
  beforeEach(() => {
    stripe.received.length = 0;
    stripe.simulators.faults.clear();
  });
  afterAll(() => stripe.close());
};

const CASES = [
  ['stripe', 'hosted', 'redirectUrl', /^cs_/],
  ['credit_card', 'hosted', 'redirectUrl', /^cs_/],
  ['credit_card', 'intent', 'clientSecret', /^pi_/],
  ['debit_card', 'intent', 'clientSecret', /^pi_/],
] as const;

describe.each(CASES)('%s in the form %s', (method, cardForm, parameter, reference) => {
  withForm(cardForm);

  test('a payment is opened, paid, notified, queried and refunded', async () => {
    const payment = stripe.newPayment({ method });
    const opened = await stripe.gateway.createPayment(payment);
    expect(opened).toMatchObject({ outcome: 'requires_action', reference: expect.stringMatching(reference) });
    expect(opened).toHaveProperty(['parameters', parameter]);
    expect(await stripe.gateway.queryPayment(payment)).toMatchObject({ outcome: 'pending' });

    expect(stripe.simulators.stripe.pay({ paymentId: payment.id }).result).toBe('paid');
    const paid = await stripe.gateway.queryPayment(payment);
    expect(paid).toEqual({
      outcome: 'succeeded',
      reference: expect.stringMatching(reference),
      facts: {
        amount: { amount: 12_345, currency: 'CNY' },
        merchantAccount: stripe.gateway.merchantAccount,
        appId: null,
        transactionId: expect.stringMatching(/^ch_/),
        paidAt: stripe.clock.now(),
        payer: null,
        card: {
          brand: 'visa',
          last4: '4242',
          authorisationCode: expect.stringMatching(/^\d{6}$/),
          responseCode: 'approved_by_network',
        },
        fee: 388,
      },
    });
    await stripe.flush();
    const told = stripe.received.filter(
      (one) => one.outcome === 'verified' && one.subject.type === 'payment',
    );
    expect(told.map((one) => one.outcome === 'verified' && one.eventType)).toContain(
      'payment_intent.succeeded',
    );

    stripe.received.length = 0;
    const refund = await stripe.refundOf(payment, 45);
    const returned = {
      outcome: 'succeeded',
      facts: { amount: { amount: 45, currency: 'CNY' }, paymentId: payment.id },
    };
    expect(await stripe.gateway.refund(refund)).toMatchObject(returned);
    expect(await stripe.gateway.queryRefund(refund)).toMatchObject(returned);
    await stripe.flush();
    expect(stripe.received).toContainEqual(
      expect.objectContaining({
        eventType: 'refund.created',
        subject: expect.objectContaining({ type: 'refund', refundId: refund.id, paymentId: payment.id }),
      }),
    );
    expect(await stripe.gateway.queryPayment(payment)).toEqual(paid);
  });
});
