/** What Stripe gives back, takes back and tells: refunds, disputes, events and the bill of a day. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { BillRow } from '../../src/gateways/gateway.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/kernel/clock.ts';
import { newId } from '../../src/kernel/ids.ts';
import { openSimulatedStripe, type SimulatedStripe } from '../harness/simulated-stripe.ts';

let stripe: SimulatedStripe;

beforeAll(async () => {
  stripe = await openSimulatedStripe();
});
beforeEach(() => {
  stripe.received.length = 0;
  stripe.simulators.faults.clear();
});
afterAll(() => stripe.close());

describe('refunds', () => {
  test('a refund whose answer is lost is unknown, found by its query, and made once', async () => {
    const payment = await stripe.openAndPay();
    const refund = await stripe.refundOf(payment, 100);
    stripe.plan('refund', 'error_after_commit');
    expect(await stripe.gateway.refund(refund)).toMatchObject({ outcome: 'unknown' });
    expect(await stripe.gateway.queryRefund(refund)).toMatchObject({ outcome: 'succeeded' });
    expect(stripe.simulators.stripe.list('refund', refund.captureTransactionId)).toHaveLength(1);
  });

  test('a refund that never arrived is not found, and is made when it is sent again', async () => {
    const refund = await stripe.refundOf(await stripe.openAndPay(), 100);
    stripe.plan('refund', 'error');
    expect(await stripe.gateway.refund(refund)).toMatchObject({ outcome: 'unknown' });
    expect(await stripe.gateway.queryRefund(refund)).toEqual({ outcome: 'not_found' });
    expect(await stripe.gateway.refund(refund)).toMatchObject({ outcome: 'succeeded' });
    expect(await stripe.gateway.refund(refund)).toMatchObject({ outcome: 'succeeded' });
    expect(stripe.simulators.stripe.list('refund', refund.captureTransactionId)).toHaveLength(1);
  });

  test('more than is left is refused for good', async () => {
    const payment = await stripe.openAndPay();
    const whole = await stripe.refundOf(payment, 12_345);
    expect(await stripe.gateway.refund(whole)).toMatchObject({ outcome: 'succeeded' });
    expect(await stripe.gateway.refund({ ...whole, id: newId('ref') })).toMatchObject({
      outcome: 'failed',
      reason: { code: 'charge_already_refunded' },
    });
  });

  test('a balance that is too low refuses for now', async () => {
    const refund = await stripe.refundOf(await stripe.openAndPay(), 100);
    stripe.plan('refund', 'balance_insufficient');
    expect(await stripe.gateway.refund(refund)).toMatchObject({ outcome: 'refused_for_now' });
  });

  test('a refund that succeeded and fails later is told as failed', async () => {
    const refund = await stripe.refundOf(await stripe.openAndPay(), 100);
    stripe.plan('refund', 'refund_failed_later', { ms: 1000 });
    expect(await stripe.gateway.refund(refund)).toMatchObject({ outcome: 'succeeded' });
    stripe.clock.advance(MINUTE_MS);
    await stripe.flush();
    expect(await stripe.gateway.queryRefund(refund)).toMatchObject({ outcome: 'failed' });
    expect(stripe.received).toContainEqual(
      expect.objectContaining({
        eventType: 'refund.failed',
        subject: expect.objectContaining({
          refundId: refund.id,
          result: expect.objectContaining({ outcome: 'failed' }),
        }),
      }),
    );
  });

  test('a refund of the dashboard is told with the payment that it belongs to', async () => {
    const payment = await stripe.openAndPay();
    await stripe.flush();
    stripe.received.length = 0;
    const { id } = stripe.simulators.stripe.refundInDashboard({ paymentId: payment.id, amount: 77 });
    await stripe.flush();
    expect(stripe.received).toContainEqual(
      expect.objectContaining({
        eventType: 'refund.created',
        subject: expect.objectContaining({ type: 'refund', refundId: id, paymentId: payment.id }),
      }),
    );
  });
});

test('a dispute is told with the money that it moves, and asked for with the payment', async () => {
  const payment = await stripe.openAndPay();
  await stripe.flush();
  stripe.received.length = 0;
  const opened = stripe.simulators.stripe.dispute({ paymentId: payment.id, amount: 5_000 });
  await stripe.flush();
  const withdrawn = { type: 'withdrawn', amount: { amount: 5_000, currency: 'CNY' }, fee: 1_500 };
  expect(stripe.received).toContainEqual(
    expect.objectContaining({
      eventType: 'charge.dispute.funds_withdrawn',
      subject: {
        type: 'dispute',
        facts: expect.objectContaining({
          disputeId: opened.id,
          stage: 'needs_response',
          reason: 'fraudulent',
          movements: [expect.objectContaining(withdrawn)],
        }),
      },
    }),
  );
  stripe.simulators.stripe.closeDispute(opened.id, 'won');
  expect(await stripe.gateway.queryDispute?.({ id: opened.id })).toMatchObject({
    outcome: 'found',
    facts: {
      paymentId: payment.id,
      stage: 'won',
      movements: [withdrawn, { type: 'reinstated', amount: { amount: 5_000 }, fee: 0 }],
    },
  });
  expect(await stripe.gateway.queryDispute?.({ id: 'du_none' })).toEqual({ outcome: 'not_found' });
});

describe('events', () => {
  const kinds = [
    ['forge', 'rejected'],
    ['stale_timestamp', 'rejected'],
    ['truncated', 'rejected'],
  ] as const;

  test.each(kinds)('one that suffers %s is %s', async (kind, outcome) => {
    const payment = await stripe.openAndPay();
    const sent = stripe.simulators.notifications.list({ subject: payment.id })[0];
    const { headers, body } = stripe.simulators.notifications.compose(sent?.id ?? '', { kind });
    const result = await stripe.gateway.parseNotification({
      headers,
      body: Buffer.from(body),
      receivedAt: stripe.clock.now(),
    });
    expect(result.outcome).toBe(outcome);
  });

  test.each(['wrong_account', 'wrong_mode'])('one of %s is another merchant’s', async (kind) => {
    const payment = await stripe.openAndPay();
    const sent = stripe.simulators.notifications.list({ subject: payment.id })[0];
    const { headers, body } = stripe.simulators.notifications.compose(sent?.id ?? '', { kind });
    const result = await stripe.gateway.parseNotification({
      headers,
      body: Buffer.from(body),
      receivedAt: stripe.clock.now(),
    });
    expect(result.outcome === 'verified' && result.merchantAccount).not.toBe(stripe.gateway.merchantAccount);
  });

  test('while the secret is rolled the old one is enough, and after that it is not', async () => {
    const rolling = await openSimulatedStripe();
    try {
      await rolling.openAndPay();
      rolling.simulators.stripe.rollWebhookSecret();
      await rolling.flush();
      expect(new Set(rolling.received.map(({ outcome }) => outcome))).toEqual(new Set(['verified']));
      rolling.simulators.stripe.rollWebhookSecret();
      rolling.received.length = 0;
      await rolling.openAndPay();
      await rolling.flush();
      expect(new Set(rolling.received.map(({ outcome }) => outcome))).toEqual(new Set(['rejected']));
    } finally {
      await rolling.close();
    }
  });
});

describe('the bill of a day', () => {
  let day: SimulatedStripe;
  beforeAll(async () => {
    day = await openSimulatedStripe();
  });
  afterAll(() => day.close());

  test('has every payment, refund and dispute of that day of UTC, and nothing of the next', async () => {
    const payments = await Promise.all(Array.from({ length: 101 }, () => day.openAndPay()));
    const [first, second] = payments;
    if (!first || !second) {
      throw new Error('nothing was paid');
    }
    const refund = await day.refundOf(first, 45);
    await day.gateway.refund(refund);
    day.simulators.stripe.dispute({ paymentId: second.id });
    const date = new Date(day.clock.now()).toISOString().slice(0, 10);
    expect(await day.gateway.downloadBill?.({ date })).toEqual({ outcome: 'not_ready' });
    day.clock.advance(24 * HOUR_MS);
    await day.openAndPay();
    day.clock.advance(HOUR_MS);

    const bill = await day.gateway.downloadBill?.({ date });
    if (bill?.outcome !== 'ready') {
      throw new Error(JSON.stringify(bill));
    }
    const rows: BillRow[] = [];
    for await (const row of bill.rows) {
      rows.push(row);
    }
    expect(rows.filter(({ type }) => type === 'payment').map(({ number }) => number)).toHaveLength(101);
    expect(new Set(rows.map(({ type, transactionId }) => `${type} ${transactionId}`)).size).toBe(103);
    expect(rows.find(({ number }) => number === first.id)).toMatchObject({
      amount: { amount: 12_345, currency: 'CNY' },
      fee: 388,
      status: 'succeeded',
      paymentNumber: first.id,
      merchantAccount: day.gateway.merchantAccount,
    });
    expect(rows.find(({ type }) => type === 'refund')).toMatchObject({
      number: refund.id,
      paymentNumber: first.id,
      amount: { amount: 45 },
      fee: 0,
    });
    expect(rows.find(({ type }) => type === 'dispute')).toMatchObject({ fee: 1_500, number: null });
    expect(await day.gateway.downloadBill?.({ date: '2026-01-01' })).toEqual({ outcome: 'empty' });
  });

  test('that can not be had is unknown', async () => {
    day.plan('list_balance_transactions', 'rate_limit');
    expect(await day.gateway.downloadBill?.({ date: '2026-01-01' })).toMatchObject({ outcome: 'unknown' });
  });
});
