/** What of a product is shown to whom. Amounts in minor units of `currency`. */
import { z } from 'zod';
import { toIso } from '../../kernel/clock.ts';
import type { Stock } from '../inventory/index.ts';
import { effectivePrice, type ProductImage, type Seo, variantTitle } from './product.ts';
import type { BrandRow, CategoryRow, ProductRow, VariantRow } from './tables.ts';

const labelView = z.object({ id: z.string(), slug: z.string(), name: z.string() });

export const summaryView = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  shortDescription: z.string(),
  category: labelView,
  brand: labelView.nullable(),
  image: z.object({ url: z.string(), alt: z.string().nullable() }).nullable(),
  minPrice: z.int(),
  maxPrice: z.int(),
  /** The price before the sale of the cheapest variant; the same as minPrice when it is not on sale. */
  listPrice: z.int(),
  isOnSale: z.boolean(),
  currency: z.string(),
  variantCount: z.int(),
  createdAt: z.string(),
});

export type Summary = z.infer<typeof summaryView>;

export const staffSummaryView = summaryView.extend({
  status: z.string(),
  visibility: z.string(),
  vendor: z.string().nullable(),
  updatedAt: z.string(),
});

/** A product's columns that lists show, with its category and brand. */
export type SummaryRow = Pick<
  ProductRow,
  | 'id'
  | 'slug'
  | 'name'
  | 'summary'
  | 'category_id'
  | 'brand_id'
  | 'image_url'
  | 'image_alt'
  | 'min_price'
  | 'max_price'
  | 'list_price'
  | 'currency'
  | 'variant_count'
  | 'status'
  | 'visibility'
  | 'vendor'
  | 'created_at'
  | 'updated_at'
> & {
  category_slug: string;
  category_name: string;
  brand_slug: string | null;
  brand_name: string | null;
};

export function toSummary(row: SummaryRow): Summary {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    shortDescription: row.summary,
    category: { id: row.category_id, slug: row.category_slug, name: row.category_name },
    brand:
      row.brand_id === null
        ? null
        : { id: row.brand_id, slug: row.brand_slug ?? '', name: row.brand_name ?? '' },
    image: row.image_url === null ? null : { url: row.image_url, alt: row.image_alt },
    minPrice: row.min_price,
    maxPrice: row.max_price,
    listPrice: row.list_price,
    isOnSale: row.list_price > row.min_price,
    currency: row.currency,
    variantCount: row.variant_count,
    createdAt: toIso(row.created_at),
  };
}

export function toStaffSummary(row: SummaryRow): z.infer<typeof staffSummaryView> {
  const { status, visibility, vendor } = row;
  return { ...toSummary(row), status, visibility, vendor, updatedAt: toIso(row.updated_at) };
}

const imageView = z.object({
  url: z.string(),
  alt: z.string().nullable(),
  order: z.int(),
  isMain: z.boolean(),
});

const variantView = z.object({
  id: z.string(),
  sku: z.string(),
  title: z.string(),
  optionValues: z.array(z.string()),
  unitPrice: z.int(),
  salePrice: z.int().nullable(),
  /** What a buyer pays for one. */
  price: z.int(),
  currency: z.string(),
  barcode: z.string().nullable(),
  weightGrams: z.int().nullable(),
  image: z.string().nullable(),
  requiresShipping: z.boolean(),
  isTaxable: z.boolean(),
  inStock: z.boolean(),
  /** How many can be ordered; null where stock is not counted. */
  availableQuantity: z.int().nullable(),
});

export const productView = summaryView.extend({
  description: z.string(),
  vendor: z.string().nullable(),
  tags: z.array(z.string()),
  images: z.array(imageView),
  options: z.array(z.object({ name: z.string(), values: z.array(z.string()) })),
  variants: z.array(variantView),
  seo: z.object({ title: z.string().nullable(), description: z.string().nullable() }),
  taxClass: z.string(),
  isTaxable: z.boolean(),
  requiresShipping: z.boolean(),
  isGiftCard: z.boolean(),
  publishedAt: z.string().nullable(),
  updatedAt: z.string(),
});

const staffVariantView = variantView.extend({
  status: z.string(),
  cost: z.int().nullable(),
  position: z.int(),
  stock: z.object({
    isTracked: z.boolean(),
    onHand: z.int(),
    reserved: z.int(),
    backorderAllowance: z.int(),
    short: z.int(),
  }),
  updatedAt: z.string(),
});

export const staffProductView = productView.extend({
  status: z.string(),
  visibility: z.string(),
  metadata: z.record(z.string(), z.unknown()),
  variants: z.array(staffVariantView),
});

export const categoryView = labelView.extend({ parentId: z.string().nullable(), path: z.string() });

export const brandView = labelView;

/** A product as it was read from the database, stock not included. */
export interface ProductRecord {
  readonly product: ProductRow;
  readonly summary: Summary;
  readonly variants: readonly VariantRow[];
}

const parse = <T>(json: string) => JSON.parse(json) as T;

function toVariant(row: VariantRow, stock: Stock | undefined): z.infer<typeof variantView> {
  const optionValues = parse<string[]>(row.option_values);
  const available = stock === undefined ? 0 : stock.available;
  return {
    id: row.id,
    sku: row.sku,
    title: variantTitle(optionValues),
    optionValues,
    unitPrice: row.unit_price,
    salePrice: row.sale_price,
    price: effectivePrice(row),
    currency: row.currency,
    barcode: row.barcode,
    weightGrams: row.weight_grams,
    image: row.image,
    requiresShipping: row.requires_shipping === 1,
    isTaxable: row.is_taxable === 1,
    inStock: available === null || available > 0,
    availableQuantity: available,
  };
}

function toStaffVariant(row: VariantRow, stock: Stock | undefined): z.infer<typeof staffVariantView> {
  return {
    ...toVariant(row, stock),
    status: row.status,
    cost: row.cost,
    position: row.position,
    stock: {
      isTracked: stock?.isTracked ?? false,
      onHand: stock?.onHand ?? 0,
      reserved: stock?.reserved ?? 0,
      backorderAllowance: stock?.backorderAllowance ?? 0,
      short: stock?.short ?? 0,
    },
    updatedAt: toIso(row.updated_at),
  };
}

/** Each option with the values that its variants have, in the order of the variants. */
function toOptions(names: readonly string[], variants: readonly VariantRow[]) {
  const values = variants.map((variant) => parse<string[]>(variant.option_values));
  return names.map((name, index) => ({
    name,
    values: [...new Set(values.map((each) => each[index] ?? ''))],
  }));
}

function toProductParts({ product, summary }: ProductRecord, variants: readonly VariantRow[]) {
  return {
    ...summary,
    description: product.description,
    vendor: product.vendor,
    tags: parse<string[]>(product.tags),
    images: parse<ProductImage[]>(product.images),
    options: toOptions(parse<string[]>(product.option_names), variants),
    seo: parse<Seo>(product.seo),
    taxClass: product.tax_class,
    isTaxable: product.is_taxable === 1,
    requiresShipping: product.requires_shipping === 1,
    isGiftCard: product.is_gift_card === 1,
    publishedAt: toIso(product.published_at),
    updatedAt: toIso(product.updated_at),
  };
}

type StockByVariant = ReadonlyMap<string, Stock>;

/** The product as a buyer sees it: variants that are not sold are left out, costs too. */
export function toProduct(record: ProductRecord, stock: StockByVariant): z.infer<typeof productView> {
  const variants = record.variants.filter(({ status }) => status === 'active');
  return {
    ...toProductParts(record, variants),
    variants: variants.map((variant) => toVariant(variant, stock.get(variant.id))),
  };
}

/** The product as staff see it. */
export function toStaffProduct(
  record: ProductRecord,
  stock: StockByVariant,
): z.infer<typeof staffProductView> {
  const { product, variants } = record;
  return {
    ...toProductParts(record, variants),
    status: product.status,
    visibility: product.visibility,
    metadata: parse<Record<string, unknown>>(product.metadata),
    variants: variants.map((variant) => toStaffVariant(variant, stock.get(variant.id))),
  };
}

export function toCategory(row: CategoryRow): z.infer<typeof categoryView> {
  return { id: row.id, slug: row.slug, name: row.name, parentId: row.parent_id, path: row.path };
}

export function toBrand({ id, slug, name }: BrandRow): z.infer<typeof brandView> {
  return { id, slug, name };
}
