/**
 * What customers owe, because it was taken back after they had spent it. Invariant: a receivable is paid by nothing but a
 * person's decision: collected from what the wallet holds, or waived; or it is annulled when the coins are given back.
 * Its amount is always the sum of these and of what is open (CHECK), and the wallet's row knows the sum of the open ones.
 *
 * Crash story: each step is one transaction with its transfer, its history, its alert and its audit entry.
 */
import type { Actor } from '../../kernel/actor.ts';
import { insertRow, type Tx } from '../../kernel/db/index.ts';
import { AppError, illegalTransition, notFound } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { initialVersion, recordInitialStates, transition } from '../../kernel/states.ts';
import { raiseAlert, resolveAlert } from '../alerts/index.ts';
import { writeAudit } from '../audit/index.ts';
import { walletAccount } from '../ledger/index.ts';
import { changeWallet, type Occasion } from './change-wallet.ts';
import type { WalletDeps } from './deps.ts';
import { insufficientBalance, receivableOwn } from './errors.ts';
import { openWallet } from './open-wallet.ts';
import { findReceivablesOfLot, patchReceivable } from './repository.ts';
import type { LotRow, ReceivableRow, WalletRow } from './tables.ts';
import { type Move, spendable, sumOf, takeFrom } from './wallet.ts';
import { receivableMachine } from './wallet-states.ts';

/** Open while a customer owes something. */
const RECEIVABLE_ALERT = 'wallet_receivable';

interface Booking extends Occasion {
  readonly amount: number;
}

/** Writes down what the customer owes of a lot. The wallet is locked, and its change is the caller's. */
export async function bookReceivable(
  tx: Tx,
  wallet: WalletRow,
  lot: LotRow,
  { cause, purpose, by, note, amount }: Booking,
): Promise<void> {
  const before = await findReceivablesOfLot(tx, lot.id);
  const owedBefore = before.reduce((sum, row) => sum + row.amount - row.annulled, 0);
  if (lot.returned + lot.available + owedBefore + amount > lot.amount) {
    throw new RangeError(`${cause}: more would be owed than ${lot.origin} has brought`);
  }
  const { customer_id, currency } = wallet;
  const row: ReceivableRow = {
    ...{ id: newId('wrc'), version: initialVersion(receivableMachine), status: 'open' },
    ...{ wallet_id: wallet.id, customer_id, currency, lot_id: lot.id, cause },
    ...{ purpose_type: purpose.type, purpose_id: purpose.id },
    ...{ amount, open_amount: amount, collected: 0, waived: 0, annulled: 0, note: note ?? null },
    ...{ created_at: tx.now, updated_at: tx.now },
  };
  await insertRow(tx, 'wallet_receivables', row);
  await recordInitialStates(tx, receivableMachine, row.id, { status: 'open' }, { by });
  const details = { customerId: customer_id, amount, currency, purpose, bucket: lot.bucket };
  await raiseAlert(tx, { kind: RECEIVABLE_ALERT, subject: row.id, severity: 'warning', details });
}

interface Lowered {
  readonly annulled: number;
  /** What had been waived and is not given back either. */
  readonly unwaived: number;
}

/** Coins of the lot are given back: first nothing is owed for them any more. The wallet is locked. */
export async function lowerReceivables(tx: Tx, lot: LotRow, amount: number, by: Actor): Promise<Lowered> {
  let rest = amount;
  const rows: ReceivableRow[] = [];
  for (const row of await findReceivablesOfLot(tx, lot.id)) {
    const annulled = Math.min(rest, row.open_amount);
    rest -= annulled;
    rows.push(annulled === 0 ? row : await lower(tx, row, { annulled: row.annulled + annulled }, by));
  }
  const annulled = amount - rest;
  for (const row of rows) {
    const unwaived = Math.min(rest, row.waived);
    if (unwaived > 0) {
      rest -= unwaived;
      await patchReceivable(tx, row, { waived: row.waived - unwaived, annulled: row.annulled + unwaived });
    }
  }
  return { annulled, unwaived: amount - annulled - rest };
}

/** Takes from what is open; closes it, and its alert, when nothing is left. */
async function lower(
  tx: Tx,
  row: ReceivableRow,
  set: Partial<Pick<ReceivableRow, 'collected' | 'waived' | 'annulled'>>,
  by: Actor,
): Promise<ReceivableRow> {
  const parts = { collected: row.collected, waived: row.waived, annulled: row.annulled, ...set };
  const all = { ...parts, open_amount: row.amount - parts.collected - parts.waived - parts.annulled };
  if (all.open_amount > 0) {
    return patchReceivable(tx, row, all);
  }
  await resolveAlert(tx, { kind: RECEIVABLE_ALERT, subject: row.id, by });
  return transition<ReceivableRow>(tx, receivableMachine, row, { status: 'closed' }, { by, set: all });
}

export interface ReceivableDecision {
  readonly receivableId: string;
  readonly by: Actor;
  readonly ip: string | null;
  readonly note: string;
}

/**
 * Pays a receivable from what the wallet holds now, as far as that goes. Throws `not_found`, `illegal_transition` and
 * `insufficient_balance` (409) where there is nothing.
 */
export function collectReceivable(deps: WalletDeps, decision: ReceivableDecision): Promise<void> {
  return deps.db.tx('wallet_receivable.collect', async (tx) => {
    const { row, wallet, lots } = await lockOpen(tx, deps, decision.receivableId);
    const parts = takeFrom(spendable(lots), row.open_amount);
    const amount = sumOf(parts);
    if (amount === 0) {
      throw new AppError(insufficientBalance, { details: { available: 0, requested: row.open_amount } });
    }
    const outside = walletAccount('wallet_receivable', row.currency);
    const after = await lower(tx, row, { collected: row.collected + amount }, decision.by);
    await changeWallet(tx, deps, wallet, {
      ...occasionOf(row, decision, 'collected'),
      type: 'collection',
      moves: parts.map((part): Move => ({ ...part, from: 'available', to: 'used', outside })),
      owed: 0 - amount,
    });
    await record(tx, 'wallet_receivable.collect', row, after, decision);
  });
}

/** Gives up what somebody else owes. Throws `not_found`, `illegal_transition` and `receivable_own` (409). */
export function waiveReceivable(deps: WalletDeps, decision: ReceivableDecision): Promise<void> {
  return deps.db.tx('wallet_receivable.waive', async (tx) => {
    const { row, wallet } = await lockOpen(tx, deps, decision.receivableId);
    if (row.customer_id === decision.by.id) {
      throw new AppError(receivableOwn);
    }
    const amount = row.open_amount;
    const after = await lower(tx, row, { waived: row.waived + amount }, decision.by);
    await changeWallet(tx, deps, wallet, {
      ...occasionOf(row, decision, 'waived'),
      type: 'waiver',
      moves: [],
      owed: 0 - amount,
      postings: [
        { account: walletAccount('wallet_waived', row.currency), amount },
        { account: walletAccount('wallet_receivable', row.currency), amount: 0 - amount },
      ],
    });
    await record(tx, 'wallet_receivable.waive', row, after, decision);
  });
}

function occasionOf(row: ReceivableRow, { by, note }: ReceivableDecision, step: string): Occasion {
  // Collecting goes on where it has ended before: what was collected until then tells one from the other.
  const cause = `receivable_${step}:${row.id}:${row.collected}`;
  return { cause, purpose: { type: 'receivable', id: row.id }, by, note };
}

async function lockOpen(tx: Tx, deps: WalletDeps, receivableId: string) {
  const seen = await tx.query
    .selectFrom('wallet_receivables')
    .select(['customer_id', 'currency'])
    .where('id', '=', receivableId)
    .executeTakeFirst();
  const open = seen && (await openWallet(tx, deps, seen.customer_id, seen.currency));
  const row = open && (await tx.lock('wallet_receivables', receivableId));
  if (open === undefined || row === undefined) {
    throw new AppError(notFound);
  }
  if (row.status !== 'open') {
    const details = { entity: receivableMachine.entity, field: 'status', from: row.status, legal: [] };
    throw new AppError(illegalTransition, { details });
  }
  return { ...open, row };
}

function record(
  tx: Tx,
  action: string,
  before: ReceivableRow,
  after: ReceivableRow,
  { by, ip, note }: ReceivableDecision,
): Promise<void> {
  const toParts = ({ open_amount, collected, waived }: ReceivableRow) => ({
    openAmount: open_amount,
    ...{ collected, waived },
  });
  return writeAudit(tx, {
    actor: by,
    action,
    target: { type: 'wallet_receivable', id: before.id },
    before: toParts(before),
    after: { ...toParts(after), note },
    ip,
  });
}
