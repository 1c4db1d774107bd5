import fc from 'fast-check';
import { expect, test } from 'vitest';
import { priceUnits, shareOfLines } from './line-prices.ts';

const price = fc.integer({ min: 0, max: 1_000_000 });

test('the shares of the lines are the total without its shipping', () => {
  const orders = fc.record({
    prices: fc.array(price, { minLength: 1, maxLength: 12 }),
    discount: price,
    shipping: price,
  });
  fc.assert(
    fc.property(orders, ({ prices, discount, shipping }) => {
      const subtotal = prices.reduce((sum, one) => sum + one, 0);
      const total = subtotal - Math.min(discount, subtotal) + shipping;
      const lines = prices.map((one) => ({ total_price: one }));
      const shares = shareOfLines({ total, shipping }, lines);
      expect(shares.reduce((sum, one) => sum + one, 0)).toBe(total - shipping);
    }),
  );
});

test('a line that is refunded in parts gives back its share, and never more', () => {
  const parts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(price, parts, (share, quantities) => {
      const total = quantities.reduce((sum, one) => sum + one, 0);
      let before = 0;
      let sum = 0;
      for (const quantity of quantities) {
        const amount = priceUnits(share, total, before, quantity);
        expect(amount).toBeGreaterThanOrEqual(0);
        sum += amount;
        before += quantity;
      }
      expect(sum).toBe(share);
    }),
  );
});
