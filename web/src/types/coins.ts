/** What the API answers about packages and orders of coins. Coins are hundredths, money minor units. */

export interface CoinPod {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly coin: number;
  readonly giftCoin: number;
  /** How many days the gift lasts; null: for ever. */
  readonly giftDays: number | null;
  readonly price: number;
  readonly currency: string;
}

export interface StaffCoinPod extends CoinPod {
  readonly status: string;
}

export interface StaffCoinOrder {
  readonly orderId: string;
  readonly outTradeNo: string | null;
  readonly isPaid: boolean;
  readonly subject: string;
  readonly quantity: number;
  readonly amount: number;
  readonly currency: string;
  readonly coin: number;
  readonly giftCoin: number;
  readonly returnedCoin: number;
  readonly returnedGiftCoin: number;
  readonly creditedTime: string | null;
  readonly createdAt: string;
  readonly customerId: string;
}

/** An order of coins that was placed, with what the payer's device needs. */
export interface StartedCoinOrder {
  readonly orderId: string;
  readonly parameters: Readonly<Record<string, string>>;
}
