/** Every way in which the simulated PayPal goes wrong, and what the gateway makes of it. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '../../src/kernel/ids.ts';
import { openSimulatedPaypal, type SimulatedPaypal } from '../harness/simulated-paypal.ts';

let paypal: SimulatedPaypal;

const usd = (amount: number) => ({ amount, currency: 'USD' });

beforeAll(async () => {
  paypal = await openSimulatedPaypal();
});
beforeEach(async () => {
  await paypal.flush();
  paypal.received.length = 0;
});
afterAll(() => paypal.close());

describe('a token', () => {
  test('that PayPal has ended is renewed once, and the call goes through', async () => {
    const payment = await paypal.openAndApprove();
    paypal.simulators.paypal.revokeTokens();
    expect(await paypal.gateway.queryPayment(payment)).toMatchObject({ outcome: 'approved' });
  });

  test('is fetched once for calls that wait for it together, and again shortly before it ends', async () => {
    const payment = await paypal.openAndApprove();
    const tokensAsked = () =>
      paypal.simulators.requests.list({ provider: 'paypal', operation: 'token', limit: 100 }).length;
    paypal.simulators.paypal.revokeTokens();
    const before = tokensAsked();
    await Promise.all(Array.from({ length: 5 }, () => paypal.gateway.queryPayment(payment)));
    expect(tokensAsked() - before).toBe(1);
    await paypal.gateway.queryPayment(payment);
    expect(tokensAsked() - before).toBe(1);
    paypal.clock.advance(32_400_000 - 4 * 60_000);
    await paypal.gateway.queryPayment(payment);
    expect(tokensAsked() - before).toBe(2);
  });

  test('that can not be had means that nothing was sent', async () => {
    const payment = await paypal.openAndApprove();
    paypal.simulators.paypal.revokeTokens();
    paypal.simulators.faults.set({ provider: 'paypal', operation: 'token', kind: 'error', times: 3 });
    expect(await paypal.capture(payment)).toMatchObject({
      outcome: 'not_sent',
      reason: { code: 'http_500' },
    });
    paypal.simulators.faults.clear();
  });

  test('for credentials that PayPal does not know leaves everything unsent', async () => {
    const stranger = await openSimulatedPaypal({ clientSecret: 'another' });
    const payment = stranger.newPayment();
    expect(await stranger.gateway.createPayment(payment)).toMatchObject({
      outcome: 'not_sent',
      reason: { code: 'unauthorised' },
    });
    await stranger.close();
  });
});

describe('an answer that is not certain is unknown', () => {
  const kinds = ['error', 'rate_limit', 'error_after_commit', 'truncated_body'] as const;

  test.each(kinds)('to the creation: %s', async (kind) => {
    paypal.plan('create_order', kind);
    const payment = paypal.newPayment();
    expect(await paypal.gateway.createPayment(payment)).toMatchObject({ outcome: 'unknown' });
    expect(await paypal.gateway.createPayment(payment)).toMatchObject({ outcome: 'requires_action' });
  });

  test.each(kinds)('to the query: %s', async (kind) => {
    const payment = await paypal.openAndApprove();
    paypal.plan('get_order', kind);
    expect(await paypal.gateway.queryPayment(payment)).toMatchObject({ outcome: 'unknown' });
    paypal.plan('get_order', kind);
    expect(await paypal.gateway.closePayment(payment)).toMatchObject({ outcome: 'unknown' });
  });

  test.each(kinds)('to the capture: %s', async (kind) => {
    const payment = await paypal.openAndApprove();
    const id = newId('cap');
    paypal.plan('capture_order', kind);
    expect(await paypal.capture(payment, { id })).toMatchObject({ outcome: 'unknown' });
    expect(await paypal.capture(payment, { id })).toMatchObject({ outcome: 'succeeded' });
    expect(paypal.simulators.paypal.findOrder(payment.reference).captures).toHaveLength(1);
  });

  test.each(kinds)('to the refund: %s', async (kind) => {
    const { payment, captureId } = await paypal.openAndCapture();
    const refund = paypal.refundOf(payment, captureId, 45);
    paypal.plan('refund', kind);
    expect(await paypal.gateway.refund(refund)).toMatchObject({ outcome: 'unknown' });
    const wasDone = kind === 'error_after_commit' || kind === 'truncated_body';
    const found = await paypal.gateway.queryRefund(refund);
    expect(found.outcome).toBe(wasDone ? 'succeeded' : 'not_found');
    expect(await paypal.gateway.refund(refund)).toMatchObject({ outcome: 'succeeded' });
    expect(paypal.simulators.paypal.findOrder(payment.reference ?? '').refunds).toHaveLength(1);
  });

  test('where the connection breaks after PayPal has done it', async () => {
    const payment = await paypal.openAndApprove();
    const id = newId('cap');
    paypal.plan('capture_order', 'commit_then_timeout', { ms: 50 });
    expect(await paypal.capture(payment, { id })).toMatchObject({ outcome: 'unknown' });
    expect(await paypal.capture(payment, { id })).toMatchObject({ outcome: 'succeeded' });
  });
});

describe('a refund', () => {
  test('that waits at PayPal is pending, and ends as PayPal ends it', async () => {
    const { payment, captureId } = await paypal.openAndCapture();
    const refund = paypal.refundOf(payment, captureId, 45);
    paypal.plan('refund', 'refund_pending');
    expect(await paypal.gateway.refund(refund)).toMatchObject({
      outcome: 'pending',
      facts: { amount: usd(45) },
    });
    paypal.clock.advance(2_000);
    await paypal.flush();
    expect(await paypal.gateway.queryRefund(refund)).toMatchObject({ outcome: 'succeeded' });
    expect(paypal.received.at(-1)).toMatchObject({
      eventType: 'PAYMENT.CAPTURE.REFUNDED',
      subject: { type: 'refund', refundId: refund.id, result: { outcome: 'succeeded' } },
    });
  });

  test('that PayPal gives up has failed', async () => {
    const { payment, captureId } = await paypal.openAndCapture();
    const refund = paypal.refundOf(payment, captureId, 45);
    paypal.plan('refund', 'refund_failed');
    await paypal.gateway.refund(refund);
    paypal.clock.advance(2_000);
    await paypal.flush();
    expect(await paypal.gateway.queryRefund(refund)).toMatchObject({
      outcome: 'failed',
      reason: { code: 'FAILED' },
    });
    expect(paypal.received.at(-1)).toMatchObject({ subject: { result: { outcome: 'failed' } } });
  });

  test('without funds is refused for now, and done under the same number later', async () => {
    const { payment, captureId } = await paypal.openAndCapture();
    const refund = paypal.refundOf(payment, captureId, 45);
    paypal.plan('refund', 'issue', { issue: 'REFUND_FAILED_INSUFFICIENT_FUNDS' });
    expect(await paypal.gateway.refund(refund)).toMatchObject({ outcome: 'refused_for_now' });
    expect(await paypal.gateway.refund(refund)).toMatchObject({ outcome: 'succeeded' });
  });

  test('of more than is left, of everything again, and after 180 days has failed', async () => {
    const { payment, captureId } = await paypal.openAndCapture();
    expect(await paypal.gateway.refund(paypal.refundOf(payment, captureId, 12_346))).toMatchObject({
      outcome: 'failed',
      reason: { code: 'REFUND_AMOUNT_EXCEEDED' },
    });
    expect(await paypal.gateway.refund(paypal.refundOf(payment, captureId, 12_345))).toMatchObject({
      outcome: 'succeeded',
    });
    expect(await paypal.gateway.refund(paypal.refundOf(payment, captureId, 1))).toMatchObject({
      outcome: 'failed',
      reason: { code: 'CAPTURE_FULLY_REFUNDED' },
    });
    const old = await paypal.openAndCapture();
    paypal.clock.advance(181 * 86_400_000);
    expect(await paypal.gateway.refund(paypal.refundOf(old.payment, old.captureId, 1))).toMatchObject({
      outcome: 'failed',
      reason: { code: 'REFUND_TIME_LIMIT_EXCEEDED' },
    });
  });

  test("that was made on PayPal's own pages names the payment, and its own number", async () => {
    const { payment, captureId } = await paypal.openAndCapture();
    const order = paypal.simulators.paypal.refundOnPages({ captureId, units: 100 });
    await paypal.flush();
    expect(paypal.received.at(-1)).toMatchObject({
      subject: {
        type: 'refund',
        refundId: order.refunds[0]?.id,
        paymentId: payment.id,
        result: { outcome: 'succeeded', facts: { amount: usd(100), paymentId: payment.id } },
      },
    });
  });
});

describe('facts are reported as they came', () => {
  test.each([
    ['wrong_amount', { amount: usd(1) }],
    ['wrong_currency', { amount: { amount: 12_345, currency: 'GBP' } }],
    ['wrong_merchant', { merchantAccount: '2222222222222' }],
  ])('with %s as well', async (kind, facts) => {
    const { payment } = await paypal.openAndCapture();
    paypal.plan('get_order', kind);
    expect(await paypal.gateway.queryPayment(payment)).toMatchObject({ outcome: 'succeeded', facts });
    await paypal.flush();
    paypal.received.length = 0;
    await paypal.openAndApprove();
    paypal.plan('notify', kind);
    const captured = paypal.simulators.notifications
      .list({ subject: payment.id })
      .find(({ eventType }) => eventType === 'PAYMENT.CAPTURE.COMPLETED');
    const { headers, body } = paypal.simulators.notifications.compose(captured?.id ?? '', { kind });
    const parsed = await paypal.gateway.parseNotification({
      headers,
      body: Buffer.from(body),
      receivedAt: paypal.clock.now(),
    });
    expect(parsed).toMatchObject({
      outcome: 'verified',
      subject: { result: { outcome: 'succeeded', facts } },
    });
    paypal.simulators.faults.clear();
  });
});

describe('a notification', () => {
  async function composed(kind?: string, params: Record<string, unknown> = {}) {
    const payment = await paypal.openAndApprove();
    const [approved] = paypal.simulators.notifications.list({ subject: payment.id });
    const fault = kind === undefined ? undefined : { kind, params };
    const { headers, body } = paypal.simulators.notifications.compose(approved?.id ?? '', fault);
    return { headers, body: Buffer.from(body), receivedAt: paypal.clock.now() };
  }

  test.each([
    ['forge', 'bad_signature'],
    ['wrong_webhook', 'bad_signature'],
    ['stale_timestamp', 'stale'],
    ['foreign_certificate', 'foreign_certificate_address'],
    ['truncated', 'malformed'],
  ])('that is spoilt by %s is rejected', async (kind, reason) => {
    expect(await paypal.gateway.parseNotification(await composed(kind))).toMatchObject({
      outcome: 'rejected',
      reason,
    });
  });

  test('without a signature is rejected', async () => {
    const { body, receivedAt } = await composed();
    const answer = await paypal.gateway.parseNotification({ headers: {}, body, receivedAt });
    expect(answer).toEqual({ outcome: 'rejected', status: 401, reason: 'unsigned' });
  });

  test('of which one byte was changed is rejected', async () => {
    const notification = await composed();
    const body = Buffer.from(notification.body.toString().replace('USD', 'EUR'));
    expect(await paypal.gateway.parseNotification({ ...notification, body })).toMatchObject({
      reason: 'bad_signature',
    });
  });

  test('whose certificate can not be had comes again', async () => {
    expect(await paypal.gateway.parseNotification(await composed('missing_certificate'))).toEqual({
      outcome: 'unverified',
      reason: 'certificate_unavailable',
    });
    await paypal.simulators.paypal.rotateCertificate();
    const payment = await paypal.openAndApprove();
    paypal.plan('certificate', 'error', { status: 404 });
    await paypal.flush();
    expect(paypal.received.map(({ outcome }) => outcome)).toContain('unverified');
    paypal.clock.advance(60_000);
    await paypal.flush();
    expect(paypal.received.at(-1)).toMatchObject({ outcome: 'verified', subject: { paymentId: payment.id } });
  });

  test('that comes twice, held back, or after three days of trying is the same event', async () => {
    const payment = await paypal.openAndApprove();
    paypal.plan('notify', 'duplicate', { copies: 2, ms: 0 });
    await paypal.flush();
    const ids = paypal.received.map((result) => 'eventId' in result && result.eventId);
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(1);
    expect(paypal.received[0]).toMatchObject({ subject: { paymentId: payment.id } });
  });
});
