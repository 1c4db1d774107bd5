/** Reading one page of a table by time, the same way for every list: newest or oldest first, by page or by cursor. */
import type { SelectQueryBuilder } from 'kysely';
import type { Reader, Schema, TableName } from '../db/index.ts';
import {
  COUNT_LIMIT,
  encodeCursor,
  type Pagination,
  type Paging,
  paginate,
  readTimeCursor,
} from './paging.ts';

/** Tables with an id. */
type ListedTable = { [T in TableName]: Schema[T] extends { id: string } ? T : never }[TableName];

type ColumnOf<T extends ListedTable> = keyof Schema[T] & string;

/** A range of a column's values, both ends included. */
interface Between<C extends string> {
  readonly column: C;
  readonly from?: number | undefined;
  readonly until?: number | undefined;
}

/** What is listed. */
export interface PageSource<T extends ListedTable, C extends ColumnOf<T> = ColumnOf<T>> {
  readonly table: T;
  /** The time, or the number that grows with it, by which it is ordered; of equal ones the id decides. */
  readonly time: ColumnOf<T>;
  /** What columns must hold, `null` for nothing; where it is `undefined` they may hold anything. */
  readonly where: { readonly [K in ColumnOf<T>]?: Schema[T][K] | undefined };
  /** Where one more column must lie. */
  readonly between?: Between<ColumnOf<T>>;
  /** Only these columns; all without it. `id` and the time must be among them. */
  readonly columns?: readonly C[];
  readonly isOldestFirst?: boolean;
}

// Any table with an id and a time is listed alike; Kysely's types can not say so, hence the casts in this one file.
type AnyQuery = SelectQueryBuilder<Schema, 'events', object>;

/** Reads the page and the size of the whole list. Throws `bad_cursor` (400). */
export async function readPage<T extends ListedTable, C extends ColumnOf<T> = ColumnOf<T>>(
  db: Reader,
  source: PageSource<T, C>,
  paging: Paging,
): Promise<{ readonly rows: Pick<Schema[T], C>[]; readonly pagination: Pagination }> {
  const time = source.time as 'at';
  const matching = () =>
    within(narrow(db.query.selectFrom(source.table as 'events'), source.where), source.between);
  const counted = await db.query
    .selectFrom(matching().select('id').limit(COUNT_LIMIT).as('counted'))
    .select((select) => select.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const direction = source.isOldestFirst ? 'asc' : 'desc';
  const selected = source.columns
    ? matching().select(source.columns as readonly 'id'[])
    : matching().selectAll();
  const sorted: AnyQuery = selected
    .orderBy(time, direction)
    .orderBy('id', direction)
    .limit(paging.limit + 1);
  const paged =
    paging.cursor === undefined
      ? sorted.offset((paging.page - 1) * paging.limit)
      : after(sorted, time, paging.cursor, direction);
  const found = (await paged.execute()) as (Schema[T] & { id: string })[];
  const rows = found.slice(0, paging.limit);
  const last = found.length > paging.limit ? rows.at(-1) : undefined;
  const cursor = last && encodeCursor([last[source.time] as number, last.id]);
  return { rows, pagination: paginate(paging, counted.total, cursor) };
}

function narrow(from: AnyQuery, where: Readonly<Record<string, unknown>>): AnyQuery {
  let query = from;
  for (const [column, value] of Object.entries(where)) {
    if (value === null) {
      query = query.where(column as 'id', 'is', null);
    } else if (value !== undefined) {
      query = query.where(column as 'id', '=', value as string);
    }
  }
  return query;
}

function within(query: AnyQuery, between: Between<string> | undefined): AnyQuery {
  if (between === undefined) {
    return query;
  }
  const column = between.column as 'at';
  const since = between.from === undefined ? query : query.where(column, '>=', between.from);
  return between.until === undefined ? since : since.where(column, '<=', between.until);
}

function after(query: AnyQuery, time: 'at', cursor: string, direction: 'asc' | 'desc'): AnyQuery {
  const [at, id] = readTimeCursor(cursor);
  const beyond = direction === 'desc' ? '<' : '>';
  return query.where((where) =>
    where.or([where(time, beyond, at), where.and([where(time, '=', at), where('id', beyond, id)])]),
  );
}
