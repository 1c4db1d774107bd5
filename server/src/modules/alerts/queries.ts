import type { SelectQueryBuilder } from 'kysely';
import type { Reader, Schema } from '../../kernel/db/index.ts';
import { COUNT_LIMIT, type Pagination, paginate } from '../../kernel/http/index.ts';
import type { AlertState } from './alert-states.ts';
import type { AlertRow, Severity } from './tables.ts';

/** Which alerts, and which page of them. */
export interface AlertFilter {
  readonly page: number;
  readonly limit: number;
  readonly sort: 'lastAt' | '-lastAt' | 'firstAt' | '-firstAt';
  readonly state?: AlertState | undefined;
  readonly kind?: string | undefined;
  readonly severity?: Severity | undefined;
  readonly subject?: string | undefined;
}

type AlertQuery<O> = SelectQueryBuilder<Schema, 'alerts', O>;

function matching<O>(
  from: AlertQuery<O>,
  filter: Omit<AlertFilter, 'page' | 'limit' | 'sort'>,
): AlertQuery<O> {
  let query = from;
  for (const column of ['state', 'kind', 'severity', 'subject'] as const) {
    const value = filter[column];
    if (value !== undefined) {
      query = query.where(column, '=', value);
    }
  }
  return query;
}

/** One page of alerts. */
export async function listAlerts(
  db: Reader,
  filter: AlertFilter,
): Promise<{ readonly rows: readonly AlertRow[]; readonly pagination: Pagination }> {
  const counted = await db.query
    .selectFrom(matching(db.query.selectFrom('alerts').select('id'), filter).limit(COUNT_LIMIT).as('counted'))
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const column = filter.sort.endsWith('lastAt') ? 'last_at' : 'first_at';
  const direction = filter.sort.startsWith('-') ? 'desc' : 'asc';
  const rows = await matching(db.query.selectFrom('alerts').selectAll(), filter)
    .orderBy(column, direction)
    .orderBy('id', direction)
    .limit(filter.limit)
    .offset((filter.page - 1) * filter.limit)
    .execute();
  return { rows, pagination: paginate(filter, Number(counted.total)) };
}

/** Every open alert about one of the subjects, oldest first; for timelines and for `doctor`. */
export async function listOpen(db: Reader, subjects: readonly string[]): Promise<AlertRow[]> {
  if (subjects.length === 0) {
    return [];
  }
  return db.query
    .selectFrom('alerts')
    .selectAll()
    .where('state', '=', 'open')
    .where('subject', 'in', [...subjects])
    .orderBy('first_at')
    .orderBy('id')
    .execute();
}

/** How many alerts are open, by kind; for metrics. */
export async function countOpenAlerts(db: Reader): Promise<Record<string, number>> {
  const rows = await db.query
    .selectFrom('alerts')
    .select((eb) => ['kind', eb.fn.countAll<number>().as('total')])
    .where('state', '=', 'open')
    .groupBy('kind')
    .execute();
  return Object.fromEntries(rows.map(({ kind, total }) => [kind, Number(total)]));
}
