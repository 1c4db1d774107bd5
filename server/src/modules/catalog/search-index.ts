import { statement, type Tx } from '../../kernel/db/index.ts';
import { shortHash } from './text.ts';
import { termsOf } from './tokens.ts';

/** A name that matches counts for more than a category, and that for more than a word in a description. */
const NAME_WEIGHT = 16;
const LABEL_WEIGHT = 4;
const DESCRIPTION_WEIGHT = 1;
/** A description's later words do not describe the product any more. */
const MAX_DESCRIPTION_LENGTH = 2_000;
const MAX_TERMS = 600;
/** Weights are multiples of this; what is below tells equals apart. With the most terms a query has, it stays below. */
const WEIGHT_STEP = 2 ** 24;
const TIE_DIGITS = 5;
/** Few sizes of one statement, so that each is compiled once and then only bound. */
const ROWS_AT_ONCE = [64, 16, 4, 1];

interface TermRow {
  readonly term: string;
  readonly weight: number;
}

/** The texts by which a product is found. */
export interface Searchable {
  readonly productId: string;
  readonly isListed: boolean;
  readonly slug: string;
  readonly name: string;
  /** Category, brand, tags, SKUs, option values. */
  readonly labels: readonly string[];
  /** Plain text. */
  readonly description: string;
}

/**
 * Products that match equally well stand in an order of their own, made from the slug: the same on every engine and for
 * every copy of a shop, where ids and times of creation would differ.
 */
const tieBreaker = (slug: string) => Number.parseInt(shortHash(slug, TIE_DIGITS), 16);

function weighTerms({ slug, name, labels, description }: Searchable): Map<string, number> {
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
  const tie = tieBreaker(slug);
  return new Map([...weights].map(([term, weight]) => [term, weight * WEIGHT_STEP + tie]));
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
  const stale = new Set(
    present
      .filter((row) => row.is_listed !== is_listed || wanted.get(row.term) !== row.weight)
      .map(({ term }) => term),
  );
  const kept = new Set(present.map(({ term }) => term).filter((term) => !stale.has(term)));
  for (const term of stale) {
    await removeTerm.send(tx, { productId: product.productId, term });
  }
  const rows = [...wanted].filter(([term]) => !kept.has(term)).map(([term, weight]) => ({ term, weight }));
  await insertTerms(tx, rows, { product_id: product.productId, is_listed });
}

const removeTerm = statement<{ productId: string; term: string }>((query, p) =>
  query.deleteFrom('product_search_terms').where('product_id', '=', p.productId).where('term', '=', p.term),
);

const inserts = ROWS_AT_ONCE.map((size) => ({
  size,
  insert: statement<Record<string, string | number>>((query, p) =>
    query.insertInto('product_search_terms').values(
      Array.from({ length: size }, (_, index) => ({
        product_id: p.product_id as string,
        is_listed: p.is_listed as number,
        term: p[`term${index}`] as string,
        weight: p[`weight${index}`] as number,
      })),
    ),
  ),
}));

async function insertTerms(
  tx: Tx,
  rows: readonly TermRow[],
  common: { readonly product_id: string; readonly is_listed: number },
): Promise<void> {
  let start = 0;
  for (const { size, insert } of inserts) {
    for (; rows.length - start >= size; start += size) {
      const values = rows
        .slice(start, start + size)
        .flatMap(({ term, weight }, index): [string, string | number][] => [
          [`term${index}`, term],
          [`weight${index}`, weight],
        ]);
      await insert.send(tx, { ...Object.fromEntries(values), ...common });
    }
  }
}
