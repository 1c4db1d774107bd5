import { type Reader, statement } from '../../kernel/db/index.ts';
import { AppError, badCursor } from '../../kernel/errors.ts';
import {
  decodeCursor,
  encodeCursor,
  type Pagination,
  type Paging,
  paginate,
} from '../../kernel/http/index.ts';
import { statementByIds } from './by-ids.ts';
import { productNotFound } from './errors.ts';
import type { ListingCache } from './listing-cache.ts';
import {
  countProducts,
  findPage,
  type Hit,
  type ListingFilter,
  type ListingSort,
  type PageRequest,
} from './listing-query.ts';
import { findProduct, findVariants } from './repository.ts';
import { slugify } from './text.ts';
import { queryTerms } from './tokens.ts';
import { type ProductRecord, type SummaryRow, toSummary } from './views.ts';

const readSummaries = statementByIds<SummaryRow>((query, ids) =>
  query
    .selectFrom('products')
    .innerJoin('categories', 'categories.id', 'products.category_id')
    .leftJoin('brands', 'brands.id', 'products.brand_id')
    .select([
      'products.id',
      'products.slug',
      'products.name',
      'products.summary',
      'products.category_id',
      'products.brand_id',
      'products.image_url',
      'products.image_alt',
      'products.min_price',
      'products.max_price',
      'products.list_price',
      'products.currency',
      'products.variant_count',
      'products.status',
      'products.visibility',
      'products.vendor',
      'products.created_at',
      'products.updated_at',
      'categories.slug as category_slug',
      'categories.name as category_name',
      'brands.slug as brand_slug',
      'brands.name as brand_name',
    ])
    .where('products.id', 'in', ids),
);

/** The summaries of the products in the order of `ids`. */
export async function summariesOf(db: Reader, ids: readonly string[]): Promise<SummaryRow[]> {
  const byId = new Map((await readSummaries(db, ids)).map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

const categoryByAddress = statement<{ address: string; slug: string }, { id: string; path: string }>(
  (query, p) =>
    query
      .selectFrom('categories')
      .select(['id', 'path'])
      .where((eb) => eb.or([eb('id', '=', p.address), eb('slug', '=', p.slug)])),
);
const brandByAddress = statement<{ address: string; slug: string }, { id: string }>((query, p) =>
  query
    .selectFrom('brands')
    .select('id')
    .where((eb) => eb.or([eb('id', '=', p.address), eb('slug', '=', p.slug)])),
);

/** What a list may be asked for. Categories and brands by id, slug or name; prices in minor units. */
export interface ListingRequest extends Paging {
  readonly search?: string | undefined;
  readonly category?: string | undefined;
  readonly brand?: string | undefined;
  readonly minPrice?: number | undefined;
  readonly maxPrice?: number | undefined;
  readonly inStock?: boolean | undefined;
  readonly status?: string | undefined;
  readonly visibility?: string | undefined;
  readonly sort?: string | undefined;
}

const SORT_COLUMNS = {
  createdAt: 'created_at',
  name: 'sort_name',
  price: 'min_price',
  relevance: 'score',
} as const;

/** What lists may be sorted by. */
export const SORTS = ['createdAt', '-createdAt', 'name', '-name', 'price', '-price', 'relevance'] as const;

function readSort(request: ListingRequest, isSearch: boolean): ListingSort {
  const asked = request.sort ?? (isSearch ? 'relevance' : '-createdAt');
  if (asked === 'relevance') {
    return isSearch ? { by: 'score', isDescending: true } : { by: 'created_at', isDescending: true };
  }
  const name = asked.replace(/^-/, '') as keyof typeof SORT_COLUMNS;
  return { by: SORT_COLUMNS[name], isDescending: asked.startsWith('-') };
}

/** The filter, or `undefined` when nothing can match: an unknown category or brand, or a search without a word in it. */
async function readFilter(
  db: Reader,
  request: ListingRequest,
  isPublic: boolean,
): Promise<ListingFilter | undefined> {
  const { category: categoryName, brand: brandName, search } = request;
  const category =
    categoryName === undefined
      ? undefined
      : await categoryByAddress.first(db, { address: categoryName, slug: slugify(categoryName) });
  const brand =
    brandName === undefined
      ? undefined
      : await brandByAddress.first(db, { address: brandName, slug: slugify(brandName) });
  const terms = search === undefined ? [] : queryTerms(search);
  const isImpossible =
    (categoryName !== undefined && category === undefined) ||
    (brandName !== undefined && brand === undefined) ||
    (search !== undefined && search.trim() !== '' && terms.length === 0);
  return isImpossible
    ? undefined
    : {
        isPublic,
        status: request.status,
        visibility: request.visibility,
        terms,
        category,
        brandId: brand?.id,
        minPrice: request.minPrice,
        maxPrice: request.maxPrice,
        isInStock: request.inStock,
      };
}

function readPage(request: ListingRequest, sort: ListingSort): PageRequest {
  // One row more than is shown tells whether there is a next page.
  const limit = request.limit + 1;
  if (request.cursor === undefined) {
    return { sort, limit, offset: (request.page - 1) * request.limit };
  }
  const [by, value, id] = decodeCursor(request.cursor) ?? [];
  const isNumber = sort.by !== 'sort_name';
  if (by !== sortKey(sort) || typeof value !== (isNumber ? 'number' : 'string') || typeof id !== 'string') {
    throw new AppError(badCursor);
  }
  return { sort, limit, offset: 0, after: { value: value as string | number, id } };
}

const sortKey = ({ by, isDescending }: ListingSort) => `${isDescending ? '-' : ''}${by}`;

function cursorAfter(hit: Hit | undefined, sort: ListingSort): string | undefined {
  return hit && encodeCursor([sortKey(sort), hit.sort_value, hit.id]);
}

/**
 * One page of products. How many there are in all is remembered for two seconds, as counting costs far more than the
 * page. Throws `bad_cursor` (400) for a cursor that belongs to another list.
 */
export async function listProducts(
  db: Reader,
  request: ListingRequest,
  options: { readonly isPublic: boolean; readonly cache: ListingCache },
): Promise<{ rows: SummaryRow[]; pagination: Pagination }> {
  const filter = await readFilter(db, request, options.isPublic);
  const sort = readSort(request, (filter?.terms.length ?? 0) > 0);
  const page = readPage(request, sort);
  if (filter === undefined) {
    return { rows: [], pagination: paginate(request, 0) };
  }
  const [hits, { total }] = await Promise.all([
    findPage(db, filter, page),
    options.cache.get(`count ${JSON.stringify(filter)}`, async () => ({
      total: await countProducts(db, filter),
    })),
  ]);
  const shown = hits.slice(0, request.limit);
  const next = hits.length > request.limit ? cursorAfter(shown.at(-1), sort) : undefined;
  const rows = await summariesOf(
    db,
    shown.map(({ id }) => id),
  );
  return { rows, pagination: paginate(request, total, next) };
}

/**
 * A product by id or slug with its variants. For the public: an active one that is not hidden; a private one is not in
 * lists but can be seen by those who know its address. Throws `product_not_found` (404).
 */
export async function readProduct(
  db: Reader,
  idOrSlug: string,
  options: { readonly isPublic: boolean },
): Promise<ProductRecord> {
  const product = await findProduct(db, idOrSlug);
  const isShown = product?.status === 'active' && product.visibility !== 'hidden';
  if (product === undefined || (options.isPublic && !isShown)) {
    throw new AppError(productNotFound);
  }
  const [variants, [row]] = await Promise.all([findVariants(db, product.id), summariesOf(db, [product.id])]);
  return { product, summary: toSummary(row as SummaryRow), variants };
}

const inCategory = statement<{ categoryId: string; limit: number }, { id: string }>((query, p) =>
  query
    .selectFrom('products')
    .select('id')
    .where('category_id', '=', p.categoryId)
    .where('is_listed', '=', 1)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(p.limit),
);
const byTerm = statement<{ term: string; limit: number }, { id: string }>((query, p) =>
  query
    .selectFrom('product_search_terms')
    .select('product_id as id')
    .where('is_listed', '=', 1)
    .where('term', '=', p.term)
    .orderBy('product_id', 'desc')
    .limit(p.limit),
);

const MAX_TAG_TERMS = 5;

/** Products like this one: first those that share most tags, then the newest of its category. */
export async function recommend(
  db: Reader,
  { product }: ProductRecord,
  limit: number,
): Promise<SummaryRow[]> {
  const tagTerms = (JSON.parse(product.tags) as string[]).flatMap((tag) => queryTerms(tag));
  const votes = new Map<string, number>();
  for (const { from } of tagTerms.slice(0, MAX_TAG_TERMS)) {
    for (const { id } of await byTerm.all(db, { term: from, limit: limit * 4 })) {
      votes.set(id, (votes.get(id) ?? 0) + 1);
    }
  }
  for (const { id } of await inCategory.all(db, { categoryId: product.category_id, limit: limit + 1 })) {
    votes.set(id, (votes.get(id) ?? 0) + 1);
  }
  votes.delete(product.id);
  const ranked = [...votes].sort(([a, votesA], [b, votesB]) => votesB - votesA || (a < b ? 1 : -1));
  return summariesOf(
    db,
    ranked.slice(0, limit).map(([id]) => id),
  );
}
