/** What the API shows of refunds. Amounts in minor units. */
import { z } from 'zod';
import { toIso } from '../../../kernel/clock.ts';
import type { RefundRow } from '../tables.ts';
import { REFUND_TARGETS, targetOf } from './refund.ts';

const instant = z.string();

/** A refund as its customer sees it. */
export const refundView = z.object({
  id: z.string(),
  status: z.enum(['reserved', 'cancelled', 'sent', 'unknown', 'abnormal', 'succeeded', 'failed']),
  paymentId: z.string(),
  purpose: z.object({ type: z.string(), id: z.string() }),
  amount: z.int(),
  currency: z.string(),
  isSurplus: z.boolean(),
  origin: z.enum(['cancel', 'staff', 'late', 'customer', 'mismatch', 'provider']),
  reason: z.string().nullable(),
  /** The request that it is a part of. */
  requestId: z.string().nullable(),
  /** Back to the payer, or into the customer's wallet. */
  to: z.enum(REFUND_TARGETS),
  /** Whether a person pays it, because its provider can not or will not. */
  isByHand: z.boolean(),
  createdAt: instant,
  succeededAt: instant.nullable(),
});

export type RefundView = z.infer<typeof refundView>;

/** A refund as staff sees it. */
export const adminRefundView = refundView.extend({
  captureId: z.string(),
  provider: z.string(),
  merchantAccount: z.string(),
  providerRefundId: z.string().nullable(),
  failure: z.string().nullable(),
  replaces: z.string().nullable(),
  /** Who may not say that it was paid by hand: who promised it, who took it out of its provider's hands or said that a payout came back, and who confirmed that. */
  preparedBy: z.string().nullable(),
  handedBy: z.string().nullable(),
  bounceConfirmedBy: z.string().nullable(),
  paidOutBy: z.string().nullable(),
  paidOutReference: z.string().nullable(),
  /** Since when its provider is being told how to finish it; nobody else can pay it meanwhile. */
  finishingAt: instant.nullable(),
  sentAt: instant.nullable(),
});

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
    requestId: row.request_id,
    to: targetOf(row),
    isByHand: row.by_hand === 1,
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
    preparedBy: row.prepared_by,
    handedBy: row.handed_by,
    bounceConfirmedBy: row.bounce_confirmed_by,
    paidOutBy: row.paid_out_by,
    paidOutReference: row.paid_out_reference,
    finishingAt: toIso(row.finishing_at),
    sentAt: toIso(row.sent_at),
  };
}
