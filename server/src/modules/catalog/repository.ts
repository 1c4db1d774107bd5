import { type Reader, statement, type Tx } from '../../kernel/db/index.ts';
import { isEmpty } from './content.ts';
import type { ProductRow, VariantRow } from './tables.ts';

const productById = statement<{ id: string }, ProductRow>((query, p) =>
  query.selectFrom('products').selectAll().where('id', '=', p.id),
);
const productBySlug = statement<{ slug: string }, ProductRow>((query, p) =>
  query.selectFrom('products').selectAll().where('slug', '=', p.slug),
);
const productByClaim = statement<{ claimId: string }, ProductRow>((query, p) =>
  query.selectFrom('products').selectAll().where('claim_id', '=', p.claimId),
);
const variantById = statement<{ id: string }, VariantRow>((query, p) =>
  query.selectFrom('product_variants').selectAll().where('id', '=', p.id),
);
const variantBySku = statement<{ sku: string }, VariantRow>((query, p) =>
  query.selectFrom('product_variants').selectAll().where('sku', '=', p.sku),
);
const variantsOfProduct = statement<{ productId: string }, VariantRow>((query, p) =>
  query
    .selectFrom('product_variants')
    .selectAll()
    .where('product_id', '=', p.productId)
    .orderBy('position')
    .orderBy('id'),
);
const labelsOfProduct = statement<{ categoryId: string }, { name: string; path: string }>((query, p) =>
  query.selectFrom('categories').select(['name', 'path']).where('id', '=', p.categoryId),
);
const brandById = statement<{ id: string }, { name: string }>((query, p) =>
  query.selectFrom('brands').select('name').where('id', '=', p.id),
);

export const findProductByClaim = (reader: Reader, claimId: string) =>
  productByClaim.first(reader, { claimId });

export const findProductBySlug = (reader: Reader, slug: string) => productBySlug.first(reader, { slug });

/** A product by its id or its slug; no slug looks like an id. */
export function findProduct(reader: Reader, idOrSlug: string): Promise<ProductRow | undefined> {
  return idOrSlug.startsWith('prod_')
    ? productById.first(reader, { id: idOrSlug })
    : productBySlug.first(reader, { slug: idOrSlug });
}

export const findVariant = (reader: Reader, id: string) => variantById.first(reader, { id });

export const findVariantBySku = (reader: Reader, sku: string) => variantBySku.first(reader, { sku });

/** All variants of a product, those that are not sold too, in their order. */
export const findVariants = (reader: Reader, productId: string) =>
  variantsOfProduct.all(reader, { productId });

/** The names of a product's category and brand. */
export async function findLabels(
  reader: Reader,
  product: Pick<ProductRow, 'category_id' | 'brand_id'>,
): Promise<{ category: string; brand: string | null }> {
  const category = await labelsOfProduct.first(reader, { categoryId: product.category_id });
  const brand =
    product.brand_id === null ? undefined : await brandById.first(reader, { id: product.brand_id });
  return { category: category?.name ?? '', brand: brand?.name ?? null };
}

/** Writes columns of a product that has been locked or was just inserted; never its status. */
export async function updateProductRow(
  tx: Tx,
  id: string,
  columns: Partial<Omit<ProductRow, 'id' | 'status' | 'version'>>,
): Promise<void> {
  if (!isEmpty(columns)) {
    await tx.query
      .updateTable('products')
      .set({ ...columns, updated_at: tx.now })
      .where('id', '=', id)
      .execute();
  }
}

/** Writes columns of a variant whose product has been locked; never its status. */
export async function updateVariantRow(
  tx: Tx,
  id: string,
  columns: Partial<Omit<VariantRow, 'id' | 'status' | 'version'>>,
): Promise<void> {
  if (!isEmpty(columns)) {
    await tx.query
      .updateTable('product_variants')
      .set({ ...columns, updated_at: tx.now })
      .where('id', '=', id)
      .execute();
  }
}
