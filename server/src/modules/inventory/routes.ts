import { z } from 'zod';
import { toIso } from '../../kernel/clock.ts';
import { AppError, notFound } from '../../kernel/errors.ts';
import {
  actorOf,
  inputMessage,
  listOf,
  pagingQuery,
  type RouteContext,
  type Router,
  requireCaller,
} from '../../kernel/http/index.ts';
import { writeAudit } from '../audit/index.ts';
import type { InventoryDeps } from './deps.ts';
import { insufficientStock, tooManyReservations, unknownStockItem } from './errors.ts';
import { listStock } from './list-stock.ts';
import { reserveForCustomer } from './reserve-for-customer.ts';
import { setStock } from './set-stock.ts';

const MAX_QUANTITY = 1_000_000_000;
const MAX_RESERVED_AT_ONCE = 9_999;

const stockView = z.object({
  variantId: z.string(),
  sku: z.string(),
  isTracked: z.boolean(),
  onHand: z.int(),
  reserved: z.int(),
  backorderAllowance: z.int(),
  short: z.int(),
  /** How many more can be promised; null without a limit. */
  available: z.int().nullable(),
});

const flagQuery = z
  .enum(['true', 'false'])
  .transform((value) => value === 'true')
  .optional();

const listQuery = z.strictObject({
  ...pagingQuery,
  sort: z.enum(['sku', '-sku', 'updatedAt', '-updatedAt']).default('sku'),
  search: z.string().trim().min(1).max(190).optional(),
  lowStock: z.coerce.number().int().min(0).max(MAX_QUANTITY).optional(),
  isTracked: flagQuery,
  isShort: flagQuery,
});

const quantity = z.int().min(0).max(MAX_QUANTITY);

const changeBody = z
  .strictObject({
    onHand: quantity.optional(),
    isTracked: z.boolean().optional(),
    backorderAllowance: quantity.optional(),
    reason: z.string().trim().min(1).max(500).optional(),
  })
  .refine((body) => ['onHand', 'isTracked', 'backorderAllowance'].some((field) => field in body), {
    message: inputMessage(
      'onHand, isTracked or backorderAllowance is needed.',
      '须提供 onHand、isTracked 或 backorderAllowance。',
    ),
  });

const reserveBody = z.strictObject({
  variantId: z.string().min(1).max(64).optional(),
  quantity: z.int().min(1).max(MAX_RESERVED_AT_ONCE),
});

const reservationView = z.object({
  /** Null where the variant is not tracked: it is always to be had, and nothing is kept. */
  reservationId: z.string().nullable(),
  variantId: z.string(),
  quantity: z.int(),
  expiresAt: z.string(),
});

/** Registers the reservation of a product by a customer, and the stock in the console. */
export function registerInventoryRoutes(router: Router, deps: InventoryDeps): void {
  router.route(
    {
      method: 'POST',
      url: '/products/:id/reserve',
      summary: 'Keep units of a product for the caller for a while',
      description:
        'The next order of the same customer uses the reservation up. The variant may be left out where there is one.',
      tag: 'Products',
      access: 'user',
      params: z.object({ id: z.string().min(1).max(190) }),
      body: reserveBody,
      data: reservationView,
      status: 201,
      errors: [notFound, insufficientStock, tooManyReservations],
      isIdempotent: true,
      rateLimit: { points: 60, perSeconds: 60 },
    },
    (context) => reserve(deps, context),
  );
  router.route(
    {
      method: 'GET',
      url: '/admin/inventory',
      summary: 'The stock of all variants',
      description:
        '`search` is a variant id or the beginning of a SKU; `lowStock` finds tracked variants with at most so many to be had.',
      tag: 'Inventory',
      access: 'staff',
      permission: 'inventory.read',
      query: listQuery,
      data: listOf(stockView),
    },
    ({ query: { lowStock, ...query } }) => listStock(deps.db, { ...query, availableAtMost: lowStock }),
  );
  router.route(
    {
      method: 'PATCH',
      url: '/admin/inventory/:variantId',
      summary: 'Set what was counted, tracking and the back-order allowance of a variant',
      description:
        'A count below what is promised is taken as it is; the orders that are short stand in an alert. Orders placed while the variant was not tracked hold none of it, and shipping them takes nothing off: when tracking begins, `onHand` is what is left after them.',
      tag: 'Inventory',
      access: 'staff',
      permission: 'inventory.write',
      params: z.object({ variantId: z.string().min(1).max(64) }),
      body: changeBody,
      data: stockView,
      errors: [unknownStockItem],
    },
    (context) => change(deps, context),
  );
}

type ReserveContext = RouteContext<{ id: string }, unknown, z.infer<typeof reserveBody>>;

async function reserve(
  deps: InventoryDeps,
  context: ReserveContext,
): Promise<z.infer<typeof reservationView>> {
  const { db, clock, config, catalog } = deps;
  const { params, body } = context;
  const customerId = requireCaller(context).userId;
  const variantId = body.variantId ?? (await catalog.resolveVariant(db, params.id));
  const sellable = (await catalog.readSellable(db, [variantId])).get(variantId);
  const isOfProduct = body.variantId === undefined || [sellable?.productId, variantId].includes(params.id);
  if (!sellable?.isSellable || !isOfProduct) {
    throw new AppError(notFound);
  }
  const expiresAt = clock.now() + config.reservationMs;
  const { quantity } = body;
  const wanted = { customerId, variantId, quantity, expiresAt, limits: config, claimId: context.claimId };
  const reserved = await db.tx('stock.reserve', (tx) => reserveForCustomer(tx, wanted));
  return { ...reserved, variantId, quantity, expiresAt: toIso(reserved.expiresAt) };
}

type ChangeContext = RouteContext<{ variantId: string }, unknown, z.infer<typeof changeBody>>;

function change(deps: InventoryDeps, context: ChangeContext): Promise<z.infer<typeof stockView>> {
  const by = actorOf(requireCaller(context));
  const { variantId } = context.params;
  return deps.db.tx('stock.set', async (tx) => {
    const { before, after } = await setStock(tx, { ...context.body, variantId, by });
    const target = { type: 'stock', id: variantId };
    await writeAudit(tx, { actor: by, action: 'stock.set', target, before, after, ip: context.ip });
    return after;
  });
}
