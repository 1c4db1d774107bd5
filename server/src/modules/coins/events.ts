import { defineEvent } from '../../kernel/events/index.ts';

/** Coins of an order are in its customer's wallet. Coins in hundredths, money in minor units. */
export interface CoinsCredited {
  readonly orderId: string;
  readonly customerId: string;
  readonly podId: string;
  readonly coins: number;
  readonly giftCoins: number;
  readonly amount: number;
  readonly currency: string;
}

/** The subject is the order's id. */
export const coinsCredited = defineEvent<CoinsCredited>({ name: 'coins.credited', version: 1 });

/** Money of an order has gone back, or has come back after all: how it stands now, of how much. */
export interface CoinsReturned extends CoinsCredited {
  /** What of `coins` and `giftCoins` was taken back. */
  readonly returnedCoins: number;
  readonly returnedGiftCoins: number;
  /** What this change has taken back of them; negative where it has given back. */
  readonly changedCoins: number;
  readonly changedGiftCoins: number;
  /** What of `amount` stays with the shop. */
  readonly keptAmount: number;
}

/** The subject is the order's id. */
export const coinsReturned = defineEvent<CoinsReturned>({ name: 'coins.returned', version: 1 });
