/**
 * An order is confirmed because it was paid or its payment was authorised; nothing else calls this.
 *
 * Invariant: the order confirms in the transaction that records the money, and loses its close job there. Crash story:
 * before that commit the provider tells of the money again; after it the order stands in the list of those to be packed.
 */
import type { Actor } from '../../kernel/actor.ts';
import type { Tx } from '../../kernel/db/index.ts';
import { publish } from '../../kernel/events/index.ts';
import { transition } from '../../kernel/states.ts';
import { resolveAlert } from '../alerts/index.ts';
import { dropClose } from './close-job.ts';
import { NOT_CLOSING_ALERT } from './closing.ts';
import { orderConfirmed, toOrderEvent } from './events.ts';
import { orderMachine } from './order-states.ts';
import type { OrderRow } from './tables.ts';
import { uncountUnpaid } from './unpaid-counts.ts';

interface Money {
  readonly paymentId: string;
  /** `unpaid` where it is paid on delivery. */
  readonly status: 'paid' | 'authorized' | 'unpaid';
  readonly by: Actor;
}

/** Confirms a pending, unpaid order that the caller has locked, even while it is being closed; answers it as it stands. */
export async function confirmOrder(tx: Tx, order: OrderRow, money: Money): Promise<OrderRow> {
  const { paymentId, by } = money;
  const confirmed = await transition<OrderRow>(
    tx,
    orderMachine,
    order,
    { status: 'confirmed', ...(money.status !== 'unpaid' && { payment_status: money.status }) },
    {
      by,
      note: paymentId,
      set: { payment_id: paymentId, confirmed_at: tx.now, closing_at: null, closing_request: null },
    },
  );
  await uncountUnpaid(tx, order.customer_id);
  await dropClose(tx, order.id);
  if (order.closing_at !== null) {
    await resolveAlert(tx, { kind: NOT_CLOSING_ALERT, subject: order.id, by });
  }
  await publish(tx, orderConfirmed, order.id, toOrderEvent(confirmed));
  return confirmed;
}
