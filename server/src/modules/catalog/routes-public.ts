import { z } from 'zod';
import type { Db } from '../../kernel/db/index.ts';
import { AppError } from '../../kernel/errors.ts';
import { listOf, pagingQuery, type Router } from '../../kernel/http/index.ts';
import { readStock } from '../inventory/index.ts';
import { productNotFound, variantNotFound, variantRequired } from './errors.ts';
import { listBrands, listCategories } from './labels.ts';
import type { ListingCache } from './listing-cache.ts';
import { MAX_PRICE } from './product.ts';
import { listProducts, readProduct, recommend, SORTS } from './queries.ts';
import {
  brandView,
  categoryView,
  type ProductRecord,
  productView,
  summaryView,
  toBrand,
  toCategory,
  toProduct,
  toSummary,
} from './views.ts';

const TAG = 'Products';
const MAX_QUANTITY = 1_000_000;

export const idParams = z.strictObject({ id: z.string().min(1).max(190) });

export const listingQuery = {
  ...pagingQuery,
  search: z.string().max(200).optional(),
  category: z.string().max(190).optional(),
  brand: z.string().max(190).optional(),
  minPrice: z.coerce.number().int().min(0).max(MAX_PRICE).optional(),
  maxPrice: z.coerce.number().int().min(0).max(MAX_PRICE).optional(),
  inStock: z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .optional(),
  sort: z.enum(SORTS).optional(),
};

export const LISTING_DESCRIPTION =
  'Category and brand by id, slug or name; a category includes those below it. Prices in minor units. ' +
  'With `search`, all words must be found, and the best match comes first unless `sort` says otherwise.';

const stockView = z.object({
  variantId: z.string(),
  inStock: z.boolean(),
  /** How many can be ordered; null where stock is not counted. */
  availableQuantity: z.int().nullable(),
});

/** The variant that is asked for, or the only one that is sold. */
function chooseVariant({ variants }: ProductRecord, variantId: string | undefined): string {
  const sold = variants.filter(({ status }) => status === 'active');
  const chosen = variantId === undefined ? sold[0] : sold.find(({ id }) => id === variantId);
  if (chosen === undefined) {
    throw new AppError(variantNotFound);
  }
  if (variantId === undefined && sold.length > 1) {
    throw new AppError(variantRequired, { details: { variantIds: sold.map(({ id }) => id) } });
  }
  return chosen.id;
}

interface PublicDeps {
  readonly db: Db;
  readonly cache: ListingCache;
}

const cachedProduct = ({ db, cache }: PublicDeps, id: string) =>
  cache.get(`product ${id}`, () => readProduct(db, id, { isPublic: true }));

export function registerPublicRoutes(router: Router, deps: PublicDeps): void {
  registerListRoute(router, deps);
  registerProductRoutes(router, deps);
  registerStockRoute(router, deps);
  registerLabelRoutes(router, deps);
}

function registerListRoute(router: Router, { db, cache }: PublicDeps): void {
  router.route(
    {
      method: 'GET',
      url: '/products',
      summary: 'Products that are on sale',
      description: LISTING_DESCRIPTION,
      tag: TAG,
      access: 'public',
      query: z.strictObject(listingQuery),
      data: listOf(summaryView),
    },
    ({ query }) => {
      const load = async () => {
        const { rows, pagination } = await listProducts(db, query, { isPublic: true, cache });
        return { items: rows.map(toSummary), pagination };
      };
      // What is in stock changes with every order, so it is not remembered.
      return query.inStock === undefined ? cache.get(`list ${JSON.stringify(query)}`, load) : load();
    },
  );
}

function registerProductRoutes(router: Router, deps: PublicDeps): void {
  const { db, cache } = deps;

  router.route(
    {
      method: 'GET',
      url: '/products/:id',
      summary: 'A product by id or slug, with its variants and what can be ordered of them',
      tag: TAG,
      access: 'public',
      params: idParams,
      data: productView,
      errors: [productNotFound],
    },
    async ({ params }) => {
      const record = await cachedProduct(deps, params.id);
      const stock = await readStock(
        db,
        record.variants.map(({ id }) => id),
      );
      return toProduct(record, stock);
    },
  );

  router.route(
    {
      method: 'GET',
      url: '/products/:id/recommendations',
      summary: 'Products like this one',
      tag: TAG,
      access: 'public',
      params: idParams,
      query: z.strictObject({ limit: z.coerce.number().int().min(1).max(50).default(10) }),
      data: z.object({ items: z.array(summaryView) }),
      errors: [productNotFound],
    },
    async ({ params, query }) => {
      const record = await cachedProduct(deps, params.id);
      return cache.get(`like ${record.product.id} ${query.limit}`, async () => {
        const rows = await recommend(db, record, query.limit);
        return { items: rows.map(toSummary) };
      });
    },
  );
}

function registerStockRoute(router: Router, deps: PublicDeps): void {
  router.route(
    {
      method: 'GET',
      url: '/products/:id/stock',
      summary: 'Whether a quantity of a variant can be ordered now',
      tag: TAG,
      access: 'public',
      params: idParams,
      query: z.strictObject({
        variantId: z.string().max(64).optional(),
        quantity: z.coerce.number().int().min(1).max(MAX_QUANTITY).default(1),
      }),
      data: stockView,
      errors: [productNotFound, variantNotFound, variantRequired],
    },
    async ({ params, query }) => {
      const variantId = chooseVariant(await cachedProduct(deps, params.id), query.variantId);
      const stock = (await readStock(deps.db, [variantId])).get(variantId);
      const available = stock === undefined ? 0 : stock.available;
      return {
        variantId,
        inStock: available === null || available >= query.quantity,
        availableQuantity: available,
      };
    },
  );
}

function registerLabelRoutes(router: Router, { db, cache }: PublicDeps): void {
  router.route(
    {
      method: 'GET',
      url: '/categories',
      summary: 'All categories, parents before their children',
      tag: TAG,
      access: 'public',
      data: z.object({ items: z.array(categoryView) }),
    },
    () => cache.get('categories', async () => ({ items: (await listCategories(db)).map(toCategory) })),
  );

  router.route(
    {
      method: 'GET',
      url: '/brands',
      summary: 'All brands',
      tag: TAG,
      access: 'public',
      data: z.object({ items: z.array(brandView) }),
    },
    () => cache.get('brands', async () => ({ items: (await listBrands(db)).map(toBrand) })),
  );
}
