import { optionsKey } from '../product.ts';
import type { VariantRow } from '../tables.ts';
import type { ParsedVariant } from './parse-variant.ts';

/** A variant of the file with the one that it already is; `undefined` for a new one. */
export interface VariantMatch {
  readonly variant: ParsedVariant;
  readonly row: VariantRow | undefined;
}

/**
 * Finds for each variant of the file the one that is there: by SKU, else by its option values. Each is found once;
 * those that no line means are `unmatched`.
 */
export function matchVariants(
  rows: readonly VariantRow[],
  variants: readonly ParsedVariant[],
): { matches: VariantMatch[]; unmatched: VariantRow[] } {
  const free = new Set(rows);
  const take = (row: VariantRow | undefined) => {
    if (row !== undefined) {
      free.delete(row);
    }
    return row;
  };
  // All SKUs first: a line that names its variant must not lose it to a line that only describes it.
  const bySku = new Map(
    variants.map((variant) => [
      variant,
      take(rows.find((row) => free.has(row) && variant.sku !== '' && row.sku === variant.sku)),
    ]),
  );
  const matches = variants.map((variant) => {
    const key = optionsKey(variant.optionValues);
    return { variant, row: bySku.get(variant) ?? take([...free].find((row) => row.options_key === key)) };
  });
  return { matches, unmatched: [...free] };
}
