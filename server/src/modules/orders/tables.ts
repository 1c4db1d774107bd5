import type { DisputeStage, OrderKind } from '../../gateways/gateway.ts';
import type { FulfilmentStatus, OrderStatus, PaymentStatus } from './order-states.ts';

export interface OrderRow {
  id: string;
  version: number;
  order_number: string;
  customer_id: string;
  kind: OrderKind;
  status: OrderStatus;
  payment_status: PaymentStatus;
  fulfilment_status: FulfilmentStatus;
  currency: string;
  /** The lines' total prices. */
  subtotal: number;
  discount: number;
  /** Tax that the prices do not contain. */
  tax: number;
  shipping: number;
  total: number;
  requires_shipping: 0 | 1;
  /** JSON snapshots of addresses: what was true when the order was placed. */
  shipping_address: string | null;
  billing_address: string | null;
  customer_note: string | null;
  internal_note: string | null;
  carrier: string | null;
  tracking_number: string | null;
  cancel_reason: string | null;
  source: string;
  /** These three are erased after `ORIGIN_KEPT_DAYS`. */
  user_agent: string | null;
  ip_address: string | null;
  referrer: string | null;
  /** The Idempotency-Key's claim that the order was placed under; unique. */
  claim_id: string | null;
  /** Hash of customer, lines and address; unique, so that the same cart sent twice at once is one order. */
  duplicate_key: string | null;
  /** The attempt that paid the order, or authorised its payment; all other money is surplus. */
  payment_id: string | null;
  /** The most urgent of the disputes about its money; `null` where there was none. */
  dispute_status: DisputeStage | null;
  /** How many attempts to pay were opened. */
  attempts: number;
  /** Since when the order is being closed: no attempt may be opened, and nothing may be shipped. */
  closing_at: number | null;
  /** JSON: what it shall become, and who wants that (`ClosingRequest`). */
  closing_request: string | null;
  expires_at: number;
  placed_at: number;
  confirmed_at: number | null;
  shipped_at: number | null;
  delivered_at: number | null;
  completed_at: number | null;
  returned_at: number | null;
  cancelled_at: number | null;
  closed_at: number | null;
  updated_at: number;
}

/** What was ordered, as it was when it was ordered. */
export interface OrderLineRow {
  order_id: string;
  position: number;
  variant_id: string;
  product_id: string;
  sku: string;
  name: string;
  description: string | null;
  image: string | null;
  unit_price: number;
  sale_price: number | null;
  quantity: number;
  total_price: number;
  requires_shipping: 0 | 1;
}

declare module '../../kernel/db/types.ts' {
  interface Schema {
    orders: OrderRow;
    order_lines: OrderLineRow;
    /** How many orders of a customer are pending and unpaid; a counter under a limit (RULES 8). */
    order_counts: {
      customer_id: string;
      unpaid: number;
      updated_at: number;
    };
  }
}
