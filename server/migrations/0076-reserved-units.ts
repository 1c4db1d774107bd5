import { addColumns, integer, type MigrationStep } from '../src/kernel/db/index.ts';

/** What is reserved while this runs counts too; a customer holds a reservation for minutes. */
const countUnits: MigrationStep = {
  name: 'count stock_reservation_counts.units',
  sql: () =>
    `UPDATE stock_reservation_counts SET units = (
       SELECT COALESCE(SUM(quantity), 0) FROM stock_reservations
       WHERE owner_id = stock_reservation_counts.customer_id AND owner_type = 'customer' AND state = 'live'
     )`,
};

export const steps = [...addColumns('stock_reservation_counts', { units: integer().default(0) }), countUnits];
