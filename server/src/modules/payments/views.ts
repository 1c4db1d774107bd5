/** What the API shows of payments, captures, refunds and notifications. Amounts in minor units. */
import { z } from 'zod';
import { toIso } from '../../kernel/clock.ts';
import type { CaptureRow, PaymentRow, ProviderEventRow, RefundRow } from './tables.ts';

const instant = z.string();

/** A payment as its customer sees it. */
export const paymentView = z.object({
  id: z.string(),
  status: z.enum([
    'created',
    'requires_review',
    'pending',
    'authorized',
    'succeeded',
    'failed',
    'unknown',
    'closed',
  ]),
  reason: z.string().nullable(),
  purpose: z.object({ type: z.string(), id: z.string() }),
  provider: z.string(),
  method: z.string(),
  amount: z.int(),
  currency: z.string(),
  /** Whether nobody owed it to us: it came late or a second time, and is refunded by itself. */
  isSurplus: z.boolean(),
  transactionId: z.string().nullable(),
  createdAt: instant,
  expiresAt: instant,
  paidAt: instant.nullable(),
  closedAt: instant.nullable(),
});

export type PaymentView = z.infer<typeof paymentView>;

/** A refund as its customer sees it. */
export const refundView = z.object({
  id: z.string(),
  status: z.enum([
    'requested',
    'reserved',
    'rejected',
    'withdrawn',
    'cancelled',
    'sent',
    'unknown',
    'abnormal',
    'succeeded',
    'failed',
  ]),
  paymentId: z.string(),
  purpose: z.object({ type: z.string(), id: z.string() }),
  amount: z.int(),
  currency: z.string(),
  isSurplus: z.boolean(),
  origin: z.enum(['cancel', 'staff', 'late', 'customer', 'mismatch', 'provider']),
  reason: z.string().nullable(),
  createdAt: instant,
  succeededAt: instant.nullable(),
});

export type RefundView = z.infer<typeof refundView>;

export const captureView = z.object({
  id: z.string(),
  status: z.string(),
  amount: z.int(),
  currency: z.string(),
  surplusAmount: z.int(),
  refundReserved: z.int(),
  externalRefunded: z.int(),
  capturedAt: instant.nullable(),
});

/** A payment as staff sees it. */
export const adminPaymentView = paymentView.extend({
  customerId: z.string(),
  merchantAccount: z.string(),
  appId: z.string().nullable(),
  isCurrent: z.boolean(),
  lastQueriedAt: instant.nullable(),
  /** What did not match, while a person has to decide. */
  mismatch: z.record(z.string(), z.unknown()).nullable(),
});

/** A refund as staff sees it. */
export const adminRefundView = refundView.extend({
  captureId: z.string(),
  provider: z.string(),
  merchantAccount: z.string(),
  providerRefundId: z.string().nullable(),
  failure: z.string().nullable(),
  replaces: z.string().nullable(),
  sentAt: instant.nullable(),
});

/** A notification in the inbox. */
export const providerEventView = z.object({
  id: z.string(),
  state: z.enum(['stored', 'applied', 'ignored', 'quarantined']),
  provider: z.string(),
  merchantAccount: z.string(),
  eventId: z.string(),
  eventType: z.string(),
  subjectId: z.string().nullable(),
  reason: z.string().nullable(),
  receivedAt: instant,
  updatedAt: instant,
});

/** With what the gateway read in it; neither the raw body nor the payer is shown. */
export const providerEventDetail = providerEventView.extend({
  subject: z.record(z.string(), z.unknown()),
  headers: z.record(z.string(), z.unknown()),
  error: z.string().nullable(),
  hasRawBody: z.boolean(),
});

export function toPaymentView(row: PaymentRow): PaymentView {
  return {
    id: row.id,
    status: row.status,
    reason: row.reason,
    purpose: { type: row.purpose_type, id: row.purpose_id },
    provider: row.provider,
    method: row.method,
    amount: row.amount,
    currency: row.currency,
    isSurplus: row.is_surplus === 1,
    transactionId: row.transaction_id,
    createdAt: toIso(row.created_at),
    expiresAt: toIso(row.expires_at),
    paidAt: toIso(row.paid_at),
    closedAt: toIso(row.closed_at),
  };
}

export function toAdminPaymentView(row: PaymentRow): z.infer<typeof adminPaymentView> {
  return {
    ...toPaymentView(row),
    customerId: row.customer_id,
    merchantAccount: row.merchant_account,
    appId: row.app_id,
    isCurrent: row.live_key !== null,
    lastQueriedAt: row.last_queried_at === 0 ? null : toIso(row.last_queried_at),
    mismatch: row.mismatch === null ? null : (JSON.parse(row.mismatch) as Record<string, unknown>),
  };
}

export function toCaptureView(row: CaptureRow): z.infer<typeof captureView> {
  return {
    id: row.id,
    status: row.status,
    amount: row.amount,
    currency: row.currency,
    surplusAmount: row.surplus_amount,
    refundReserved: row.refund_reserved,
    externalRefunded: row.external_refunded,
    capturedAt: toIso(row.captured_at),
  };
}

export function toRefundView(row: RefundRow): RefundView {
  return {
    id: row.id,
    status: row.status,
    paymentId: row.payment_id,
    purpose: { type: row.purpose_type, id: row.purpose_id },
    amount: row.amount,
    currency: row.currency,
    isSurplus: row.is_surplus === 1,
    origin: row.origin,
    reason: row.reason,
    createdAt: toIso(row.created_at),
    succeededAt: toIso(row.succeeded_at),
  };
}

export function toAdminRefundView(row: RefundRow): z.infer<typeof adminRefundView> {
  return {
    ...toRefundView(row),
    captureId: row.capture_id,
    provider: row.provider,
    merchantAccount: row.merchant_account,
    providerRefundId: row.provider_refund_id,
    failure: row.failure,
    replaces: row.replaces,
    sentAt: toIso(row.sent_at),
  };
}

export function toProviderEventView(
  row: Omit<ProviderEventRow, 'body' | 'headers' | 'subject'>,
): z.infer<typeof providerEventView> {
  return {
    id: row.id,
    state: row.state,
    provider: row.provider,
    merchantAccount: row.merchant_account,
    eventId: row.event_id,
    eventType: row.event_type,
    subjectId: row.subject_id,
    reason: row.reason,
    receivedAt: toIso(row.received_at),
    updatedAt: toIso(row.updated_at),
  };
}

export function toProviderEventDetail(row: ProviderEventRow): z.infer<typeof providerEventDetail> {
  return {
    ...toProviderEventView(row),
    subject: JSON.parse(row.subject) as Record<string, unknown>,
    headers: JSON.parse(row.headers) as Record<string, unknown>,
    error: row.error,
    hasRawBody: row.body !== null,
  };
}
