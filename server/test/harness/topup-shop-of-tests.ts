import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { openTopupShop, type TopupShop, type TopupShopOptions } from './topup-shop.ts';

/**
 * One shop of top-ups for the tests of a file or a group, handed over before the first of them. Its operator begins each
 * test anew, and after each every invariant holds.
 */
export function topupShopOfTests(hand: (shop: TopupShop) => void, options: TopupShopOptions = {}): void {
  let shop: TopupShop;
  beforeAll(async () => {
    shop = await openTopupShop(options);
    hand(shop);
  });
  beforeEach(() => {
    shop.operator.isTokenRefused = false;
    shop.operator.forgetAnswers();
  });
  afterEach(async () => {
    expect(await shop.violations()).toEqual([]);
  });
  afterAll(() => shop.close());
}
