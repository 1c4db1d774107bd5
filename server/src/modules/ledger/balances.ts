/**
 * Balances of accounts that have no floor: sums of entries. A row in `ledger_balances` holds the sum up to its cut-off
 * so that a reader adds only the tail. A balance row that were updated by each transfer would be one hot row for the
 * whole shop (RULES 22).
 *
 * Crash story: a roll-up of an account is one conditional update; it is either done or not, and the tail is read from the
 * cut-off that stands in the row. The cut-off lies far enough in the past that no transaction can still commit an entry
 * before it.
 */
import { MINUTE_MS } from '../../kernel/clock.ts';
import { type Db, type Reader, TransactionConflict, type Tx } from '../../kernel/db/index.ts';

/** Longer than the longest transaction and than the clocks of two nodes differ. */
const CUTOFF_LAG_MS = 10 * MINUTE_MS;

/** What an account holds, in minor units; a debit is positive. */
export interface Balance {
  readonly account: string;
  readonly kind: string;
  readonly currency: string;
  readonly amount: number;
}

async function sumEntries(
  db: Reader,
  account: string,
  after: number,
  upTo = Number.MAX_SAFE_INTEGER,
): Promise<number> {
  const row = await db.query
    .selectFrom('ledger_entries')
    .select((select) => select.fn.sum<number | null>('amount').as('amount'))
    .where('account', '=', account)
    .where('at', '>', after)
    .where('at', '<=', upTo)
    .executeTakeFirst();
  return row?.amount ?? 0;
}

/** Every account with its balance, by code. */
export async function readBalances(db: Reader): Promise<Balance[]> {
  const accounts = await db.query
    .selectFrom('ledger_accounts')
    .leftJoin('ledger_balances', 'ledger_balances.id', 'ledger_accounts.id')
    .select([
      'ledger_accounts.id as account',
      'ledger_accounts.kind as kind',
      'ledger_accounts.currency as currency',
      'ledger_balances.amount as rolledUp',
      'ledger_balances.cutoff_at as cutoffAt',
    ])
    .orderBy('ledger_accounts.id')
    .execute();
  const balances: Balance[] = [];
  for (const { account, kind, currency, rolledUp, cutoffAt } of accounts) {
    const tail = await sumEntries(db, account, cutoffAt ?? -1);
    balances.push({ account, kind, currency, amount: (rolledUp ?? 0) + tail });
  }
  return balances;
}

async function rollUpAccount(tx: Tx, account: string, cutoffAt: number): Promise<void> {
  const present = await tx.lock('ledger_balances', account);
  if (present === undefined) {
    const amount = await sumEntries(tx, account, -1, cutoffAt);
    const row = { id: account, amount, cutoff_at: cutoffAt, updated_at: tx.now };
    if (!(await tx.insertOnce('ledger_balances', row))) {
      throw new TransactionConflict(`${account} was rolled up by somebody else`);
    }
    return;
  }
  if (present.cutoff_at >= cutoffAt) {
    return;
  }
  const amount = present.amount + (await sumEntries(tx, account, present.cutoff_at, cutoffAt));
  const { numUpdatedRows } = await tx.query
    .updateTable('ledger_balances')
    .set({ amount, cutoff_at: cutoffAt, updated_at: tx.now })
    .where('id', '=', account)
    .where('cutoff_at', '=', present.cutoff_at)
    .executeTakeFirstOrThrow();
  if (Number(numUpdatedRows) !== 1) {
    throw new TransactionConflict(`${account} was rolled up by somebody else`);
  }
}

/** Moves the cut-off of every account forward, one transaction for each. */
export async function rollUp(db: Db, now: number): Promise<void> {
  const accounts = await db.query.selectFrom('ledger_accounts').select('id').orderBy('id').execute();
  for (const { id } of accounts) {
    await db.tx('ledger.roll_up', (tx) => rollUpAccount(tx, id, now - CUTOFF_LAG_MS));
  }
}
