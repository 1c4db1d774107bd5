/** Reads for people and for other modules; nothing here decides about money. */
import { z } from 'zod';
import { type Reader, statement } from '../../kernel/db/index.ts';
import { type Paging, pagingQuery, readPage } from '../../kernel/http/index.ts';
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

const byCreation = ({ sort }: ListRequest) =>
  ({ time: 'created_at', isOldestFirst: sort === 'createdAt' }) as const;

export interface PaymentFilter extends ListRequest {
  readonly status?: PaymentRow['status'] | undefined;
  readonly provider?: string | undefined;
  readonly purposeId?: string | undefined;
  readonly transactionId?: string | undefined;
  readonly customerId?: string | undefined;
}

export async function listPayments(db: Reader, request: PaymentFilter) {
  const where = {
    status: request.status,
    provider: request.provider,
    purpose_id: request.purposeId,
    transaction_id: request.transactionId,
    customer_id: request.customerId,
  };
  return readPage(db, { table: 'payments', where, ...byCreation(request) }, request);
}

export interface RefundFilter extends ListRequest {
  readonly status?: RefundRow['status'] | undefined;
  readonly origin?: RefundRow['origin'] | undefined;
  readonly isByHand?: 'true' | 'false' | undefined;
  readonly purposeId?: string | undefined;
  readonly paymentId?: string | undefined;
}

export async function listRefunds(db: Reader, request: RefundFilter) {
  const where = {
    status: request.status,
    origin: request.origin,
    by_hand: request.isByHand === undefined ? undefined : Number(request.isByHand === 'true'),
    purpose_id: request.purposeId,
    payment_id: request.paymentId,
  };
  return readPage(db, { table: 'refunds', where, ...byCreation(request) }, request);
}

export interface DisputeFilter extends ListRequest {
  readonly status?: DisputeRow['status'] | undefined;
  readonly provider?: string | undefined;
  readonly purposeId?: string | undefined;
  readonly paymentId?: string | undefined;
}

export async function listDisputes(db: Reader, request: DisputeFilter) {
  const where = {
    status: request.status,
    provider: request.provider,
    purpose_id: request.purposeId,
    payment_id: request.paymentId,
  };
  return readPage(db, { table: 'disputes', where, ...byCreation(request) }, request);
}

/** Every dispute of the purpose's money, oldest first. */
export async function readDisputes(db: Reader, purpose: Purpose): Promise<DisputeView[]> {
  return (await findDisputesOf(db, purpose)).map(toDisputeView);
}

export interface EventFilter extends ListRequest {
  readonly state?: ProviderEventRow['state'] | undefined;
  readonly provider?: string | undefined;
  readonly subjectId?: string | undefined;
}

export async function listProviderEvents(db: Reader, request: EventFilter) {
  const where = { state: request.state, provider: request.provider, subject_id: request.subjectId };
  const source = { table: 'provider_events', columns: EVENT_COLUMNS, where } as const;
  return readPage(db, { ...source, ...byCreation(request), time: 'received_at' }, request);
}
