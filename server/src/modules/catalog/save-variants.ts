import type { Actor } from '../../kernel/actor.ts';
import type { Tx } from '../../kernel/db/index.ts';
import { AppError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { initialVersion, recordInitialStates, transition } from '../../kernel/states.ts';
import { createStock } from '../inventory/index.ts';
import type { VariantContent } from './content.ts';
import { optionsTaken, skuTaken } from './errors.ts';
import { optionsKey } from './product.ts';
import { variantMachine } from './product-states.ts';
import { findVariantBySku } from './repository.ts';
import type { ProductRow, VariantRow, VariantStatus } from './tables.ts';

/** The stock that a variant begins with. */
export interface FirstStock {
  readonly isTracked: boolean;
  readonly onHand: number;
  readonly backorderAllowance: number;
}

export interface NewVariant {
  readonly content: VariantContent;
  readonly position: number;
  readonly stock: FirstStock;
  readonly importedStock: string | null;
}

/** Inserts a variant with its stock; throws `sku_taken` or `options_taken` (409). */
export async function insertVariant(
  tx: Tx,
  product: Pick<ProductRow, 'id' | 'currency'>,
  { content, position, stock, importedStock }: NewVariant,
  by: Actor,
): Promise<VariantRow> {
  const row: VariantRow = {
    id: newId('var'),
    product_id: product.id,
    sku: content.sku,
    options_key: optionsKey(content.optionValues),
    option_values: JSON.stringify(content.optionValues),
    unit_price: content.unitPrice,
    sale_price: content.salePrice,
    cost: content.cost,
    currency: product.currency,
    barcode: content.barcode,
    weight_grams: content.weightGrams,
    image: content.image,
    position,
    is_taxable: Number(content.isTaxable),
    requires_shipping: Number(content.requiresShipping),
    imported_stock: importedStock,
    status: 'active',
    version: initialVersion(variantMachine),
    created_at: tx.now,
    updated_at: tx.now,
  };
  if (!(await tx.insertOnce('product_variants', row))) {
    const other = await findVariantBySku(tx, row.sku);
    throw other === undefined
      ? new AppError(optionsTaken, { details: { optionValues: content.optionValues } })
      : new AppError(skuTaken, { details: { sku: row.sku, productId: other.product_id } });
  }
  await recordInitialStates(tx, variantMachine, row.id, { status: row.status }, { by });
  await createStock(tx, { variantId: row.id, sku: row.sku, ...stock, by });
  return row;
}

/** Moves a variant to `status` unless it is there. */
export async function moveVariant(
  tx: Tx,
  variant: VariantRow,
  status: VariantStatus,
  by: Actor,
  note?: string,
): Promise<VariantRow> {
  return variant.status === status
    ? variant
    : transition(tx, variantMachine, variant, { status }, { by, note });
}
