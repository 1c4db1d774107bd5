/** Orders: from a cart that was sent to goods that were delivered, with the money in step. */
import './refunds/tables.ts';
import type { Router } from '../../kernel/http/index.ts';
import type { Cron, JobHandler } from '../../kernel/jobs/index.ts';
import type { PaymentStarted, PurposeOwner } from '../payments/index.ts';
import { registerAdminRoutes } from './admin-routes.ts';
import { type AdvanceRequest, advanceOrder } from './advance-order.ts';
import { type CancelOutcome, type CancelRequest, cancelOrder } from './cancel-order.ts';
import { handleOrderClose } from './close-expired.ts';
import { createDelivery, type Delivery } from './delivery/deliver.ts';
import type { VirtualOrderRequest } from './delivery/draft-virtual-order.ts';
import type { OrdersDeps } from './deps.ts';
import type { OrderRequest } from './draft-order.ts';
import { handleOrderErase, orderErase } from './erase-origins.ts';
import { createOrderOwner } from './owner.ts';
import { type PayRequest, payOrder } from './pay-order.ts';
import { type PlacedOrder, placeOrder, placeVirtualOrder } from './place-order.ts';
import { readOwnOrder } from './read-order.ts';
import { registerRefundRoutes } from './refunds/routes.ts';
import { registerOrderRoutes } from './routes.ts';
import type { OrderRow } from './tables.ts';

export type { OrderAddress } from './address.ts';
export type { Delivery, DeliveryNote, DeliveryOutcome } from './delivery/deliver.ts';
export type { VirtualItem, VirtualOrderRequest } from './delivery/draft-virtual-order.ts';
export type { Fulfiller, VirtualKind } from './delivery/fulfiller.ts';
export type { AddressBook, CatalogPort, OfferedMethod, OrdersDeps, PaymentsPort } from './deps.ts';
export type { OrderedItem, OrderRequest } from './draft-order.ts';
export {
  orderAlreadyPaid,
  orderClosed,
  orderExpiring,
  orderPaidOnDelivery,
  orderTooLarge,
  priceChanged,
  shippingAddressRequired,
  tooManyUnpaidOrders,
  variantUnavailable,
} from './errors.ts';
export {
  type OrderEvent,
  orderCancelled,
  orderClosedEvent,
  orderConfirmed,
  orderDelivered,
  orderShipped,
} from './events.ts';
export { checkOrders, type OrderViolation } from './invariants.ts';
export type { PayRequest } from './pay-order.ts';
export type { PlacedOrder } from './place-order.ts';
export { findBuyers } from './queries.ts';
export { toMetadata } from './request-metadata.ts';
export { payErrors, payFields } from './route-input.ts';
export type { OrderRow } from './tables.ts';

/** What compose.ts and other modules do with orders; each verb says in its own file what it throws. */
export interface Orders {
  registerRoutes(router: Router): void;
  readonly jobs: readonly JobHandler[];
  readonly crons: readonly Cron[];
  /** To be registered with payments under its type. */
  readonly purposeOwner: PurposeOwner;
  placeOrder(request: OrderRequest): Promise<PlacedOrder>;
  /** Places an order of a kind that the program delivers itself. */
  placeVirtualOrder(request: VirtualOrderRequest): Promise<PlacedOrder>;
  /** The arrows of such a delivery, for its fulfiller. */
  readonly delivery: Delivery;
  payOrder(request: PayRequest): Promise<PaymentStarted>;
  /** The customer's own order, after its provider was asked where it waits for its money (RULES 6). */
  readOwnOrder(orderId: string, customerId: string): Promise<OrderRow | undefined>;
  cancelOrder(request: CancelRequest): Promise<CancelOutcome>;
  advanceOrder(request: AdvanceRequest): Promise<OrderRow>;
}

/** Orders as compose.ts wires them. */
export function createOrders(deps: OrdersDeps): Orders {
  return {
    registerRoutes(router) {
      registerOrderRoutes(router, deps);
      registerRefundRoutes(router, deps);
      registerAdminRoutes(router, deps);
    },
    jobs: [handleOrderClose(deps), handleOrderErase(deps)],
    crons: [orderErase],
    purposeOwner: createOrderOwner(deps),
    placeOrder: (request) => placeOrder(deps, request),
    placeVirtualOrder: (request) => placeVirtualOrder(deps, request),
    delivery: createDelivery(deps),
    payOrder: (request) => payOrder(deps, request),
    readOwnOrder: (orderId, customerId) => readOwnOrder(deps, orderId, customerId),
    cancelOrder: (request) => cancelOrder(deps, request),
    advanceOrder: (request) => advanceOrder(deps, request),
  };
}
