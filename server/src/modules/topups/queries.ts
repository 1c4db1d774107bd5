/** Lists of top-ups for people; nothing here decides about money. */
import type { SelectQueryBuilder } from 'kysely';
import type { Reader, Schema } from '../../kernel/db/index.ts';
import {
  COUNT_LIMIT,
  encodeCursor,
  type Pagination,
  type Paging,
  paginate,
  readTimeCursor,
} from '../../kernel/http/index.ts';
import type { TopupType } from '../../operators/operator.ts';
import type { OrderRow } from '../orders/index.ts';
import type { TopupRow } from './tables.ts';
import type { TopupWithOrder } from './views.ts';

export interface TopupFilter extends Paging {
  readonly customerId?: string | undefined;
  readonly status?: OrderRow['fulfilment_status'] | undefined;
  readonly operator?: string | undefined;
  readonly type?: TopupType | undefined;
  readonly msisdn?: string | undefined;
  readonly orderId?: string | undefined;
}

type TopupQuery<O> = SelectQueryBuilder<Schema, 'topups' | 'orders', O>;

function joined(reader: Reader) {
  return reader.query.selectFrom('topups').innerJoin('orders', 'orders.id', 'topups.order_id');
}

const ORDER_PART = [
  'orders.order_number',
  'orders.status',
  'orders.payment_status',
  'orders.fulfilment_status',
  'orders.expires_at',
  'orders.closing_at',
] as const;

function matching<O>(from: TopupQuery<O>, filter: TopupFilter): TopupQuery<O> {
  const equals = [
    ['topups.customer_id', filter.customerId],
    ['orders.fulfilment_status', filter.status],
    ['topups.operator', filter.operator],
    ['topups.type', filter.type],
    ['topups.msisdn', filter.msisdn],
    ['topups.order_id', filter.orderId],
  ] as const;
  let query = from;
  for (const [column, value] of equals) {
    if (value !== undefined) {
      query = query.where(column, '=', value);
    }
  }
  return query;
}

function pageOf<O>(query: TopupQuery<O>, filter: TopupFilter): TopupQuery<O> {
  const ordered = query
    .orderBy('topups.created_at', 'desc')
    .orderBy('topups.id', 'desc')
    .limit(filter.limit + 1);
  if (filter.cursor === undefined) {
    return ordered.offset((filter.page - 1) * filter.limit);
  }
  const [at, id] = readTimeCursor(filter.cursor);
  return ordered.where((where) =>
    where.or([
      where('topups.created_at', '<', at),
      where.and([where('topups.created_at', '=', at), where('topups.id', '<', id)]),
    ]),
  );
}

/** Top-ups, newest first. */
export async function listTopups(
  reader: Reader,
  filter: TopupFilter,
): Promise<{ readonly rows: readonly TopupWithOrder[]; readonly pagination: Pagination }> {
  const counted = await reader.query
    .selectFrom(matching(joined(reader).select('topups.id'), filter).limit(COUNT_LIMIT).as('counted'))
    .select((select) => select.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const query = joined(reader).selectAll('topups').select(ORDER_PART);
  const found = await pageOf(matching(query, filter), filter).execute();
  const rows = found.slice(0, filter.limit);
  const last = found.length > filter.limit ? rows.at(-1) : undefined;
  const cursor = last && encodeCursor([last.created_at, last.id]);
  return { rows, pagination: paginate(filter, Number(counted.total), cursor) };
}

/** By its own id, or by its order's. */
export function readTopup(reader: Reader, id: string): Promise<TopupWithOrder | undefined> {
  const column = id.startsWith('ord_') ? 'topups.order_id' : 'topups.id';
  return joined(reader).selectAll('topups').select(ORDER_PART).where(column, '=', id).executeTakeFirst();
}

/** Those that wait for a person and still need one: first those that nobody knows the outcome of, each from the oldest on. */
export async function listWaiting(reader: Reader, limit: number): Promise<TopupWithOrder[]> {
  const found: TopupWithOrder[] = [];
  for (const awaits of ['unknown', 'failed'] as const satisfies readonly TopupRow['awaits_person'][]) {
    const rows = await joined(reader)
      .selectAll('topups')
      .select(ORDER_PART)
      .where('topups.awaits_person', '=', awaits)
      .where('orders.fulfilment_status', '=', awaits)
      .orderBy('topups.id')
      .limit(limit - found.length)
      .execute();
    found.push(...rows);
  }
  return found;
}
