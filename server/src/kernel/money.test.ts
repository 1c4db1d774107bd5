import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allocate, formatDecimal, parseDecimal, scaleAmount, scaleDown, takeBasisPoints } from './money.ts';

const amount = fc.integer({ min: -1_000_000_000_000, max: 1_000_000_000_000 });
const currency = fc.constantFrom('CNY', 'USD', 'JPY', 'KWD', 'COIN');

describe('a decimal text', () => {
  test('of any amount reads back as that amount', () => {
    fc.assert(
      fc.property(amount, currency, (minor, code) => {
        expect(parseDecimal(formatDecimal({ amount: minor, currency: code }), code)).toBe(minor);
      }),
    );
  });

  test('is exact where floats are not', () => {
    expect(parseDecimal('0.29', 'CNY')).toBe(29);
    expect(parseDecimal('19.99', 'CNY')).toBe(1999);
    expect(parseDecimal('90071992547409.91', 'CNY')).toBe(Number.MAX_SAFE_INTEGER);
    expect(formatDecimal({ amount: 5, currency: 'KWD' })).toBe('0.005');
    expect(formatDecimal({ amount: -5, currency: 'CNY' })).toBe('-0.05');
  });

  test.each(['', '1,50', '1e3', '1.', '.5', '0x10', 'NaN', '--1', '1.234', '99999999999999999', '١'])(
    'that is not a plain amount is refused: %j',
    (wrong) => {
      expect(parseDecimal(wrong, 'CNY')).toBeUndefined();
    },
  );

  test('may carry zeros that say nothing, but no fraction of the smallest unit', () => {
    expect(parseDecimal('1.500', 'CNY')).toBe(150);
    expect(parseDecimal('5.00', 'JPY')).toBe(5);
    expect(parseDecimal('5.5', 'JPY')).toBeUndefined();
  });

  test('of an unknown currency is an error', () => {
    expect(() => parseDecimal('1', 'XYZ')).toThrow('unknown currency');
  });
});

describe('allocate', () => {
  const weights = fc
    .array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 20 })
    .filter((all) => all.some((weight) => weight > 0));

  test('gives away exactly the amount, and no part differs from its exact share by a whole unit', () => {
    fc.assert(
      fc.property(amount, weights, (whole, all) => {
        const parts = allocate(whole, all);
        expect(parts.reduce((sum, part) => sum + part, 0)).toBe(whole);
        const total = BigInt(all.reduce((sum, weight) => sum + weight, 0));
        for (const [index, part] of parts.entries()) {
          const distance = BigInt(part) * total - BigInt(whole) * BigInt(all[index] as number);
          expect(distance < total && distance > -total).toBe(true);
          expect(Math.sign(part) * Math.sign(whole)).toBeGreaterThanOrEqual(0);
          expect(Object.is(part, -0)).toBe(false);
        }
      }),
    );
  });

  test('gives what has no weight nothing, and what weighs the same at most one unit more', () => {
    expect(allocate(100, [1, 1, 1])).toEqual([34, 33, 33]);
    expect(allocate(-100, [1, 1, 1])).toEqual([-34, -33, -33]);
    expect(allocate(5, [0, 1, 0])).toEqual([0, 5, 0]);
    expect(allocate(0, [2, 1])).toEqual([0, 0]);
    expect(allocate(Number.MAX_SAFE_INTEGER, [1, 1])).toEqual([4_503_599_627_370_496, 4_503_599_627_370_495]);
  });

  test.each([[[]], [[0]], [[-1, 2]]])('refuses the weights %j', (wrong) => {
    expect(() => allocate(1, wrong)).toThrow(RangeError);
  });
});

describe('scaling', () => {
  test('rounds half away from zero, on both sides alike', () => {
    expect([scaleAmount(5, 1, 2), scaleAmount(-5, 1, 2), scaleAmount(4, 1, 3), scaleAmount(5, 1, 3)]).toEqual(
      [3, -3, 1, 2],
    );
    fc.assert(
      fc.property(amount, fc.integer({ min: 0, max: 20_000 }), (whole, points) => {
        expect(takeBasisPoints(-whole, points)).toBe(0 - takeBasisPoints(whole, points));
        expect(Math.abs(takeBasisPoints(whole, points) - (whole * points) / 10_000)).toBeLessThanOrEqual(
          0.51,
        );
      }),
    );
  });

  test('is exact where the product is beyond 2^53, and refuses a result beyond it', () => {
    expect(scaleAmount(Number.MAX_SAFE_INTEGER, 9_999, 9_999)).toBe(Number.MAX_SAFE_INTEGER);
    expect(() => scaleAmount(Number.MAX_SAFE_INTEGER, 2, 1)).toThrow(RangeError);
    expect(() => scaleAmount(1.5, 1, 1)).toThrow(RangeError);
  });

  test('downwards leaves out what is over, and parts of it never sum to more than the whole', () => {
    expect([scaleDown(5, 1, 2), scaleDown(4, 1, 3), scaleDown(5, 1, 3), scaleDown(0, 1, 3)]).toEqual([
      2, 1, 1, 0,
    ]);
    expect(scaleDown(Number.MAX_SAFE_INTEGER, 9_999, 10_000)).toBe(9_006_298_534_815_516);
    expect(() => scaleDown(-1, 1, 2)).toThrow(RangeError);
    expect(() => scaleDown(1, 1, 0)).toThrow(RangeError);
    const whole = fc.integer({ min: 0, max: 1_000_000_000_000 });
    fc.assert(
      fc.property(
        whole,
        fc.integer({ min: 0, max: 9_999 }),
        fc.integer({ min: 1, max: 9_999 }),
        (n, a, b) => {
          expect(scaleDown(n, a, a + b) + scaleDown(n, b, a + b)).toBeLessThanOrEqual(n);
        },
      ),
    );
  });

  test('of a fee takes 0.6 % as sixty basis points', () => {
    expect(takeBasisPoints(10_000, 60)).toBe(60);
    expect(takeBasisPoints(83, 60)).toBe(0);
    expect(takeBasisPoints(84, 60)).toBe(1);
  });
});
