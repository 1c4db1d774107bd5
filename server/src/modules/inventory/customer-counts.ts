/** What a customer holds reserved outside orders: counters that one conditional update keeps under their limits. */
import { statement, type Tx } from '../../kernel/db/index.ts';
import { AppError } from '../../kernel/errors.ts';
import { tooManyReservations } from './errors.ts';

/** How much a customer may hold at once. */
export interface ReservationLimits {
  readonly maxReservations: number;
  /** Of all their reservations together. */
  readonly maxReservedUnits: number;
}

interface Addition extends ReservationLimits {
  readonly customerId: string;
  readonly quantity: number;
  readonly now: number;
}

const addOne = statement<Addition>((query, p) =>
  query
    .updateTable('stock_reservation_counts')
    .set((eb) => ({
      live: eb('live', '+', 1),
      units: eb('units', '+', p.quantity),
      updated_at: p.now,
    }))
    .where('customer_id', '=', p.customerId)
    .where('live', '<', p.maxReservations)
    .where((eb) => eb(eb('units', '+', p.quantity), '<=', p.maxReservedUnits)),
);

const subtract = statement<{ customerId: string; count: number; units: number; now: number }>((query, p) =>
  query
    .updateTable('stock_reservation_counts')
    .set((eb) => ({
      live: eb('live', '-', p.count),
      units: eb('units', '-', p.units),
      updated_at: p.now,
    }))
    .where('customer_id', '=', p.customerId),
);

/** Counts one more, of so many units. Throws `too_many_reservations` (409) at a limit; both are at least 1. */
export async function claimCount(
  tx: Tx,
  customerId: string,
  quantity: number,
  { maxReservations, maxReservedUnits }: ReservationLimits,
): Promise<void> {
  const values = { customerId, quantity, maxReservations, maxReservedUnits, now: tx.now };
  const isCounted =
    quantity <= maxReservedUnits &&
    ((await addOne.run(tx, values)) === 1 ||
      (await tx.insertOnce('stock_reservation_counts', {
        customer_id: customerId,
        live: 1,
        units: quantity,
        updated_at: tx.now,
      })) ||
      // The row was there after all: full, or made a moment ago by somebody else.
      (await addOne.run(tx, values)) === 1);
  if (!isCounted) {
    throw new AppError(tooManyReservations, {
      details: { limit: maxReservations, maxUnits: maxReservedUnits },
    });
  }
}

/** Counts `rows` fewer, with their units. */
export async function releaseCount(
  tx: Tx,
  customerId: string,
  rows: readonly { readonly quantity: number }[],
): Promise<void> {
  const units = rows.reduce((sum, { quantity }) => sum + quantity, 0);
  await subtract.send(tx, { customerId, count: rows.length, units, now: tx.now });
}
