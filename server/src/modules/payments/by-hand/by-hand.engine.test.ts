import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openPaymentsBench, type PaymentsBench } from '../../../../test/harness/payments.ts';
import { DAY_MS } from '../../../kernel/clock.ts';
import { AppError } from '../../../kernel/errors.ts';
import type { ReceivedByHand } from './by-hand.ts';

const CLERK = { type: 'staff', id: 'usr_clerk' } as const;

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'nothing was thrown',
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );

describe('money that people record', () => {
  let bench: PaymentsBench;
  beforeAll(async () => {
    bench = await openPaymentsBench();
  });
  afterEach(async () => {
    expect(await bench.violations()).toEqual([]);
  });
  afterAll(() => bench.closeBench());

  async function begin() {
    const purpose = await bench.newPurchase();
    const { paymentId } = await bench.start(purpose, 'bank_transfer');
    return { purpose, paymentId };
  }

  const receive = (paymentId: string, changes: Partial<ReceivedByHand> = {}) =>
    bench.db.tx('test.receive', (tx) =>
      bench.payments.recordByHand(tx, {
        ...{ paymentId, amount: { amount: 10_000, currency: 'CNY' }, reference: `line of ${paymentId}` },
        ...{ receivedAt: bench.clock.now(), by: CLERK },
        ...changes,
      }),
    );

  const refundsOf = (paymentId: string) =>
    bench.db.query.selectFrom('refunds').selectAll().where('payment_id', '=', paymentId).execute();

  test('pays, once for each line, without a provider being asked', async () => {
    const { purpose, paymentId } = await begin();
    bench.gateway.calls.length = 0;
    expect(await receive(paymentId)).toBe('paid');
    expect(await receive(paymentId)).toBe('repeated');
    expect(await bench.purchase(purpose)).toMatchObject({ fulfilments: 1, status: 'confirmed' });
    expect(bench.gateway.calls).toEqual([]);
  });

  test('gives the payer the days of its rail', async () => {
    const { purpose } = await begin();
    const { expiresAt } = await bench.start(purpose, 'bank_transfer');
    expect(expiresAt).toBe(bench.clock.now() + 3 * DAY_MS);
  });

  test('is not asked for, and closes here when nobody wants it any more', async () => {
    const { purpose, paymentId } = await begin();
    bench.gateway.calls.length = 0;
    await bench.drain(DAY_MS);
    expect(await bench.statusOf(paymentId)).toBe('pending');
    expect(await bench.close(purpose)).toMatchObject({ isAllClosed: true });
    expect(bench.gateway.calls).toEqual([]);
  });

  test('short or over pays nothing', async () => {
    const { paymentId } = await begin();
    for (const amount of [9_999, 10_001]) {
      const money = { amount, currency: 'CNY' };
      expect(await codeOf(receive(paymentId, { amount: money }))).toBe('amount_differs');
    }
    expect(await codeOf(receive(paymentId, { amount: { amount: 10_000, currency: 'USD' } }))).toBe(
      'amount_differs',
    );
    expect(await bench.statusOf(paymentId)).toBe('pending');
  });

  test('over that a person accepts pays, and what is too much goes back by hand', async () => {
    const { purpose, paymentId } = await begin();
    const amount = { amount: 10_500, currency: 'CNY' };
    expect(await receive(paymentId, { amount, accepts: 'any' })).toBe('paid');
    expect(await bench.purchase(purpose)).toMatchObject({ fulfilments: 1 });
    expect(await refundsOf(paymentId)).toMatchObject([{ amount: 500, is_surplus: 1, origin: 'late' }]);
  });

  test('a second time, and after the close, goes back', async () => {
    const { purpose, paymentId } = await begin();
    await receive(paymentId);
    const dollars = { reference: `dollars of ${paymentId}`, amount: { amount: 10_000, currency: 'USD' } };
    await expect(receive(paymentId, dollars)).rejects.toMatchObject({ code: 'amount_differs' });
    expect(await receive(paymentId, { reference: `second of ${paymentId}` })).toBe('surplus');
    expect(await bench.purchase(purpose)).toMatchObject({ fulfilments: 1 });
    expect(await refundsOf(paymentId)).toMatchObject([{ amount: 10_000, is_surplus: 1 }]);

    const late = await begin();
    await bench.close(late.purpose);
    expect(await receive(late.paymentId)).toBe('surplus');
    expect(await refundsOf(late.paymentId)).toMatchObject([{ amount: 10_000, is_surplus: 1 }]);
    expect(await bench.purchase(late.purpose)).toMatchObject({ fulfilments: 0 });
  });

  test('of one line recorded by ten people at once counts once', async () => {
    const { purpose, paymentId } = await begin();
    const answers = await Promise.all(Array.from({ length: 10 }, () => receive(paymentId)));
    expect(answers.filter((answer) => answer === 'paid')).toHaveLength(1);
    expect(await bench.purchase(purpose)).toMatchObject({ fulfilments: 1 });
  });

  test('that bounces is booked against it, once, and never more than it was', async () => {
    const { paymentId } = await begin();
    await receive(paymentId);
    const bounce = (amount: number, reference = `bounce of ${paymentId}`) =>
      bench.db.tx('test.reverse', (tx) =>
        bench.payments.reverseByHand(tx, {
          ...{ paymentId, amount: { amount, currency: 'CNY' }, reference },
          ...{ reversedAt: bench.clock.now(), by: CLERK },
        }),
      );
    expect(await bounce(10_000)).toBe('recorded');
    expect(await bounce(10_000)).toBe('repeated');
    expect(await codeOf(bounce(1, 'another'))).toBe('refund_exceeds_captured');
    expect(await refundsOf(paymentId)).toMatchObject([{ amount: 10_000, origin: 'provider' }]);
  });

  test('is none where a provider tells of it', async () => {
    const { paymentId } = await bench.start(await bench.newPurchase(), 'wechat_native');
    expect(await codeOf(receive(paymentId))).toBe('not_by_hand');
  });
});
