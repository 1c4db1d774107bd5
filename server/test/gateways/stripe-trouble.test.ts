/** Whatever goes wrong between the gateway and Stripe, on real sockets: nothing is made twice and nothing unknown is failed. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../src/kernel/clock.ts';
import { newId } from '../../src/kernel/ids.ts';
import { openSimulatedStripe, type SimulatedStripe } from '../harness/simulated-stripe.ts';

let stripe: SimulatedStripe;

beforeAll(async () => {
  stripe = await openSimulatedStripe({ cardForm: 'intent' });
});
beforeEach(() => {
  stripe.received.length = 0;
  stripe.simulators.faults.clear();
});
afterAll(() => stripe.close());

/** What was opened under a number; not the intent that a page makes by itself. */
function objectsOf(paymentId: string) {
  const { list } = stripe.simulators.stripe;
  return [...list('payment_intent'), ...list('checkout.session')].filter(({ object, metadata }) => {
    const { payment_id: id, form } = metadata as Record<string, string>;
    return id === paymentId && (object === 'checkout.session') === (form === 'session');
  });
}

const FORMS = [
  ['credit_card', 'create_intent'],
  ['stripe', 'create_session'],
] as const;

describe.each(FORMS)('opening by %s', (method, operation) => {
  const LOST = ['error_after_commit', 'stored_error', 'truncated_body', 'key_in_use', 'rate_limit'] as const;

  test.each(LOST)(
    'an answer that is lost to %s is unknown, and the next one is about the same object',
    async (kind) => {
      stripe.plan(operation, kind);
      const payment = stripe.newPayment({ method });
      expect(await stripe.gateway.createPayment(payment)).toMatchObject({ outcome: 'unknown' });
      const again = await stripe.gateway.createPayment(payment);
      // Stripe repeats its own 500 for as long as it keeps the key.
      const isRepeated = kind === 'error_after_commit' || kind === 'stored_error';
      expect(again).toMatchObject({ outcome: isRepeated ? 'unknown' : 'requires_action' });
      expect(objectsOf(payment.id)).toHaveLength(kind === 'stored_error' ? 0 : 1);
    },
  );

  test('a connection that is cut is repeated by itself and makes one object', async () => {
    stripe.plan(operation, 'connection_refused');
    const payment = stripe.newPayment({ method });
    expect(await stripe.gateway.createPayment(payment)).toMatchObject({ outcome: 'requires_action' });
    expect(objectsOf(payment.id)).toHaveLength(1);
  });

  test('what was opened without our knowing its name is found by its number, queried and closed', async () => {
    stripe.plan(operation, 'error_after_commit');
    const payment = stripe.newPayment({ method });
    await stripe.gateway.createPayment(payment);
    expect(await stripe.gateway.queryPayment(payment)).toMatchObject({
      outcome: 'pending',
      reference: objectsOf(payment.id)[0]?.id,
    });
    expect(await stripe.gateway.closePayment(payment)).toEqual({ outcome: 'closed' });
    expect(stripe.simulators.stripe.pay({ paymentId: payment.id }).result).toBe('refused');
  });

  test('what was paid without our knowing its name is found a day later, and opened no second time', async () => {
    const payment = stripe.newPayment({ method, createdAt: stripe.clock.now() - 25 * HOUR_MS });
    const young = { ...payment, createdAt: stripe.clock.now() };
    await stripe.gateway.createPayment(young);
    stripe.simulators.stripe.pay({ paymentId: payment.id });
    stripe.clock.advance(25 * HOUR_MS);
    expect(await stripe.gateway.queryPayment(young)).toMatchObject({ outcome: 'succeeded' });
    expect(await stripe.gateway.createPayment(young)).toMatchObject({ outcome: 'unknown' });
    expect(objectsOf(payment.id)).toHaveLength(1);
  });

  test('an attempt that Stripe has never heard of is not found after a day', async () => {
    const payment = stripe.newPayment({ method, createdAt: stripe.clock.now() - 25 * HOUR_MS });
    expect(await stripe.gateway.queryPayment(payment)).toEqual({ outcome: 'not_found' });
    expect(await stripe.gateway.closePayment(payment)).toEqual({ outcome: 'not_found' });
    expect(objectsOf(payment.id)).toHaveLength(0);
  });

  test('an attempt that is opened again is the same object with the same parameters', async () => {
    const payment = stripe.newPayment({ method });
    const first = await stripe.gateway.createPayment(payment);
    expect(await stripe.gateway.createPayment(payment)).toEqual(first);
    expect(objectsOf(payment.id)).toHaveLength(1);
  });

  test('an attempt that was paid or closed meanwhile is told so instead of being opened', async () => {
    const paid = await stripe.openAndPay({ method });
    expect(await stripe.gateway.createPayment(paid)).toMatchObject({ outcome: 'succeeded' });
    const closed = await stripe.open({ method });
    await stripe.gateway.closePayment(closed);
    expect(await stripe.gateway.createPayment(closed)).toEqual({ outcome: 'already_closed' });
  });

  test('the same number with another amount is unknown, and makes nothing', async () => {
    const payment = await stripe.open({ method });
    const other = { ...payment, amount: { amount: 1, currency: 'CNY' } };
    expect(await stripe.gateway.createPayment(other)).toMatchObject({
      outcome: 'unknown',
      reason: { code: 'idempotency_error' },
    });
    expect(objectsOf(payment.id)).toHaveLength(1);
  });

  test('what Stripe refuses is declined and can take no money', async () => {
    const payment = stripe.newPayment({ method, amount: { amount: 0, currency: 'CNY' } });
    expect(await stripe.gateway.createPayment(payment)).toMatchObject({ outcome: 'declined' });
    expect(objectsOf(payment.id)).toHaveLength(0);
  });
});

describe('a key that Stripe does not know', () => {
  let strange: SimulatedStripe;
  beforeAll(async () => {
    strange = await openSimulatedStripe({ secretKey: 'sk_test_somebodyelse' });
  });
  afterAll(() => strange.close());

  test('is our own mistake: nothing was sent, and nothing is known', async () => {
    const payment = strange.newPayment();
    expect(await strange.gateway.createPayment(payment)).toMatchObject({ outcome: 'not_sent' });
    expect(await strange.gateway.queryPayment(payment)).toMatchObject({ outcome: 'unknown' });
    expect(await strange.gateway.closePayment(payment)).toMatchObject({ outcome: 'unknown' });
  });
});

describe.each(FORMS)('paying by %s', (method, operation) => {
  const closing = operation === 'create_intent' ? 'cancel_intent' : 'expire_session';

  test('a card that is refused leaves the attempt payable, and another card pays it', async () => {
    const payment = await stripe.open({ method });
    expect(stripe.simulators.stripe.pay({ paymentId: payment.id, card: '4000000000009995' })).toMatchObject({
      result: 'refused',
      reason: 'insufficient_funds',
    });
    expect(await stripe.gateway.queryPayment(payment)).toMatchObject({
      outcome: 'pending',
      reason: { code: 'insufficient_funds' },
    });
    expect(stripe.simulators.stripe.pay({ paymentId: payment.id, card: '5555555555554444' }).result).toBe(
      'paid',
    );
    expect(await stripe.gateway.queryPayment(payment)).toMatchObject({
      outcome: 'succeeded',
      facts: { card: { brand: 'mastercard', last4: '4444' } },
    });
  });

  test('a card that asks the payer for more is pending until they have answered', async () => {
    const payment = await stripe.open({ method });
    const card = '4000002760003184';
    expect(stripe.simulators.stripe.pay({ paymentId: payment.id, card }).result).toBe('requires_action');
    expect(await stripe.gateway.queryPayment(payment)).toMatchObject({ outcome: 'pending' });
    stripe.simulators.stripe.act({ paymentId: payment.id, passes: false });
    expect(await stripe.gateway.queryPayment(payment)).toMatchObject({
      outcome: 'pending',
      reason: { code: 'payment_intent_authentication_failure' },
    });
    stripe.simulators.stripe.pay({ paymentId: payment.id, card });
    expect(stripe.simulators.stripe.act({ paymentId: payment.id, passes: true }).result).toBe('paid');
    expect(await stripe.gateway.queryPayment(payment)).toMatchObject({ outcome: 'succeeded' });
  });

  test('a payer who is quicker than the close has paid', async () => {
    stripe.plan(closing, 'paid_during_close');
    const payment = await stripe.open({ method });
    expect(await stripe.gateway.closePayment(payment)).toEqual({ outcome: 'already_paid' });
    expect(await stripe.gateway.queryPayment(payment)).toMatchObject({ outcome: 'succeeded' });
  });

  test('a close whose answer is lost is unknown, and the next one finds it closed', async () => {
    stripe.plan(closing, 'error_after_commit');
    const payment = await stripe.open({ method });
    expect(await stripe.gateway.closePayment(payment)).toMatchObject({ outcome: 'unknown' });
    expect(await stripe.gateway.closePayment(payment)).toEqual({ outcome: 'closed' });
  });

  test('money that comes after the close is told by an event and by a query', async () => {
    stripe.plan(closing, 'paid_after_close');
    const payment = await stripe.open({ method });
    expect(await stripe.gateway.closePayment(payment)).toEqual({ outcome: 'closed' });
    stripe.clock.advance(MINUTE_MS);
    await stripe.flush();
    expect(await stripe.gateway.queryPayment(payment)).toMatchObject({ outcome: 'succeeded' });
    expect(stripe.received).toContainEqual(
      expect.objectContaining({
        eventType: 'payment_intent.succeeded',
        subject: expect.objectContaining({ paymentId: payment.id }),
      }),
    );
  });

  test('a hold is taken in part once, however often it is asked for, and the rest is let go', async () => {
    const payment = await stripe.openAndPay({ method, captureMode: 'manual' });
    expect(await stripe.gateway.queryPayment(payment)).toMatchObject({
      outcome: 'authorized',
      authorisedUntil: stripe.clock.now() + 7 * 24 * HOUR_MS,
      facts: { amount: { amount: 12_345 } },
    });
    const id = newId('cap');
    stripe.plan('capture_intent', 'error_after_commit');
    expect(await stripe.capture(payment, 10_000, id)).toMatchObject({ outcome: 'unknown' });
    const taken = { outcome: 'succeeded', facts: { amount: { amount: 10_000 }, fee: 320 } };
    expect(await stripe.capture(payment, 10_000, id)).toMatchObject(taken);
    expect(await stripe.gateway.queryPayment(payment)).toMatchObject(taken);
    await stripe.flush();
    const refunds = stripe.received.filter(
      (one) => one.outcome === 'verified' && one.subject.type === 'refund',
    );
    expect(refunds, 'letting go of a hold is no refund of money').toEqual([]);
  });

  test('a hold that is closed is void: it can be captured no more', async () => {
    const payment = await stripe.openAndPay({ method, captureMode: 'manual' });
    expect(await stripe.gateway.closePayment(payment)).toEqual({ outcome: 'closed' });
    expect(await stripe.capture(payment, 100)).toMatchObject({ outcome: 'failed' });
    expect(await stripe.gateway.queryPayment(payment)).toEqual({ outcome: 'closed' });
  });

  test('an answer about other money than was asked for says so', async () => {
    const payment = await stripe.openAndPay({ method });
    const query = operation === 'create_intent' ? 'get_intent' : 'get_session';
    stripe.plan(query, 'wrong_amount');
    expect(await stripe.gateway.queryPayment(payment)).toMatchObject({
      facts: { amount: { amount: 12_346 } },
    });
    stripe.plan(query, 'wrong_currency');
    expect(await stripe.gateway.queryPayment(payment)).toMatchObject({
      facts: { amount: { currency: 'EUR' } },
    });
  });
});

describe('a bank debit', () => {
  test('is processing and can not be closed until the bank has answered', async () => {
    const payment = await stripe.open();
    expect(stripe.simulators.stripe.pay({ paymentId: payment.id, card: 'bank_debit' }).result).toBe(
      'processing',
    );
    expect(await stripe.gateway.queryPayment(payment)).toMatchObject({ outcome: 'processing' });
    expect(await stripe.gateway.closePayment(payment)).toEqual({ outcome: 'not_closable' });
    stripe.simulators.stripe.settleDebit({ paymentId: payment.id, isPaid: true });
    expect(await stripe.gateway.queryPayment(payment)).toMatchObject({ outcome: 'succeeded' });
  });

  test('that the bank refuses leaves nothing that can take money', async () => {
    const payment = await stripe.open();
    stripe.simulators.stripe.pay({ paymentId: payment.id, card: 'bank_debit' });
    stripe.simulators.stripe.settleDebit({ paymentId: payment.id, isPaid: false });
    expect(await stripe.gateway.queryPayment(payment)).toMatchObject({
      outcome: 'declined',
      reason: { code: 'debit_not_authorized' },
    });
  });
});

test('every call is written down, with what it was about and without a secret', async () => {
  const payment = await stripe.openAndPay({ method: 'credit_card' });
  await stripe.gateway.queryPayment(payment);
  await expect
    .poll(
      async () => {
        const rows = await stripe.db.query
          .selectFrom('provider_calls')
          .selectAll()
          .where('subject', '=', payment.id)
          .execute();
        return rows.map(({ operation }) => operation).sort();
      },
      { timeout: 5_000 },
    )
    .toEqual(['create_intent', 'get_intent']);
  const rows = await stripe.db.query.selectFrom('provider_calls').selectAll().execute();
  const text = JSON.stringify(rows);
  expect(text).not.toMatch(/sk_test_|_secret_|4242424242424242/);
});
