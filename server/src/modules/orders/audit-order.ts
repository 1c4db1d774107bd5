import type { Actor } from '../../kernel/actor.ts';
import type { Tx } from '../../kernel/db/index.ts';
import { writeAudit } from '../audit/index.ts';
import type { OrderRow } from './tables.ts';

function standing(order: OrderRow) {
  const { status, payment_status: paymentStatus, fulfilment_status: fulfilmentStatus } = order;
  return { status, paymentStatus, fulfilmentStatus };
}

/** Writes down that staff cancels an order; it may end only once its provider has closed its payment. */
export function recordCancel(actor: Actor, ip: string, reason: string | null) {
  return (tx: Tx, order: OrderRow): Promise<void> =>
    writeAudit(tx, {
      actor,
      action: 'order.cancel',
      target: { type: 'order', id: order.id },
      before: standing(order),
      after: { status: 'cancelled', reason },
      ip,
    });
}

/** Writes down a step that staff takes with an order. */
export function recordAdvance(actor: Actor, ip: string, facts: Readonly<Record<string, unknown>>) {
  return (tx: Tx, before: OrderRow, after: OrderRow): Promise<void> =>
    writeAudit(tx, {
      actor,
      action: 'order.advance',
      target: { type: 'order', id: after.id },
      before: standing(before),
      after: { ...standing(after), ...facts },
      ip,
    });
}

/** Writes down that staff changes the note that customers do not see. */
export function recordNote(
  tx: Tx,
  actor: Actor,
  ip: string,
  before: OrderRow,
  note: string | null,
): Promise<void> {
  return writeAudit(tx, {
    actor,
    action: 'order.note',
    target: { type: 'order', id: before.id },
    before: { internalNote: before.internal_note },
    after: { internalNote: note },
    ip,
  });
}
