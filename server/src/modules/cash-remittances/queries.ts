/** Lists for people, and the days that reconciliation reads. */
import { z } from 'zod';
import type { BillRow } from '../../gateways/gateway.ts';
import type { Reader } from '../../kernel/db/index.ts';
import { COUNT_LIMIT, type Pagination, paginate, pagingQuery, readPage } from '../../kernel/http/index.ts';
import { remittanceStateNames } from './remittance-states.ts';
import type { CollectionRow, RemittanceRow } from './tables.ts';

const PAGE = 500;
const { page, limit } = pagingQuery;

export const collectionQuery = z.strictObject({
  ...{ page, limit },
  /** `outstanding`: the courier still has it. */
  state: z.enum(['outstanding', 'handed_over', 'remitted']).optional(),
  remittanceId: z.string().min(1).max(64).optional(),
});

export const remittanceQuery = z.strictObject({
  ...pagingQuery,
  state: z.enum(remittanceStateNames).optional(),
});

interface Listed<R> {
  readonly rows: R[];
  readonly pagination: Pagination;
}

export async function listCollections(
  db: Reader,
  query: z.output<typeof collectionQuery>,
): Promise<Listed<CollectionRow>> {
  const matching = () => {
    const select = db.query.selectFrom('cash_collections');
    const own =
      query.remittanceId === undefined ? select : select.where('remittance_id', '=', query.remittanceId);
    switch (query.state) {
      case undefined:
        return own;
      case 'outstanding':
        return own.where('remittance_id', 'is', null);
      case 'handed_over':
        return own.where('remittance_id', 'is not', null).where('remitted_at', 'is', null);
      case 'remitted':
        return own.where('remitted_at', 'is not', null);
    }
  };
  const rows = await matching()
    .selectAll()
    .orderBy('collected_at', 'desc')
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

export function listRemittances(
  db: Reader,
  query: z.output<typeof remittanceQuery>,
): Promise<Listed<RemittanceRow>> {
  const where = { state: query.state };
  return readPage(db, { table: 'cash_remittances', time: 'created_at', where }, query);
}

export function findRemittance(db: Reader, id: string): Promise<RemittanceRow | undefined> {
  return db.query.selectFrom('cash_remittances').selectAll().where('id', '=', id).executeTakeFirst();
}

export function findCollectionsOf(db: Reader, remittanceId: string): Promise<CollectionRow[]> {
  return db.query
    .selectFrom('cash_collections')
    .selectAll()
    .where('remittance_id', '=', remittanceId)
    .orderBy('payment_id')
    .execute();
}

export interface Span {
  /** Milliseconds; the end is not part of it. */
  readonly from: number;
  readonly to: number;
}

/**
 * What couriers collected in that time, as a bill: `succeeded` once the cash has arrived, `pending` while it has not. Its
 * numbers are those under which payments has booked it.
 */
export async function* readCashCollected(
  db: Reader,
  { from, to }: Span,
  merchantAccount: string,
): AsyncGenerator<BillRow> {
  for (let after = ''; ; ) {
    const rows = await db.query
      .selectFrom('cash_collections')
      .selectAll()
      .where('collected_at', '>=', from)
      .where('collected_at', '<', to)
      .where('payment_id', '>', after)
      .orderBy('payment_id')
      .limit(PAGE)
      .execute();
    for (const row of rows) {
      yield {
        type: 'payment',
        number: row.payment_id,
        paymentNumber: null,
        transactionId: `cash:${row.payment_id}`,
        amount: { amount: row.amount, currency: row.currency },
        fee: null,
        status: row.remitted_at === null ? 'pending' : 'succeeded',
        occurredAt: row.collected_at,
        merchantAccount,
      };
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) {
      return;
    }
    after = last.payment_id;
  }
}
