/** Lists of the rows of one table for people: equal columns, a range of time, newest first. */
import type { SelectQueryBuilder } from 'kysely';
import type { Reader, Schema, TableName } from '../db/index.ts';
import { AppError, invalidRequest } from '../errors.ts';
import { COUNT_LIMIT, decodeCursor, encodeCursor, type Pagination, type Paging, paginate } from './paging.ts';

/** Any table, as far as this looks at it. */
interface Listed {
  id: string;
  at: number;
}

export interface PageRequest<T extends TableName> extends Paging {
  /** The column of the time (ms) that the list is in the order of; a row's id decides between equals. */
  readonly by: keyof Schema[T] & string;
  /** Columns and what stands in them; `undefined` asks for nothing. */
  readonly equals: { readonly [C in keyof Schema[T]]?: Schema[T][C] | undefined };
  /** Milliseconds, both included. */
  readonly from?: number | undefined;
  readonly until?: number | undefined;
}

/**
 * The rows of a page with the position of the next one. Throws `invalid_request` (400) for a cursor that is none of this
 * list. The table has an `id`.
 */
export async function readPage<T extends TableName>(
  db: Reader,
  table: T,
  request: PageRequest<T>,
): Promise<{ readonly rows: Schema[T][]; readonly pagination: Pagination }> {
  const { by, limit, page, cursor } = request;
  const query = db.query as unknown as {
    selectFrom(name: string): SelectQueryBuilder<{ listed: Listed }, 'listed', object>;
  };
  const at = by as 'at';
  const matching = () => narrow(query.selectFrom(table), request as unknown as PageRequest<TableName>);
  const ordered = matching()
    .selectAll()
    .orderBy(at, 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1);
  const position = cursor === undefined ? undefined : positionOf(cursor);
  const found = await (position === undefined
    ? ordered.offset((page - 1) * limit)
    : ordered.where((where) =>
        where.or([
          where(at, '<', position.at),
          where.and([where(at, '=', position.at), where('id', '<', position.id)]),
        ]),
      )
  ).execute();
  const counted = await db.query
    .selectFrom(matching().select('id').limit(COUNT_LIMIT).as('counted'))
    .select((select) => select.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const rows = found.slice(0, limit);
  const last = found.length > limit ? rows.at(-1) : undefined;
  const next = last && encodeCursor([last[at], last.id]);
  return { rows: rows as unknown as Schema[T][], pagination: paginate(request, Number(counted.total), next) };
}

function narrow(
  from: SelectQueryBuilder<{ listed: Listed }, 'listed', object>,
  { by, equals, from: since, until }: PageRequest<TableName>,
): SelectQueryBuilder<{ listed: Listed }, 'listed', object> {
  let query = from;
  for (const [column, value] of Object.entries(equals)) {
    if (value !== undefined) {
      query = query.where(column as 'id', '=', value as string);
    }
  }
  if (since !== undefined) {
    query = query.where(by as 'at', '>=', since);
  }
  return until === undefined ? query : query.where(by as 'at', '<=', until);
}

function positionOf(cursor: string): Listed {
  const [at, id] = decodeCursor(cursor) ?? [];
  if (typeof at !== 'number' || typeof id !== 'string') {
    const field = { field: 'cursor', message: 'is not a cursor of this list', code: 'invalid_cursor' };
    throw new AppError(invalidRequest, { fields: [field] });
  }
  return { at, id };
}
