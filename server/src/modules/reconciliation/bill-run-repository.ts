/** The SQL on `bill_runs` and `bill_sums`; lists for people are in queries.ts. */
import { type Actor, systemActor } from '../../kernel/actor.ts';
import {
  type Reader,
  statement,
  TransactionConflict,
  type Tx,
  updateVersioned,
} from '../../kernel/db/index.ts';
import { newId } from '../../kernel/ids.ts';
import { initialVersion, recordInitialStates, transition } from '../../kernel/states.ts';
import { boundsOf, readyAt } from './bill-day.ts';
import { billRunMachine } from './bill-run-states.ts';
import type { BillSource } from './bill-source.ts';
import { RunOvertaken } from './errors.ts';
import type { BillRunRow } from './tables.ts';

type Account = { provider: string; merchantAccount: string };

const byId = statement<{ id: string }, BillRunRow>((query, p) =>
  query.selectFrom('bill_runs').selectAll().where('id', '=', p.id),
);

const byDay = statement<Account & { date: string }, BillRunRow>((query, p) =>
  query
    .selectFrom('bill_runs')
    .selectAll()
    .where('provider', '=', p.provider)
    .where('merchant_account', '=', p.merchantAccount)
    .where('bill_date', '=', p.date),
);

const ofAccount = statement<Account, BillRunRow>((query, p) =>
  query
    .selectFrom('bill_runs')
    .selectAll()
    .where('provider', '=', p.provider)
    .where('merchant_account', '=', p.merchantAccount)
    .orderBy('bill_date'),
);

export const findRun = (db: Reader, id: string) => byId.first(db, { id });
export const findRunOfDay = (db: Reader, provider: string, merchantAccount: string, date: string) =>
  byDay.first(db, { provider, merchantAccount, date });
export const findRunsOfAccount = (db: Reader, provider: string, merchantAccount: string) =>
  ofAccount.all(db, { provider, merchantAccount });

/** The run of the day, made where there is none yet. */
export async function ensureRun(tx: Tx, source: BillSource, date: string, by: Actor): Promise<BillRunRow> {
  const { provider, merchantAccount } = source;
  const { from, to } = boundsOf(date, source.timeZone);
  const run: BillRunRow = {
    ...{ id: newId('bill'), version: initialVersion(billRunMachine), status: 'waiting' },
    ...{ provider, merchant_account: merchantAccount, bill_date: date, from_at: from, to_at: to },
    ...{ due_at: readyAt(date, source), pass: 0, generation: 0, line_count: 0, outcome: null, reason: null },
    ...{ asked_at: null, downloaded_at: null, finished_at: null, created_at: tx.now, updated_at: tx.now },
  };
  if (await tx.insertOnce('bill_runs', run)) {
    await recordInitialStates(tx, billRunMachine, run.id, { status: 'waiting' }, { by });
    return run;
  }
  const present = await findRunOfDay(tx, provider, merchantAccount, date);
  if (present === undefined) {
    throw new TransactionConflict(`the run of ${date} was made and is not visible yet`);
  }
  return present;
}

/** Changes columns that are no status. Throws a TransactionConflict when the row has moved since it was read. */
export async function patchRun(
  tx: Tx,
  row: BillRunRow,
  set: Partial<Omit<BillRunRow, 'id' | 'version' | 'status'>>,
): Promise<BillRunRow> {
  await updateVersioned(tx, 'bill_runs', row, { ...set, updated_at: tx.now });
  return { ...row, ...set, updated_at: tx.now };
}

/** Begins another pass through the day; whoever is still at an earlier one can write nothing any more. */
export async function beginPass(tx: Tx, id: string, by: Actor): Promise<BillRunRow> {
  const row = await tx.lock('bill_runs', id);
  if (row === undefined) {
    throw new Error(`bill run ${id} has disappeared`);
  }
  const set = { pass: row.pass + 1, asked_at: tx.now };
  return row.status === 'done'
    ? transition<BillRunRow>(tx, billRunMachine, row, { status: 'waiting' }, { by, set })
    : patchRun(tx, row, set);
}

/** Locks the run for a write of this pass; throws {@link RunOvertaken} when a later pass has begun. */
export async function lockPass(tx: Tx, { id, pass }: Pick<BillRunRow, 'id' | 'pass'>): Promise<BillRunRow> {
  const row = await tx.lock('bill_runs', id);
  if (row?.pass !== pass) {
    throw new RunOvertaken(id);
  }
  return row;
}

/** The day is done: its lines are compared and its sums are written. */
export function finishRun(tx: Tx, row: BillRunRow): Promise<BillRunRow> {
  const by = systemActor('bill.reconcile');
  const set = { finished_at: tx.now };
  return transition<BillRunRow>(tx, billRunMachine, row, { status: 'done' }, { by, set });
}
