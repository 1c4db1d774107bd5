import { z } from 'zod';
import { toIso } from '../../kernel/clock.ts';
import type { HistoryEntry } from '../../kernel/history.ts';
import { type PaymentView, paymentView, type RefundView, refundView } from '../payments/index.ts';
import { addressView, type OrderAddress } from './address.ts';
import type { OfferedMethod } from './deps.ts';
import { isPayable } from './order.ts';
import type { readRefundsOfOrder } from './refunds/queries.ts';
import { refundedItemView, refundRequestView } from './refunds/views.ts';
import type { OrderLineRow, OrderRow } from './tables.ts';

const time = z.string().nullable();

const lineView = z.object({
  position: z.int(),
  variantId: z.string(),
  productId: z.string(),
  sku: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  image: z.string().nullable(),
  unitPrice: z.int(),
  salePrice: z.int().nullable(),
  quantity: z.int(),
  totalPrice: z.int(),
});

/** An order with its lines. Amounts in minor units of `currency`. */
export const orderView = z.object({
  id: z.string(),
  orderNumber: z.string(),
  customerId: z.string(),
  kind: z.string(),
  status: z.string(),
  paymentStatus: z.string(),
  fulfilmentStatus: z.string(),
  /** Where the most urgent dispute about its money stands. */
  disputeStatus: z.string().nullable(),
  /** Whether it is being closed or cancelled, waiting for a provider. */
  isClosing: z.boolean(),
  currency: z.string(),
  subtotal: z.int(),
  discount: z.int(),
  tax: z.int(),
  shipping: z.int(),
  total: z.int(),
  items: z.array(lineView),
  shippingAddress: addressView.nullable(),
  billingAddress: addressView.nullable(),
  customerNote: z.string().nullable(),
  carrier: z.string().nullable(),
  trackingNumber: z.string().nullable(),
  cancelReason: z.string().nullable(),
  /** Until when it can be paid; only while it can. */
  expiresAt: time,
  placedAt: z.string(),
  confirmedAt: time,
  shippedAt: time,
  deliveredAt: time,
  completedAt: time,
  returnedAt: time,
  cancelledAt: time,
  closedAt: time,
});

export type OrderView = z.infer<typeof orderView>;

const historyShape = {
  entity: z.string(),
  entityId: z.string(),
  field: z.string(),
  from: z.string().nullable(),
  to: z.string(),
  note: z.string().nullable(),
  at: z.string(),
};

/** A step as its customer sees it: of others than the customer neither who it was nor what they noted. */
export const historyView = z.object({
  ...historyShape,
  actor: z.object({ type: z.string(), id: z.string().nullable() }),
});

/** The same for staff. */
export const staffHistoryView = z.object({
  ...historyShape,
  actor: z.object({ type: z.string(), id: z.string() }),
});

/** Hides what staff has noted, and who they are. */
export function toCustomerHistory(history: readonly HistoryEntry[]): z.infer<typeof historyView>[] {
  return history.map((entry) =>
    entry.actor.type === 'customer'
      ? entry
      : { ...entry, actor: { type: entry.actor.type, id: null }, note: null },
  );
}

/** The same with what has happened to it and how it can be paid. */
export const orderDetailView = orderView.extend({
  payments: z.array(paymentView),
  refunds: z.array(refundView),
  refundRequests: z.array(refundRequestView),
  /** What was refunded of lines; those that are not here were not. */
  refundedItems: z.array(refundedItemView),
  /** What could still be refunded. */
  refundable: z.int(),
  history: z.array(historyView),
  /** The ways to pay that are open to it now. */
  paymentMethods: z.array(
    z.object({
      method: z.string(),
      needsOpenid: z.boolean(),
      /** Who tells that the money has come: the provider, staff, or whoever hands over the goods. */
      settlement: z.enum(['online', 'by_hand', 'on_delivery']),
    }),
  ),
});

export type OrderDetailView = z.infer<typeof orderDetailView>;

/** What only staff sees. */
export const staffOrderView = orderView.extend({
  internalNote: z.string().nullable(),
  metadata: z.object({
    source: z.string(),
    userAgent: z.string().nullable(),
    ipAddress: z.string().nullable(),
    referrer: z.string().nullable(),
  }),
  /** What staff may make of it next. */
  nextStatuses: z.array(z.string()),
});

export function toLineView(line: OrderLineRow): z.infer<typeof lineView> {
  return {
    position: line.position,
    variantId: line.variant_id,
    productId: line.product_id,
    sku: line.sku,
    name: line.name,
    description: line.description,
    image: line.image,
    unitPrice: line.unit_price,
    salePrice: line.sale_price,
    quantity: line.quantity,
    totalPrice: line.total_price,
  };
}

function toAddress(json: string | null): OrderAddress | null {
  return json === null ? null : (JSON.parse(json) as OrderAddress);
}

export function toOrderView(order: OrderRow, lines: readonly OrderLineRow[], now: number): OrderView {
  return {
    id: order.id,
    orderNumber: order.order_number,
    customerId: order.customer_id,
    kind: order.kind,
    status: order.status,
    paymentStatus: order.payment_status,
    fulfilmentStatus: order.fulfilment_status,
    disputeStatus: order.dispute_status,
    isClosing: order.closing_at !== null,
    currency: order.currency,
    subtotal: order.subtotal,
    discount: order.discount,
    tax: order.tax,
    shipping: order.shipping,
    total: order.total,
    items: lines.map(toLineView),
    shippingAddress: toAddress(order.shipping_address),
    billingAddress: toAddress(order.billing_address),
    customerNote: order.customer_note,
    carrier: order.carrier,
    trackingNumber: order.tracking_number,
    cancelReason: order.cancel_reason,
    expiresAt: isPayable(order, now) ? toIso(order.expires_at) : null,
    placedAt: toIso(order.placed_at),
    confirmedAt: toIso(order.confirmed_at),
    shippedAt: toIso(order.shipped_at),
    deliveredAt: toIso(order.delivered_at),
    completedAt: toIso(order.completed_at),
    returnedAt: toIso(order.returned_at),
    cancelledAt: toIso(order.cancelled_at),
    closedAt: toIso(order.closed_at),
  };
}

interface Happenings {
  readonly payments: readonly PaymentView[];
  readonly refunds: readonly RefundView[];
  readonly asked: Awaited<ReturnType<typeof readRefundsOfOrder>>;
  readonly history: readonly HistoryEntry[];
  readonly methods: readonly OfferedMethod[];
}

export function toDetail({ payments, refunds, asked, history, methods }: Happenings) {
  return {
    payments: [...payments],
    refunds: [...refunds],
    ...asked,
    history: toCustomerHistory(history),
    paymentMethods: methods.map(({ method, needsOpenid, settlement }) => ({
      method,
      needsOpenid,
      settlement,
    })),
  };
}

export function toStaffPart(order: OrderRow, nextStatuses: readonly string[]) {
  return {
    internalNote: order.internal_note,
    metadata: {
      source: order.source,
      userAgent: order.user_agent,
      ipAddress: order.ip_address,
      referrer: order.referrer,
    },
    nextStatuses: [...nextStatuses],
  };
}
