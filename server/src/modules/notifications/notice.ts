/** What a customer is told, before anybody asks by which way. */

/** Of an order. */
export interface OrderFacts {
  readonly orderNumber: string;
}

/** Of an order that has ended early. */
export interface EndedOrderFacts extends OrderFacts {
  /** Whether money had come for it, which goes back. */
  readonly wasPaid: boolean;
}

/** Of an amount of money or coins, in minor units. */
export interface AmountFacts {
  readonly amount: number;
  readonly currency: string;
}

/** Of a refund. */
export interface RefundFacts extends OrderFacts, AmountFacts {
  /** Whether it returns money that the order did not need. */
  readonly isSurplus: boolean;
  /** Whether it is in the customer's wallet; a notice that was kept before there was any says nothing of it. */
  readonly isStoreCredit?: boolean;
}

/** Of coins that came into a wallet, or went out of it with their money; hundredths of a coin. */
export interface CoinFacts {
  readonly coins: number;
  readonly giftCoins: number;
}

/** Of a top-up. */
export interface TopupFacts {
  readonly operator: string;
  /** What was bought, as its operator calls it. */
  readonly name: string;
}

/** The facts that each type of notice is made from. Types are part of the API and never change. */
export interface NoticeFacts {
  'order.confirmed': OrderFacts;
  'order.shipped': OrderFacts;
  'order.delivered': OrderFacts;
  'order.closed': OrderFacts;
  'order.cancelled': EndedOrderFacts;
  'refund.succeeded': RefundFacts;
  'coins.credited': CoinFacts;
  'coins.taken_back': CoinFacts;
  'coins.given_back': CoinFacts;
  'wallet.gift_expired': AmountFacts;
  /** Less than zero where it was taken away. */
  'wallet.adjusted': AmountFacts;
  'topup.delivered': TopupFacts;
  'topup.failed': TopupFacts;
  'topup.undecided': TopupFacts;
  'reward.credited': AmountFacts;
  'reward.taken_back': AmountFacts;
}

/** What happened, as the type of a notice. */
export type NoticeType = keyof NoticeFacts;

/** One thing that one customer is to be told. */
export type Notice = {
  [T in NoticeType]: {
    readonly customerId: string;
    readonly type: T;
    /** What it is about, so that an app can lead there. */
    readonly subject: { readonly type: string; readonly id: string };
    readonly facts: NoticeFacts[T];
  };
}[NoticeType];
