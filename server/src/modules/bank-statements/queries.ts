/** Lists for people. */
import { z } from 'zod';
import type { Reader } from '../../kernel/db/index.ts';
import { type Pagination, pagingQuery, readPage } from '../../kernel/http/index.ts';
import { lineReasons } from './judge-line.ts';
import { lineStateNames } from './line-states.ts';
import type { LineRow, StatementRow } from './tables.ts';

const text = (max: number) => z.string().trim().min(1).max(max).optional();

export const lineQuery = z.strictObject({
  ...pagingQuery,
  state: z.enum(lineStateNames).optional(),
  reason: z.enum(lineReasons).optional(),
  account: text(32),
  statementId: text(32),
  paymentId: text(32),
  bookedOn: z.iso.date().optional(),
});

export const statementQuery = z.strictObject({ ...pagingQuery, account: text(32) });

interface Listed<R> {
  readonly rows: R[];
  readonly pagination: Pagination;
}

export function listLines(db: Reader, query: z.output<typeof lineQuery>): Promise<Listed<LineRow>> {
  const where = {
    state: query.state,
    reason: query.reason,
    account_id: query.account,
    statement_id: query.statementId,
    payment_id: query.paymentId,
    booked_on: query.bookedOn,
  };
  return readPage(db, { table: 'bank_statement_lines', time: 'created_at', where }, query);
}

export function listStatements(
  db: Reader,
  query: z.output<typeof statementQuery>,
): Promise<Listed<StatementRow>> {
  const where = { account_id: query.account };
  return readPage(db, { table: 'bank_statements', time: 'created_at', where }, query);
}

/** Every line of a day in the order of its id, some at a time. */
export async function readLinesOfDay(
  db: Reader,
  bookedOn: string,
  { after, limit: most }: { readonly after: string; readonly limit: number },
): Promise<LineRow[]> {
  return db.query
    .selectFrom('bank_statement_lines')
    .selectAll()
    .where('booked_on', '=', bookedOn)
    .where('id', '>', after)
    .orderBy('id')
    .limit(most)
    .execute();
}
