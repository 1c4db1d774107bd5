import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rewardFor, standingOf, statusFor } from './reward.ts';

const coins = fc.integer({ min: 1, max: 100_000_000_000 });
const basisPoints = fc.integer({ min: 0, max: 10_000 });

test('five per cent of 99.99 coins are 4.99, and of a hundredth nothing', () => {
  expect(rewardFor(9_999, 500)).toBe(499);
  expect(rewardFor(1, 9_999)).toBe(0);
  expect(rewardFor(1, 10_000)).toBe(1);
});

test('a reward is never more than its part of the coins', () => {
  fc.assert(
    fc.property(coins, basisPoints, (bought, points) => {
      expect(BigInt(rewardFor(bought, points)) * 10_000n).toBeLessThanOrEqual(
        BigInt(bought) * BigInt(points),
      );
    }),
  );
});

test('what stands falls with each refund, never below nothing, and is whole again when all money is', () => {
  const captured = fc.integer({ min: 1, max: 1_000_000_000 });
  fc.assert(
    fc.property(coins, captured, fc.nat(), fc.nat(), (amount, paid, one, other) => {
      const [less, more] = [one % (paid + 1), other % (paid + 1)].sort((a, b) => a - b) as [number, number];
      const standing = standingOf(amount, { captured: paid, kept: less });
      expect(standing).toBeGreaterThanOrEqual(0);
      expect(standing).toBeLessThanOrEqual(standingOf(amount, { captured: paid, kept: more }));
      expect(standingOf(amount, { captured: paid, kept: paid })).toBe(amount);
      expect(standingOf(amount, { captured: paid, kept: 0 })).toBe(0);
    }),
  );
});

test('without money nothing stands', () => {
  expect(standingOf(500, { captured: 0, kept: 0 })).toBe(0);
});

test('a reward is named after what stands of it', () => {
  expect([statusFor(10, 10), statusFor(10, 1), statusFor(10, 0)]).toEqual([
    'granted',
    'reduced',
    'withdrawn',
  ]);
});
