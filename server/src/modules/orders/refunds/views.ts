import { z } from 'zod';
import { toIso } from '../../../kernel/clock.ts';
import { type RefundView, refundView } from '../../payments/index.ts';
import { REQUEST_STATUSES } from './request-states.ts';
import type { OrderLineRefundRow, RefundRequestLineRow, RefundRequestRow } from './tables.ts';

/** A request for a refund with the refunds that came of it. Amounts in minor units of `currency`. */
export const refundRequestView = z.object({
  id: z.string(),
  orderId: z.string(),
  status: z.enum(REQUEST_STATUSES),
  origin: z.enum(['customer', 'staff']),
  /** Whether the goods come back too. */
  isReturn: z.boolean(),
  amount: z.int(),
  /** What was agreed to. */
  approvedAmount: z.int().nullable(),
  /** How much of it is back. */
  refundedAmount: z.int(),
  currency: z.string(),
  reason: z.string(),
  decisionReason: z.string().nullable(),
  items: z.array(
    z.object({ position: z.int(), quantity: z.int(), amount: z.int(), restockQuantity: z.int() }),
  ),
  /** One for each capture that gives money back, and one more for each that failed and was begun anew. */
  refunds: z.array(refundView),
  createdAt: z.string(),
  decidedAt: z.string().nullable(),
});

export type RefundRequestView = z.infer<typeof refundRequestView>;

/** The same for staff. */
export const staffRefundRequestView = refundRequestView.extend({
  customerId: z.string(),
  isByHand: z.boolean(),
  to: z.enum(['payer', 'store_credit']),
  decidedBy: z.string().nullable(),
});

/** What was refunded and restocked of a line. */
export const refundedItemView = z.object({
  position: z.int(),
  refundedQuantity: z.int(),
  refundedAmount: z.int(),
  restockedQuantity: z.int(),
});

export function toRefundRequestView(
  row: RefundRequestRow,
  lines: readonly RefundRequestLineRow[],
  refunds: readonly RefundView[],
): RefundRequestView {
  const own = refunds.filter(({ requestId }) => requestId === row.id);
  return {
    id: row.id,
    orderId: row.order_id,
    status: row.status,
    origin: row.origin,
    isReturn: row.is_return === 1,
    amount: row.amount,
    approvedAmount: row.approved_amount,
    refundedAmount: own
      .filter(({ status }) => status === 'succeeded')
      .reduce((sum, { amount }) => sum + amount, 0),
    currency: row.currency,
    reason: row.reason,
    decisionReason: row.decision_reason,
    items: lines
      .filter((line) => line.request_id === row.id)
      .map(({ position, quantity, amount, restock_quantity: restockQuantity }) => ({
        ...{ position, quantity, amount, restockQuantity },
      })),
    refunds: own,
    createdAt: toIso(row.created_at),
    decidedAt: toIso(row.decided_at),
  };
}

export function toStaffPart(row: RefundRequestRow) {
  return {
    customerId: row.customer_id,
    isByHand: row.by_hand === 1,
    to: row.refund_to,
    decidedBy: row.decided_by,
  };
}

export function toRefundedItem(row: OrderLineRefundRow): z.infer<typeof refundedItemView> {
  return {
    position: row.position,
    refundedQuantity: row.refunded_quantity,
    refundedAmount: row.refunded_amount,
    restockedQuantity: row.restocked_quantity,
  };
}
