/** What the API shows of payments, captures, refunds and notifications. Amounts in minor units. */
import { z } from 'zod';
import { toIso } from '../../kernel/clock.ts';
import type { HistoryEntry } from '../../kernel/history.ts';
import { PROCESSING } from './attempts/waiting.ts';
import { MISMATCH_DISMISSED, VOID_REQUESTED } from './payment.ts';
import type { CaptureRow, PaymentRow, ProviderEventRow } from './tables.ts';

const instant = z.string();

/** One step of a status, as staff sees it. */
export const historyView = z.object({
  entity: z.string(),
  entityId: z.string(),
  field: z.string(),
  from: z.string().nullable(),
  to: z.string(),
  actor: z.object({ type: z.string(), id: z.string() }),
  note: z.string().nullable(),
  at: z.string(),
}) satisfies z.ZodType<HistoryEntry>;

/** What is kept of a card; its number never is. */
const cardView = z
  .object({
    brand: z.string().nullable(),
    last4: z.string().nullable(),
    authorisationCode: z.string().nullable(),
    responseCode: z.string().nullable(),
  })
  .nullable();

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
  /** Why it stands where it does, in our words: `declined`, `processing`, `review_rejected`, `mismatch`, `void_requested`. */
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

export const captureView = z.object({
  id: z.string(),
  status: z.enum(['requested', 'succeeded', 'failed', 'unknown']),
  amount: z.int(),
  currency: z.string(),
  surplusAmount: z.int(),
  refundReserved: z.int(),
  externalRefunded: z.int(),
  /** Nothing more is captured after it, and the rest of the hold is let go. */
  isFinal: z.boolean(),
  /** The provider's number of it. */
  transactionId: z.string().nullable(),
  card: cardView,
  failure: z.string().nullable(),
  failureReason: z.string().nullable(),
  createdAt: instant,
  capturedAt: instant.nullable(),
});

/** A payment as staff sees it. */
export const adminPaymentView = paymentView.extend({
  customerId: z.string(),
  merchantAccount: z.string(),
  appId: z.string().nullable(),
  isCurrent: z.boolean(),
  lastQueriedAt: instant.nullable(),
  settlement: z.enum(['online', 'by_hand', 'on_delivery']),
  captureMode: z.enum(['automatic', 'manual']),
  /** The provider's own name of what takes the money. */
  providerReference: z.string().nullable(),
  /** Our reason, or the provider's code. */
  providerReason: z.string().nullable(),
  /** The provider's words about the last try that failed. */
  failureReason: z.string().nullable(),
  authorisedAmount: z.int(),
  authorisedUntil: instant.nullable(),
  /** What captures that are under way will take. */
  captureRequested: z.int(),
  capturedAmount: z.int(),
  /** Until when a review or the provider holds the close of the order. */
  heldUntil: instant.nullable(),
  card: cardView,
  billingCountry: z.string().nullable(),
  /** What did not match, while a person has to decide. */
  mismatch: z.record(z.string(), z.unknown()).nullable(),
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

/** What may be shown to a customer as it is; of a provider's own codes they see only that it declined. */
const OUR_REASONS: readonly string[] = [
  PROCESSING,
  VOID_REQUESTED,
  MISMATCH_DISMISSED,
  'mismatch',
  'returned',
  'review_rejected',
];

export function toPaymentView(row: PaymentRow): PaymentView {
  return {
    id: row.id,
    status: row.status,
    reason: row.reason === null || OUR_REASONS.includes(row.reason) ? row.reason : 'declined',
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

type CardColumns = Pick<PaymentRow, 'card_brand' | 'card_last4' | 'authorisation_code' | 'response_code'>;

function toCard(row: CardColumns): z.infer<typeof cardView> {
  const card = {
    brand: row.card_brand,
    last4: row.card_last4,
    authorisationCode: row.authorisation_code,
    responseCode: row.response_code,
  };
  return Object.values(card).every((value) => value === null) ? null : card;
}

export function toAdminPaymentView(row: PaymentRow): z.infer<typeof adminPaymentView> {
  return {
    ...toPaymentView(row),
    customerId: row.customer_id,
    merchantAccount: row.merchant_account,
    appId: row.app_id,
    isCurrent: row.live_key !== null,
    lastQueriedAt: row.last_queried_at === 0 ? null : toIso(row.last_queried_at),
    settlement: row.settlement,
    captureMode: row.capture_mode,
    providerReference: row.provider_reference,
    providerReason: row.reason,
    failureReason: row.failure_reason,
    authorisedAmount: row.authorised_amount,
    authorisedUntil: toIso(row.authorised_until),
    captureRequested: row.capture_requested,
    capturedAmount: row.captured_amount,
    heldUntil: toIso(row.held_until),
    card: toCard(row),
    billingCountry: row.billing_country,
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
    isFinal: row.is_final === 1,
    transactionId: row.provider_capture_id,
    card: toCard(row),
    failure: row.failure,
    failureReason: row.failure_reason,
    createdAt: toIso(row.created_at),
    capturedAt: toIso(row.captured_at),
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
