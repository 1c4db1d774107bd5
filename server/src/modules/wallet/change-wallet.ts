/**
 * The one place that changes a wallet. Invariant: coins only move between places (outside, available, held, used, expired,
 * returned); the lots, the wallet's balances, the line of its statement and the ledger's transfer are all made from the
 * same moves, so that they can not disagree. No balance goes below zero (CHECK), no cause is carried out twice (unique
 * key), and only who holds the wallet's row gets here.
 *
 * Crash story: everything is one transaction, that of the caller, together with what caused it.
 */
import type { Actor } from '../../kernel/actor.ts';
import { insertRow, type Tx } from '../../kernel/db/index.ts';
import { publish } from '../../kernel/events/index.ts';
import { newId } from '../../kernel/ids.ts';
import type { Posting } from '../ledger/index.ts';
import type { WalletDeps } from './deps.ts';
import { walletChanged } from './events.ts';
import { saveLot, saveWallet } from './repository.ts';
import type { LotRow, TransactionType, WalletRow, WalletTransactionRow } from './tables.ts';
import { type Move, moveCoins, sumPostings, toChange, toPostings } from './wallet.ts';

/** What a wallet's change is about. */
export interface Occasion {
  /** Unique, such as `coins:ord_…`; what was done under it once is not done again. */
  readonly cause: string;
  readonly purpose: { readonly type: string; readonly id: string };
  readonly by: Actor;
  readonly note?: string | null | undefined;
}

export interface Change extends Occasion {
  readonly type: TransactionType;
  readonly moves: readonly Move[];
  /** By how much the open receivables change, with the postings that say so. */
  readonly owed?: number;
  readonly postings?: readonly Posting[];
}

/** Carries out a change of a wallet that the caller has locked; answers the wallet as it stands. */
export async function changeWallet(
  tx: Tx,
  deps: Pick<WalletDeps, 'ledger'>,
  wallet: WalletRow,
  change: Change,
): Promise<WalletRow> {
  const { moves, cause, purpose } = change;
  const { paid, gift, held } = toChange(moves);
  const owed = change.owed ?? 0;
  const after = await saveWallet(tx, wallet, {
    paid: wallet.paid + paid,
    gift: wallet.gift + gift,
    held: wallet.held + held,
    owed: wallet.owed + owed,
  });
  await saveLots(tx, moves);
  const entries = sumPostings([...toPostings(moves, wallet.currency), ...(change.postings ?? [])]);
  if (!(await deps.ledger.postTransfer(tx, { cause, purpose, entries }))) {
    throw new Error(`${cause} was posted before, or moves nothing`);
  }
  await writeDown(tx, after, change, { paid, gift, held, owed });
  return after;
}

/** Lots that come from outside are new; the others are changed once, however often they are moved. */
async function saveLots(tx: Tx, moves: readonly Move[]): Promise<void> {
  const lots = new Map<string, { before: LotRow; after: LotRow; isNew: boolean }>();
  for (const move of moves) {
    const seen = lots.get(move.lot.id);
    const before = seen?.before ?? move.lot;
    const after = moveCoins(seen?.after ?? move.lot, move);
    lots.set(move.lot.id, { before, after, isNew: seen?.isNew ?? move.from === 'source' });
  }
  for (const [, { before, after, isNew }] of [...lots].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (isNew) {
      await insertRow(tx, 'wallet_lots', after);
    } else {
      await saveLot(tx, before, after);
    }
  }
}

async function writeDown(
  tx: Tx,
  wallet: WalletRow,
  { type, cause, purpose, by, note }: Change,
  change: Pick<WalletTransactionRow, 'paid' | 'gift' | 'held' | 'owed'>,
): Promise<void> {
  const row: WalletTransactionRow = {
    id: newId('wtx'),
    wallet_id: wallet.id,
    sequence: wallet.version,
    type,
    ...change,
    paid_after: wallet.paid,
    gift_after: wallet.gift,
    held_after: wallet.held,
    cause,
    purpose_type: purpose.type,
    purpose_id: purpose.id,
    note: note ?? null,
    actor_type: by.type,
    actor_id: by.id,
    at: tx.now,
  };
  await insertRow(tx, 'wallet_transactions', row);
  const { customer_id: customerId, currency } = wallet;
  await publish(tx, walletChanged, wallet.id, {
    ...{ transactionId: row.id, customerId, currency, type, purpose, note: row.note },
    ...change,
  });
}
