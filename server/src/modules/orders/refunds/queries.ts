/** Reads of requests for people. */
import type { SelectQueryBuilder } from 'kysely';
import type { z } from 'zod';
import type { Reader, Schema } from '../../../kernel/db/index.ts';
import { AppError, invalidRequest, notFound } from '../../../kernel/errors.ts';
import {
  COUNT_LIMIT,
  decodeCursor,
  encodeCursor,
  type Pagination,
  type Paging,
  paginate,
} from '../../../kernel/http/index.ts';
import { type OrdersDeps, toPurpose } from '../deps.ts';
import { findLineRefunds, findRequest, findRequestLines, findRequestsOf } from './repository.ts';
import type { RefundRequestStatus } from './request-states.ts';
import type { RefundRequestRow } from './tables.ts';
import {
  type RefundRequestView,
  type refundedItemView,
  type staffRefundRequestView,
  toRefundedItem,
  toRefundRequestView,
  toStaffPart,
} from './views.ts';

export type StaffRefundRequestView = z.infer<typeof staffRefundRequestView>;

/** The requests of an order and what was refunded of its lines. */
export async function readRefundsOfOrder(
  { db, payments }: OrdersDeps,
  orderId: string,
): Promise<{
  refundRequests: RefundRequestView[];
  refundedItems: z.infer<typeof refundedItemView>[];
  refundable: number;
}> {
  const purpose = toPurpose(orderId);
  const rows = await findRequestsOf(db, orderId);
  const lines = await findRequestLines(
    db,
    rows.map(({ id }) => id),
  );
  const refunds = rows.length === 0 ? [] : await payments.readRefunds(db, purpose);
  return {
    refundRequests: rows.map((row) => toRefundRequestView(row, lines, refunds)),
    refundedItems: (await findLineRefunds(db, orderId)).map(toRefundedItem),
    refundable: await payments.readRefundable(db, purpose),
  };
}

/** Throws `not_found`. */
export async function readRequest({ db, payments }: OrdersDeps, id: string): Promise<StaffRefundRequestView> {
  const row = await findRequest(db, id);
  if (row === undefined) {
    throw new AppError(notFound);
  }
  const lines = await findRequestLines(db, [id]);
  const refunds = await payments.readRefunds(db, toPurpose(row.order_id));
  return { ...toRefundRequestView(row, lines, refunds), ...toStaffPart(row) };
}

export interface RequestFilter extends Paging {
  readonly sort: 'createdAt' | '-createdAt';
  readonly status?: RefundRequestStatus | undefined;
  readonly origin?: 'customer' | 'staff' | undefined;
  readonly orderId?: string | undefined;
  readonly customerId?: string | undefined;
}

/** One page of requests. */
export async function listRequests(
  { db, payments }: OrdersDeps,
  filter: RequestFilter,
): Promise<{ items: StaffRefundRequestView[]; pagination: Pagination }> {
  const counted = await db.query
    .selectFrom(matching(db, filter).select('id').limit(COUNT_LIMIT).as('counted'))
    .select((select) => select.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const direction = filter.sort === '-createdAt' ? 'desc' : 'asc';
  const rows: RefundRequestRow[] = await after(matching(db, filter), filter)
    .selectAll()
    .orderBy('created_at', direction)
    .orderBy('id', direction)
    .limit(filter.limit)
    .offset(filter.cursor === undefined ? (filter.page - 1) * filter.limit : 0)
    .execute();
  const ids = rows.map(({ id }) => id);
  const last = rows.at(-1);
  const isFull = last !== undefined && rows.length === filter.limit;
  const cursor = isFull ? encodeCursor([last.created_at, last.id]) : undefined;
  const lines = await findRequestLines(db, ids);
  const refunds = await payments.readRefundsOfRequests(db, ids);
  return {
    items: rows.map((row) => ({ ...toRefundRequestView(row, lines, refunds), ...toStaffPart(row) })),
    pagination: paginate(filter, Number(counted.total), cursor),
  };
}

type RequestQuery = SelectQueryBuilder<Schema, 'refund_requests', object>;

/** Continues after the last row of the page before. Throws `invalid_request` for a cursor that is none of ours. */
function after(from: RequestQuery, { cursor, sort }: RequestFilter): RequestQuery {
  if (cursor === undefined) {
    return from;
  }
  const [at, id] = decodeCursor(cursor) ?? [];
  if (typeof at !== 'number' || typeof id !== 'string') {
    throw new AppError(invalidRequest, {
      fields: [{ field: 'cursor', message: 'not a cursor of this list', code: 'invalid' }],
    });
  }
  const beyond = sort === '-createdAt' ? '<' : '>';
  return from.where((where) =>
    where.or([
      where('created_at', beyond, at),
      where.and([where('created_at', '=', at), where('id', beyond, id)]),
    ]),
  );
}

function matching(db: Reader, { status, origin, orderId, customerId }: RequestFilter) {
  const equals = [
    ['status', status],
    ['origin', origin],
    ['order_id', orderId],
    ['customer_id', customerId],
  ] as const;
  let query = db.query.selectFrom('refund_requests');
  for (const [column, value] of equals) {
    if (value !== undefined) {
      query = query.where(column, '=', value);
    }
  }
  return query;
}
