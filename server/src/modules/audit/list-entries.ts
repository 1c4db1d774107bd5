import type { SelectQueryBuilder } from 'kysely';
import type { Reader, Schema } from '../../kernel/db/index.ts';
import { AppError, invalidRequest } from '../../kernel/errors.ts';
import {
  COUNT_LIMIT,
  decodeCursor,
  encodeCursor,
  type Pagination,
  paginate,
} from '../../kernel/http/index.ts';
import type { AuditEntryRow } from './tables.ts';

/** Which entries, and which page of them. Times in epoch milliseconds, both inclusive. */
export interface AuditFilter {
  readonly page: number;
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly action?: string | undefined;
  readonly actorId?: string | undefined;
  readonly targetType?: string | undefined;
  readonly targetId?: string | undefined;
  readonly startAt?: number | undefined;
  readonly endAt?: number | undefined;
}

type EntryQuery<O> = SelectQueryBuilder<Schema, 'audit_entries', O>;

function matching<O>(from: EntryQuery<O>, filter: AuditFilter): EntryQuery<O> {
  const equals = [
    ['action', filter.action],
    ['actor_id', filter.actorId],
    ['target_type', filter.targetType],
    ['target_id', filter.targetId],
  ] as const;
  let query = from;
  for (const [column, value] of equals) {
    if (value !== undefined) {
      query = query.where(column, '=', value);
    }
  }
  if (filter.startAt !== undefined) {
    query = query.where('at', '>=', filter.startAt);
  }
  return filter.endAt === undefined ? query : query.where('at', '<=', filter.endAt);
}

/** The page of `query` that the filter asks for, newest first: by the cursor's position, or by counting off. */
function pageOf<O>(query: EntryQuery<O>, filter: AuditFilter): EntryQuery<O> {
  const ordered = query
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(filter.limit + 1);
  if (filter.cursor === undefined) {
    return ordered.offset((filter.page - 1) * filter.limit);
  }
  const [at, id] = decodeCursor(filter.cursor) ?? [];
  if (typeof at !== 'number' || typeof id !== 'string') {
    const field = { field: 'cursor', message: 'is not a cursor of this list', code: 'invalid_cursor' };
    throw new AppError(invalidRequest, { fields: [field] });
  }
  return ordered.where((eb) => eb.or([eb('at', '<', at), eb.and([eb('at', '=', at), eb('id', '<', id)])]));
}

/** One page of entries, newest first, with the position of the next one. */
export async function listEntries(
  db: Reader,
  filter: AuditFilter,
): Promise<{ readonly rows: readonly AuditEntryRow[]; readonly pagination: Pagination }> {
  const counted = await db.query
    .selectFrom(
      matching(db.query.selectFrom('audit_entries').select('id'), filter).limit(COUNT_LIMIT).as('counted'),
    )
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const found = await pageOf(
    matching(db.query.selectFrom('audit_entries').selectAll(), filter),
    filter,
  ).execute();
  const rows = found.slice(0, filter.limit);
  const last = found.length > filter.limit ? rows.at(-1) : undefined;
  return {
    rows,
    pagination: paginate(filter, Number(counted.total), last && encodeCursor([last.at, last.id])),
  };
}
