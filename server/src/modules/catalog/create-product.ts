import type { Actor } from '../../kernel/actor.ts';
import type { Tx } from '../../kernel/db/index.ts';
import { AppError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { initialVersion, recordInitialStates, transition } from '../../kernel/states.ts';
import { type ProductContent, toProductColumns } from './content.ts';
import { optionsMismatch, slugTaken } from './errors.ts';
import { productMachine } from './product-states.ts';
import { insertVariant, type NewVariant } from './save-variants.ts';
import { settleProduct } from './settle-product.ts';
import type { ProductRow, ProductStatus } from './tables.ts';

export interface NewProduct {
  readonly content: ProductContent;
  readonly variants: readonly NewVariant[];
  readonly status: 'draft' | 'active' | 'archived';
  /** The Idempotency-Key's claim, or `null`. */
  readonly claimId: string | null;
  readonly by: Actor;
}

/** Inserts a product with its variants and their stock; throws `slug_taken`, `sku_taken` or `options_taken` (409). */
export async function createProduct(tx: Tx, product: NewProduct): Promise<ProductRow> {
  const { content, status, by } = product;
  const row: ProductRow = {
    ...((await toProductColumns(tx, content)) as ProductRow),
    id: newId('prod'),
    claim_id: product.claimId,
    sort_name: '',
    summary: '',
    status,
    published_at: status === 'active' ? tx.now : null,
    is_listed: 0,
    min_price: 0,
    max_price: 0,
    list_price: 0,
    variant_count: 0,
    image_url: null,
    image_alt: null,
    version: initialVersion(productMachine),
    created_at: tx.now,
    updated_at: tx.now,
  };
  if (!(await tx.insertOnce('products', row))) {
    throw new AppError(slugTaken, { details: { slug: content.slug } });
  }
  await recordInitialStates(tx, productMachine, row.id, { status }, { by });
  for (const variant of product.variants) {
    assertOptions(content.optionNames, variant.content.optionValues);
    await insertVariant(tx, row, variant, by);
  }
  return settleProduct(tx, row.id);
}

/** Throws `options_mismatch` (422) unless there is one value for each option of the product. */
export function assertOptions(names: readonly string[], values: readonly string[]): void {
  if (names.length !== values.length) {
    throw new AppError(optionsMismatch, { details: { options: names, values } });
  }
}

/** Moves a product to `status` unless it is there; the first time that it becomes active is when it was published. */
export async function moveProduct(
  tx: Tx,
  product: ProductRow,
  status: ProductStatus,
  by: Actor,
  note?: string,
): Promise<ProductRow> {
  if (product.status === status) {
    return product;
  }
  const set = status === 'active' && product.published_at === null ? { published_at: tx.now } : {};
  return transition(tx, productMachine, product, { status }, { by, note, set });
}
