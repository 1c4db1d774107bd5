import { defineEvent } from '../../../kernel/events/index.ts';
import type { RefundRequestRow } from './tables.ts';

/** What is told of a request for a refund. Amounts in minor units. */
export interface RefundRequestEvent {
  readonly requestId: string;
  readonly orderId: string;
  readonly customerId: string;
  readonly status: string;
  readonly amount: number;
  readonly approvedAmount: number | null;
  readonly currency: string;
}

export const refundAsked = defineEvent<RefundRequestEvent>({ name: 'refund_request.created', version: 1 });
/** It was agreed to, rejected or withdrawn. */
export const refundDecided = defineEvent<RefundRequestEvent>({ name: 'refund_request.decided', version: 1 });

export function toRefundRequestEvent(row: RefundRequestRow): RefundRequestEvent {
  return {
    requestId: row.id,
    orderId: row.order_id,
    customerId: row.customer_id,
    status: row.status,
    amount: row.amount,
    approvedAmount: row.approved_amount,
    currency: row.currency,
  };
}
