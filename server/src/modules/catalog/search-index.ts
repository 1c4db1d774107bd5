import type { Tx } from '../../kernel/db/index.ts';
import { termsOf } from './tokens.ts';

/** A name that matches counts for more than a category, and that for more than a word in a description. */
const NAME_WEIGHT = 16;
const LABEL_WEIGHT = 4;
const DESCRIPTION_WEIGHT = 1;
/** A description's later words do not describe the product any more. */
const MAX_DESCRIPTION_LENGTH = 2_000;
const MAX_TERMS = 600;
const ROWS_PER_INSERT = 200;

/** The texts by which a product is found. */
export interface Searchable {
  readonly productId: string;
  readonly isListed: boolean;
  readonly name: string;
  /** Category, brand, tags, SKUs, option values. */
  readonly labels: readonly string[];
  /** Plain text. */
  readonly description: string;
}

function weighTerms({ name, labels, description }: Searchable): Map<string, number> {
  const weights = new Map<string, number>();
  const add = (text: string, weight: number) => {
    for (const term of termsOf(text)) {
      if (weights.has(term) || weights.size < MAX_TERMS) {
        weights.set(term, (weights.get(term) ?? 0) + weight);
      }
    }
  };
  add(name, NAME_WEIGHT);
  add(labels.join(' '), LABEL_WEIGHT);
  add(description.slice(0, MAX_DESCRIPTION_LENGTH), DESCRIPTION_WEIGHT);
  return weights;
}

/** Makes the terms of a product what its texts say now; writes only what differs. */
export async function indexProduct(tx: Tx, product: Searchable): Promise<void> {
  const wanted = weighTerms(product);
  const is_listed = product.isListed ? 1 : 0;
  const present = await tx.query
    .selectFrom('product_search_terms')
    .select(['term', 'weight', 'is_listed'])
    .where('product_id', '=', product.productId)
    .execute();
  const stale = present
    .filter((row) => row.is_listed !== is_listed || wanted.get(row.term) !== row.weight)
    .map((row) => row.term);
  const kept = new Set(present.map((row) => row.term).filter((term) => !stale.includes(term)));
  await removeTerms(tx, product.productId, stale);
  const rows = [...wanted]
    .filter(([term]) => !kept.has(term))
    .map(([term, weight]) => ({ product_id: product.productId, term, weight, is_listed }));
  for (let start = 0; start < rows.length; start += ROWS_PER_INSERT) {
    await tx.query
      .insertInto('product_search_terms')
      .values(rows.slice(start, start + ROWS_PER_INSERT))
      .execute();
  }
}

async function removeTerms(tx: Tx, productId: string, terms: readonly string[]): Promise<void> {
  for (let start = 0; start < terms.length; start += ROWS_PER_INSERT) {
    await tx.query
      .deleteFrom('product_search_terms')
      .where('product_id', '=', productId)
      .where('term', 'in', terms.slice(start, start + ROWS_PER_INSERT))
      .execute();
  }
}
