/**
 * The seam between the order engine and what delivers the goods that the program itself delivers: coins, top-ups. The
 * engine knows neither; each registers under its kind in compose. Everything here runs **inside** the transaction that
 * moves the order's money, with the order's row locked.
 */
import type { OrderKind } from '../../../gateways/gateway.ts';
import type { Actor } from '../../../kernel/actor.ts';
import type { Tx } from '../../../kernel/db/index.ts';
import type { ErrorDefinition } from '../../../kernel/errors.ts';
import type { DisputeNotice, RefundNotice } from '../../payments/index.ts';
import type { OrderRow } from '../tables.ts';

/** What the program delivers by itself. */
export type VirtualKind = Exclude<OrderKind, 'goods'>;

export interface Fulfiller {
  readonly kind: VirtualKind;
  /** What it refuses refunds with, for the API document. */
  readonly refusals?: readonly ErrorDefinition[];
  /**
   * The order has become paid. Delivers at once, or writes the job that will. Never called for money that is only held
   * or promised (RULES 3). Called again where a refund or a dispute had stood in the way and is over.
   */
  onPaid(tx: Tx, order: OrderRow, by: Actor): Promise<void>;
  /**
   * A refund of an order that was delivered is being reserved: takes back what was delivered, or throws to refuse
   * (RULES 14). One that was not delivered never comes here; the engine ends its delivery (RULES 12).
   */
  onRefundReserved(tx: Tx, order: OrderRow, refund: RefundNotice): Promise<void>;
  /** A refund of a delivered order has come further, also one that its provider made without us and nobody reserved. */
  onRefundChanged(tx: Tx, order: OrderRow, refund: RefundNotice): Promise<void>;
  onDisputeChanged(tx: Tx, order: OrderRow, dispute: DisputeNotice): Promise<void>;
}

export function isVirtual(order: OrderRow): order is OrderRow & { readonly kind: VirtualKind } {
  return order.kind !== 'goods';
}
