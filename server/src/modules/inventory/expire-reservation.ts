/**
 * The end of a customer's reservation that no order used.
 *
 * Crash story: the job was written with the reservation and ends in the transaction that gives the units back, so they
 * are given back exactly once. An order that uses the reservation takes the job away.
 */
import { z } from 'zod';
import { type Db, statement, type Tx } from '../../kernel/db/index.ts';
import {
  cancelJob,
  defineJob,
  enqueue,
  handleJob,
  type JobHandler,
  type JobRun,
} from '../../kernel/jobs/index.ts';
import { releaseCount } from './customer-counts.ts';
import { giveBackUnits } from './promises.ts';
import { moveReservation } from './reservations.ts';
import type { StockReservationRow } from './tables.ts';

const payload = z.object({ customerId: z.string(), variantId: z.string(), reservationId: z.string() });

type Payload = z.infer<typeof payload>;

/** Stock that nobody could buy any more is lost money, so that it is never given up. */
const reservationExpiry = defineJob<Payload>({
  name: 'stock_reservation.expire',
  version: 1,
  payload,
  isMoney: true,
});

const selectOne = statement<Payload, StockReservationRow>((query, p) =>
  query
    .selectFrom('stock_reservations')
    .selectAll()
    .where('owner_id', '=', p.customerId)
    .where('variant_id', '=', p.variantId)
    .where('id', '=', p.reservationId)
    .where('state', '=', 'live'),
);

/** Writes down when the reservation ends. */
export async function planExpiry(tx: Tx, row: StockReservationRow, expiresAt: number): Promise<void> {
  const { owner_id: customerId, variant_id: variantId, id: reservationId } = row;
  await enqueue(
    tx,
    reservationExpiry,
    { customerId, variantId, reservationId },
    { runAt: expiresAt, key: reservationId },
  );
}

/** The reservation was used: there is nothing left to end. */
export async function dropExpiry(tx: Tx, reservationId: string): Promise<void> {
  await cancelJob(tx, reservationExpiry, reservationId);
}

async function expire(db: Db, job: JobRun<Payload>): Promise<void> {
  await db.tx('stock_reservation.expire', async (tx) => {
    const row = await selectOne.first(tx, job.payload);
    if (row !== undefined) {
      await moveReservation(tx, row, 'released');
      await giveBackUnits(tx, { variantId: row.variant_id, quantity: row.quantity });
      await releaseCount(tx, row.owner_id, [row]);
    }
    await job.complete(tx);
  });
}

/** The handler of the job that ends a customer's reservation. */
export function handleReservationExpiry(db: Db): JobHandler {
  return handleJob(reservationExpiry, (job) => expire(db, job));
}
