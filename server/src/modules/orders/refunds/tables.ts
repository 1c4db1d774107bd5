import type { RefundTarget } from '../../payments/index.ts';
import type { RefundRequestStatus } from './request-states.ts';

/** Money that somebody wants back of an order; once it is agreed to, payments holds one refund for each capture of it. */
export interface RefundRequestRow {
  id: string;
  version: number;
  status: RefundRequestStatus;
  order_id: string;
  customer_id: string;
  origin: 'customer' | 'staff';
  /** The goods come back too. */
  is_return: number;
  amount: number;
  currency: string;
  approved_amount: number | null;
  by_hand: number;
  /** `store_credit`: into the customer's wallet, and no money leaves. */
  refund_to: RefundTarget;
  reason: string;
  decision_reason: string | null;
  /** The order's id while a customer waits for an answer: unique, so there is at most one. */
  live_key: string | null;
  claim_id: string | null;
  decided_by: string | null;
  decided_at: number | null;
  created_at: number;
  updated_at: number;
}

export interface RefundRequestLineRow {
  request_id: string;
  position: number;
  quantity: number;
  amount: number;
  restock_quantity: number;
}

/** What was refunded and restocked of a line; there from its first refund on, guarded by CHECKs (RULES 8). */
export interface OrderLineRefundRow {
  order_id: string;
  position: number;
  /** The line's own quantity: what the other two may not pass. */
  quantity: number;
  refunded_quantity: number;
  refunded_amount: number;
  restocked_quantity: number;
  updated_at: number;
}

declare module '../../../kernel/db/types.ts' {
  interface Schema {
    refund_requests: RefundRequestRow;
    refund_request_lines: RefundRequestLineRow;
    order_line_refunds: OrderLineRefundRow;
  }
}
