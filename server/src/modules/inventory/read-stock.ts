import { type Reader, type Statement, statement } from '../../kernel/db/index.ts';
import { type Stock, toStock } from './stock.ts';
import type { StockItemRow } from './tables.ts';

type SelectMany = Statement<Record<string, string>, StockItemRow>;

const selectsByCount = new Map<number, SelectMany>();

/** One compiled query for each number of variants: orders have few lines, and the same few numbers come again and again. */
function selectMany(count: number): SelectMany {
  const known = selectsByCount.get(count);
  if (known) {
    return known;
  }
  const names = Array.from({ length: count }, (_, index) => `variant${index}`);
  const made: SelectMany = statement((query, p) =>
    query
      .selectFrom('stock_items')
      .selectAll()
      .where(
        'variant_id',
        'in',
        names.map((name) => p[name] as string),
      ),
  );
  selectsByCount.set(count, made);
  return made;
}

/** The stock of the variants, by variant id; variants that inventory has never heard of are left out. */
export async function readStock(reader: Reader, variantIds: readonly string[]): Promise<Map<string, Stock>> {
  if (variantIds.length === 0) {
    return new Map();
  }
  const values = Object.fromEntries(variantIds.map((variantId, index) => [`variant${index}`, variantId]));
  const rows = await selectMany(variantIds.length).all(reader, values);
  return new Map(rows.map((row) => [row.variant_id, toStock(row)]));
}

/** The stock of one variant; `undefined` for a variant that inventory has never heard of. */
export async function readStockOf(reader: Reader, variantId: string): Promise<Stock | undefined> {
  return (await readStock(reader, [variantId])).get(variantId);
}
