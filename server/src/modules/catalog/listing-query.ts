/**
 * The queries behind lists and the search. A list is found in two steps: the ids of the page (an index walk that touches
 * nothing else), then the columns of those few products. Each combination of filters is compiled once.
 */
import { type ExpressionBuilder, type Kysely, type SelectQueryBuilder, sql } from 'kysely';
import { type Reader, type Schema, type Statement, statement } from '../../kernel/db/index.ts';
import { COUNT_LIMIT } from '../../kernel/http/index.ts';
import type { QueryTerm } from './tokens.ts';

export type SortColumn = 'created_at' | 'sort_name' | 'min_price';

export interface ListingSort {
  /** `score` is how well the search terms match. */
  readonly by: SortColumn | 'score';
  readonly isDescending: boolean;
}

export interface ListingFilter {
  /** Only what the public may see in lists; otherwise everything, narrowed by `status` and `visibility`. */
  readonly isPublic: boolean;
  readonly status?: string | undefined;
  readonly visibility?: string | undefined;
  readonly terms: readonly QueryTerm[];
  readonly category?: { readonly id: string; readonly path: string } | undefined;
  readonly brandId?: string | undefined;
  /** In minor units; a product matches when any of its prices may lie between. */
  readonly minPrice?: number | undefined;
  readonly maxPrice?: number | undefined;
  readonly isInStock?: boolean | undefined;
}

export interface PageRequest {
  readonly sort: ListingSort;
  readonly limit: number;
  readonly offset: number;
  /** Sort value and id of the last row of the page before. */
  readonly after?: { readonly value: string | number; readonly id: string } | undefined;
}

export interface Hit {
  readonly id: string;
  readonly sort_value: string | number;
}

type Values = Record<string, string | number>;
type Listing = SelectQueryBuilder<Schema, 'products', object>;

/** Which conditions a query has; their values come later. */
interface Shape {
  readonly filter: ListingFilter;
  readonly key: string;
}

const pages = new Map<string, Statement<Values, Hit>>();
const counts = new Map<string, Statement<Values, { total: number }>>();

function shapeOf(filter: ListingFilter): Shape {
  const { isPublic, terms, isInStock } = filter;
  const given = [
    filter.status,
    filter.visibility,
    filter.category,
    filter.brandId,
    filter.minPrice,
    filter.maxPrice,
  ];
  const key = [isPublic, terms.length, isInStock, ...given.map((value) => value !== undefined)].join();
  return { filter, key };
}

function valuesOf(filter: ListingFilter): Values {
  const { category } = filter;
  const named = {
    status: filter.status,
    visibility: filter.visibility,
    brandId: filter.brandId,
    minPrice: filter.minPrice,
    maxPrice: filter.maxPrice,
    categoryId: category?.id,
    // Everything below `a/b` begins with `a/b/`, and `0` is the character after `/`.
    childrenFrom: category && `${category.path}/`,
    childrenUntil: category && `${category.path}0`,
  };
  const terms = filter.terms.flatMap(({ from, until }, index) => [
    [`from${index}`, from],
    [`until${index}`, until],
  ]);
  return Object.fromEntries([...Object.entries(named), ...terms]) as Values;
}

const matchName = (index: number) => `match${index}`;

/** The sum of what each term weighs in the product. */
function scoreOf(terms: readonly QueryTerm[]) {
  const parts = terms.map((_term, index) => sql.ref<number>(`${matchName(index)}.score`));
  return sql<number>`${sql.join(parts, sql` + `)}`;
}

/** Products in which a word between `from` and `until` stands, with the weight of the best such word. */
function matchesOf(query: Kysely<Schema>, { isPublic }: ListingFilter, p: Values, index: number) {
  const matches = query
    .selectFrom('product_search_terms')
    .select(['product_id', sql<number>`MAX(weight)`.as('score')])
    .where('term', '>=', p[`from${index}`] as string)
    .where('term', '<=', p[`until${index}`] as string)
    .groupBy('product_id');
  return (isPublic ? matches.where('is_listed', '=', 1) : matches).as(matchName(index) as 'match');
}

/** Whether the terms alone decide, which know what is listed: then no product needs to be read. */
function isDecidedByTerms({ filter, sort }: { filter: ListingFilter; sort: ListingSort['by'] }): boolean {
  const { terms, isPublic, isInStock, category, brandId, minPrice, maxPrice } = filter;
  const others = [isInStock, category, brandId, minPrice, maxPrice, filter.status, filter.visibility];
  return (
    terms.length > 0 && isPublic && sort === 'score' && others.every((condition) => condition === undefined)
  );
}

/** Where the products of a list come from; `id` names their id. */
function startListing(
  query: Kysely<Schema>,
  p: Values,
  filter: ListingFilter,
  sort: ListingSort['by'],
): { listing: Listing; id: string } {
  const isAlone = isDecidedByTerms({ filter, sort });
  const id = isAlone ? `${matchName(0)}.product_id` : 'products.id';
  let listing = (
    isAlone ? query.selectFrom(matchesOf(query, filter, p, 0)) : query.selectFrom('products')
  ) as Listing;
  for (let index = isAlone ? 1 : 0; index < filter.terms.length; index += 1) {
    const matched = listing.innerJoin(matchesOf(query, filter, p, index), (join) =>
      join.on(sql.ref(`${matchName(index)}.product_id`), '=', sql.ref(id)),
    );
    listing = matched;
  }
  return { listing: isAlone ? listing : applyFilter(listing, p, filter), id };
}

function isSellable(eb: ExpressionBuilder<Schema, 'products'>) {
  return eb.exists(
    eb
      .selectFrom('product_variants as variant')
      .innerJoin('stock_items as stock', 'stock.variant_id', 'variant.id')
      .select('variant.id')
      .whereRef('variant.product_id', '=', 'products.id')
      .where('variant.status', '=', 'active')
      .where((stock) =>
        stock.or([
          stock('stock.is_tracked', '=', 0),
          sql<boolean>`stock.on_hand + stock.backorder_allowance > stock.reserved`,
        ]),
      ),
  );
}

function applyFilter(products: Listing, p: Values, filter: ListingFilter): Listing {
  let listing = products;
  // The terms know what is listed; said again here, SQLite would walk all that is listed instead of what matches.
  if (filter.isPublic && filter.terms.length === 0) {
    listing = listing.where('products.is_listed', '=', 1);
  }
  if (filter.status !== undefined) {
    listing = listing.where('products.status', '=', p.status as 'active');
  }
  if (filter.visibility !== undefined) {
    listing = listing.where('products.visibility', '=', p.visibility as 'public');
  }
  if (filter.category !== undefined) {
    listing = listing.where((eb) =>
      eb(
        'products.category_id',
        'in',
        eb
          .selectFrom('categories')
          .select('categories.id')
          .where((category) =>
            category.or([
              category('categories.id', '=', p.categoryId as string),
              category.and([
                category('categories.path', '>=', p.childrenFrom as string),
                category('categories.path', '<', p.childrenUntil as string),
              ]),
            ]),
          ),
      ),
    );
  }
  if (filter.brandId !== undefined) {
    listing = listing.where('products.brand_id', '=', p.brandId as string);
  }
  if (filter.minPrice !== undefined) {
    listing = listing.where('products.max_price', '>=', p.minPrice as number);
  }
  if (filter.maxPrice !== undefined) {
    listing = listing.where('products.min_price', '<=', p.maxPrice as number);
  }
  if (filter.isInStock !== undefined) {
    listing = listing.where((eb) => (filter.isInStock ? isSellable(eb) : eb.not(isSellable(eb))));
  }
  return listing;
}

function buildPage(query: Kysely<Schema>, p: Values, filter: ListingFilter, { sort, after }: PageRequest) {
  const value =
    sort.by === 'score' ? scoreOf(filter.terms) : sql<string | number>`${sql.ref(`products.${sort.by}`)}`;
  const direction = sort.isDescending ? 'desc' : 'asc';
  const { listing: whole, id } = startListing(query, p, filter, sort.by);
  let listing = whole;
  if (after !== undefined) {
    // The first comparison is the one an index can begin at; the second leaves out what the last page has shown.
    const beyond = sql.raw(sort.isDescending ? '<' : '>');
    listing = listing.where(
      sql<boolean>`${value} ${beyond}= ${p.afterValue} AND (${value} ${beyond} ${p.afterValue} OR ${sql.ref(id)} ${beyond} ${p.afterId})`,
    );
  }
  return listing
    .select([sql.ref<string>(id).as('id'), value.as('sort_value')])
    .orderBy(value, direction)
    .orderBy(sql.ref(id), direction)
    .limit(p.limit as number)
    .offset(p.offset as number);
}

function remember<R>(
  known: Map<string, Statement<Values, R>>,
  key: string,
  make: () => Statement<Values, R>,
) {
  const present = known.get(key);
  if (present !== undefined) {
    return present;
  }
  const made = make();
  known.set(key, made);
  return made;
}

/** The ids of one page, in order, with the value that each was sorted by. */
export function findPage(db: Reader, filter: ListingFilter, page: PageRequest): Promise<Hit[]> {
  const { key } = shapeOf(filter);
  const { sort, after } = page;
  const query = remember(pages, `${key},${sort.by},${sort.isDescending},${after !== undefined}`, () =>
    statement<Values, Hit>((kysely, p) => buildPage(kysely, p, filter, page)),
  );
  const position = after && { afterValue: after.value, afterId: after.id };
  return query.all(db, { ...valuesOf(filter), ...position, limit: page.limit, offset: page.offset });
}

function countedIds(query: Kysely<Schema>, p: Values, filter: ListingFilter) {
  const { listing, id } = startListing(query, p, filter, 'score');
  return listing.select(sql.ref<string>(id).as('id')).limit(COUNT_LIMIT).as('counted');
}

/** How many products there are, counted up to COUNT_LIMIT. */
export async function countProducts(db: Reader, filter: ListingFilter): Promise<number> {
  const query = remember(counts, shapeOf(filter).key, () =>
    statement<Values, { total: number }>((kysely, p) =>
      kysely.selectFrom(countedIds(kysely, p, filter)).select(({ fn }) => fn.countAll<number>().as('total')),
    ),
  );
  return Number((await query.first(db, valuesOf(filter)))?.total ?? 0);
}
