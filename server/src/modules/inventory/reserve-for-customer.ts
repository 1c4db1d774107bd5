/**
 * A customer's own reservation: units kept for a while before there is an order.
 *
 * Invariant: it counts as promised like an order's, and each customer holds only so many. Its id comes from the
 * Idempotency-Key's claim, under the primary key, so that a run that died and its successor reserve once (RULES 21).
 * Crash story: promise, counter, row and the job that ends it are one transaction.
 */
import { statement, TransactionConflict, type Tx } from '../../kernel/db/index.ts';
import { AppError } from '../../kernel/errors.ts';
import { claimCount, type ReservationLimits } from './customer-counts.ts';
import { insufficientStock } from './errors.ts';
import { planExpiry } from './expire-reservation.ts';
import { promiseUnits } from './promises.ts';
import { readStockOf } from './read-stock.ts';
import { toReservations } from './reservations.ts';
import type { StockLine } from './stock.ts';
import type { StockReservationRow } from './tables.ts';

export interface CustomerReservation extends StockLine {
  readonly customerId: string;
  readonly expiresAt: number;
  readonly limits: ReservationLimits;
  /** The Idempotency-Key's, if there is one. */
  readonly claimId: string | null;
}

export interface Reserved {
  /** `null` where the variant is not tracked and nothing need be kept. */
  readonly reservationId: string | null;
  readonly expiresAt: number;
}

const ofClaim = statement<{ customerId: string; variantId: string; id: string }, StockReservationRow>(
  (query, p) =>
    query
      .selectFrom('stock_reservations')
      .selectAll()
      .where('owner_id', '=', p.customerId)
      .where('variant_id', '=', p.variantId)
      .where('id', '=', p.id),
);

/**
 * Reserves, or answers what an earlier run of the same claim has reserved. Throws `insufficient_stock` and
 * `too_many_reservations` (409).
 */
export async function reserveForCustomer(tx: Tx, reservation: CustomerReservation): Promise<Reserved> {
  const { customerId, variantId, quantity, expiresAt, claimId } = reservation;
  const earlier = claimId && (await ofClaim.first(tx, { customerId, variantId, id: idOfClaim(claimId) }));
  if (earlier) {
    return { reservationId: earlier.id, expiresAt: earlier.expires_at ?? expiresAt };
  }
  if (!(await promiseUnits(tx, { variantId, quantity }))) {
    const stock = await readStockOf(tx, variantId);
    if (stock !== undefined && !stock.isTracked) {
      return { reservationId: null, expiresAt };
    }
    const line = { variantId, requested: quantity, available: stock?.available ?? 0 };
    throw new AppError(insufficientStock, { details: { lines: [line] } });
  }
  await claimCount(tx, customerId, quantity, reservation.limits);
  const owner = { type: 'customer', id: customerId, expiresAt } as const;
  const [made] = toReservations(tx, owner, [{ variantId, quantity }]) as [StockReservationRow];
  const row = claimId === null ? made : { ...made, id: idOfClaim(claimId) };
  if (!(await tx.insertOnce('stock_reservations', row))) {
    throw new TransactionConflict(`claim ${claimId} is being reserved by another run`);
  }
  await planExpiry(tx, row, expiresAt);
  return { reservationId: row.id, expiresAt };
}

function idOfClaim(claimId: string): string {
  return claimId.replace(/^[^_]*_/, 'rsv_');
}
