/**
 * The shop's own back end spends what a customer has: at once, or by a hold that it settles or lets go later.
 *
 * Invariant: gifts go first, the one that expires first before the others; what is held or spent was available (the
 * wallet's row is locked, and a CHECK stands under its balances); a reference stands for one hold of a wallet, so that
 * neither a repeat nor a lost answer spends twice; a hold ends once (its machine's arrows).
 *
 * Crash story: each verb is one transaction with its transfer. A hold is written with the job that lets it go.
 */
import type { Actor } from '../../kernel/actor.ts';
import { insertRow, insertRows, type Tx } from '../../kernel/db/index.ts';
import { AppError, notFound } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { cancelJob, enqueue } from '../../kernel/jobs/index.ts';
import { initialVersion, recordInitialStates, transition } from '../../kernel/states.ts';
import { changeWallet, type Occasion } from './change-wallet.ts';
import type { WalletDeps } from './deps.ts';
import { insufficientBalance, settleExceedsHold, walletReferenceUsed } from './errors.ts';
import { holdExpiry } from './jobs.ts';
import { type OpenWallet, openWallet } from './open-wallet.ts';
import { findHeldParts, findHoldByClaim, findHoldByReference } from './repository.ts';
import type { HoldRow } from './tables.ts';
import { bySpendingOrder, type Move, type Part, spendable, sumOf, takeFrom } from './wallet.ts';
import { type HoldStatus, holdMachine } from './wallet-states.ts';

export interface Spending {
  readonly customerId: string;
  readonly currency: string;
  /** Minor units, above zero. */
  readonly amount: number;
  /** The shop's own number of what is bought. */
  readonly reference: string;
  readonly description?: string | undefined;
  readonly by: Actor;
  readonly claimId: string | null;
}

/** A hold or payment, and whether the same was asked for before. */
export interface Spent {
  readonly hold: HoldRow;
  readonly isRepeat: boolean;
}

type Deps = Pick<WalletDeps, 'ledger'>;

/** Spends at once. Throws `insufficient_balance` and `wallet_reference_used` (409). */
export function spend(tx: Tx, deps: Deps, spending: Spending): Promise<Spent> {
  return take(tx, deps, spending, null);
}

/** Sets coins aside until `expiresAt` (ms). Throws like {@link spend}. */
export function hold(tx: Tx, deps: Deps, spending: Spending, expiresAt: number): Promise<Spent> {
  return take(tx, deps, spending, expiresAt);
}

async function take(tx: Tx, deps: Deps, spending: Spending, expiresAt: number | null): Promise<Spent> {
  const open = await openWallet(tx, deps, spending.customerId, spending.currency);
  const earlier = await findEarlier(tx, open, spending);
  if (earlier !== undefined) {
    return { hold: assertSame(earlier, spending, expiresAt !== null), isRepeat: true };
  }
  const parts = takeFrom(spendable(open.lots), spending.amount);
  if (sumOf(parts) < spending.amount) {
    const available = open.wallet.paid + open.wallet.gift;
    throw new AppError(insufficientBalance, { details: { available, requested: spending.amount } });
  }
  const row = toRow(tx, open, spending, parts, expiresAt);
  await insertRow(tx, 'wallet_holds', row);
  await recordInitialStates(tx, holdMachine, row.id, { status: row.status }, { by: spending.by });
  const isHeld = expiresAt !== null;
  if (isHeld) {
    const taken = parts.map(({ lot, amount }) => ({ hold_id: row.id, lot_id: lot.id, amount }));
    await insertRows(tx, 'wallet_hold_lots', taken);
    await enqueue(tx, holdExpiry, { holdId: row.id }, { key: row.id, runAt: expiresAt });
  }
  await changeWallet(tx, deps, open.wallet, {
    ...occasionOf(row, isHeld ? 'hold' : 'spend', spending.by),
    type: isHeld ? 'hold' : 'spend',
    moves: parts.map((part): Move => ({ ...part, from: 'available', to: isHeld ? 'held' : 'used' })),
  });
  return { hold: row, isRepeat: false };
}

async function findEarlier(
  tx: Tx,
  { wallet }: OpenWallet,
  { claimId, reference }: Spending,
): Promise<HoldRow | undefined> {
  const own = claimId === null ? undefined : await findHoldByClaim(tx, claimId);
  return own ?? (await findHoldByReference(tx, wallet.id, reference));
}

/** A reference whose hold was let go, or that stands for something else, does not pay for this. */
function assertSame(earlier: HoldRow, { amount, reference }: Spending, isHold: boolean): HoldRow {
  const isLive = earlier.status === 'held' || earlier.status === 'settled';
  const isSameKind = (earlier.expires_at !== null) === isHold;
  if (earlier.amount !== amount || earlier.reference !== reference || !isLive || !isSameKind) {
    const { id: holdId, status } = earlier;
    throw new AppError(walletReferenceUsed, { details: { holdId, status, amount: earlier.amount } });
  }
  return earlier;
}

function toRow(
  tx: Tx,
  { wallet }: OpenWallet,
  spending: Spending,
  parts: readonly Part[],
  expiresAt: number | null,
): HoldRow {
  const gift = sumOf(parts.filter(({ lot }) => lot.bucket === 'gift'));
  const isHeld = expiresAt !== null;
  return {
    id: newId('whd'),
    version: initialVersion(holdMachine),
    status: isHeld ? 'held' : 'settled',
    wallet_id: wallet.id,
    customer_id: wallet.customer_id,
    currency: wallet.currency,
    amount: spending.amount,
    paid: spending.amount - gift,
    gift,
    settled_amount: isHeld ? 0 : spending.amount,
    reference: spending.reference,
    description: spending.description ?? null,
    claim_id: spending.claimId,
    created_by: spending.by.id,
    expires_at: expiresAt,
    ended_at: isHeld ? null : tx.now,
    created_at: tx.now,
    updated_at: tx.now,
  };
}

function occasionOf(row: HoldRow, step: 'hold' | 'spend' | HoldStatus, by: Actor): Occasion {
  const note = row.description ?? row.reference;
  return { cause: `wallet_${step}:${row.id}`, purpose: { type: 'hold', id: row.id }, by, note };
}

/**
 * Spends what was held, or less: the rest can be spent again. A repeat that settles the same is harmless. Throws
 * `not_found`, `illegal_transition` and `settle_exceeds_hold` (409).
 */
export async function settleHold(
  tx: Tx,
  deps: Deps,
  holdId: string,
  { amount: wanted, by }: { readonly amount?: number | undefined; readonly by: Actor },
): Promise<HoldRow> {
  const { open, row } = await lockHold(tx, deps, holdId);
  const amount = wanted ?? row.amount;
  if (row.status === 'settled' && row.settled_amount === amount) {
    return row;
  }
  if (amount > row.amount) {
    throw new AppError(settleExceedsHold, { details: { held: row.amount, requested: amount } });
  }
  const parts = await heldInOrder(tx, row);
  const used = takeFrom(parts, amount);
  const usedOf = new Map(used.map((part) => [part.lot.id, part.amount]));
  const moves = parts.flatMap(({ lot, amount: held }): Move[] => {
    const toUse = usedOf.get(lot.id) ?? 0;
    const moved: Move[] = [
      { lot, from: 'held', to: 'used', amount: toUse },
      { lot, from: 'held', to: 'available', amount: held - toUse },
    ];
    return moved.filter((move) => move.amount > 0);
  });
  return endHold(tx, deps, open, row, { status: 'settled', moves, by, settledAmount: amount });
}

/**
 * Lets go what was held. A repeat is harmless. Throws `not_found` and `illegal_transition` (409).
 */
export async function releaseHold(
  tx: Tx,
  deps: Deps,
  holdId: string,
  { status, by }: { readonly status: 'released' | 'expired'; readonly by: Actor },
): Promise<HoldRow> {
  const { open, row } = await lockHold(tx, deps, holdId);
  if (row.status === status) {
    return row;
  }
  const parts = row.status === 'held' ? await heldInOrder(tx, row) : [];
  const moves = parts.map((part): Move => ({ ...part, from: 'held', to: 'available' }));
  return endHold(tx, deps, open, row, { status, moves, by, settledAmount: 0 });
}

async function heldInOrder(tx: Tx, row: HoldRow): Promise<Part[]> {
  return (await findHeldParts(tx, row.id)).sort((a, b) => bySpendingOrder(a.lot, b.lot));
}

/** The wallet before its hold, as everywhere. */
async function lockHold(tx: Tx, deps: Deps, holdId: string): Promise<{ open: OpenWallet; row: HoldRow }> {
  const seen = await tx.query
    .selectFrom('wallet_holds')
    .select(['customer_id', 'currency'])
    .where('id', '=', holdId)
    .executeTakeFirst();
  if (seen === undefined) {
    throw new AppError(notFound);
  }
  const open = await openWallet(tx, deps, seen.customer_id, seen.currency);
  const row = await tx.lock('wallet_holds', holdId);
  if (row === undefined) {
    throw new AppError(notFound);
  }
  return { open, row };
}

interface Ending {
  readonly status: 'settled' | 'released' | 'expired';
  readonly moves: readonly Move[];
  readonly by: Actor;
  readonly settledAmount: number;
}

async function endHold(
  tx: Tx,
  deps: Deps,
  { wallet }: OpenWallet,
  row: HoldRow,
  { status, moves, by, settledAmount }: Ending,
): Promise<HoldRow> {
  const set = { settled_amount: settledAmount, ended_at: tx.now };
  const ended = await transition<HoldRow>(tx, holdMachine, row, { status }, { by, set });
  await changeWallet(tx, deps, wallet, {
    ...occasionOf(row, status, by),
    type: status === 'settled' ? 'settle' : 'release',
    moves,
  });
  if (status !== 'expired') {
    await cancelJob(tx, holdExpiry, row.id);
  }
  // What came back after its time goes at once.
  await openWallet(tx, deps, row.customer_id, row.currency);
  return ended;
}
