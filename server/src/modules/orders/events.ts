import { defineEvent } from '../../kernel/events/index.ts';
import type { FulfilmentStatus, OrderStatus, PaymentStatus } from './order-states.ts';
import type { OrderRow } from './tables.ts';

/** What is told of an order: what it is and where it stands after the change. */
export interface OrderEvent {
  readonly orderId: string;
  readonly orderNumber: string;
  readonly customerId: string;
  readonly kind: string;
  readonly status: OrderStatus;
  readonly paymentStatus: PaymentStatus;
  readonly fulfilmentStatus: FulfilmentStatus;
  readonly total: number;
  readonly currency: string;
}

export const orderPlaced = defineEvent<OrderEvent>({ name: 'order.placed', version: 1 });
export const orderConfirmed = defineEvent<OrderEvent>({ name: 'order.confirmed', version: 1 });
export const orderProcessing = defineEvent<OrderEvent>({ name: 'order.processing', version: 1 });
export const orderShipped = defineEvent<OrderEvent>({ name: 'order.shipped', version: 1 });
export const orderDelivered = defineEvent<OrderEvent>({ name: 'order.delivered', version: 1 });
export const orderCompleted = defineEvent<OrderEvent>({ name: 'order.completed', version: 1 });
export const orderReturned = defineEvent<OrderEvent>({ name: 'order.returned', version: 1 });
export const orderCancelled = defineEvent<OrderEvent>({ name: 'order.cancelled', version: 1 });
export const orderClosedEvent = defineEvent<OrderEvent>({ name: 'order.closed', version: 1 });

export function toOrderEvent(order: OrderRow): OrderEvent {
  return {
    orderId: order.id,
    orderNumber: order.order_number,
    customerId: order.customer_id,
    kind: order.kind,
    status: order.status,
    paymentStatus: order.payment_status,
    fulfilmentStatus: order.fulfilment_status,
    total: order.total,
    currency: order.currency,
  };
}
