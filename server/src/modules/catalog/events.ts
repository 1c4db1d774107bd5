import { defineEvent } from '../../kernel/events/index.ts';

/** A product was created, changed, published or archived. */
export const productChanged = defineEvent<{ productId: string; slug: string; status: string }>({
  name: 'product.changed',
  version: 1,
});
