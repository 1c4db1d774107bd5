/** Lists of orders for people. */
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
import type { FulfilmentStatus, OrderStatus, PaymentStatus } from './order-states.ts';
import type { OrderLineRow, OrderRow } from './tables.ts';

export interface OrderFilter extends Paging {
  readonly sort: 'placedAt' | '-placedAt';
  readonly customerId?: string | undefined;
  readonly status?: OrderStatus | undefined;
  readonly paymentStatus?: PaymentStatus | undefined;
  readonly fulfilmentStatus?: FulfilmentStatus | undefined;
  /** Milliseconds, both included. */
  readonly placedFrom?: number | undefined;
  readonly placedUntil?: number | undefined;
  /** The beginning of an order number, a tracking number, or an order's id. */
  readonly search?: string | undefined;
}

type OrderQuery<O> = SelectQueryBuilder<Schema, 'orders', O>;

/** The first text that no longer begins with `prefix`: a range that every engine finds in the index. */
const afterPrefix = (prefix: string): string => `${prefix}\u{10ffff}`;

function matching<O>(from: OrderQuery<O>, filter: OrderFilter): OrderQuery<O> {
  const equals = [
    ['customer_id', filter.customerId],
    ['status', filter.status],
    ['payment_status', filter.paymentStatus],
    ['fulfilment_status', filter.fulfilmentStatus],
  ] as const;
  let query = from;
  for (const [column, value] of equals) {
    if (value !== undefined) {
      query = query.where(column, '=', value);
    }
  }
  if (filter.placedFrom !== undefined) {
    query = query.where('placed_at', '>=', filter.placedFrom);
  }
  if (filter.placedUntil !== undefined) {
    query = query.where('placed_at', '<=', filter.placedUntil);
  }
  const { search } = filter;
  if (search !== undefined) {
    const number = search.toUpperCase();
    query = query.where((eb) =>
      eb.or([
        eb('id', '=', search),
        eb('tracking_number', '=', search),
        eb.and([eb('order_number', '>=', number), eb('order_number', '<=', afterPrefix(number))]),
      ]),
    );
  }
  return query;
}

/** Continues after the last row of the page before. */
function after<O>(from: OrderQuery<O>, { cursor, sort }: OrderFilter): OrderQuery<O> {
  if (cursor === undefined) {
    return from;
  }
  const [placedAt, id] = readTimeCursor(cursor);
  const beyond = sort.startsWith('-') ? '<' : '>';
  return from.where((eb) =>
    eb.or([
      eb('placed_at', beyond, placedAt),
      eb.and([eb('placed_at', '=', placedAt), eb('id', beyond, id)]),
    ]),
  );
}

export interface OrderPage {
  readonly orders: readonly OrderRow[];
  readonly lines: ReadonlyMap<string, readonly OrderLineRow[]>;
  readonly pagination: Pagination;
}

/** One page of orders with their lines. Throws `bad_cursor` (400). */
export async function listOrders(reader: Reader, filter: OrderFilter): Promise<OrderPage> {
  const counted = await reader.query
    .selectFrom(
      matching(reader.query.selectFrom('orders').select('id'), filter).limit(COUNT_LIMIT).as('counted'),
    )
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const direction = filter.sort.startsWith('-') ? 'desc' : 'asc';
  const found = await after(matching(reader.query.selectFrom('orders').selectAll(), filter), filter)
    .orderBy('placed_at', direction)
    .orderBy('id', direction)
    .limit(filter.limit + 1)
    .offset(filter.cursor === undefined ? (filter.page - 1) * filter.limit : 0)
    .execute();
  const orders = found.slice(0, filter.limit);
  const last = orders.at(-1);
  const nextCursor =
    last && found.length > filter.limit ? encodeCursor([last.placed_at, last.id]) : undefined;
  return {
    orders,
    lines: await readLinesOf(
      reader,
      orders.map(({ id }) => id),
    ),
    pagination: paginate(filter, Number(counted.total), nextCursor),
  };
}

/** Whose order has this number, in any case, or this id. */
export async function findBuyers(reader: Reader, order: string): Promise<readonly string[]> {
  const rows = await reader.query
    .selectFrom('orders')
    .select('customer_id')
    .where((eb) => eb.or([eb('order_number', '=', order.toUpperCase()), eb('id', '=', order)]))
    .execute();
  return rows.map(({ customer_id: customerId }) => customerId);
}

async function readLinesOf(
  reader: Reader,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, readonly OrderLineRow[]>> {
  if (orderIds.length === 0) {
    return new Map();
  }
  const rows = await reader.query
    .selectFrom('order_lines')
    .selectAll()
    .where('order_id', 'in', [...orderIds])
    .orderBy('order_id')
    .orderBy('position')
    .execute();
  return Map.groupBy(rows, ({ order_id }) => order_id);
}
