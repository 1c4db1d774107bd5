import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMoney, parseMoney, toDecimal } from './money.ts';

const currencies = fc.constantFrom('CNY', 'USD', 'JPY', 'KWD');
const amounts = fc.integer({ min: 0, max: 9_999_999_999_999 });

describe('amounts on the screen', () => {
  it('reads back every amount that it writes', () => {
    fc.assert(
      fc.property(amounts, currencies, (amount, currency) => {
        expect(parseMoney(toDecimal(amount, currency), currency)).toBe(amount);
      }),
    );
  });

  it('writes cents that a float would lose', () => {
    expect(formatMoney(900_719_925_474_099, 'USD', 'en')).toBe('$9,007,199,254,740.99');
    expect(formatMoney(1_999, 'CNY', 'zh-CN')).toBe('¥19.99');
    expect(formatMoney(-5, 'CNY', 'zh-CN')).toBe('-¥0.05');
    expect(formatMoney(1_999, 'JPY', 'en')).toBe('¥1,999');
  });

  it('shows coins by their name', () => {
    expect(formatMoney(500, 'COIN', 'en')).toBe('5 coins');
    expect(formatMoney(-123_450, 'COIN', 'zh-CN')).toBe('-1,234.5 金币');
  });

  it.each(['', '-1', '1.234', '1e3', '1,000', 'abc', '0x10', '12345678901234'])(
    'refuses %j as an amount of money',
    (text) => {
      expect(parseMoney(text, 'CNY')).toBeUndefined();
    },
  );
});
