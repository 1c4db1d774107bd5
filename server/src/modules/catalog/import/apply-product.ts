/**
 * Writes one product of a file in one transaction: all of it or nothing. A product that is there is found by its handle
 * and changed to what the file says; what the file has no column for stays. Variants are found by SKU, else by their
 * option values; those that the file no longer has are made inactive, never deleted, as orders name them.
 *
 * Stock is written when a variant is new and when the file says something else than the last import did: importing the
 * same file again must not put units back that were sold meanwhile, nor undo a count.
 */
import type { Actor } from '../../../kernel/actor.ts';
import type { Tx } from '../../../kernel/db/index.ts';
import type { LocalizedText } from '../../../kernel/errors.ts';
import { setStock } from '../../inventory/index.ts';
import { lockProduct, optionColumns } from '../change-product.ts';
import {
  differences,
  isEmpty,
  NEW_PRODUCT,
  NEW_VARIANT,
  type ProductContent,
  toProductColumns,
  toVariantColumns,
} from '../content.ts';
import { createProduct, moveProduct } from '../create-product.ts';
import { makeSku } from '../product.ts';
import {
  findProduct,
  findProductBySlug,
  findVariantBySku,
  findVariants,
  updateProductRow,
  updateVariantRow,
} from '../repository.ts';
import { insertVariant, moveVariant, type NewVariant } from '../save-variants.ts';
import { settleProduct } from '../settle-product.ts';
import type { ProductRow, VariantRow } from '../tables.ts';
import { LineRefused } from './line-refused.ts';
import { matchVariants, type VariantMatch } from './match-variants.ts';
import { messages } from './messages.ts';
import type { ParsedProduct } from './parse-product.ts';
import type { ParsedVariant } from './parse-variant.ts';

export type Outcome = 'created' | 'updated' | 'unchanged';

/** What became of one variant. */
export interface VariantOutcome {
  readonly sku: string;
  readonly outcome: Outcome;
  readonly notes: readonly LocalizedText[];
}

/** What became of one product. */
export interface ProductOutcome {
  readonly outcome: Outcome;
  readonly notes: readonly LocalizedText[];
  /** By line. */
  readonly variants: ReadonlyMap<number, VariantOutcome>;
  readonly retired: number;
}

export interface ApplyOptions {
  readonly currency: string;
  readonly by: Actor;
}

const NOTE = 'import';

/** Throws a LineRefused for what only the database knows: a SKU of another product, another currency. */
export async function applyProduct(
  tx: Tx,
  parsed: ParsedProduct,
  options: ApplyOptions,
): Promise<ProductOutcome> {
  await refuseForeignSkus(tx, parsed);
  const present = await findProductBySlug(tx, parsed.handle);
  return present === undefined
    ? createFrom(tx, parsed, options)
    : updateFrom(tx, await lockProduct(tx, present.id), parsed, options);
}

async function refuseForeignSkus(tx: Tx, parsed: ParsedProduct): Promise<void> {
  for (const variant of parsed.variants) {
    const sku = variant.sku || makeSku(parsed.handle, variant.optionValues);
    const owner = await findVariantBySku(tx, sku);
    const product = owner && (await findProduct(tx, owner.product_id));
    if (product !== undefined && product.slug !== parsed.handle) {
      throw new LineRefused(variant.line, messages.skuElsewhere(sku, product.slug));
    }
  }
}

function toNewVariant(variant: ParsedVariant, handle: string, position: number): NewVariant {
  const { content, price, compareAt } = variant;
  return {
    content: {
      ...NEW_VARIANT,
      isTaxable: true,
      requiresShipping: true,
      ...content,
      sku: variant.sku || makeSku(handle, variant.optionValues),
      optionValues: variant.optionValues,
      unitPrice: compareAt ?? price,
      salePrice: typeof compareAt === 'number' ? price : null,
    },
    position,
    stock: variant.stock,
    importedStock: variant.stockWords,
  };
}

function toNewContent(parsed: ParsedProduct, currency: string): ProductContent {
  return {
    ...NEW_PRODUCT,
    ...parsed.content,
    slug: parsed.handle,
    name: parsed.name,
    currency,
  };
}

const skuNotes = (variant: ParsedVariant, sku: string) => (variant.sku === '' ? [messages.skuMade(sku)] : []);

async function createFrom(tx: Tx, parsed: ParsedProduct, options: ApplyOptions): Promise<ProductOutcome> {
  const variants = parsed.variants.map((variant, index) => toNewVariant(variant, parsed.handle, index + 1));
  await createProduct(tx, {
    content: toNewContent(parsed, options.currency),
    variants,
    status: parsed.status ?? 'active',
    claimId: null,
    by: options.by,
  });
  const outcomes = parsed.variants.map((variant, index): [number, VariantOutcome] => {
    const sku = variants[index]?.content.sku ?? '';
    const notes = [...variant.notes, ...skuNotes(variant, sku)];
    return [variant.line, { sku, outcome: 'created', notes }];
  });
  return { outcome: 'created', notes: [], variants: new Map(outcomes), retired: 0 };
}

async function updateFrom(
  tx: Tx,
  product: ProductRow,
  parsed: ParsedProduct,
  options: ApplyOptions,
): Promise<ProductOutcome> {
  if (product.currency !== options.currency) {
    throw new LineRefused(parsed.firstLine, messages.otherCurrency(product.currency));
  }
  const notes: LocalizedText[] = [];
  const changed = differences(product, await toProductColumns(tx, parsed.content));
  await updateProductRow(tx, product.id, changed);
  const isMoved = parsed.status !== undefined && parsed.status !== product.status;
  if (isMoved) {
    await moveProduct(tx, product, parsed.status, options.by, NOTE);
    notes.push(messages.statusMoved(product.status, parsed.status));
  }
  const { matches, unmatched } = matchVariants(await findVariants(tx, product.id), parsed.variants);
  const outcomes = await applyVariants(tx, product, parsed, matches, options.by);
  const retired = unmatched.filter(({ status }) => status === 'active');
  for (const variant of retired) {
    await moveVariant(tx, variant, 'inactive', options.by, NOTE);
  }
  if (retired.length > 0) {
    notes.push(messages.variantsRetired(retired.map(({ sku }) => sku)));
  }
  const areVariantsChanged = [...outcomes.values()].some(({ outcome }) => outcome !== 'unchanged');
  const isChanged = !isEmpty(changed) || isMoved || retired.length > 0;
  if (isChanged || areVariantsChanged) {
    await settleProduct(tx, product.id);
  }
  return { outcome: isChanged ? 'updated' : 'unchanged', notes, variants: outcomes, retired: retired.length };
}

async function applyVariants(
  tx: Tx,
  product: ProductRow,
  parsed: ParsedProduct,
  matches: readonly VariantMatch[],
  by: Actor,
): Promise<Map<number, VariantOutcome>> {
  await parkExchangedKeys(tx, matches);
  const outcomes = new Map<number, VariantOutcome>();
  for (const [index, { variant, row }] of matches.entries()) {
    if (row === undefined) {
      const made = await insertVariant(tx, product, toNewVariant(variant, parsed.handle, index + 1), by);
      const notes = [...variant.notes, ...skuNotes(variant, made.sku)];
      outcomes.set(variant.line, { sku: made.sku, outcome: 'created', notes });
    } else {
      outcomes.set(variant.line, await changeTo(tx, row, { variant, position: index + 1 }, by));
    }
  }
  return outcomes;
}

/** The columns that make a variant what the file says. */
function columnsFor(row: VariantRow, variant: ParsedVariant, position: number): Partial<VariantRow> {
  const { price, compareAt } = variant;
  // Without a compare-at column the price before the sale stays, as long as it is above the new price.
  const before =
    compareAt === undefined && row.sale_price !== null && row.unit_price > price ? row.unit_price : compareAt;
  return {
    ...toVariantColumns(variant.content),
    ...optionColumns(variant.optionValues),
    ...(variant.sku !== '' && { sku: variant.sku }),
    unit_price: before ?? price,
    sale_price: typeof before === 'number' ? price : null,
    position,
    ...(variant.stockWords !== null && { imported_stock: variant.stockWords }),
  };
}

async function changeTo(
  tx: Tx,
  row: VariantRow,
  { variant, position }: { variant: ParsedVariant; position: number },
  by: Actor,
): Promise<VariantOutcome> {
  const notes = [...variant.notes];
  const changed = differences(row, columnsFor(row, variant, position));
  await updateVariantRow(tx, row.id, changed);
  if (changed.imported_stock !== undefined) {
    await setStock(tx, { variantId: row.id, ...variant.stock, reason: NOTE, by });
    notes.push(messages.stockSet);
  }
  if (changed.sku !== undefined) {
    await setStock(tx, { variantId: row.id, sku: changed.sku, by });
  }
  if (row.status === 'inactive') {
    await moveVariant(tx, row, 'active', by, NOTE);
    notes.push(messages.variantReactivated);
  }
  const isChanged = !isEmpty(changed) || row.status === 'inactive';
  return { sku: changed.sku ?? row.sku, outcome: isChanged ? 'updated' : 'unchanged', notes };
}

/** Two variants may exchange SKUs or options; each then first lets go of its own, as both are unique. */
async function parkExchangedKeys(tx: Tx, matches: readonly VariantMatch[]): Promise<void> {
  for (const { variant, row } of matches) {
    if (row === undefined) {
      continue;
    }
    const { options_key } = optionColumns(variant.optionValues);
    const isRenamed = variant.sku !== '' && variant.sku !== row.sku;
    await updateVariantRow(tx, row.id, {
      ...(isRenamed && { sku: `~${row.id}` }),
      ...(options_key !== row.options_key && { options_key: `~${row.id}` }),
    });
  }
}
