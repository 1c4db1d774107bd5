/** Lists for people. */
import { z } from 'zod';
import type { Reader } from '../../kernel/db/index.ts';
import { COUNT_LIMIT, type Pagination, paginate, pagingQuery } from '../../kernel/http/index.ts';
import { lineReasons } from './judge-line.ts';
import { lineStateNames } from './line-states.ts';
import type { LineRow, StatementRow } from './tables.ts';

const { page, limit } = pagingQuery;
const text = (max: number) => z.string().trim().min(1).max(max).optional();

export const lineQuery = z.strictObject({
  ...{ page, limit },
  state: z.enum(lineStateNames).optional(),
  reason: z.enum(lineReasons).optional(),
  account: text(32),
  statementId: text(32),
  paymentId: text(32),
  bookedOn: z.iso.date().optional(),
});

export const statementQuery = z.strictObject({ ...{ page, limit }, account: text(32) });

export async function listLines(
  db: Reader,
  query: z.output<typeof lineQuery>,
): Promise<{ rows: LineRow[]; pagination: Pagination }> {
  const filters = {
    state: query.state,
    reason: query.reason,
    account_id: query.account,
    statement_id: query.statementId,
    payment_id: query.paymentId,
    booked_on: query.bookedOn,
  } as const;
  const matching = () => {
    let select = db.query.selectFrom('bank_statement_lines');
    for (const [column, value] of Object.entries(filters)) {
      if (value !== undefined) {
        select = select.where(column as keyof typeof filters, '=', value);
      }
    }
    return select;
  };
  const rows = await matching()
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(query.limit)
    .offset((query.page - 1) * query.limit)
    .execute();
  const { total } = await db.query
    .selectFrom(matching().select('id').limit(COUNT_LIMIT).as('counted'))
    .select((select) => select.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return { rows, pagination: paginate(query, total) };
}

export async function listStatements(
  db: Reader,
  query: z.output<typeof statementQuery>,
): Promise<{ rows: StatementRow[]; pagination: Pagination }> {
  const matching = () => {
    const select = db.query.selectFrom('bank_statements');
    return query.account === undefined ? select : select.where('account_id', '=', query.account);
  };
  const rows = await matching()
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(query.limit)
    .offset((query.page - 1) * query.limit)
    .execute();
  const { total } = await db.query
    .selectFrom(matching().select('id').limit(COUNT_LIMIT).as('counted'))
    .select((select) => select.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return { rows, pagination: paginate(query, total) };
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
