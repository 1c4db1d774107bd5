import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openPaymentsBench, type PaymentsBench } from '../../../../test/harness/payments.ts';
import { SECOND_MS } from '../../../kernel/clock.ts';

describe('a notification that can not be verified', () => {
  let bench: PaymentsBench;
  beforeAll(async () => {
    bench = await openPaymentsBench();
  });
  let senders = 0;
  beforeEach(() => {
    senders += 1;
  });
  afterEach(async () => {
    expect(await bench.violations()).toEqual([]);
  });
  afterAll(() => bench.closeBench());

  /** From an address of its own in each test, for hints are limited by it. */
  const hint = async (paymentId: string, eventType = 'PAYMENT') => {
    const { status } = await bench.api.call('POST /payments/notify/fake_pay', {
      ip: `198.51.100.${senders}`,
      body: {
        eventId: 'of no meaning',
        subject: { type: 'other' },
        hint: { paymentId, ...(eventType !== '' && { eventType }) },
      },
    });
    return status;
  };
  const eventsOf = (paymentId: string) =>
    bench.db.query.selectFrom('provider_events').selectAll().where('subject_id', '=', paymentId).execute();
  const open = async () => {
    const purpose = await bench.newPurchase();
    const { paymentId } = await bench.start(purpose);
    bench.gateway.calls.length = 0;
    return { purpose, paymentId };
  };
  const queriesOf = (paymentId: string) =>
    bench.gateway.calls.filter((call) => call === `query ${paymentId}`).length;

  test('is taken without asking, and the provider is asked at once', async () => {
    const { purpose, paymentId } = await open();
    bench.gateway.pay(paymentId);
    expect(await hint(paymentId)).toBe(200);
    expect(bench.gateway.calls).toEqual([]);
    expect(await bench.purchase(purpose)).toMatchObject({ status: 'pending', fulfilments: 0 });
    await bench.drain();
    expect(await bench.purchase(purpose)).toMatchObject({ status: 'confirmed', fulfilments: 1 });
    expect(bench.notified.at(-1)).toBe('hint');
  });

  test('moves nothing by itself: what the provider says counts, now and five seconds later', async () => {
    const { purpose, paymentId } = await open();
    expect(await hint(paymentId)).toBe(200);
    await bench.drain();
    expect(queriesOf(paymentId)).toBe(1);
    expect(await bench.statusOf(paymentId)).toBe('pending');
    bench.gateway.pay(paymentId);
    await bench.drain(5 * SECOND_MS);
    expect(queriesOf(paymentId)).toBe(2);
    expect(await bench.purchase(purpose)).toMatchObject({ status: 'confirmed', fulfilments: 1 });
  });

  test('of a kind that is kept stands in the inbox once, without its content, and asks once', async () => {
    const { paymentId } = await open();
    const answers = await Promise.all(Array.from({ length: 20 }, () => hint(paymentId)));
    expect(answers).toEqual(Array(20).fill(200));
    expect(await eventsOf(paymentId)).toMatchObject([
      { state: 'ignored', reason: 'unsigned', event_id: `PAYMENT:${paymentId}`, body: null, headers: '{}' },
    ]);
    await bench.drain();
    expect(queriesOf(paymentId)).toBe(1);
    expect(await hint(paymentId, 'REFUND')).toBe(200);
    expect(await eventsOf(paymentId)).toHaveLength(2);
  });

  test('in any number asks no more than once in five seconds', async () => {
    const { paymentId } = await open();
    for (let second = 0; second < 10; second += 1) {
      await hint(paymentId);
      await bench.drain(SECOND_MS);
    }
    // At once, after five seconds, after ten; and one that comes by the timetable.
    expect(queriesOf(paymentId)).toBeLessThanOrEqual(4);
  });

  test('that comes while the provider is being asked is asked about again, five seconds later', async () => {
    const { purpose, paymentId } = await open();
    bench.gateway.fail('query', {
      before: async () => {
        expect(await hint(paymentId)).toBe(200);
      },
    });
    // The answer was on its way before the money came.
    await hint(paymentId);
    await bench.drain();
    bench.gateway.pay(paymentId);
    await bench.drain(5 * SECOND_MS);
    expect(await bench.purchase(purpose)).toMatchObject({ status: 'confirmed' });
  });

  test('about a payment that we do not have is not taken, so that it comes again, and leaves no trace', async () => {
    expect(await hint('pay_nobody_has_this')).toBe(500);
    expect(await eventsOf('pay_nobody_has_this')).toEqual([]);
    expect(await hint('pay_nobody_has_this', '')).toBe(200);
    expect(await eventsOf('pay_nobody_has_this')).toEqual([]);
  });

  test('about a payment that has its money asks nobody for it', async () => {
    const { paymentId } = await bench.buy();
    await bench.drain();
    bench.gateway.calls.length = 0;
    expect(await hint(paymentId)).toBe(200);
    await bench.drain();
    expect(queriesOf(paymentId)).toBe(0);
  });

  test('believes a query that knows of no payment more than any claim', async () => {
    const { purpose, paymentId } = await open();
    bench.gateway.fail('query', { answer: { outcome: 'not_found' } });
    expect(await hint(paymentId)).toBe(200);
    await bench.drain();
    expect(await bench.purchase(purpose)).toMatchObject({ status: 'pending', fulfilments: 0 });
  });
});
