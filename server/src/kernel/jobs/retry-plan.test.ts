import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { backoffMs, planRetry } from './retry-plan.ts';

const plain = { name: 'test.plan', version: 1, payload: z.unknown() };
const money = { ...plain, isMoney: true };
const failed = { attempts: 1, now: 1_000, isHopeless: false, nextRegularAt: undefined, jitter: 0 };

test('the delay doubles from 2 s to the cap of 30 minutes, and jitter takes at most a fifth off', () => {
  expect([1, 2, 3, 10, 11, 500].map((attempts) => backoffMs(plain, attempts, 0))).toEqual([
    2_000, 4_000, 8_000, 1_024_000, 1_800_000, 1_800_000,
  ]);
  expect(backoffMs({ ...plain, firstBackoffMs: 100, capMs: 150 }, 2, 0)).toBe(150);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (attempts, jitter) => {
        const most = backoffMs(plain, attempts, 0);
        expect(backoffMs(plain, attempts, jitter)).toBeLessThanOrEqual(most);
        expect(backoffMs(plain, attempts, jitter)).toBeGreaterThanOrEqual(most * 0.8 - 1);
      },
    ),
  );
});

test('a job is dead once its attempts are used up, or at once when there is no hope', () => {
  expect(planRetry(plain, { ...failed, attempts: 9 }).state).toBe('waiting');
  expect(planRetry(plain, { ...failed, attempts: 10 })).toMatchObject({ state: 'dead', hasAlert: true });
  expect(planRetry({ ...plain, maxAttempts: 2 }, { ...failed, attempts: 2 }).state).toBe('dead');
  expect(planRetry(plain, { ...failed, isHopeless: true }).state).toBe('dead');
});

test('a job of money is never dead, whatever happens, and tells people from the third failure on', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), fc.boolean(), (attempts, isHopeless) => {
      const plan = planRetry(money, { ...failed, attempts, isHopeless });
      expect(plan.state).toBe('waiting');
      expect(plan.runAt - failed.now).toBeLessThanOrEqual(30 * 60_000);
      expect(plan.hasAlert).toBe(isHopeless || attempts >= 3);
    }),
  );
});

test('a job that recurs waits no longer than until its next regular time', () => {
  const plan = planRetry(plain, { ...failed, attempts: 50, nextRegularAt: 5_000 });
  expect(plan).toEqual({ state: 'waiting', runAt: 5_000, hasAlert: true });
});
