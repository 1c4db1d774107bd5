/** What orders read of the catalogue: always from the database and, when they place, inside their transaction. */
import { type Reader, statement } from '../../kernel/db/index.ts';
import { AppError } from '../../kernel/errors.ts';
import { statementByIds } from './by-ids.ts';
import { productNotFound, variantNotFound, variantRequired } from './errors.ts';
import { variantTitle } from './product.ts';
import { findProduct, findVariant } from './repository.ts';

/** A variant as an order line needs it. Amounts in minor units of `currency`. */
export interface Sellable {
  readonly variantId: string;
  readonly productId: string;
  readonly sku: string;
  /** The product's name and, where it has several variants, the option values: `T-shirt (Red / M)`. */
  readonly name: string;
  /** Plain text. */
  readonly description: string;
  readonly image: string | null;
  readonly unitPrice: number;
  /** What it costs while it is on sale; `null` when it is not. */
  readonly salePrice: number | null;
  readonly currency: string;
  readonly requiresShipping: boolean;
  readonly isTaxable: boolean;
  /** Whether it may be sold now: the variant and its product are active, and the product is not hidden. */
  readonly isSellable: boolean;
}

interface SellableRow {
  variant_id: string;
  product_id: string;
  sku: string;
  name: string;
  summary: string;
  option_values: string;
  variant_image: string | null;
  image_url: string | null;
  unit_price: number;
  sale_price: number | null;
  currency: string;
  requires_shipping: number;
  is_taxable: number;
  variant_status: string;
  status: string;
  visibility: string;
  published_at: number | null;
}

const readRows = statementByIds<SellableRow>((query, ids) =>
  query
    .selectFrom('product_variants as variant')
    .innerJoin('products as product', 'product.id', 'variant.product_id')
    .select([
      'variant.id as variant_id',
      'variant.product_id',
      'variant.sku',
      'variant.option_values',
      'variant.image as variant_image',
      'variant.unit_price',
      'variant.sale_price',
      'variant.currency',
      'variant.requires_shipping',
      'variant.is_taxable',
      'variant.status as variant_status',
      'product.name',
      'product.summary',
      'product.image_url',
      'product.status',
      'product.visibility',
      'product.published_at',
    ])
    .where('variant.id', 'in', ids),
);

function toSellable(row: SellableRow): Sellable {
  const title = variantTitle(JSON.parse(row.option_values) as string[]);
  return {
    variantId: row.variant_id,
    productId: row.product_id,
    sku: row.sku,
    name: title === '' ? row.name : `${row.name} (${title})`,
    description: row.summary,
    image: row.variant_image ?? row.image_url,
    unitPrice: row.unit_price,
    salePrice: row.sale_price,
    currency: row.currency,
    requiresShipping: row.requires_shipping === 1,
    isTaxable: row.is_taxable === 1,
    isSellable:
      row.variant_status === 'active' &&
      row.status === 'active' &&
      row.visibility !== 'hidden' &&
      row.published_at !== null,
  };
}

/** The variants by id, from the database and never from a cache; ids that do not exist are left out. */
export async function readSellable(
  reader: Reader,
  variantIds: readonly string[],
): Promise<Map<string, Sellable>> {
  const rows = await readRows(reader, variantIds);
  return new Map(rows.map((row) => [row.variant_id, toSellable(row)]));
}

const activeVariants = statement<{ productId: string }, { id: string }>((query, p) =>
  query
    .selectFrom('product_variants')
    .select('id')
    .where('product_id', '=', p.productId)
    .where('status', '=', 'active')
    .orderBy('position')
    .orderBy('id'),
);

/**
 * The variant that is meant by its own id, or by the id or slug of a product that has only one. Throws
 * `variant_required` (422, with `details.variantIds`) when there are several to choose from, and `product_not_found` or
 * `variant_not_found` (404).
 */
export async function resolveVariant(reader: Reader, productOrVariantId: string): Promise<string> {
  if (productOrVariantId.startsWith('var_')) {
    const variant = await findVariant(reader, productOrVariantId);
    if (variant === undefined) {
      throw new AppError(variantNotFound);
    }
    return variant.id;
  }
  const product = await findProduct(reader, productOrVariantId);
  const variants = product && (await activeVariants.all(reader, { productId: product.id }));
  const [only, ...others] = variants ?? [];
  if (only === undefined) {
    throw new AppError(productNotFound);
  }
  if (others.length > 0) {
    throw new AppError(variantRequired, { details: { variantIds: variants?.map(({ id }) => id) } });
  }
  return only.id;
}
