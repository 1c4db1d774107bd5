import type { Actor } from '../../kernel/actor.ts';

export interface StockItemRow {
  variant_id: string;
  /** A copy for searching and for messages; the catalogue owns it. */
  sku: string;
  is_tracked: 0 | 1;
  on_hand: number;
  /** The sum of the live reservations. */
  reserved: number;
  backorder_allowance: number;
  /** By how many a count found fewer than are promised. */
  short: number;
  created_at: number;
  updated_at: number;
}

export type MovementReason = 'initial' | 'count' | 'shipped' | 'returned';

export interface StockReservationRow {
  owner_id: string;
  variant_id: string;
  id: string;
  owner_type: 'order' | 'customer';
  quantity: number;
  /** Ends once, by a conditional update of a live one: `used` when the goods left or an order took it over. */
  state: 'live' | 'used' | 'released';
  /** NULL for orders: only the order's own arrows release its stock (RULES 4). */
  expires_at: number | null;
  created_at: number;
  updated_at: number;
}

declare module '../../kernel/db/types.ts' {
  interface Schema {
    stock_items: StockItemRow;
    /** Append-only; for each variant the quantities sum to `on_hand`. */
    stock_movements: {
      id: string;
      variant_id: string;
      /** What was added to the shelf, negative for what left it. */
      quantity: number;
      reason: MovementReason;
      /** The order that caused it; NULL for counts. */
      cause_id: string | null;
      note: string | null;
      actor_type: Actor['type'];
      actor_id: string;
      at: number;
    };
    stock_reservations: StockReservationRow;
    /** What a customer holds reserved outside orders; counters under limits (RULES 8). */
    stock_reservation_counts: {
      customer_id: string;
      live: number;
      /** Of these reservations together. */
      units: number;
      updated_at: number;
    };
  }
}
