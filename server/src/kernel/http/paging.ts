import { z } from 'zod';
import { AppError, badCursor } from '../errors.ts';

const EXACT_TOTAL_UP_TO = 10_000;

/** `page` (1), `limit` (20, at most 100) or `cursor` for deep paging. */
export const pagingQuery = {
  page: z.coerce.number().int().min(1).max(EXACT_TOTAL_UP_TO).default(1),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(300).optional(),
};

/** A range of time: dates or times, both included. */
export const dateRangeQuery = {
  startDate: z.iso.datetime({ offset: true }).or(z.iso.date()).optional(),
  endDate: z.iso.datetime({ offset: true }).or(z.iso.date()).optional(),
};

/** The beginning of a date, or for the end of a range its last millisecond (UTC); a time stands for itself. */
export function toRangeMs(value: string | undefined, isEnd: boolean): number | undefined {
  if (value === undefined) {
    return undefined;
  }
  const isDate = value.length === 'yyyy-mm-dd'.length;
  return Date.parse(isDate && isEnd ? `${value}T23:59:59.999Z` : value);
}

export interface Paging {
  readonly page: number;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** What every list says of its pages. */
export const paginationSchema = z.object({
  page: z.int(),
  limit: z.int(),
  total: z.int(),
  pages: z.int(),
  /** Present when there are more than 10,000: `total` is then 10,000 (RULES 31). */
  isTotalCapped: z.boolean().optional(),
  /** Gives the page after this one at the same cost however deep; absent on the last page. */
  nextCursor: z.string().optional(),
});

export type Pagination = z.infer<typeof paginationSchema>;

/** The schema of a list answer. */
export function listOf<T>(item: z.ZodType<T>) {
  return z.object({ items: z.array(item), pagination: paginationSchema });
}

/** How many rows to count at most: one more than is told exactly. */
export const COUNT_LIMIT = EXACT_TOTAL_UP_TO + 1;

/** `counted` is a count over at most {@link COUNT_LIMIT} rows. */
export function paginate(paging: Paging, counted: number, nextCursor?: string): Pagination {
  const isTotalCapped = counted > EXACT_TOTAL_UP_TO;
  const total = isTotalCapped ? EXACT_TOTAL_UP_TO : counted;
  return {
    page: paging.page,
    limit: paging.limit,
    total,
    pages: Math.ceil(total / paging.limit),
    ...(isTotalCapped && { isTotalCapped }),
    ...(nextCursor !== undefined && { nextCursor }),
  };
}

/** An opaque cursor from the sort values of the last row. */
export function encodeCursor(values: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/** What `encodeCursor` is given: integers that are exact, and texts that every engine can compare. */
function isCursorValue(value: unknown): boolean {
  return typeof value === 'string' ? !value.includes('\0') : Number.isSafeInteger(value);
}

/** The values of a cursor, or `undefined` when it is none of ours. */
export function decodeCursor(cursor: string): (string | number)[] | undefined {
  try {
    const values: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(values) && values.every(isCursorValue) ? values : undefined;
  } catch {
    return undefined;
  }
}

/** The time and the id of the last row of the page before, in a list by time. Throws `bad_cursor` (400). */
export function readTimeCursor(cursor: string): readonly [at: number, id: string] {
  const [at, id] = decodeCursor(cursor) ?? [];
  if (typeof at !== 'number' || typeof id !== 'string') {
    throw new AppError(badCursor);
  }
  return [at, id];
}
