/** The pure rules of wallets: which coins are spent first, and what a move of coins between places means. */
import { type Account, type Posting, walletAccount } from '../ledger/index.ts';
import type { Bucket, LotRow, LotSource } from './tables.ts';

/** The shop's own coins: two decimals, held as hundredths. */
export const COIN = 'COIN';

/** Where coins of a lot can be; `source` is outside, before they were credited. */
export type Place = 'source' | 'available' | 'held' | 'used' | 'expired' | 'returned';

/** So many coins of a lot go from one place to another. */
export interface Move {
  readonly lot: LotRow;
  readonly from: Place;
  readonly to: Place;
  readonly amount: number;
  /** The ledger's account of the end that is outside the wallet, where it is not the usual one. */
  readonly outside?: Account | undefined;
}

export interface Part {
  readonly lot: LotRow;
  readonly amount: number;
}

/** Gifts before what was paid for; of gifts the one that expires first, what never does last; then the older ones. */
export function bySpendingOrder(a: LotRow, b: LotRow): number {
  if (a.bucket !== b.bucket) {
    return a.bucket === 'gift' ? -1 : 1;
  }
  const expiry = (a.expires_at ?? Number.MAX_SAFE_INTEGER) - (b.expires_at ?? Number.MAX_SAFE_INTEGER);
  if (expiry !== 0) {
    return expiry;
  }
  return a.created_at - b.created_at || (a.id < b.id ? -1 : 1);
}

/** Takes `amount` from the parts in their order, and less where they hold less. */
export function takeFrom(parts: readonly Part[], amount: number): Part[] {
  const taken: Part[] = [];
  let rest = amount;
  for (const part of parts) {
    const share = Math.min(rest, part.amount);
    if (share > 0) {
      taken.push({ lot: part.lot, amount: share });
      rest -= share;
    }
  }
  return taken;
}

export function sumOf(parts: readonly { readonly amount: number }[]): number {
  return parts.reduce((sum, { amount }) => sum + amount, 0);
}

/** What of the lots can be spent, in the order in which it is. */
export function spendable(lots: readonly LotRow[]): Part[] {
  return [...lots].sort(bySpendingOrder).map((lot) => ({ lot, amount: lot.available }));
}

/** How the lot stands after the move. */
export function moveCoins(lot: LotRow, { from, to, amount }: Move): LotRow {
  const moved = { ...lot };
  if (from !== 'source') {
    moved[from] -= amount;
  }
  if (to !== 'source') {
    moved[to] += amount;
  }
  return { ...moved, due_at: moved.available > 0 ? moved.expires_at : null };
}

const SOURCE_ACCOUNTS = {
  sold: 'coins_issued',
  granted: 'coins_granted',
  adjusted: 'wallet_adjustments',
  refunded: 'wallet_adjustments',
} as const;

/** Whence coins of such a lot came and whither they go back. */
export function sourceAccount(source: LotSource, currency: string): Account {
  return walletAccount(SOURCE_ACCOUNTS[source], currency);
}

function accountOf(place: Place, { lot, outside }: Move, currency: string): Account {
  switch (place) {
    case 'available':
      return walletAccount(lot.bucket === 'gift' ? 'wallet_gift' : 'wallet', currency);
    case 'held':
      return walletAccount('wallet_held', currency);
    case 'used':
      return outside ?? walletAccount('wallet_spent', currency);
    case 'expired':
      return walletAccount('wallet_expired', currency);
    case 'source':
    case 'returned':
      return outside ?? sourceAccount(lot.source, currency);
  }
}

/** The ledger's side of the moves: each debits where the coins leave and credits where they arrive. */
export function toPostings(moves: readonly Move[], currency: string): Posting[] {
  return moves.flatMap((move) => [
    { account: accountOf(move.from, move, currency), amount: move.amount },
    { account: accountOf(move.to, move, currency), amount: 0 - move.amount },
  ]);
}

/** One posting for each account; what cancels out is left out. */
export function sumPostings(postings: readonly Posting[]): Posting[] {
  const sums = new Map<string, Posting>();
  for (const { account, amount } of postings) {
    sums.set(account.code, { account, amount: (sums.get(account.code)?.amount ?? 0) + amount });
  }
  return [...sums.values()].filter(({ amount }) => amount !== 0);
}

/** What the moves change in the wallet's row. */
export function toChange(moves: readonly Move[]): { paid: number; gift: number; held: number } {
  const change = { paid: 0, gift: 0, held: 0 };
  const add = (place: Place, bucket: Bucket, amount: number) => {
    if (place === 'available') {
      change[bucket] += amount;
    } else if (place === 'held') {
      change.held += amount;
    }
  };
  for (const { lot, from, to, amount } of moves) {
    add(from, lot.bucket, 0 - amount);
    add(to, lot.bucket, amount);
  }
  return change;
}
