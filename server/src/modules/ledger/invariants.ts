import type { Reader } from '../../kernel/db/index.ts';
import { readBalances } from './balances.ts';

/** Something that must never be; `doctor` prints it. */
export interface Violation {
  /** Such as `I1`. */
  readonly invariant: string;
  /** The id of the row that it is about. */
  readonly subject: string;
  readonly message: string;
}

/** More of them say nothing new. */
const MAX_VIOLATIONS = 100;

async function findUnbalanced(db: Reader): Promise<Violation[]> {
  const rows = await db.query
    .selectFrom('ledger_entries')
    .select((select) => ['transfer_id', 'currency', select.fn.sum<number>('amount').as('sum')])
    .groupBy(['transfer_id', 'currency'])
    .having((having) => having.fn.sum<number>('amount'), '<>', 0)
    .limit(MAX_VIOLATIONS)
    .execute();
  return rows.map(({ transfer_id, currency, sum }) => ({
    invariant: 'I1',
    subject: transfer_id,
    message: `the entries in ${currency} sum to ${sum}`,
  }));
}

async function findEmpty(db: Reader): Promise<Violation[]> {
  const rows = await db.query
    .selectFrom('ledger_transfers')
    .leftJoin('ledger_entries', 'ledger_entries.transfer_id', 'ledger_transfers.id')
    .select('ledger_transfers.id as id')
    .where('ledger_entries.position', 'is', null)
    .limit(MAX_VIOLATIONS)
    .execute();
  return rows.map(({ id }) => ({ invariant: 'I1', subject: id, message: 'the transfer has no entries' }));
}

/** The roll-up against the entries that it claims to hold. */
async function findWrongRollUps(db: Reader): Promise<Violation[]> {
  const sums = await db.query
    .selectFrom('ledger_entries')
    .select((select) => ['account', select.fn.sum<number>('amount').as('sum')])
    .groupBy('account')
    .execute();
  const balances = new Map((await readBalances(db)).map(({ account, amount }) => [account, amount]));
  return sums
    .filter(({ account, sum }) => balances.get(account) !== sum)
    .map(({ account, sum }) => ({
      invariant: 'I1',
      subject: account,
      message: `the entries sum to ${sum}, the balance says ${balances.get(account) ?? 'nothing'}`,
    }));
}

/** Owed to customers: a credit or nothing. */
const OWED_BY_US: readonly string[] = ['customer_surplus', 'wallet', 'wallet_gift', 'wallet_held'];
/** Owed by them: a debit or nothing. */
const OWED_TO_US: readonly string[] = ['wallet_receivable'];

/** I2: no more goes out of these accounts than came in. */
async function findOverdrawn(db: Reader): Promise<Violation[]> {
  const balances = await readBalances(db);
  return balances
    .filter(
      ({ kind, amount }) =>
        (OWED_BY_US.includes(kind) && amount > 0) || (OWED_TO_US.includes(kind) && amount < 0),
    )
    .map(({ account, amount }) => ({
      invariant: 'I2',
      subject: account,
      message: `${Math.abs(amount)} more went out than came in`,
    }));
}

/** I1 as far as the ledger knows: each transfer balances in each currency, and the rolled-up balances are their entries' sums; and I2. */
export async function checkLedger(db: Reader): Promise<Violation[]> {
  return [
    ...(await findUnbalanced(db)),
    ...(await findEmpty(db)),
    ...(await findWrongRollUps(db)),
    ...(await findOverdrawn(db)),
  ];
}
