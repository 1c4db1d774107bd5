import type { Tx } from '../../kernel/db/index.ts';
import { AppError } from '../../kernel/errors.ts';
import { publish } from '../../kernel/events/index.ts';
import { differences } from './content.ts';
import { lastActiveVariant } from './errors.ts';
import { productChanged } from './events.ts';
import { toPlainText } from './html.ts';
import { type ProductImage, priceRange, sortName, summarise } from './product.ts';
import { findLabels, findProduct, findVariants, updateProductRow } from './repository.ts';
import { indexProduct } from './search-index.ts';
import type { ProductRow, VariantRow } from './tables.ts';

function derive(product: ProductRow, active: readonly VariantRow[], plain: string): Partial<ProductRow> {
  const images = JSON.parse(product.images) as ProductImage[];
  const main = images.find(({ isMain }) => isMain);
  const isListed = product.status === 'active' && product.visibility === 'public';
  return {
    ...priceRange(active),
    sort_name: sortName(product.name),
    summary: summarise(product.short_description, plain),
    is_listed: isListed ? 1 : 0,
    variant_count: active.length,
    image_url: main?.url ?? null,
    image_alt: main?.alt ?? null,
  };
}

/**
 * The last step of every change of a product: brings the derived columns and the search terms up to date, and tells
 * of the change, in the transaction of the change. Throws `last_active_variant` (409) when an active product would be
 * left with nothing to sell.
 */
export async function settleProduct(tx: Tx, productId: string): Promise<ProductRow> {
  const product = (await findProduct(tx, productId)) as ProductRow;
  const variants = await findVariants(tx, productId);
  const active = variants.filter(({ status }) => status === 'active');
  if (product.status === 'active' && active.length === 0) {
    throw new AppError(lastActiveVariant, { details: { productId } });
  }
  const plain = toPlainText(product.description);
  const derived = derive(product, active, plain);
  await updateProductRow(tx, productId, differences(product, derived));
  const { category, brand } = await findLabels(tx, product);
  const tags = JSON.parse(product.tags) as string[];
  const variantWords = active.flatMap(({ sku, option_values }) => [
    sku,
    ...(JSON.parse(option_values) as string[]),
  ]);
  await indexProduct(tx, {
    productId,
    isListed: derived.is_listed === 1,
    slug: product.slug,
    name: product.name,
    labels: [category, brand ?? '', ...tags, ...variantWords],
    description: `${product.short_description ?? ''} ${plain}`,
  });
  await publish(tx, productChanged, productId, { productId, slug: product.slug, status: product.status });
  return { ...product, ...derived };
}
