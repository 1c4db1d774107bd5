/** How many reservations a customer holds outside orders: a counter that one conditional update keeps under its limit. */
import { statement, type Tx } from '../../kernel/db/index.ts';
import { AppError } from '../../kernel/errors.ts';
import { tooManyReservations } from './errors.ts';

const addOne = statement<{ customerId: string; limit: number; now: number }>((query, p) =>
  query
    .updateTable('stock_reservation_counts')
    .set((eb) => ({ live: eb('live', '+', 1), updated_at: p.now }))
    .where('customer_id', '=', p.customerId)
    .where('live', '<', p.limit),
);

const subtract = statement<{ customerId: string; count: number; now: number }>((query, p) =>
  query
    .updateTable('stock_reservation_counts')
    .set((eb) => ({ live: eb('live', '-', p.count), updated_at: p.now }))
    .where('customer_id', '=', p.customerId),
);

/** Counts one more. Throws `too_many_reservations` (409) at the limit, which is at least 1. */
export async function claimCount(tx: Tx, customerId: string, limit: number): Promise<void> {
  const values = { customerId, limit, now: tx.now };
  const isCounted =
    (await addOne.run(tx, values)) === 1 ||
    (await tx.insertOnce('stock_reservation_counts', {
      customer_id: customerId,
      live: 1,
      updated_at: tx.now,
    })) ||
    // The row was there after all: full, or made a moment ago by somebody else.
    (await addOne.run(tx, values)) === 1;
  if (!isCounted) {
    throw new AppError(tooManyReservations, { details: { limit } });
  }
}

/** Counts `count` fewer. */
export async function releaseCount(tx: Tx, customerId: string, count: number): Promise<void> {
  await subtract.run(tx, { customerId, count, now: tx.now });
}
