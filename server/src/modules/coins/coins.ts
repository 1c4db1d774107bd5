/** The pure rules of coins that are sold: what money is worth in them, and back. */
import { formatDecimal, scaleDown } from '../../kernel/money.ts';
import { COIN } from '../wallet/index.ts';
import type { CoinOrderRow } from './tables.ts';

/** What was sold for how much. */
export interface Sale {
  readonly coins: number;
  /** Minor units. */
  readonly amount: number;
}

/** The coins that so much money stands for: the fewest whose price, rounded down, covers it. */
export function coinsFor({ coins, amount }: Sale, money: number): number {
  return money >= amount ? coins : coins - scaleDown(coins, amount - money, amount);
}

/** What so many coins are worth: coins × price ÷ coins of the sale, rounded down (RULES 14). */
export function moneyFor({ coins, amount }: Sale, count: number): number {
  return scaleDown(amount, count, coins);
}

/** The gift that goes with the coins between two counts of taken ones, in proportion; all of it with all of them. */
export function giftBetween(
  { coins, gift_coins: gift }: Pick<CoinOrderRow, 'coins' | 'gift_coins'>,
  from: number,
  to: number,
): number {
  return scaleDown(gift, to, coins) - scaleDown(gift, from, coins);
}

/** What the payer and the statement read: `100.00 + 20.00 COIN`. */
export function describeCoins(coins: number, gift: number): string {
  const text = (amount: number) => formatDecimal({ amount, currency: COIN });
  return gift === 0 ? `${text(coins)} ${COIN}` : `${text(coins)} + ${text(gift)} ${COIN}`;
}
