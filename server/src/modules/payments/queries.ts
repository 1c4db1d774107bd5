/** Reads for people and for other modules; nothing here decides about money. */
import type { SelectQueryBuilder } from 'kysely';
import { z } from 'zod';
import { type Reader, type Schema, statement } from '../../kernel/db/index.ts';
import { AppError, invalidRequest } from '../../kernel/errors.ts';
import {
  COUNT_LIMIT,
  decodeCursor,
  encodeCursor,
  type Pagination,
  type Paging,
  paginate,
  pagingQuery,
} from '../../kernel/http/index.ts';
import { findDisputesOf } from './disputes/dispute-repository.ts';
import type { DisputeRow } from './disputes/tables.ts';
import { type DisputeView, toDisputeView } from './disputes/views.ts';
import type { Purpose } from './purpose.ts';
import { type RefundView, toRefundView } from './refunds/refund-views.ts';
import type { PaymentRow, ProviderEventRow, RefundRow } from './tables.ts';
import { type PaymentView, toPaymentView } from './views.ts';

const paymentsOfPurpose = statement<Purpose, PaymentRow>((query, p) =>
  query
    .selectFrom('payments')
    .selectAll()
    .where('purpose_type', '=', p.type)
    .where('purpose_id', '=', p.id)
    .orderBy('id'),
);

const refundsOfPurpose = statement<Purpose, RefundRow>((query, p) =>
  query
    .selectFrom('refunds')
    .selectAll()
    .where('purpose_type', '=', p.type)
    .where('purpose_id', '=', p.id)
    .orderBy('id'),
);

/** Every attempt to pay the purpose, oldest first. */
export async function readPayments(db: Reader, { type, id }: Purpose): Promise<PaymentView[]> {
  return (await paymentsOfPurpose.all(db, { type, id })).map(toPaymentView);
}

/** Every refund of the purpose, oldest first; surplus too. */
export async function readRefunds(db: Reader, { type, id }: Purpose): Promise<RefundView[]> {
  return (await refundsOfPurpose.all(db, { type, id })).map(toRefundView);
}

/** The refunds that came of these requests, oldest first. */
export async function readRefundsOfRequests(
  db: Reader,
  requestIds: readonly string[],
): Promise<RefundView[]> {
  if (requestIds.length === 0) {
    return [];
  }
  const rows = await db.query
    .selectFrom('refunds')
    .selectAll()
    .where('request_id', 'in', [...requestIds])
    .orderBy('id')
    .execute();
  return rows.map(toRefundView);
}

/** The notifications about these payments and refunds, oldest first. */
export async function readEventsAbout(db: Reader, ids: readonly string[]): Promise<EventSummary[]> {
  if (ids.length === 0) {
    return [];
  }
  return db.query
    .selectFrom('provider_events')
    .select(EVENT_COLUMNS)
    .where('subject_id', 'in', [...ids])
    .orderBy('received_at')
    .execute();
}

const EVENT_COLUMNS = [
  'id',
  'version',
  'state',
  'provider',
  'merchant_account',
  'event_id',
  'event_type',
  'subject_id',
  'reason',
  'error',
  'received_at',
  'updated_at',
] as const;

export type EventSummary = Pick<ProviderEventRow, (typeof EVENT_COLUMNS)[number]>;

/** Paging of the lists below; they sort by the time of creation only. */
export const listQuery = {
  ...pagingQuery,
  sort: z.enum(['createdAt', '-createdAt']).default('-createdAt'),
};

interface ListRequest extends Paging {
  readonly sort: 'createdAt' | '-createdAt';
}

type Filters = Readonly<Record<string, string | number | undefined>>;

interface ListSource {
  readonly table: 'payments' | 'refunds' | 'disputes' | 'provider_events';
  readonly time: 'created_at' | 'received_at';
  readonly columns?: readonly string[];
}

// The four tables are listed alike; Kysely's types can not say so, hence the casts in this one function.
type AnyQuery = SelectQueryBuilder<Schema, 'payments', object>;

async function list(
  db: Reader,
  { table, time, columns }: ListSource,
  filters: Filters,
  request: ListRequest,
): Promise<{ rows: unknown[]; pagination: Pagination }> {
  const matching = (): AnyQuery => {
    let query = db.query.selectFrom(table as 'payments') as unknown as AnyQuery;
    for (const [column, value] of Object.entries(filters)) {
      if (value !== undefined) {
        query = query.where(column as 'id', '=', value as string);
      }
    }
    return query;
  };
  const counted = await db.query
    .selectFrom(matching().select('id').limit(COUNT_LIMIT).as('counted'))
    .select((select) => select.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const direction = request.sort === '-createdAt' ? 'desc' : 'asc';
  const selected = columns === undefined ? matching().selectAll() : matching().select(columns as 'id'[]);
  const sorted: AnyQuery = selected
    .orderBy(time as 'created_at', direction)
    .orderBy('id', direction)
    .limit(request.limit);
  const page =
    request.cursor === undefined
      ? sorted.offset((request.page - 1) * request.limit)
      : after(sorted, time, request);
  const rows = await page.execute();
  const last = rows.at(-1) as Record<string, string | number> | undefined;
  const isFull = last !== undefined && rows.length === request.limit;
  const cursor = isFull ? encodeCursor([last[time] as number, last.id as string]) : undefined;
  return { rows, pagination: paginate(request, counted.total, cursor) };
}

/** Rows behind the cursor's. Throws `invalid_request` for a cursor that is none of ours. */
function after(query: AnyQuery, time: string, { cursor = '', sort }: ListRequest): AnyQuery {
  const [at, id] = decodeCursor(cursor) ?? [];
  if (typeof at !== 'number' || typeof id !== 'string') {
    throw new AppError(invalidRequest, {
      fields: [{ field: 'cursor', message: 'not a cursor of this list', code: 'invalid' }],
    });
  }
  const sign = sort === '-createdAt' ? '<' : '>';
  return query.where((where) =>
    where.or([
      where(time as 'created_at', sign, at),
      where.and([where(time as 'created_at', '=', at), where('id', sign, id)]),
    ]),
  );
}

export interface PaymentFilter extends ListRequest {
  readonly status?: string | undefined;
  readonly provider?: string | undefined;
  readonly purposeId?: string | undefined;
  readonly transactionId?: string | undefined;
  readonly customerId?: string | undefined;
}

export async function listPayments(db: Reader, request: PaymentFilter) {
  const filters = {
    status: request.status,
    provider: request.provider,
    purpose_id: request.purposeId,
    transaction_id: request.transactionId,
    customer_id: request.customerId,
  };
  const { rows, pagination } = await list(db, { table: 'payments', time: 'created_at' }, filters, request);
  return { rows: rows as PaymentRow[], pagination };
}

export interface RefundFilter extends ListRequest {
  readonly status?: string | undefined;
  readonly origin?: string | undefined;
  readonly isByHand?: 'true' | 'false' | undefined;
  readonly purposeId?: string | undefined;
  readonly paymentId?: string | undefined;
}

export async function listRefunds(db: Reader, request: RefundFilter) {
  const filters = {
    status: request.status,
    origin: request.origin,
    by_hand: request.isByHand === undefined ? undefined : Number(request.isByHand === 'true'),
    purpose_id: request.purposeId,
    payment_id: request.paymentId,
  };
  const { rows, pagination } = await list(db, { table: 'refunds', time: 'created_at' }, filters, request);
  return { rows: rows as RefundRow[], pagination };
}

export interface DisputeFilter extends ListRequest {
  readonly status?: string | undefined;
  readonly provider?: string | undefined;
  readonly purposeId?: string | undefined;
  readonly paymentId?: string | undefined;
}

export async function listDisputes(db: Reader, request: DisputeFilter) {
  const filters = {
    status: request.status,
    provider: request.provider,
    purpose_id: request.purposeId,
    payment_id: request.paymentId,
  };
  const { rows, pagination } = await list(db, { table: 'disputes', time: 'created_at' }, filters, request);
  return { rows: rows as DisputeRow[], pagination };
}

/** Every dispute of the purpose's money, oldest first. */
export async function readDisputes(db: Reader, purpose: Purpose): Promise<DisputeView[]> {
  return (await findDisputesOf(db, purpose)).map(toDisputeView);
}

export interface EventFilter extends ListRequest {
  readonly state?: string | undefined;
  readonly provider?: string | undefined;
  readonly subjectId?: string | undefined;
}

export async function listProviderEvents(db: Reader, request: EventFilter) {
  const filters = { state: request.state, provider: request.provider, subject_id: request.subjectId };
  const source = { table: 'provider_events', time: 'received_at', columns: EVENT_COLUMNS } as const;
  const { rows, pagination } = await list(db, source, filters, request);
  return { rows: rows as EventSummary[], pagination };
}
