/**
 * Takes back coins that a credit had brought, because what brought them was undone, and gives them back where that is
 * undone in turn.
 *
 * Invariant: only coins of that very credit are taken, never other ones of the customer; what of them is spent, expired or
 * held becomes a receivable (or the whole is refused), which nothing but a person's decision pays out of other coins. So
 * no wallet goes below zero, and nobody's later coins disappear by themselves. Given back is at most what was taken:
 * first an open receivable is annulled, then what was waived stays waived, and the rest can be spent again.
 *
 * Crash story: one transaction, that of the refund, the dispute or the reward that causes it.
 */
import type { Tx } from '../../kernel/db/index.ts';
import { AppError } from '../../kernel/errors.ts';
import { type Posting, walletAccount } from '../ledger/index.ts';
import { changeWallet, type Occasion } from './change-wallet.ts';
import type { WalletDeps } from './deps.ts';
import { insufficientBalance } from './errors.ts';
import { openWallet } from './open-wallet.ts';
import { bookReceivable, lowerReceivables } from './receivables.ts';
import { findLotsByOrigin, findTransactionByCause } from './repository.ts';
import type { LotRow, WalletRow } from './tables.ts';
import { COIN, type Move, sourceAccount } from './wallet.ts';

type Deps = Pick<WalletDeps, 'ledger'>;

interface OfCredit extends Occasion {
  readonly customerId: string;
  /** `COIN` without it. */
  readonly currency?: string | undefined;
  /** The cause of the credit that brought the coins. */
  readonly origin: string;
  readonly paid?: number | undefined;
  readonly gift?: number | undefined;
}

export interface TakeBack extends OfCredit {
  /** What to do about coins that are not available any more. */
  readonly shortfall: 'refuse' | 'receivable';
}

/** So many coins, by where they were found. */
export interface TakenBack {
  readonly paid: number;
  readonly gift: number;
  /** What the customer owes instead. */
  readonly owed: number;
}

const NOTHING: TakenBack = { paid: 0, gift: 0, owed: 0 };

/** What of a credit's coins can still be taken back. */
export async function readUnspent(
  tx: Tx,
  deps: Deps,
  { customerId, currency = COIN, origin }: Pick<OfCredit, 'customerId' | 'currency' | 'origin'>,
): Promise<{ readonly paid: number; readonly gift: number }> {
  const { wallet } = await openWallet(tx, deps, customerId, currency);
  const lots = await findLotsByOrigin(tx, wallet.id, origin);
  const availableOf = (bucket: LotRow['bucket']) => lots.find((lot) => lot.bucket === bucket)?.available ?? 0;
  return { paid: availableOf('paid'), gift: availableOf('gift') };
}

/**
 * Takes back, once for each cause: a repeat answers nothing. Throws `insufficient_balance` (409) where a shortfall is to
 * be refused, and a RangeError for more than the credit had brought.
 */
export async function takeBack(tx: Tx, deps: Deps, wanted: TakeBack): Promise<TakenBack> {
  const { wallet, lots } = await openForCredit(tx, deps, wanted);
  if (lots === undefined) {
    return NOTHING;
  }
  const moves: Move[] = [];
  const postings: Posting[] = [];
  const taken = { paid: 0, gift: 0, owed: 0 };
  for (const { lot, amount } of lots) {
    const found = Math.min(amount, lot.available);
    const missing = amount - found;
    if (missing > 0 && wanted.shortfall === 'refuse') {
      throw new AppError(insufficientBalance, { details: { available: found, requested: amount } });
    }
    taken[lot.bucket] += found;
    taken.owed += missing;
    if (found > 0) {
      moves.push({ lot, from: 'available', to: 'returned', amount: found });
    }
    if (missing > 0) {
      await bookReceivable(tx, wallet, lot, { ...wanted, amount: missing });
      postings.push(...owing(wallet, lot, missing));
    }
  }
  const { cause, purpose, by, note } = wanted;
  await changeWallet(tx, deps, wallet, {
    ...{ cause, purpose, by, note, type: 'take_back', moves, owed: taken.owed, postings },
  });
  return taken;
}

/** Gives back what was taken, once for each cause. Throws a RangeError for more than was taken. */
export async function giveBack(tx: Tx, deps: Deps, wanted: OfCredit): Promise<void> {
  const { wallet, lots } = await openForCredit(tx, deps, wanted);
  if (lots === undefined) {
    return;
  }
  const moves: Move[] = [];
  const postings: Posting[] = [];
  let owed = 0;
  for (const { lot, amount } of lots) {
    const { annulled, unwaived } = await lowerReceivables(tx, lot, amount, wanted.by);
    owed -= annulled;
    postings.push(...owing(wallet, lot, 0 - annulled));
    postings.push(
      { account: sourceAccount(lot.source, wallet.currency), amount: unwaived },
      { account: walletAccount('wallet_waived', wallet.currency), amount: 0 - unwaived },
    );
    moves.push(...backIntoLot(lot, amount - annulled - unwaived, wallet.currency));
  }
  const { cause, purpose, by, note } = wanted;
  await changeWallet(tx, deps, wallet, {
    cause,
    purpose,
    by,
    note,
    type: 'give_back',
    moves,
    owed,
    postings,
  });
}

/** First what was taken out of the lot; then what a person has collected elsewhere for it. */
function backIntoLot(lot: LotRow, amount: number, currency: string): Move[] {
  const fromReturned = Math.min(amount, lot.returned);
  const fromUsed = amount - fromReturned;
  if (fromUsed > lot.used) {
    throw new RangeError(`${lot.origin}: more than was taken can not be given back`);
  }
  const source = sourceAccount(lot.source, currency);
  const moves: Move[] = [
    { lot, from: 'returned', to: 'available', amount: fromReturned },
    { lot, from: 'used', to: 'available', amount: fromUsed, outside: source },
  ];
  return moves.filter((move) => move.amount > 0);
}

/** The customer owes what the shop had issued; with less than zero, no more. */
function owing({ currency }: WalletRow, { source }: LotRow, amount: number): Posting[] {
  return [
    { account: walletAccount('wallet_receivable', currency), amount },
    { account: sourceAccount(source, currency), amount: 0 - amount },
  ];
}

interface Opened {
  readonly wallet: WalletRow;
  /** How much of which lot; `undefined` where nothing is to be done, or was done under this cause before. */
  readonly lots: readonly { readonly lot: LotRow; readonly amount: number }[] | undefined;
}

async function openForCredit(tx: Tx, deps: Deps, wanted: OfCredit): Promise<Opened> {
  const { customerId, currency = COIN, origin, cause, paid = 0, gift = 0 } = wanted;
  const { wallet } = await openWallet(tx, deps, customerId, currency);
  if (paid + gift === 0 || (await findTransactionByCause(tx, cause)) !== undefined) {
    return { wallet, lots: undefined };
  }
  const found = await findLotsByOrigin(tx, wallet.id, origin);
  const lots = (
    [
      ['gift', gift],
      ['paid', paid],
    ] as const
  )
    .filter(([, amount]) => amount !== 0)
    .map(([bucket, amount]) => {
      const lot = found.find((candidate) => candidate.bucket === bucket);
      if (lot === undefined || amount < 0 || amount > lot.amount) {
        throw new RangeError(`${cause}: ${origin} has not brought ${amount} (${bucket})`);
      }
      return { lot, amount };
    });
  return { wallet, lots };
}
