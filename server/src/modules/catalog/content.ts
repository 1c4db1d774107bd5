import type { Tx } from '../../kernel/db/index.ts';
import { ensureBrand, ensureCategory } from './labels.ts';
import { type ProductImage, type Seo, UNCATEGORISED } from './product.ts';
import type { ProductRow, VariantRow, Visibility } from './tables.ts';

/** What a person or a file says of a product; everything else follows from it. Texts are clean, descriptions sanitised. */
export interface ProductContent {
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  readonly shortDescription: string | null;
  /** Names from the root down; made where they are missing. */
  readonly category: readonly string[];
  readonly brand: string | null;
  readonly vendor: string | null;
  readonly tags: readonly string[];
  readonly images: readonly ProductImage[];
  readonly optionNames: readonly string[];
  readonly visibility: Visibility;
  readonly seo: Seo;
  readonly taxClass: string;
  readonly isTaxable: boolean;
  readonly requiresShipping: boolean;
  readonly isGiftCard: boolean;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly currency: string;
}

/** What a new product is where nobody says otherwise. */
export const NEW_PRODUCT = {
  description: '',
  shortDescription: null,
  category: [UNCATEGORISED],
  brand: null,
  vendor: null,
  tags: [],
  images: [],
  optionNames: [],
  visibility: 'public',
  seo: { title: null, description: null },
  taxClass: 'standard',
  isTaxable: true,
  requiresShipping: true,
  isGiftCard: false,
  metadata: {},
} as const satisfies Partial<ProductContent>;

/** What a new variant is where nobody says otherwise. */
export const NEW_VARIANT = {
  cost: null,
  barcode: null,
  weightGrams: null,
  image: null,
} as const satisfies Partial<VariantContent>;

/** What a person or a file says of a variant. Amounts in minor units of the product's currency. */
export interface VariantContent {
  readonly sku: string;
  readonly optionValues: readonly string[];
  readonly unitPrice: number;
  readonly salePrice: number | null;
  readonly cost: number | null;
  readonly barcode: string | null;
  readonly weightGrams: number | null;
  readonly image: string | null;
  readonly isTaxable: boolean;
  readonly requiresShipping: boolean;
}

type Columns = Partial<ProductRow>;

/** What is given, as columns; what is not given is not there. */
export async function toProductColumns(tx: Tx, content: Partial<ProductContent>): Promise<Columns> {
  const { category, brand } = content;
  const columns: { [K in keyof ProductRow]?: ProductRow[K] | undefined } = {
    slug: content.slug,
    name: content.name,
    description: content.description,
    short_description: content.shortDescription,
    category_id: category && (await ensureCategory(tx, category)).id,
    brand_id: brand && (await ensureBrand(tx, brand)).id,
    vendor: content.vendor,
    tags: content.tags && JSON.stringify(content.tags),
    images: content.images && JSON.stringify(content.images),
    option_names: content.optionNames && JSON.stringify(content.optionNames),
    visibility: content.visibility,
    seo: content.seo && JSON.stringify(content.seo),
    tax_class: content.taxClass,
    is_taxable: toFlag(content.isTaxable),
    requires_shipping: toFlag(content.requiresShipping),
    is_gift_card: toFlag(content.isGiftCard),
    metadata: content.metadata && JSON.stringify(content.metadata),
    currency: content.currency,
  };
  if (brand === null) {
    columns.brand_id = null;
  }
  return withoutUndefined(columns);
}

/** What is given, as columns; what is not given is not there. `options_key` is left to whoever checks the options. */
export function toVariantColumns(
  content: Partial<Omit<VariantContent, 'optionValues'>>,
): Partial<VariantRow> {
  return withoutUndefined({
    sku: content.sku,
    unit_price: content.unitPrice,
    sale_price: content.salePrice,
    cost: content.cost,
    barcode: content.barcode,
    weight_grams: content.weightGrams,
    image: content.image,
    is_taxable: toFlag(content.isTaxable),
    requires_shipping: toFlag(content.requiresShipping),
  });
}

function toFlag(value: boolean | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}

function withoutUndefined<T extends object>(columns: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** The columns that would change; empty when the row says all of it already. */
export function differences<R extends object>(row: R, columns: Partial<R>): Partial<R> {
  return Object.fromEntries(
    Object.entries(columns).filter(([name, value]) => row[name as keyof R] !== value),
  ) as Partial<R>;
}

export function isEmpty(columns: object): boolean {
  return Object.keys(columns).length === 0;
}
