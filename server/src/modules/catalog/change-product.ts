/**
 * What staff change. Every verb locks the product first and settles it last, so that the derived columns, the search
 * terms, the history, the audit row and the event are of the same transaction as the change.
 */
import type { Actor } from '../../kernel/actor.ts';
import type { Tx } from '../../kernel/db/index.ts';
import { AppError } from '../../kernel/errors.ts';
import { writeAudit } from '../audit/index.ts';
import { setStock } from '../inventory/index.ts';
import {
  differences,
  isEmpty,
  type ProductContent,
  toProductColumns,
  toVariantColumns,
  type VariantContent,
} from './content.ts';
import { assertOptions, createProduct, moveProduct, type NewProduct } from './create-product.ts';
import {
  optionsMismatch,
  optionsTaken,
  productNotFound,
  saleAbovePrice,
  skuTaken,
  slugTaken,
  variantNotFound,
} from './errors.ts';
import { type NewVariantInput, toNewVariant } from './input.ts';
import { optionsKey } from './product.ts';
import {
  findProduct,
  findProductByClaim,
  findProductBySlug,
  findVariantBySku,
  findVariants,
  updateProductRow,
  updateVariantRow,
} from './repository.ts';
import { insertVariant, moveVariant } from './save-variants.ts';
import { settleProduct } from './settle-product.ts';
import type { ProductRow, ProductStatus, VariantRow, VariantStatus } from './tables.ts';

/** Who asks, and from where. */
export interface StaffRequest {
  readonly by: Actor;
  readonly ip: string;
}

/** Locks a product by id or slug; throws `product_not_found` (404). */
export async function lockProduct(tx: Tx, idOrSlug: string): Promise<ProductRow> {
  const found = await findProduct(tx, idOrSlug);
  const locked = found && (await tx.lock('products', found.id));
  if (locked === undefined) {
    throw new AppError(productNotFound);
  }
  return locked;
}

/** Creates a product once for each claim; answers the one that an earlier run of the same claim has made. */
export async function addProduct(tx: Tx, product: NewProduct, ip: string): Promise<ProductRow> {
  const earlier = product.claimId === null ? undefined : await findProductByClaim(tx, product.claimId);
  if (earlier !== undefined) {
    return earlier;
  }
  const row = await createProduct(tx, product);
  await writeAudit(tx, {
    actor: product.by,
    action: 'product.create',
    target: { type: 'product', id: row.id },
    after: { slug: row.slug, name: row.name, status: row.status },
    ip,
  });
  return row;
}

export interface ProductChange {
  readonly content: Partial<ProductContent>;
  readonly status?: ProductStatus | undefined;
}

/** Changes what is given. Throws `slug_taken`, `illegal_transition`, `last_active_variant` (409), `options_mismatch` (422). */
export async function changeProduct(
  tx: Tx,
  idOrSlug: string,
  { content, status }: ProductChange,
  request: StaffRequest,
): Promise<ProductRow> {
  const row = await lockProduct(tx, idOrSlug);
  if (
    content.optionNames &&
    content.optionNames.length !== (JSON.parse(row.option_names) as string[]).length
  ) {
    throw new AppError(optionsMismatch, { details: { options: content.optionNames } });
  }
  if (
    content.slug !== undefined &&
    content.slug !== row.slug &&
    (await findProductBySlug(tx, content.slug))
  ) {
    throw new AppError(slugTaken, { details: { slug: content.slug } });
  }
  const changed = differences(row, await toProductColumns(tx, content));
  const isMoved = status !== undefined && status !== row.status;
  if (isEmpty(changed) && !isMoved) {
    return row;
  }
  await updateProductRow(tx, row.id, changed);
  if (isMoved) {
    await moveProduct(tx, row, status, request.by);
  }
  await audit(tx, request, 'product.change', row, { ...changed, ...(isMoved && { status }) });
  return settleProduct(tx, row.id);
}

/** Takes a product out of the shop for good, though not out of the books; archiving it again changes nothing. */
export async function archiveProduct(tx: Tx, idOrSlug: string, request: StaffRequest): Promise<ProductRow> {
  const row = await lockProduct(tx, idOrSlug);
  if (row.status === 'archived') {
    return row;
  }
  await moveProduct(tx, row, 'archived', request.by);
  await audit(tx, request, 'product.archive', row, { status: 'archived' });
  return settleProduct(tx, row.id);
}

/** Adds a variant at the end. Throws `sku_taken`, `options_taken` (409), `options_mismatch` (422). */
export async function addVariant(
  tx: Tx,
  idOrSlug: string,
  input: NewVariantInput,
  request: StaffRequest,
): Promise<ProductRow> {
  const row = await lockProduct(tx, idOrSlug);
  const variant = toNewVariant(input, {
    slug: row.slug,
    isTaxable: row.is_taxable === 1,
    requiresShipping: row.requires_shipping === 1,
  });
  assertOptions(JSON.parse(row.option_names) as string[], variant.content.optionValues);
  const position = Math.max(0, ...(await findVariants(tx, row.id)).map((present) => present.position)) + 1;
  const added = await insertVariant(tx, row, { ...variant, position, importedStock: null }, request.by);
  await writeAudit(tx, {
    actor: request.by,
    action: 'variant.create',
    target: { type: 'product', id: row.id },
    after: { variantId: added.id, sku: added.sku, unitPrice: added.unit_price, salePrice: added.sale_price },
    ip: request.ip,
  });
  return settleProduct(tx, row.id);
}

export interface VariantChange {
  readonly content: Partial<VariantContent>;
  readonly status?: VariantStatus | undefined;
}

/** Changes what is given of one variant. Throws as {@link addVariant} does, and `sale_above_price` (422). */
export async function changeVariant(
  tx: Tx,
  idOrSlug: string,
  variantId: string,
  { content, status }: VariantChange,
  request: StaffRequest,
): Promise<ProductRow> {
  const product = await lockProduct(tx, idOrSlug);
  const variants = await findVariants(tx, product.id);
  const row = variants.find(({ id }) => id === variantId);
  if (row === undefined) {
    throw new AppError(variantNotFound);
  }
  const columns = toVariantColumns(content);
  if (content.optionValues !== undefined) {
    assertOptions(JSON.parse(product.option_names) as string[], content.optionValues);
    Object.assign(columns, optionColumns(content.optionValues));
  }
  const changed = differences(row, columns);
  await assertUnique(tx, row, variants, changed);
  assertSale({ ...row, ...changed });
  const isMoved = status !== undefined && status !== row.status;
  if (isEmpty(changed) && !isMoved) {
    return product;
  }
  await updateVariantRow(tx, row.id, changed);
  if (changed.sku !== undefined) {
    await setStock(tx, { variantId: row.id, sku: changed.sku, by: request.by });
  }
  if (isMoved) {
    await moveVariant(tx, row, status, request.by);
  }
  await audit(tx, request, 'variant.change', row, { ...changed, ...(isMoved && { status }) });
  return settleProduct(tx, product.id);
}

/** The columns that say which combination of options a variant is. */
export function optionColumns(values: readonly string[]): Pick<VariantRow, 'option_values' | 'options_key'> {
  return { option_values: JSON.stringify(values), options_key: optionsKey(values) };
}

async function assertUnique(
  tx: Tx,
  row: VariantRow,
  siblings: readonly VariantRow[],
  changed: Partial<VariantRow>,
): Promise<void> {
  if (changed.sku !== undefined && (await findVariantBySku(tx, changed.sku))) {
    throw new AppError(skuTaken, { details: { sku: changed.sku } });
  }
  if (siblings.some(({ id, options_key }) => id !== row.id && options_key === changed.options_key)) {
    throw new AppError(optionsTaken);
  }
}

function assertSale({ unit_price, sale_price }: VariantRow): void {
  if (sale_price !== null && sale_price > unit_price) {
    throw new AppError(saleAbovePrice, { details: { unitPrice: unit_price, salePrice: sale_price } });
  }
}

/** Writes down the columns that changed, as they were and as they are. */
async function audit(
  tx: Tx,
  { by, ip }: StaffRequest,
  action: string,
  row: ProductRow | VariantRow,
  after: Readonly<Record<string, unknown>>,
): Promise<void> {
  const before = Object.fromEntries(
    Object.keys(after).map((name) => [name, (row as unknown as Record<string, unknown>)[name]]),
  );
  const type = row.id.startsWith('prod_') ? 'product' : 'variant';
  await writeAudit(tx, { actor: by, action, target: { type, id: row.id }, before, after, ip });
}
