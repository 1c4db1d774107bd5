import { z } from 'zod';
import { type Db, isUniqueViolation, type Tx } from '../../kernel/db/index.ts';
import { AppError, type ErrorDefinition, illegalTransition } from '../../kernel/errors.ts';
import { actorOf, listOf, type RouteContext, type Router, requireCaller } from '../../kernel/http/index.ts';
import { readStock } from '../inventory/index.ts';
import {
  addProduct,
  addVariant,
  archiveProduct,
  changeProduct,
  changeVariant,
  type StaffRequest,
} from './change-product.ts';
import {
  lastActiveVariant,
  optionsMismatch,
  optionsTaken,
  productNotFound,
  saleAbovePrice,
  skuTaken,
  slugTaken,
  variantNotFound,
} from './errors.ts';
import {
  changeProductInput,
  changeVariantInput,
  newProductInput,
  newVariantInput,
  toContent,
  toNewContent,
  toNewVariant,
} from './input.ts';
import type { ListingCache } from './listing-cache.ts';
import { listProducts, readProduct } from './queries.ts';
import { idParams, LISTING_DESCRIPTION, listingQuery } from './routes-public.ts';
import type { ProductRow } from './tables.ts';
import { staffProductView, staffSummaryView, toStaffProduct, toStaffSummary } from './views.ts';

const TAG = 'Products';
const MANY_VARIANTS_BYTES = 2 * 1_024 * 1_024;

interface StaffDeps {
  readonly db: Db;
  readonly cache: ListingCache;
  /** The currency of products that name none. */
  readonly currency: string;
}

const requestOf = (context: RouteContext<unknown, unknown, unknown>): StaffRequest => ({
  by: actorOf(requireCaller(context)),
  ip: context.ip,
});

type StaffProduct = z.infer<typeof staffProductView>;

async function showProduct(db: Db, id: string): Promise<StaffProduct> {
  const record = await readProduct(db, id, { isPublic: false });
  const stock = await readStock(
    db,
    record.variants.map((variant) => variant.id),
  );
  return toStaffProduct(record, stock);
}

/** Runs a change in a transaction and shows its product; `taken` is what is said to whoever lost a slug or SKU to another at the same moment. */
type Write = (
  name: string,
  taken: ErrorDefinition,
  change: (tx: Tx) => Promise<ProductRow>,
) => Promise<StaffProduct>;

export function registerStaffRoutes(router: Router, deps: StaffDeps): void {
  const write: Write = async (name, taken, change) => {
    try {
      const { id } = await deps.db.tx(name, change);
      deps.cache.forget();
      return await showProduct(deps.db, id);
    } catch (error) {
      throw isUniqueViolation(error) ? new AppError(taken, { cause: error }) : error;
    }
  };
  registerReadRoutes(router, deps);
  registerCreateRoute(router, deps, write);
  registerChangeRoutes(router, write);
  registerVariantRoutes(router, write);
}

function registerReadRoutes(router: Router, { db, cache }: StaffDeps): void {
  router.route(
    {
      method: 'GET',
      url: '/admin/products',
      summary: 'Products of every status and visibility',
      description: LISTING_DESCRIPTION,
      tag: TAG,
      access: 'staff',
      permission: 'products.read',
      query: z.strictObject({
        ...listingQuery,
        status: z.enum(['draft', 'active', 'inactive', 'archived']).optional(),
        visibility: z.enum(['public', 'private', 'hidden']).optional(),
      }),
      data: listOf(staffSummaryView),
    },
    async ({ query }) => {
      const { rows, pagination } = await listProducts(db, query, { isPublic: false, cache });
      return { items: rows.map(toStaffSummary), pagination };
    },
  );

  router.route(
    {
      method: 'GET',
      url: '/admin/products/:id',
      summary: 'A product of any status, with costs and stock',
      tag: TAG,
      access: 'staff',
      permission: 'products.read',
      params: idParams,
      data: staffProductView,
      errors: [productNotFound],
    },
    ({ params }) => showProduct(db, params.id),
  );
}

function registerCreateRoute(router: Router, deps: StaffDeps, write: Write): void {
  router.route(
    {
      method: 'POST',
      url: '/products',
      summary: 'Create a product with its variants and their first stock',
      tag: TAG,
      access: 'staff',
      permission: 'products.write',
      body: newProductInput,
      bodyLimit: MANY_VARIANTS_BYTES,
      data: staffProductView,
      status: 201,
      errors: [slugTaken, skuTaken, optionsTaken, optionsMismatch],
      isIdempotent: true,
    },
    (context) => {
      const content = toNewContent(context.body, deps.currency);
      const variants = context.body.variants.map((input, index) => ({
        ...toNewVariant(input, content),
        position: index + 1,
        importedStock: null,
      }));
      const { by, ip } = requestOf(context);
      const { status } = context.body;
      return write('product.create', slugTaken, (tx) =>
        addProduct(tx, { content, variants, status, claimId: context.claimId, by }, ip),
      );
    },
  );
}

function registerChangeRoutes(router: Router, write: Write): void {
  router.route(
    {
      method: 'PATCH',
      url: '/products/:id',
      summary: 'Change what is given of a product',
      tag: TAG,
      access: 'staff',
      permission: 'products.write',
      params: idParams,
      body: changeProductInput,
      data: staffProductView,
      errors: [productNotFound, slugTaken, illegalTransition, lastActiveVariant, optionsMismatch],
    },
    (context) => {
      const { status, ...fields } = context.body;
      const change = { content: toContent(fields), status };
      return write('product.change', slugTaken, (tx) =>
        changeProduct(tx, context.params.id, change, requestOf(context)),
      );
    },
  );

  router.route(
    {
      method: 'DELETE',
      url: '/products/:id',
      summary: 'Archive a product',
      description:
        'It leaves the shop but is never deleted, as orders name it; `PATCH` with a status brings it back.',
      tag: TAG,
      access: 'staff',
      permission: 'products.write',
      params: idParams,
      data: staffProductView,
      errors: [productNotFound],
    },
    (context) =>
      write('product.archive', slugTaken, (tx) => archiveProduct(tx, context.params.id, requestOf(context))),
  );
}

function registerVariantRoutes(router: Router, write: Write): void {
  router.route(
    {
      method: 'POST',
      url: '/products/:id/variants',
      summary: 'Add a variant to a product',
      description: 'Safe to repeat: a second one with the same options is refused.',
      tag: TAG,
      access: 'staff',
      permission: 'products.write',
      params: idParams,
      body: newVariantInput,
      data: staffProductView,
      status: 201,
      errors: [productNotFound, skuTaken, optionsTaken, optionsMismatch],
    },
    (context) =>
      write('variant.create', skuTaken, (tx) =>
        addVariant(tx, context.params.id, context.body, requestOf(context)),
      ),
  );

  router.route(
    {
      method: 'PATCH',
      url: '/products/:id/variants/:variantId',
      summary: 'Change what is given of a variant: prices, SKU, options, status',
      description:
        'Prices in minor units of the product’s currency. Placed orders keep the price they were placed at.',
      tag: TAG,
      access: 'staff',
      permission: 'products.write',
      params: z.strictObject({ ...idParams.shape, variantId: z.string().min(1).max(64) }),
      body: changeVariantInput,
      data: staffProductView,
      errors: [
        productNotFound,
        variantNotFound,
        skuTaken,
        optionsTaken,
        lastActiveVariant,
        optionsMismatch,
        saleAbovePrice,
      ],
    },
    (context) => {
      const { status, ...fields } = context.body;
      const content = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
      return write('variant.change', skuTaken, (tx) =>
        changeVariant(
          tx,
          context.params.id,
          context.params.variantId,
          { content, status },
          requestOf(context),
        ),
      );
    },
  );
}
