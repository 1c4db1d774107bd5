/** What the API shows of wallets. Amounts are minor units: hundredths of a coin, fen. */
import { z } from 'zod';
import { toIso } from '../../kernel/clock.ts';
import type { SeenWallet } from './queries.ts';
import type {
  AdjustmentRow,
  HoldRow,
  ReceivableRow,
  TransactionType,
  WalletRow,
  WalletTransactionRow,
} from './tables.ts';
import { COIN } from './wallet.ts';
import { adjustmentStatuses, holdStatuses, receivableStatuses } from './wallet-states.ts';

export const transactionTypes = [
  'purchase',
  'reward',
  'store_credit',
  'adjustment',
  'take_back',
  'give_back',
  'hold',
  'settle',
  'release',
  'spend',
  'expiry',
  'collection',
  'waiver',
] as const satisfies readonly TransactionType[];

const endingGift = z.object({ giftCoin: z.int(), expiresAt: z.string() });
const storeCredit = z.object({ currency: z.string(), balance: z.int(), held: z.int(), owed: z.int() });

/** What a customer has. */
export const walletView = z.object({
  /** Coins that were paid for and can be spent; hundredths. */
  coin: z.int(),
  /** Coins that were given; spent first. */
  giftCoin: z.int(),
  /** Set aside by holds of either. */
  heldCoin: z.int(),
  /** Taken back after it was spent. */
  owedCoin: z.int(),
  endingGifts: z.array(endingGift),
  /** One for each currency. */
  storeCredit: z.array(storeCredit),
});

export function toWalletView(wallets: readonly SeenWallet[]): z.infer<typeof walletView> {
  const coins = wallets.find(({ row }) => row.currency === COIN);
  return {
    coin: coins?.row.paid ?? 0,
    giftCoin: coins?.row.gift ?? 0,
    heldCoin: coins?.row.held ?? 0,
    owedCoin: coins?.row.owed ?? 0,
    endingGifts: (coins?.endingGifts ?? []).map(({ amount, expiresAt }) => ({
      giftCoin: amount,
      expiresAt: toIso(expiresAt),
    })),
    storeCredit: wallets
      .filter(({ row }) => row.currency !== COIN)
      .map(({ row: { currency, paid, gift, held, owed } }) => ({
        ...{ currency, balance: paid + gift, held, owed },
      })),
  };
}

/** One wallet as staff sees it in a list. */
export const staffWalletView = z.object({
  customerId: z.string(),
  currency: z.string(),
  paid: z.int(),
  gift: z.int(),
  held: z.int(),
  owed: z.int(),
  createdAt: z.string(),
  updatedAt: z.string(),
});

export function toStaffWalletView(row: WalletRow): z.infer<typeof staffWalletView> {
  const { customer_id: customerId, currency, paid, gift, held, owed } = row;
  return {
    ...{ customerId, currency, paid, gift, held, owed },
    createdAt: toIso(row.created_at),
    updatedAt: toIso(row.updated_at),
  };
}

/** A line of a statement. Changes are negative where it has become less. */
export const transactionView = z.object({
  id: z.string(),
  type: z.enum(transactionTypes),
  paid: z.int(),
  gift: z.int(),
  held: z.int(),
  owed: z.int(),
  paidAfter: z.int(),
  giftAfter: z.int(),
  heldAfter: z.int(),
  purpose: z.object({ type: z.string(), id: z.string() }),
  note: z.string().nullable(),
  at: z.string(),
});

/** With who did it, for staff. */
export const staffTransactionView = transactionView.extend({
  cause: z.string(),
  actor: z.object({ type: z.string(), id: z.string() }),
});

export function toTransactionView(row: WalletTransactionRow): z.infer<typeof transactionView> {
  const { id, type, paid, gift, held, owed, note } = row;
  return {
    ...{ id, type, paid, gift, held, owed, note },
    paidAfter: row.paid_after,
    giftAfter: row.gift_after,
    heldAfter: row.held_after,
    purpose: { type: row.purpose_type, id: row.purpose_id },
    at: toIso(row.at),
  };
}

export function toStaffTransactionView(row: WalletTransactionRow): z.infer<typeof staffTransactionView> {
  const actor = { type: row.actor_type, id: row.actor_id };
  return { ...toTransactionView(row), cause: row.cause, actor };
}

export const holdView = z.object({
  id: z.string(),
  status: z.enum(holdStatuses),
  customerId: z.string(),
  currency: z.string(),
  amount: z.int(),
  /** What of it was paid for, and what was given. */
  paid: z.int(),
  gift: z.int(),
  settledAmount: z.int(),
  reference: z.string(),
  description: z.string().nullable(),
  expiresAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  createdAt: z.string(),
});

export function toHoldView(row: HoldRow): z.infer<typeof holdView> {
  const { id, status, currency, amount, paid, gift, reference, description } = row;
  return {
    ...{ id, status, currency, amount, paid, gift, reference, description },
    customerId: row.customer_id,
    settledAmount: row.settled_amount,
    expiresAt: toIso(row.expires_at),
    endedAt: toIso(row.ended_at),
    createdAt: toIso(row.created_at),
  };
}

export const receivableView = z.object({
  id: z.string(),
  status: z.enum(receivableStatuses),
  customerId: z.string(),
  currency: z.string(),
  amount: z.int(),
  openAmount: z.int(),
  collected: z.int(),
  waived: z.int(),
  annulled: z.int(),
  purpose: z.object({ type: z.string(), id: z.string() }),
  note: z.string().nullable(),
  createdAt: z.string(),
});

export function toReceivableView(row: ReceivableRow): z.infer<typeof receivableView> {
  const { id, status, currency, amount, collected, waived, annulled, note } = row;
  return {
    ...{ id, status, currency, amount, collected, waived, annulled, note },
    customerId: row.customer_id,
    openAmount: row.open_amount,
    purpose: { type: row.purpose_type, id: row.purpose_id },
    createdAt: toIso(row.created_at),
  };
}

export const adjustmentView = z.object({
  id: z.string(),
  status: z.enum(adjustmentStatuses),
  customerId: z.string(),
  currency: z.string(),
  bucket: z.enum(['paid', 'gift']),
  amount: z.int(),
  expiresAt: z.string().nullable(),
  reason: z.string(),
  needsSecondPerson: z.boolean(),
  requestedBy: z.string(),
  decidedBy: z.string().nullable(),
  decidedAt: z.string().nullable(),
  decisionNote: z.string().nullable(),
  createdAt: z.string(),
});

export function toAdjustmentView(row: AdjustmentRow): z.infer<typeof adjustmentView> {
  const { id, status, currency, bucket, amount, reason } = row;
  return {
    ...{ id, status, currency, bucket, amount, reason },
    customerId: row.customer_id,
    expiresAt: toIso(row.expires_at),
    needsSecondPerson: row.needs_second_person === 1,
    requestedBy: row.requested_by,
    decidedBy: row.decided_by,
    decidedAt: toIso(row.decided_at),
    decisionNote: row.decision_note,
    createdAt: toIso(row.created_at),
  };
}
