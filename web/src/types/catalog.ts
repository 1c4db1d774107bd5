/** What the API answers about products and stock. Amounts in minor units. */

export interface Label {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
}

export interface ProductSummary {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly shortDescription: string;
  readonly category: Label;
  readonly brand: Label | null;
  readonly image: { readonly url: string; readonly alt: string | null } | null;
  readonly minPrice: number;
  readonly maxPrice: number;
  readonly listPrice: number;
  readonly isOnSale: boolean;
  readonly currency: string;
  readonly variantCount: number;
}

export interface Variant {
  readonly id: string;
  readonly sku: string;
  readonly title: string;
  readonly optionValues: readonly string[];
  readonly unitPrice: number;
  readonly salePrice: number | null;
  readonly price: number;
  readonly currency: string;
  readonly image: string | null;
  readonly requiresShipping: boolean;
  readonly inStock: boolean;
  /** Null where stock is not counted. */
  readonly availableQuantity: number | null;
}

export interface Product extends ProductSummary {
  readonly description: string;
  readonly images: readonly { readonly url: string; readonly alt: string | null }[];
  readonly options: readonly { readonly name: string; readonly values: readonly string[] }[];
  readonly variants: readonly Variant[];
  readonly requiresShipping: boolean;
}

export interface Category extends Label {
  readonly parentId: string | null;
  readonly path: string;
}

export interface StaffProductSummary extends ProductSummary {
  readonly status: string;
  readonly visibility: string;
  readonly vendor: string | null;
  readonly updatedAt: string;
}

export interface StaffVariant extends Variant {
  readonly status: string;
  readonly stock: Omit<StockItem, 'variantId' | 'sku' | 'available'>;
}

export interface StaffProduct extends Omit<Product, 'variants'> {
  readonly status: string;
  readonly visibility: string;
  readonly variants: readonly StaffVariant[];
}

export interface StockItem {
  readonly variantId: string;
  readonly sku: string;
  readonly isTracked: boolean;
  readonly onHand: number;
  readonly reserved: number;
  readonly backorderAllowance: number;
  readonly short: number;
  /** Null without a limit. */
  readonly available: number | null;
}

export interface ImportLine {
  readonly line: number;
  readonly handle: string;
  readonly sku: string | null;
  readonly outcome: string;
  readonly messages: readonly string[];
}

export interface ImportReport {
  readonly isDryRun: boolean;
  readonly lines: readonly ImportLine[];
  readonly totals: {
    readonly products: Readonly<Record<string, number>>;
    readonly variants: Readonly<Record<string, number>>;
    readonly lines: Readonly<Record<string, number>>;
  };
  readonly notes: readonly string[];
}
