import type { LocalizedText } from '../../../kernel/errors.ts';
import type { VariantContent } from '../content.ts';
import { MAX_NAME_LENGTH, MAX_OPTIONS, MAX_SKU_LENGTH } from '../product.ts';
import type { FirstStock } from '../save-variants.ts';
import type { Cells, Column } from './columns.ts';
import { messages } from './messages.ts';
import { type CellReader, createCellReader, type Problem } from './parse-cells.ts';
import type { Line } from './read-groups.ts';

/** More can be ordered than there is: Shopify's policy "continue" has no limit, and this is none in practice. */
const UNLIMITED_BACKORDER = 1_000_000;

/** One variant as the file says it. */
export interface ParsedVariant {
  readonly line: number;
  /** '' where the file gives none. */
  readonly sku: string;
  readonly optionValues: readonly string[];
  /** What a buyer pays. */
  readonly price: number;
  /** The price before the sale; `undefined` where the file has no such column, `null` where it is empty or not above the price. */
  readonly compareAt: number | null | undefined;
  /** What the file says besides; columns that it does not have are left out. */
  readonly content: Partial<Omit<VariantContent, 'sku' | 'optionValues' | 'unitPrice' | 'salePrice'>>;
  readonly stock: FirstStock;
  /** What the file says of the stock, in words that are compared with the next import's; `null` when it says nothing. */
  readonly stockWords: string | null;
  readonly notes: readonly LocalizedText[];
}

export interface VariantContext {
  readonly currency: string;
  readonly optionNames: readonly string[];
  readonly has: (column: Column) => boolean;
  readonly problems: Problem[];
}

const OPTION_VALUES: readonly Column[] = ['option1Value', 'option2Value', 'option3Value'];

/** Whether a line after the first describes a variant and not just one more image. */
export function namesVariant(cells: Cells): boolean {
  return cells.option1Value !== '' || cells.sku !== '' || cells.price !== '';
}

function readOptions(reader: CellReader, names: readonly string[]): string[] {
  const values: string[] = [];
  for (let index = 0; index < MAX_OPTIONS; index += 1) {
    const column = OPTION_VALUES[index] as Column;
    const value = reader.text(column, `Option${index + 1} Value`, MAX_NAME_LENGTH);
    const name = names[index];
    if (name !== undefined) {
      values.push(value);
    }
    if (name !== undefined && value === '') {
      reader.refuse(messages.noOptionValue(name));
    } else if (name === undefined && value !== '' && value !== 'Default Title') {
      reader.refuse(messages.noOptionName(value));
    }
  }
  return values;
}

function readPolicy(reader: CellReader, cells: Cells): boolean {
  const policy = cells.policy.toLowerCase();
  if (policy === 'deny' || policy === 'continue' || policy === '') {
    return policy === 'continue';
  }
  if (policy === 'true' || policy === 'false') {
    return policy === 'true';
  }
  reader.refuse(messages.badPolicy(cells.policy));
  return false;
}

function readStock(reader: CellReader, cells: Cells, has: VariantContext['has']) {
  const quantity = reader.integer('quantity', 'Inventory quantity') ?? 0;
  const isTracked = cells.tracker !== '';
  const isUnlimited = readPolicy(reader, cells);
  const words = `${isTracked ? 'tracked' : 'untracked'} ${quantity} ${isUnlimited ? 'continue' : 'deny'}`;
  return {
    stock: {
      isTracked,
      onHand: Math.max(0, quantity),
      backorderAllowance: isUnlimited ? UNLIMITED_BACKORDER : 0,
    },
    stockWords: has('quantity') || has('tracker') ? words : null,
    notes: quantity < 0 ? [messages.negativeStock(quantity)] : [],
  };
}

/** Reads a variant; what is wrong is added to the context's problems. */
export function parseVariant(line: Line, context: VariantContext): ParsedVariant {
  const { currency, optionNames, has, problems } = context;
  const { cells } = line;
  const reader = createCellReader(line, currency, problems);
  const price = reader.amount('price', 'Price');
  if (price === undefined && cells.price === '') {
    reader.refuse(messages.noPrice);
  }
  const compareAt = reader.amount('compareAt', 'Compare-at price');
  const grams = reader.integer('grams', 'Weight');
  if (grams !== undefined && grams < 0) {
    reader.refuse(messages.badNumber('Weight', cells.grams));
  }
  return {
    line: line.line,
    sku: reader.text('sku', 'SKU', MAX_SKU_LENGTH),
    optionValues: readOptions(reader, optionNames),
    price: price ?? 0,
    compareAt: has('compareAt') ? higherThan(price ?? 0, compareAt) : undefined,
    content: {
      ...(has('cost') && { cost: reader.amount('cost', 'Cost per item') ?? null }),
      ...(has('barcode') && { barcode: reader.text('barcode', 'Barcode', MAX_NAME_LENGTH) || null }),
      ...(has('grams') && { weightGrams: grams ?? null }),
      ...(has('variantImage') && { image: reader.address('variantImage') ?? null }),
      ...(has('taxable') && { isTaxable: reader.flag('taxable', 'Taxable') ?? true }),
      ...(has('requiresShipping') && {
        requiresShipping: reader.flag('requiresShipping', 'Requires shipping') ?? true,
      }),
    },
    ...readStock(reader, cells, has),
  };
}

/** A compare-at price that is not above the price is none. */
function higherThan(price: number, compareAt: number | undefined): number | null {
  return compareAt !== undefined && compareAt > price ? compareAt : null;
}
