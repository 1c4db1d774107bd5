export interface CategoryRow {
  id: string;
  slug: string;
  name: string;
  parent_id: string | null;
  /** Slugs from the root down, joined by `/`. */
  path: string;
  created_at: number;
}

export interface BrandRow {
  id: string;
  slug: string;
  name: string;
  created_at: number;
}

export type ProductStatus = 'draft' | 'active' | 'inactive' | 'archived';
export type Visibility = 'public' | 'private' | 'hidden';
export type VariantStatus = 'active' | 'inactive';

export interface ProductRow {
  id: string;
  slug: string;
  /** The Idempotency-Key's claim under which it was created. */
  claim_id: string | null;
  name: string;
  /** The folded name: what lists by name are sorted by, in the same order on every engine. */
  sort_name: string;
  /** Sanitised HTML. */
  description: string;
  short_description: string | null;
  /** Plain text for lists and order lines: the short description, or the beginning of the description. */
  summary: string;
  category_id: string;
  brand_id: string | null;
  vendor: string | null;
  /** JSON: string[] */
  tags: string;
  /** JSON: ProductImage[] */
  images: string;
  /** JSON: string[], at most three. */
  option_names: string;
  status: ProductStatus;
  visibility: Visibility;
  /** JSON: Seo */
  seo: string;
  tax_class: string;
  is_taxable: number;
  requires_shipping: number;
  is_gift_card: number;
  /** When it first became active. */
  published_at: number | null;
  /** JSON object */
  metadata: string;
  currency: string;
  /** Derived: active, public and with a variant that is sold; what public lists and the search show. */
  is_listed: number;
  /** Derived from the active variants: what a buyer pays at least and at most. */
  min_price: number;
  max_price: number;
  /** Derived: the price before the sale of the variant that costs `min_price`. */
  list_price: number;
  /** Derived: how many variants are active. */
  variant_count: number;
  image_url: string | null;
  image_alt: string | null;
  version: number;
  created_at: number;
  updated_at: number;
}

export interface VariantRow {
  id: string;
  product_id: string;
  sku: string;
  /** Hash of the option values: two variants of one product never have the same. */
  options_key: string;
  /** JSON: string[], one value for each option name. */
  option_values: string;
  unit_price: number;
  sale_price: number | null;
  cost: number | null;
  currency: string;
  barcode: string | null;
  weight_grams: number | null;
  image: string | null;
  position: number;
  is_taxable: number;
  requires_shipping: number;
  /** What the last import said of its stock; the same words again change nothing. */
  imported_stock: string | null;
  status: VariantStatus;
  version: number;
  created_at: number;
  updated_at: number;
}

declare module '../../kernel/db/types.ts' {
  interface Schema {
    categories: CategoryRow;
    brands: BrandRow;
    products: ProductRow;
    product_variants: VariantRow;
    /** Rewritten in the transaction that changes the product. */
    product_search_terms: { product_id: string; term: string; weight: number; is_listed: number };
  }
}
