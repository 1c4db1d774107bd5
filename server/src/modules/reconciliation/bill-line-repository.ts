/** The SQL on `bill_lines`: a bill as it was read, in the order of its file. */
import type { BillRow } from '../../gateways/gateway.ts';
import { insertRows, type Reader, statement, type Tx } from '../../kernel/db/index.ts';
import { assertAmount } from '../../kernel/money.ts';
import type { ProviderAccount } from '../payments/index.ts';
import type { BillLineRow, BillRunRow } from './tables.ts';

const MAX_NUMBER = 100;

const pageOfRun = statement<{ runId: string; generation: number; after: number; limit: number }, BillLineRow>(
  (query, p) =>
    query
      .selectFrom('bill_lines')
      .selectAll()
      .where('run_id', '=', p.runId)
      .where('generation', '=', p.generation)
      .where('position', '>', p.after)
      .orderBy('position')
      .limit(p.limit),
);

const deleteSome = statement<{ runId: string; generation: number; upTo: number }>((query, p) =>
  query
    .deleteFrom('bill_lines')
    .where('run_id', '=', p.runId)
    .where('generation', '=', p.generation)
    .where('position', '<=', p.upTo),
);

function name(value: string, what: string): string {
  const trimmed = value.trim();
  if (trimmed === '' || trimmed.length > MAX_NUMBER) {
    throw new RangeError(`the bill has a ${what} of ${trimmed.length} characters`);
  }
  return trimmed;
}

const orNull = (value: string | null, what: string) =>
  value === null || value.trim() === '' ? null : name(value, what);

/** Throws when a line can not be what it says: then the bill is not what we take it for. */
function toLine(run: BillRunRow, row: BillRow, position: number): BillLineRow {
  if (assertAmount(row.amount.amount) < 0) {
    throw new RangeError(`line ${position} of the bill is negative; amounts in it are gross`);
  }
  return {
    run_id: run.id,
    generation: run.pass,
    position,
    provider: run.provider,
    account: run.merchant_account,
    bill_date: run.bill_date,
    type: row.type,
    number: orNull(row.number, 'number'),
    payment_number: orNull(row.paymentNumber, 'payment number'),
    transaction_id: name(row.transactionId, 'transaction number'),
    amount: row.amount.amount,
    currency: row.amount.currency,
    fee: row.fee === null ? null : assertAmount(row.fee),
    status: row.status,
    occurred_at: row.occurredAt,
    merchant_account: name(row.merchantAccount, 'merchant account'),
  };
}

/** Writes lines of the run's present pass; the first of them is the one at `position`. */
export async function insertLines(
  tx: Tx,
  run: BillRunRow,
  rows: readonly BillRow[],
  position: number,
): Promise<void> {
  await insertRows(
    tx,
    'bill_lines',
    rows.map((row, index) => toLine(run, row, position + index)),
  );
}

/** A page of the file that counts, in its order. */
export const pageLines = (db: Reader, run: BillRunRow, after: number, limit: number) =>
  pageOfRun.all(db, { runId: run.id, generation: run.generation, after, limit });

/** Every line of the account with one of these numbers of the provider's, leftovers too. */
export async function findLinesByTransaction(
  db: Reader,
  { provider, merchantAccount }: ProviderAccount,
  transactionIds: readonly string[],
): Promise<BillLineRow[]> {
  if (transactionIds.length === 0) {
    return [];
  }
  return db.query
    .selectFrom('bill_lines')
    .selectAll()
    .where('provider', '=', provider)
    .where('account', '=', merchantAccount)
    .where('transaction_id', 'in', [...transactionIds])
    .execute();
}

/** That a movement stands in a file; read from the index alone. */
export type Appearance = Pick<BillLineRow, 'run_id' | 'generation' | 'type' | 'transaction_id'>;

/** Where each of these numbers of the provider's appears in the account's files, leftovers too. */
export async function findAppearances(
  db: Reader,
  { provider, merchantAccount }: ProviderAccount,
  transactionIds: readonly string[],
): Promise<Appearance[]> {
  if (transactionIds.length === 0) {
    return [];
  }
  return db.query
    .selectFrom('bill_lines')
    .select(['run_id', 'generation', 'type', 'transaction_id'])
    .where('provider', '=', provider)
    .where('account', '=', merchantAccount)
    .where('transaction_id', 'in', [...transactionIds])
    .execute();
}

/** Every line of the account with one of these numbers of ours, leftovers too. */
export async function findLinesByNumber(
  db: Reader,
  { provider, merchantAccount }: ProviderAccount,
  numbers: readonly string[],
): Promise<BillLineRow[]> {
  if (numbers.length === 0) {
    return [];
  }
  return db.query
    .selectFrom('bill_lines')
    .selectAll()
    .where('provider', '=', provider)
    .where('account', '=', merchantAccount)
    .where('number', 'in', [...numbers])
    .execute();
}

/** The generations of a run that have lines, each with its last position. */
export async function findGenerations(
  db: Reader,
  runId: string,
): Promise<{ generation: number; first: number; last: number }[]> {
  return db.query
    .selectFrom('bill_lines')
    .select((select) => [
      'generation',
      select.fn.min<number>('position').as('first'),
      select.fn.max<number>('position').as('last'),
    ])
    .where('run_id', '=', runId)
    .groupBy('generation')
    .execute();
}

/** Deletes the lines of a generation up to a position. */
export const deleteLines = (tx: Tx, runId: string, generation: number, upTo: number) =>
  deleteSome.run(tx, { runId, generation, upTo });
