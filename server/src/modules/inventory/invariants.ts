/** I3 and the part of I10 that is inventory's, as `doctor` checks them: the engine sums, only what is wrong comes back. */
import type { Reader } from '../../kernel/db/index.ts';

export interface StockViolation {
  readonly invariant: 'I3' | 'I10';
  readonly subject: string;
  readonly message: string;
}

/** A broken shop has thousands; the first ones tell why. */
const MAX_FOUND = 100;

/** Compares each item with its live reservations and its movements, and reservations with their jobs and counters. */
export async function checkStock(reader: Reader): Promise<StockViolation[]> {
  const found = [
    await checkLimits(reader),
    await checkReserved(reader),
    await checkMovements(reader),
    await checkOrphans(reader),
    await checkCounts(reader),
    await checkExpiryJobs(reader),
  ];
  return found.flat();
}

async function checkLimits(reader: Reader): Promise<StockViolation[]> {
  const rows = await reader.query
    .selectFrom('stock_items')
    .select('variant_id')
    .where((eb) =>
      eb.or([
        eb('on_hand', '<', 0),
        eb('reserved', '<', 0),
        eb('reserved', '>', eb(eb('on_hand', '+', eb.ref('backorder_allowance')), '+', eb.ref('short'))),
      ]),
    )
    .limit(MAX_FOUND)
    .execute();
  return rows.map(({ variant_id }) =>
    violation(variant_id, 'more is promised than there is, or less than nothing'),
  );
}

async function checkReserved(reader: Reader): Promise<StockViolation[]> {
  const rows = await reader.query
    .selectFrom('stock_items as item')
    .leftJoin(
      reader.query
        .selectFrom('stock_reservations')
        .select((eb) => ['variant_id', eb.fn.sum<number>('quantity').as('total')])
        .where('state', '=', 'live')
        .groupBy('variant_id')
        .as('promised'),
      'promised.variant_id',
      'item.variant_id',
    )
    .select(['item.variant_id', 'item.reserved', 'promised.total'])
    .where((eb) => eb('item.reserved', '<>', eb.fn.coalesce('promised.total', eb.lit(0))))
    .limit(MAX_FOUND)
    .execute();
  return rows.map((row) =>
    violation(row.variant_id, `reserved is ${row.reserved}, its live reservations sum to ${row.total ?? 0}`),
  );
}

async function checkMovements(reader: Reader): Promise<StockViolation[]> {
  const rows = await reader.query
    .selectFrom('stock_items as item')
    .leftJoin(
      reader.query
        .selectFrom('stock_movements')
        .select((eb) => ['variant_id', eb.fn.sum<number>('quantity').as('total')])
        .groupBy('variant_id')
        .as('moved'),
      'moved.variant_id',
      'item.variant_id',
    )
    .select(['item.variant_id', 'item.on_hand', 'moved.total'])
    .where((eb) => eb('item.on_hand', '<>', eb.fn.coalesce('moved.total', eb.lit(0))))
    .limit(MAX_FOUND)
    .execute();
  return rows.map((row) =>
    violation(row.variant_id, `on hand is ${row.on_hand}, its movements sum to ${row.total ?? 0}`),
  );
}

/** Reservations and movements of a variant that has no item. */
async function checkOrphans(reader: Reader): Promise<StockViolation[]> {
  const rows = await reader.query
    .selectFrom('stock_reservations as reservation')
    .leftJoin('stock_items as item', 'item.variant_id', 'reservation.variant_id')
    .select(['reservation.id', 'reservation.variant_id'])
    .where('reservation.state', '=', 'live')
    .where('item.variant_id', 'is', null)
    .limit(MAX_FOUND)
    .execute();
  return rows.map(({ id, variant_id }) =>
    violation(variant_id, `reservation ${id} is of a variant without stock`),
  );
}

async function checkCounts(reader: Reader): Promise<StockViolation[]> {
  const rows = await reader.query
    .selectFrom('stock_reservation_counts as counter')
    .leftJoin(
      reader.query
        .selectFrom('stock_reservations')
        .select((eb) => [
          'owner_id',
          eb.fn.countAll<number>().as('total'),
          eb.fn.sum<number>('quantity').as('units'),
        ])
        .where('state', '=', 'live')
        .where('owner_type', '=', 'customer')
        .groupBy('owner_id')
        .as('held'),
      'held.owner_id',
      'counter.customer_id',
    )
    .select([
      'counter.customer_id',
      'counter.live',
      'counter.units',
      'held.total',
      'held.units as held_units',
    ])
    .where((eb) =>
      eb.or([
        eb('counter.live', '<>', eb.fn.coalesce('held.total', eb.lit(0))),
        eb('counter.units', '<>', eb.fn.coalesce('held.units', eb.lit(0))),
      ]),
    )
    .limit(MAX_FOUND)
    .execute();
  return rows.map((row) =>
    violation(
      row.customer_id,
      `the counter says ${row.live} reservations of ${row.units} units, there are ${row.total ?? 0} of ${row.held_units ?? 0}`,
    ),
  );
}

/** Customers hold few reservations, and only for minutes: the live ones are looked at one by one. */
async function checkExpiryJobs(reader: Reader): Promise<StockViolation[]> {
  const held = await reader.query
    .selectFrom('stock_reservations')
    .select(['id', 'variant_id'])
    .where('owner_type', '=', 'customer')
    .where('state', '=', 'live')
    .execute();
  if (held.length === 0) {
    return [];
  }
  const jobs = await reader.query
    .selectFrom('jobs')
    .select('unique_key')
    .where('name', '=', 'stock_reservation.expire')
    .execute();
  const planned = new Set(jobs.map(({ unique_key }) => unique_key));
  return held
    .filter(({ id }) => !planned.has(`stock_reservation.expire:${id}`))
    .slice(0, MAX_FOUND)
    .map(({ id, variant_id }) => ({
      invariant: 'I10',
      subject: variant_id,
      message: `reservation ${id} has no job that ends it`,
    }));
}

function violation(subject: string, message: string): StockViolation {
  return { invariant: 'I3', subject, message };
}
