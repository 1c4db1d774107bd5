import type { PodStatus } from './pod-states.ts';

/** A package of coins that is for sale. Coins are hundredths. */
export interface PodRow {
  id: string;
  version: number;
  status: PodStatus;
  name: string;
  description: string | null;
  coins: number;
  gift_coins: number;
  /** How many days the gift lasts from when it is credited; `null`: for ever. */
  gift_days: number | null;
  /** Minor units of `currency`. */
  price: number;
  currency: string;
  /** The lower ones are shown first. */
  position: number;
  claim_id: string | null;
  created_by: string;
  created_at: number;
  updated_at: number;
}

/** What an order of coins was when it was placed, and what became of its coins. Its id is the order's. */
export interface CoinOrderRow {
  id: string;
  customer_id: string;
  pod_id: string;
  subject: string;
  body: string;
  unit_price: number;
  quantity: number;
  amount: number;
  currency: string;
  /** Of all packages together. */
  coins: number;
  gift_coins: number;
  gift_days: number | null;
  /** The number of the attempt that paid, and when it did. */
  out_trade_no: string | null;
  paid_at: number | null;
  credited_at: number | null;
  /** What money that went back has taken back, receivables included. */
  returned_coins: number;
  returned_gift_coins: number;
  /** How often that has changed. */
  returns: number;
  created_at: number;
  updated_at: number;
}

declare module '../../kernel/db/types.ts' {
  interface Schema {
    /** Owned by coins. */
    coin_pods: PodRow;
    /** Owned by coins. */
    coin_orders: CoinOrderRow;
  }
}
