import { defineMachine, defineStates } from '../../kernel/states.ts';

export const orderStatuses = [
  'pending',
  'confirmed',
  'processing',
  'shipped',
  'delivered',
  'completed',
  'returned',
  'cancelled',
  'closed',
] as const;

export type OrderStatus = (typeof orderStatuses)[number];

/** `confirmed` comes from money, from a rail that needs none yet, or from a total of zero; never from a client. */
const orderStatus = defineStates<OrderStatus>({
  name: 'order.status',
  initial: ['pending'],
  ends: ['completed', 'returned', 'cancelled', 'closed'],
  arrows: {
    pending: ['confirmed', 'cancelled', 'closed'],
    confirmed: ['processing', 'completed', 'cancelled'],
    processing: ['shipped', 'completed', 'cancelled'],
    shipped: ['delivered', 'returned'],
    delivered: ['completed', 'returned'],
    completed: ['returned'],
    returned: [],
    cancelled: [],
    closed: [],
  },
});

export const paymentStatuses = [
  'unpaid',
  'authorized',
  'paid',
  'refund_pending',
  'partially_refunded',
  'refunded',
] as const;

export type PaymentStatus = (typeof paymentStatuses)[number];

/** A try that failed belongs to its attempt: the order stays unpaid and payable. */
const paymentStatus = defineStates<PaymentStatus>({
  name: 'order.payment_status',
  initial: ['unpaid'],
  ends: ['unpaid', 'paid', 'partially_refunded', 'refunded'],
  arrows: {
    unpaid: ['authorized', 'paid'],
    authorized: ['paid', 'unpaid'],
    paid: ['refund_pending'],
    refund_pending: ['paid', 'partially_refunded', 'refunded'],
    partially_refunded: ['refund_pending'],
    refunded: ['refund_pending'],
  },
});

export const fulfilmentStatuses = [
  'unfulfilled',
  'in_progress',
  'fulfilled',
  'failed',
  'unknown',
  'cancelled',
] as const;

export type FulfilmentStatus = (typeof fulfilmentStatuses)[number];

/** For goods, in progress means being packed and fulfilled means shipped. */
const fulfilmentStatus = defineStates<FulfilmentStatus>({
  name: 'order.fulfilment_status',
  initial: ['unfulfilled'],
  ends: ['unfulfilled', 'fulfilled', 'cancelled'],
  arrows: {
    unfulfilled: ['in_progress', 'cancelled'],
    in_progress: ['fulfilled', 'failed', 'unknown', 'unfulfilled', 'cancelled'],
    unknown: ['fulfilled', 'failed'],
    failed: ['in_progress', 'cancelled'],
    cancelled: ['unfulfilled', 'failed'],
    fulfilled: [],
  },
});

export const orderMachine = defineMachine({
  entity: 'order',
  table: 'orders',
  fields: { status: orderStatus, payment_status: paymentStatus, fulfilment_status: fulfilmentStatus },
});
