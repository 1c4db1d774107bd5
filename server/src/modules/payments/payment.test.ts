import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../kernel/clock.ts';
import { nextPollAt, nextSweepAt } from './attempts/poll-times.ts';
import { callUnderWayUntil, findMismatch } from './payment.ts';
import { nextRefundPollAt, refundBackoffMs, replacementDelayMs } from './refunds/refund.ts';
import type { PaymentRow } from './tables.ts';

const created = 1_750_000_000_000;
const row = { created_at: created, expires_at: created + 15 * MINUTE_MS };

describe('the times at which a provider is asked', () => {
  test('an attempt is asked for at 5 s, 30 s, 1, 3, 5, 10 and 30 minutes after its creation', () => {
    const longLived = { ...row, expires_at: created + DAY_MS };
    const offsets: number[] = [];
    for (let now = created; offsets.length < 9; ) {
      now = nextPollAt(longLived, now);
      offsets.push((now - created) / SECOND_MS);
    }
    expect(offsets).toEqual([5, 30, 60, 180, 300, 600, 1_800, 3_600, 5_400]);
  });

  test('the next time is always later than now and never more than half an hour away', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: DAY_MS }), fc.integer({ min: 0, max: DAY_MS }), (age, life) => {
        const now = created + age;
        const next = nextPollAt({ created_at: created, expires_at: created + life }, now);
        expect(next).toBeGreaterThan(now);
        expect(next - now).toBeLessThanOrEqual(30 * MINUTE_MS);
      }),
    );
  });

  test('a closed attempt is swept until its provider can report no money, the last time at the very end', () => {
    const closed = { closed_at: created, updated_at: created };
    const windowMs = 58 * HOUR_MS;
    expect(nextSweepAt(closed, windowMs, created + 56 * HOUR_MS)).toBe(created + windowMs);
    expect(nextSweepAt(closed, windowMs, created + windowMs)).toBeNull();
  });

  test('a refund is asked for each minute five times, then after 5, 10, 20 and every 30 minutes', () => {
    const minutes: number[] = [];
    for (let now = created; minutes.length < 9; ) {
      now = nextRefundPollAt(created, now);
      minutes.push((now - created) / MINUTE_MS);
    }
    expect(minutes).toEqual([1, 2, 3, 4, 5, 10, 20, 40, 70]);
  });

  test('back-offs grow and end at half an hour and at a day', () => {
    expect([0, 1, 2, 50].map(refundBackoffMs)).toEqual([1, 2, 4, 30].map((minutes) => minutes * MINUTE_MS));
    expect([0, 1, 50].map(replacementDelayMs)).toEqual([HOUR_MS, 2 * HOUR_MS, DAY_MS]);
  });
});

describe('an attempt and its provider', () => {
  const attempt = {
    merchant_account: 'm',
    app_id: 'a',
    amount: 100,
    currency: 'CNY',
    call_started_at: created,
    transaction_id: null,
    authorised_amount: 0,
  } as PaymentRow;
  const facts = {
    amount: { amount: 100, currency: 'CNY' },
    merchantAccount: 'm',
    appId: 'a',
    transactionId: 't',
    paidAt: created,
    payer: null,
  };

  test('agree only when amount, currency, merchant and app are the same', () => {
    expect(findMismatch(attempt, facts)).toBeUndefined();
    expect(findMismatch(attempt, { ...facts, amount: { amount: 99, currency: 'CNY' } })).toBe('amount');
    expect(findMismatch({ ...attempt, transaction_id: 'other' }, facts)).toBe('transaction');
    expect(findMismatch(attempt, { ...facts, amount: { amount: 100, currency: 'USD' } })).toBe('currency');
    expect(findMismatch(attempt, { ...facts, merchantAccount: 'x' })).toBe('merchant');
    expect(findMismatch(attempt, { ...facts, appId: null })).toBe('app');
    expect(findMismatch({ ...attempt, app_id: null }, { ...facts, appId: null })).toBeUndefined();
  });

  test('may have a call under way until the time-out and five seconds after it began', () => {
    const until = created + 15 * SECOND_MS;
    expect(callUnderWayUntil(attempt, 10 * SECOND_MS, until - 1)).toBe(until);
    expect(callUnderWayUntil(attempt, 10 * SECOND_MS, until)).toBeNull();
    expect(callUnderWayUntil({ ...attempt, call_started_at: null }, 10 * SECOND_MS, created)).toBeNull();
  });
});
