import { flag, integer, key, table } from '../src/kernel/db/index.ts';

export const steps = [
  ...table(
    'product_search_terms',
    { product_id: key(), term: key(32), weight: integer(), is_listed: flag() },
    {
      primaryKey: ['product_id', 'term'],
      indexes: { product_search_terms_lookup: ['is_listed', 'term', 'product_id', 'weight'] },
    },
  ),
];
