import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayOf, startOfDay, startOfMonth } from './statistics.ts';
import { convertPrice } from './topup.ts';

const RATE = { fromUnits: 440, toUnits: 1 };
const tugrik = (amount: number) => ({ amount, currency: 'MNT' });

describe('a price', () => {
  test.each([
    [500_000, 1_136],
    [44_000, 100],
    [220, 1],
    [660, 2],
  ])('of %i hundredths of a tugrik costs %i fen', (price, amount) => {
    expect(convertPrice(tugrik(price), RATE, 'CNY')).toBe(amount);
  });

  test('that rounds to nothing is not for sale', () => {
    expect(convertPrice(tugrik(219), RATE, 'CNY')).toBeUndefined();
  });

  test('in a currency without decimals is the same value', () => {
    expect(convertPrice({ amount: 3_500, currency: 'VND' }, { fromUnits: 3_500, toUnits: 1 }, 'CNY')).toBe(
      100,
    );
  });

  test('is never more than half a fen from the rate, whatever the rate is', () => {
    const units = fc.integer({ min: 1, max: 1_000_000 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000_000 }), units, units, (price, fromUnits, toUnits) => {
        const amount = BigInt(convertPrice(tugrik(price), { fromUnits, toUnits }, 'CNY') ?? 0);
        const twiceOff = 2n * (amount * BigInt(fromUnits) - BigInt(price) * BigInt(toUnits));
        expect(twiceOff <= BigInt(fromUnits) && twiceOff >= -BigInt(fromUnits)).toBe(true);
      }),
    );
  });
});

describe('a day', () => {
  test('begins and ends at midnight in Shanghai', () => {
    expect(dayOf(Date.parse('2027-01-31T15:59:59.999Z'))).toBe('2027-01-31');
    expect(dayOf(Date.parse('2027-01-31T16:00:00.000Z'))).toBe('2027-02-01');
    expect(new Date(startOfDay('2027-02-01')).toISOString()).toBe('2027-01-31T16:00:00.000Z');
    expect(startOfMonth('2027-02-28')).toBe(startOfDay('2027-02-01'));
  });
});
