/** The gateway against the simulator, which keeps its own idea of an order, over real sockets. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '../../src/kernel/ids.ts';
import { openSimulatedPaypal, type SimulatedPaypal } from '../harness/simulated-paypal.ts';

let paypal: SimulatedPaypal;

const usd = (amount: number) => ({ amount, currency: 'USD' });

interface Bought {
  readonly payment: { readonly id: string };
  readonly reference: string;
  readonly captureId: string;
  readonly refundId: string;
}

/** The three notifications of a purchase of 123.45 of which 0.45 was returned. */
async function expectTold({
  payment: { id: paymentId },
  reference,
  captureId,
  refundId,
}: Bought): Promise<void> {
  await paypal.flush();
  const about = { outcome: 'verified', merchantAccount: paypal.gateway.merchantAccount };
  expect(paypal.received).toMatchObject([
    {
      ...about,
      eventType: 'CHECKOUT.ORDER.APPROVED',
      eventId: expect.stringMatching(/^WH-/),
      subject: { type: 'payment', paymentId, result: { outcome: 'approved' } },
    },
    {
      ...about,
      eventType: 'PAYMENT.CAPTURE.COMPLETED',
      subject: {
        type: 'payment',
        paymentId,
        result: {
          outcome: 'succeeded',
          reference,
          facts: { amount: usd(12_345), transactionId: captureId },
        },
      },
    },
    {
      ...about,
      eventType: 'PAYMENT.CAPTURE.REFUNDED',
      subject: {
        type: 'refund',
        refundId,
        paymentId,
        result: { outcome: 'succeeded', facts: { amount: usd(45), paymentId } },
      },
    },
  ]);
}

describe.each(['offline', 'online'] as const)('with notifications verified %s', (webhookVerification) => {
  beforeAll(async () => {
    paypal = await openSimulatedPaypal({ webhookVerification });
  });
  beforeEach(async () => {
    await paypal.flush();
    paypal.received.length = 0;
  });
  afterAll(() => paypal.close());

  test('an order is opened, approved, captured, notified, queried and refunded', async () => {
    const payment = paypal.newPayment();
    const opened = await paypal.gateway.createPayment(payment);
    const reference = opened.outcome === 'requires_action' ? (opened.reference ?? '') : '';
    expect(opened).toEqual({
      outcome: 'requires_action',
      reference,
      parameters: {
        orderId: reference,
        redirectUrl: `${paypal.simulators.paypalUrl}/checkoutnow?token=${reference}`,
      },
    });
    const known = { ...payment, reference };
    expect(await paypal.gateway.queryPayment(known)).toEqual({ outcome: 'pending', reference });

    paypal.simulators.paypal.approve({ orderId: reference });
    expect(await paypal.gateway.queryPayment(known)).toEqual({ outcome: 'approved', reference });
    const captured = await paypal.capture(known);
    const facts = {
      amount: usd(12_345),
      merchantAccount: paypal.gateway.merchantAccount,
      appId: null,
      transactionId: expect.stringMatching(/^[0-9A-Z]{17}$/),
      paidAt: paypal.clock.now(),
      payer: expect.stringMatching(/^[2-9A-HJ-NP-Z]{13}$/),
      fee: 480,
    };
    expect(captured).toEqual({ outcome: 'succeeded', facts });
    expect(await paypal.gateway.queryPayment(known)).toEqual({ outcome: 'succeeded', reference, facts });

    const captureId = captured.outcome === 'succeeded' ? captured.facts.transactionId : '';
    const refund = paypal.refundOf(known, captureId, 45);
    const returned = { outcome: 'succeeded', facts: { amount: usd(45), paymentId: payment.id } };
    const answer = await paypal.gateway.refund(refund);
    expect(answer).toMatchObject(returned);
    const providerRefundId = answer.outcome === 'succeeded' ? answer.facts.providerRefundId : '';
    expect(await paypal.gateway.queryRefund({ ...refund, providerRefundId })).toEqual(answer);
    expect(await paypal.gateway.queryRefund(refund)).toEqual(answer);
    expect(await paypal.gateway.queryPayment(known)).toMatchObject({
      outcome: 'succeeded',
      facts: { amount: usd(12_345) },
    });

    await expectTold({ payment, reference, captureId, refundId: refund.id });
  });
});

describe('an attempt', () => {
  beforeAll(async () => {
    paypal = await openSimulatedPaypal();
  });
  afterAll(() => paypal.close());

  test('that is opened again is the same order', async () => {
    const payment = paypal.newPayment();
    const first = await paypal.gateway.createPayment(payment);
    expect(await paypal.gateway.createPayment(payment)).toEqual(first);
    const orders = paypal.simulators.paypal.listOrders();
    expect(orders.filter(({ customId }) => customId === payment.id)).toHaveLength(1);
  });

  test('whose answer was lost is found again by its number', async () => {
    const payment = paypal.newPayment();
    paypal.plan('create_order', 'error_after_commit');
    expect(await paypal.gateway.createPayment(payment)).toMatchObject({ outcome: 'unknown' });
    const order = paypal.simulators.paypal.listOrders(1)[0];
    expect(order?.customId).toBe(payment.id);
    expect(await paypal.gateway.queryPayment(payment)).toEqual({ outcome: 'pending', reference: order?.id });
  });

  test('that PayPal has forgotten is not found', async () => {
    const payment = paypal.newPayment();
    const opened = await paypal.gateway.createPayment(payment);
    const reference = opened.outcome === 'requires_action' ? (opened.reference ?? '') : '';
    paypal.clock.advance(7 * 3_600_000);
    expect(await paypal.gateway.queryPayment({ ...payment, reference })).toEqual({ outcome: 'not_found' });
    expect(await paypal.gateway.queryPayment(payment)).toEqual({ outcome: 'not_found' });
  });

  test('in a currency without decimals is paid to the unit', async () => {
    const { payment } = await paypal.openAndCapture({ amount: { amount: 1_200, currency: 'JPY' } });
    expect(paypal.simulators.paypal.findOrder(payment.reference ?? '').amount).toEqual({
      units: 1_200,
      currency: 'JPY',
    });
    expect(await paypal.gateway.queryPayment(payment)).toMatchObject({
      facts: { amount: { amount: 1_200, currency: 'JPY' } },
    });
  });

  test('that is closed takes no money, whatever its payer agrees to later', async () => {
    const payment = await paypal.openAndApprove();
    expect(await paypal.gateway.closePayment(payment)).toEqual({ outcome: 'abandoned' });
    expect(await paypal.gateway.queryPayment(payment)).toEqual({
      outcome: 'approved',
      reference: payment.reference,
    });
    expect(paypal.simulators.paypal.findOrder(payment.reference).captures).toEqual([]);
    expect(await paypal.gateway.closePayment(paypal.newPayment())).toEqual({ outcome: 'abandoned' });
  });

  test('that is captured can not be closed', async () => {
    const { payment } = await paypal.openAndCapture();
    expect(await paypal.gateway.closePayment(payment)).toEqual({ outcome: 'already_paid' });
  });
});

describe('a capture', () => {
  beforeAll(async () => {
    paypal = await openSimulatedPaypal();
  });
  afterAll(() => paypal.close());

  test.each(['error_after_commit', 'truncated_body', 'request_in_progress'])(
    'whose answer is spoilt by %s is asked for again and taken once',
    async (kind) => {
      const payment = await paypal.openAndApprove();
      const id = newId('cap');
      paypal.plan('capture_order', kind);
      expect(await paypal.capture(payment, { id })).toMatchObject({ outcome: 'unknown' });
      const again = await paypal.capture(payment, { id });
      expect(again).toMatchObject({ outcome: 'succeeded', facts: { amount: usd(12_345) } });
      expect(await paypal.capture(payment, { id })).toEqual(again);
      expect(paypal.simulators.paypal.findOrder(payment.reference).captures).toHaveLength(1);
    },
  );

  test('under another number finds the one that there is', async () => {
    const { payment, captureId } = await paypal.openAndCapture();
    expect(await paypal.capture(payment)).toMatchObject({
      outcome: 'succeeded',
      facts: { transactionId: captureId },
    });
  });

  test.each(['instrument_declined', 'payer_action_required'])(
    'that is refused by %s leaves the order payable, and takes the money once the payer agrees again',
    async (kind) => {
      const payment = await paypal.openAndApprove();
      const id = newId('cap');
      paypal.plan('capture_order', kind);
      expect(await paypal.capture(payment, { id })).toMatchObject({
        outcome: 'pending',
        reason: { code: kind.toUpperCase() },
      });
      expect(await paypal.capture(payment, { id })).toMatchObject({
        outcome: 'pending',
        reason: { code: 'ORDER_NOT_APPROVED' },
      });
      expect(await paypal.gateway.queryPayment(payment)).toMatchObject({ outcome: 'pending' });
      paypal.simulators.paypal.approve({ orderId: payment.reference });
      expect(await paypal.capture(payment, { id })).toMatchObject({ outcome: 'succeeded' });
    },
  );

  test('that is refused for good has failed', async () => {
    const payment = await paypal.openAndApprove();
    paypal.plan('capture_order', 'issue', { issue: 'MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED' });
    expect(await paypal.capture(payment)).toMatchObject({
      outcome: 'failed',
      reason: { code: 'MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED' },
    });
  });

  test('that is declined has failed, and the attempt with it', async () => {
    const payment = await paypal.openAndApprove();
    paypal.plan('capture_order', 'capture_declined');
    expect(await paypal.capture(payment)).toMatchObject({ outcome: 'failed', reason: { code: 'DECLINED' } });
    expect(await paypal.gateway.queryPayment(payment)).toMatchObject({ outcome: 'declined' });
  });

  test('that PayPal reviews is pending, and ends by itself', async () => {
    const payment = await paypal.openAndApprove();
    const id = newId('cap');
    paypal.plan('capture_order', 'capture_pending');
    expect(await paypal.capture(payment, { id })).toMatchObject({
      outcome: 'pending',
      reason: { code: 'PENDING_REVIEW' },
    });
    expect(await paypal.gateway.queryPayment(payment)).toMatchObject({ outcome: 'processing' });
    expect(await paypal.gateway.closePayment(payment)).toEqual({ outcome: 'not_closable' });
    paypal.clock.advance(2_000);
    await paypal.flush();
    expect(paypal.received.at(-1)).toMatchObject({
      eventType: 'PAYMENT.CAPTURE.COMPLETED',
      subject: { type: 'payment', paymentId: payment.id, result: { outcome: 'succeeded' } },
    });
    expect(await paypal.gateway.queryPayment(payment)).toMatchObject({ outcome: 'succeeded' });
    // PayPal answers the repeated request as it answered the first one, which was pending.
    expect(await paypal.capture(payment, { id })).toMatchObject({ outcome: 'succeeded' });
  });
});
