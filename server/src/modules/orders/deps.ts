/** What orders ask of others; compose.ts hands it in. */
import type { OrderKind, PaymentMethod, Settlement } from '../../gateways/gateway.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Config } from '../../kernel/config/index.ts';
import type { Db } from '../../kernel/db/index.ts';
import type { readSellable } from '../catalog/index.ts';
import type { openidsOf, readAddress, readDefaultAddress } from '../identity/index.ts';
import type { Payments, Purpose } from '../payments/index.ts';
import type { Fulfiller, VirtualKind } from './delivery/fulfiller.ts';

/** The catalogue as an order sees it: what is sold now and at which price. */
export interface CatalogPort {
  readonly readSellable: typeof readSellable;
}

/** What identity knows of a customer: addresses, and the accounts by which a payment method may know the payer. */
export interface AddressBook {
  readonly readAddress: typeof readAddress;
  readonly readDefaultAddress: typeof readDefaultAddress;
  readonly openidsOf: typeof openidsOf;
}

/** What orders ask of payments. */
export type PaymentsPort = Pick<
  Payments,
  | 'closeOpenAttempts'
  | 'countOpenAttempts'
  | 'reserveRefund'
  | 'startPayment'
  | 'refreshOpenAttempt'
  | 'heldUntil'
  | 'captureHeld'
  | 'recordByHand'
  | 'closeByHand'
  | 'readPayments'
  | 'readRefunds'
  | 'readRefundsOfRequests'
  | 'readRefundable'
  | 'readDisputes'
>;

/** A way to pay that is switched on. */
export interface OfferedMethod {
  readonly method: PaymentMethod;
  readonly needsOpenid: boolean;
  readonly settlement: Settlement;
}

export interface OrdersDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly config: Config['orders'];
  /** How long it is kept from where and with which device an order was placed. */
  readonly originKeptMs: number;
  readonly catalog: CatalogPort;
  readonly addresses: AddressBook;
  readonly payments: PaymentsPort;
  /** What delivers the kinds that the program delivers itself; filled in compose. */
  readonly fulfillers: ReadonlyMap<VirtualKind, Fulfiller>;
  /** The ways to pay that sell this kind of order, for this amount (minor units) where it is known. */
  methodsFor(order: {
    readonly kind: OrderKind;
    readonly currency: string;
    readonly total?: number;
  }): readonly OfferedMethod[];
}

/** How payments names an order. */
export const PURPOSE_TYPE = 'order';

export function toPurpose(orderId: string): Purpose {
  return { type: PURPOSE_TYPE, id: orderId };
}
