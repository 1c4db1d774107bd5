import { type Reader, statement } from '../../kernel/db/index.ts';
import { type Stock, toStock } from './stock.ts';
import type { StockItemRow } from './tables.ts';

const selectOne = statement<{ variantId: string }, StockItemRow>((query, p) =>
  query.selectFrom('stock_items').selectAll().where('variant_id', '=', p.variantId),
);

/** The stock of one variant; `undefined` for a variant that inventory has never heard of. */
export async function readStockOf(reader: Reader, variantId: string): Promise<Stock | undefined> {
  const row = await selectOne.first(reader, { variantId });
  return row && toStock(row);
}

/** The stock of the variants, by variant id; variants that inventory has never heard of are left out. */
export async function readStock(reader: Reader, variantIds: readonly string[]): Promise<Map<string, Stock>> {
  if (variantIds.length === 0) {
    return new Map();
  }
  const rows = await reader.query
    .selectFrom('stock_items')
    .selectAll()
    .where('variant_id', 'in', [...variantIds])
    .execute();
  return new Map(rows.map((row) => [row.variant_id, toStock(row)]));
}
