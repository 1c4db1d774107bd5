import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { coinsFor, describeCoins, giftBetween, moneyFor } from './coins.ts';

const sale = fc.record({
  coins: fc.integer({ min: 1, max: 1_000_000_000 }),
  amount: fc.integer({ min: 1, max: 1_000_000_000 }),
});

describe('what coins are worth', () => {
  test('is their share of the price, rounded down', () => {
    expect(moneyFor({ coins: 10_000, amount: 9_900 }, 3_333)).toBe(3_299);
    expect(moneyFor({ coins: 10_000, amount: 9_900 }, 10_000)).toBe(9_900);
    expect(moneyFor({ coins: 3, amount: 100 }, 1)).toBe(33);
  });

  test('takes at least as many coins as the money is worth, and all of them for all of it', () => {
    expect(coinsFor({ coins: 10_000, amount: 9_900 }, 3_299)).toBe(3_333);
    expect(coinsFor({ coins: 3, amount: 100 }, 34)).toBe(2);
    expect(coinsFor({ coins: 3, amount: 100 }, 100)).toBe(3);
    expect(coinsFor({ coins: 3, amount: 100 }, 0)).toBe(0);
  });

  test('never lets money out that the coins taken back do not cover', () => {
    fc.assert(
      fc.property(sale, fc.nat(1_000_000_000), (sold, wish) => {
        const money = Math.min(wish, sold.amount);
        const taken = coinsFor(sold, money);
        expect(taken).toBeLessThanOrEqual(sold.coins);
        expect(moneyFor(sold, taken)).toBeGreaterThanOrEqual(money);
        expect(taken === 0 || moneyFor(sold, taken - 1) < money).toBe(true);
      }),
    );
  });

  test('what the unspent coins are worth can be refunded with them', () => {
    fc.assert(
      fc.property(sale, fc.nat(1_000_000_000), (sold, count) => {
        const unspent = Math.min(count, sold.coins);
        expect(coinsFor(sold, moneyFor(sold, unspent))).toBeLessThanOrEqual(unspent);
      }),
    );
  });

  test('gifts go back in proportion, whatever the steps', () => {
    const order = { coins: 10_000, gift_coins: 2_001 };
    const steps = [0, 1, 3_333, 3_334, 9_999, 10_000];
    const parts = steps.slice(1).map((to, index) => giftBetween(order, steps[index] ?? 0, to));
    expect(parts.reduce((sum, part) => sum + part, 0)).toBe(2_001);
  });

  test('reads like a receipt', () => {
    expect([describeCoins(10_000, 2_000), describeCoins(50, 0)]).toEqual([
      '100.00 + 20.00 COIN',
      '0.50 COIN',
    ]);
  });
});
