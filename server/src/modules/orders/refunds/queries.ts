/** Reads of requests for people. */
import type { z } from 'zod';
import { AppError, notFound } from '../../../kernel/errors.ts';
import { type Pagination, type Paging, readPage } from '../../../kernel/http/index.ts';
import { type OrdersDeps, toPurpose } from '../deps.ts';
import { findLineRefunds, findRequest, findRequestLines, findRequestsOf } from './repository.ts';
import type { RefundRequestStatus } from './request-states.ts';
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
  const { status, origin, orderId, customerId } = filter;
  const where = { status, origin, order_id: orderId, customer_id: customerId };
  const isOldestFirst = filter.sort === 'createdAt';
  const source = { table: 'refund_requests', time: 'created_at', where, isOldestFirst } as const;
  const { rows, pagination } = await readPage(db, source, filter);
  const ids = rows.map(({ id }) => id);
  const lines = await findRequestLines(db, ids);
  const refunds = await payments.readRefundsOfRequests(db, ids);
  return {
    items: rows.map((row) => ({ ...toRefundRequestView(row, lines, refunds), ...toStaffPart(row) })),
    pagination,
  };
}
