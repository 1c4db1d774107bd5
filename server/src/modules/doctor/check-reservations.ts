/**
 * The part of I3 that neither inventory nor orders can see alone: units are promised to an order exactly as long as it
 * waits to be sent. A promise that outlives its order is a unit that nobody can buy any more.
 */
import type { Reader } from '../../kernel/db/index.ts';
import type { Violation } from './invariants.ts';

const WAITING = ['pending', 'confirmed', 'processing'] as const;
const MAX_VIOLATIONS = 100;

/** Live promises of orders that have ended or were sent, or that there never were. */
export async function checkReservations(db: Reader): Promise<Violation[]> {
  const rows = await db.query
    .selectFrom('stock_reservations as reservation')
    .leftJoin('orders', 'orders.id', 'reservation.owner_id')
    .select(['reservation.id', 'reservation.variant_id', 'reservation.owner_id', 'orders.status'])
    .where('reservation.owner_type', '=', 'order')
    .where('reservation.state', '=', 'live')
    .where((where) =>
      where.or([where('orders.id', 'is', null), where('orders.status', 'not in', [...WAITING])]),
    )
    .limit(MAX_VIOLATIONS)
    .execute();
  return rows.map(({ id, variant_id: subject, owner_id: orderId, status }) => ({
    invariant: 'I3',
    subject,
    message: `reservation ${id} is kept for order ${orderId}, which is ${status ?? 'not there'}`,
  }));
}
