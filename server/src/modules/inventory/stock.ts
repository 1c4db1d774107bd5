import type { StockItemRow } from './tables.ts';

/** The stock of one variant. `available` is how many more can be promised, `null` without a limit (not tracked). */
export interface Stock {
  readonly variantId: string;
  readonly sku: string;
  readonly isTracked: boolean;
  readonly onHand: number;
  readonly reserved: number;
  readonly backorderAllowance: number;
  readonly short: number;
  readonly available: number | null;
}

/** One variant and how many of it. */
export interface StockLine {
  readonly variantId: string;
  readonly quantity: number;
}

export function toStock(row: StockItemRow): Stock {
  const isTracked = row.is_tracked === 1;
  return {
    variantId: row.variant_id,
    sku: row.sku,
    isTracked,
    onHand: row.on_hand,
    reserved: row.reserved,
    backorderAllowance: row.backorder_allowance,
    short: row.short,
    available: isTracked ? Math.max(0, row.on_hand + row.backorder_allowance - row.reserved) : null,
  };
}

/** By how many the promises exceed what there is: what `short` must be after a count. */
export function shortOf(stock: { onHand: number; reserved: number; backorderAllowance: number }): number {
  return Math.max(0, stock.reserved - stock.onHand - stock.backorderAllowance);
}

/**
 * One line for each variant, in the order of their ids: the order in which stock is locked by everybody, so that two
 * orders of the same goods never wait for each other (RULES 19).
 */
export function toSortedLines(lines: readonly StockLine[]): StockLine[] {
  const quantities = new Map<string, number>();
  for (const { variantId, quantity } of lines) {
    quantities.set(variantId, (quantities.get(variantId) ?? 0) + quantity);
  }
  return [...quantities]
    .map(([variantId, quantity]) => ({ variantId, quantity }))
    .sort((a, b) => (a.variantId < b.variantId ? -1 : 1));
}
