import { flag, integer, key, table, text } from '../src/kernel/db/index.ts';

export const steps = [
  ...table(
    'stock_items',
    {
      variant_id: key(),
      sku: key(190),
      is_tracked: flag(),
      on_hand: integer(),
      reserved: integer(),
      backorder_allowance: integer(),
      short: integer(),
      created_at: integer(),
      updated_at: integer(),
    },
    {
      primaryKey: ['variant_id'],
      indexes: { stock_items_sku: ['sku'] },
      checks: {
        stock_items_tracked_flag: 'is_tracked IN (0, 1)',
        stock_items_on_hand: 'on_hand >= 0',
        stock_items_reserved: 'reserved >= 0',
        stock_items_short: 'short >= 0 AND backorder_allowance >= 0',
        stock_items_covered: 'reserved <= on_hand + backorder_allowance + short',
      },
    },
  ),
  ...table(
    'stock_movements',
    {
      id: key(),
      variant_id: key(),
      quantity: integer(),
      reason: key(32),
      cause_id: key().nullable(),
      note: text().nullable(),
      actor_type: key(16),
      actor_id: key(190),
      at: integer(),
    },
    { primaryKey: ['id'], isClustered: true, indexes: { stock_movements_variant: ['variant_id', 'at'] } },
  ),
  ...table(
    'stock_reservations',
    {
      owner_id: key(),
      variant_id: key(),
      id: key(),
      owner_type: key(16),
      quantity: integer(),
      state: key(16),
      expires_at: integer().nullable(),
      created_at: integer(),
      updated_at: integer(),
    },
    {
      primaryKey: ['owner_id', 'variant_id', 'id'],
      isClustered: true,
      indexes: { stock_reservations_variant: ['variant_id', 'state'] },
      checks: {
        stock_reservations_state_known: "state IN ('live', 'used', 'released')",
        stock_reservations_quantity: 'quantity > 0',
      },
    },
  ),
  ...table(
    'stock_reservation_counts',
    { customer_id: key(), live: integer(), updated_at: integer() },
    {
      primaryKey: ['customer_id'],
      isClustered: true,
      checks: { stock_reservation_counts_live: 'live >= 0' },
    },
  ),
];
