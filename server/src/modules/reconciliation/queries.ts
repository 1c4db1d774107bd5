/** Reads for people; nothing here decides about money. */
import type { SelectQueryBuilder } from 'kysely';
import type { Reader, Schema, TableName } from '../../kernel/db/index.ts';
import { AppError, notFound } from '../../kernel/errors.ts';
import { COUNT_LIMIT, type Pagination, type Paging, paginate } from '../../kernel/http/index.ts';
import { findRun } from './bill-run-repository.ts';
import type { BillDifferenceRow, BillRunRow, BillSumRow } from './tables.ts';

/** How many differences of a kind stand where. */
export interface DifferenceCount {
  readonly kind: BillDifferenceRow['kind'];
  readonly state: BillDifferenceRow['state'];
  readonly count: number;
}

/** A day with both sides and what they do not agree on. */
export interface RunReport {
  readonly run: BillRunRow;
  readonly sums: readonly BillSumRow[];
  readonly counts: readonly DifferenceCount[];
}

/** The whole report of a run. Throws `not_found`. */
export async function readReport(db: Reader, id: string): Promise<RunReport> {
  const run = await findRun(db, id);
  if (run === undefined) {
    throw new AppError(notFound);
  }
  const sums = await db.query
    .selectFrom('bill_sums')
    .selectAll()
    .where('run_id', '=', id)
    .orderBy('type')
    .orderBy('currency')
    .execute();
  const counts = (await countDifferences(db, [id])).map(({ kind, state, count }) => ({ kind, state, count }));
  return { run, sums, counts };
}

/** The differences of each of the runs, by kind and state. */
export async function countDifferences(
  db: Reader,
  runIds: readonly string[],
): Promise<(DifferenceCount & { readonly runId: string })[]> {
  if (runIds.length === 0) {
    return [];
  }
  return db.query
    .selectFrom('bill_differences')
    .select((select) => ['run_id as runId', 'kind', 'state', select.fn.countAll<number>().as('count')])
    .where('run_id', 'in', [...runIds])
    .groupBy(['run_id', 'kind', 'state'])
    .orderBy('kind')
    .orderBy('state')
    .execute();
}

type Column = 'provider' | 'bill_date' | 'status' | 'run_id' | 'kind' | 'state' | 'type' | 'number';
type Filters = Readonly<Partial<Record<Column, string | undefined>>>;
interface Dates {
  readonly from?: string | undefined;
  readonly until?: string | undefined;
}
// Both tables are listed alike; Kysely's types can not say so, hence the casts in this one function.
type AnyQuery = SelectQueryBuilder<Schema, 'bill_differences', object>;

async function list(
  db: Reader,
  table: TableName & ('bill_runs' | 'bill_differences'),
  filters: Filters,
  { from, until }: Dates,
  paging: Paging,
): Promise<{ rows: unknown[]; pagination: Pagination }> {
  const matching = (): AnyQuery => {
    let query = db.query.selectFrom(table as 'bill_differences') as unknown as AnyQuery;
    for (const [column, value] of Object.entries(filters)) {
      if (value !== undefined) {
        query = query.where(column as 'run_id', '=', value);
      }
    }
    query = from === undefined ? query : query.where('bill_date', '>=', from);
    return until === undefined ? query : query.where('bill_date', '<=', until);
  };
  const counted = await db.query
    .selectFrom(matching().select('id').limit(COUNT_LIMIT).as('counted'))
    .select((select) => select.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const rows = await matching()
    .selectAll()
    .orderBy('bill_date', 'desc')
    .orderBy('id', 'desc')
    .limit(paging.limit)
    .offset((paging.page - 1) * paging.limit)
    .execute();
  return { rows, pagination: paginate(paging, Number(counted.total)) };
}

interface RunFilter extends Paging, Dates {
  readonly provider?: string | undefined;
  readonly status?: string | undefined;
}

/** One page of runs, newest day first, each with its differences by state. */
export async function listRuns(db: Reader, filter: RunFilter) {
  const { provider, status } = filter;
  const { rows, pagination } = await list(db, 'bill_runs', { provider, status }, filter, filter);
  const runs = rows as BillRunRow[];
  const counts = await countDifferences(
    db,
    runs.map(({ id }) => id),
  );
  const byRun = Map.groupBy(counts, ({ runId }) => runId);
  return { runs: runs.map((run) => ({ run, counts: byRun.get(run.id) ?? [] })), pagination };
}

interface DifferenceFilter extends Paging, Dates {
  readonly provider?: string | undefined;
  readonly runId?: string | undefined;
  readonly kind?: string | undefined;
  readonly state?: string | undefined;
  readonly type?: string | undefined;
  readonly number?: string | undefined;
}

/** One page of differences, newest day first. */
export async function listDifferences(
  db: Reader,
  filter: DifferenceFilter,
): Promise<{ rows: BillDifferenceRow[]; pagination: Pagination }> {
  const { provider, runId, kind, state, type, number } = filter;
  const filters = { provider, run_id: runId, kind, state, type, number };
  const { rows, pagination } = await list(db, 'bill_differences', filters, filter, filter);
  return { rows: rows as BillDifferenceRow[], pagination };
}
