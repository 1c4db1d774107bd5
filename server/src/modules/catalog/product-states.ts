import { defineMachine, defineStates } from '../../kernel/states.ts';
import type { ProductStatus, VariantStatus } from './tables.ts';

/**
 * Products are never deleted, because orders, carts and histories name them; archiving takes them out of the shop and
 * can be undone. Only an active product is shown and sold.
 */
const productStatus = defineStates<ProductStatus>({
  name: 'product.status',
  initial: ['draft', 'active', 'archived'],
  ends: ['archived'],
  arrows: {
    draft: ['active', 'archived'],
    active: ['draft', 'inactive', 'archived'],
    inactive: ['draft', 'active', 'archived'],
    archived: ['draft', 'active'],
  },
});

const variantStatus = defineStates<VariantStatus>({
  name: 'variant.status',
  initial: ['active', 'inactive'],
  ends: [],
  arrows: { active: ['inactive'], inactive: ['active'] },
});

export const productMachine = defineMachine({
  entity: 'product',
  table: 'products',
  fields: { status: productStatus },
});

export const variantMachine = defineMachine({
  entity: 'variant',
  table: 'product_variants',
  fields: { status: variantStatus },
});
