import type { Actor } from '../../kernel/actor.ts';
import type { AdjustmentStatus, HoldStatus, ReceivableStatus } from './wallet-states.ts';

/** Bought or refunded for money, or given by the shop. Gifts may expire; they are spent first. */
export type Bucket = 'paid' | 'gift';

/** Why the coins of a lot came: sold, given away, put right by staff, or a refund that was not paid in money. */
export type LotSource = 'sold' | 'granted' | 'adjusted' | 'refunded';

/** What changed a wallet, as its statement says it. */
export type TransactionType =
  | 'purchase'
  | 'reward'
  | 'store_credit'
  | 'adjustment'
  | 'take_back'
  | 'give_back'
  | 'hold'
  | 'settle'
  | 'release'
  | 'spend'
  | 'expiry'
  | 'collection'
  | 'waiver';

/** What a customer has in one currency. Amounts are minor units: hundredths of a coin. */
export interface WalletRow {
  /** `customer:currency`. */
  id: string;
  version: number;
  customer_id: string;
  currency: string;
  /** What can be spent; a CHECK keeps each of them at zero or above. */
  paid: number;
  gift: number;
  /** Set aside by holds. */
  held: number;
  /** Open receivables: taken back after it was spent. */
  owed: number;
  created_at: number;
  updated_at: number;
}

/** Coins that came together. Each is in one place: `amount` is always the sum of the five (a CHECK). */
export interface LotRow {
  id: string;
  wallet_id: string;
  /** The cause of the credit that brought them, such as `coins:ord_…`; with the bucket unique. */
  origin: string;
  bucket: Bucket;
  source: LotSource;
  amount: number;
  available: number;
  held: number;
  used: number;
  expired: number;
  returned: number;
  /** `null`: never. */
  expires_at: number | null;
  /** `expires_at` while anything is available, so that what is due is found by an index. */
  due_at: number | null;
  created_at: number;
  updated_at: number;
}

/** One line of a statement: a change of the wallet, with what stood there after it. Append-only. */
export interface WalletTransactionRow {
  id: string;
  wallet_id: string;
  /** The version that the wallet had after it. */
  sequence: number;
  type: TransactionType;
  paid: number;
  gift: number;
  held: number;
  owed: number;
  paid_after: number;
  gift_after: number;
  held_after: number;
  /** That of the ledger's transfer; unique. */
  cause: string;
  purpose_type: string;
  purpose_id: string;
  note: string | null;
  actor_type: Actor['type'];
  actor_id: string;
  at: number;
}

/** What the shop's own back end has set aside, or spent at once. */
export interface HoldRow {
  id: string;
  version: number;
  status: HoldStatus;
  wallet_id: string;
  customer_id: string;
  currency: string;
  amount: number;
  paid: number;
  gift: number;
  settled_amount: number;
  /** The shop's own number of what is bought; unique in the wallet. */
  reference: string;
  description: string | null;
  claim_id: string | null;
  created_by: string;
  /** `null` for what was spent at once. */
  expires_at: number | null;
  ended_at: number | null;
  created_at: number;
  updated_at: number;
}

/** What a customer owes because it was taken back after they had spent it. */
export interface ReceivableRow {
  id: string;
  version: number;
  status: ReceivableStatus;
  wallet_id: string;
  customer_id: string;
  currency: string;
  lot_id: string;
  cause: string;
  purpose_type: string;
  purpose_id: string;
  /** Always the sum of the four (a CHECK). */
  amount: number;
  open_amount: number;
  collected: number;
  waived: number;
  /** The coins went back to the customer after all. */
  annulled: number;
  note: string | null;
  created_at: number;
  updated_at: number;
}

/** What staff adds or takes away. */
export interface AdjustmentRow {
  id: string;
  version: number;
  status: AdjustmentStatus;
  customer_id: string;
  currency: string;
  bucket: Bucket;
  /** Negative: taken away. */
  amount: number;
  expires_at: number | null;
  reason: string;
  needs_second_person: 0 | 1;
  requested_by: string;
  decided_by: string | null;
  decided_at: number | null;
  decision_note: string | null;
  claim_id: string | null;
  created_at: number;
  updated_at: number;
}

declare module '../../kernel/db/types.ts' {
  interface Schema {
    /** Owned by wallet. */
    wallets: WalletRow;
    /** Owned by wallet. */
    wallet_lots: LotRow;
    /** Owned by wallet; append-only. */
    wallet_transactions: WalletTransactionRow;
    /** Owned by wallet. */
    wallet_holds: HoldRow;
    /** Owned by wallet; which coins a hold has set aside. */
    wallet_hold_lots: { hold_id: string; lot_id: string; amount: number };
    /** Owned by wallet. */
    wallet_receivables: ReceivableRow;
    /** Owned by wallet. */
    wallet_adjustments: AdjustmentRow;
    /** Owned by wallet; `person:currency:day`, a counter under a limit (RULES 8). */
    wallet_adjustment_counts: { id: string; amount: number; updated_at: number };
  }
}
