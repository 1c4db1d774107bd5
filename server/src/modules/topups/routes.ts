/** What customers do with top-ups: see what is sold for a number, order it, and see what became of it. */
import { z } from 'zod';
import { AppError, notFound, providerUnavailable } from '../../kernel/errors.ts';
import {
  inputMessage,
  listOf,
  pagingQuery,
  type RouteContext,
  type Router,
  requireCaller,
} from '../../kernel/http/index.ts';
import { MAX_TARIFF_CODE_LENGTH, topupTypes } from '../../operators/operator.ts';
import { priceChanged, toMetadata, tooManyUnpaidOrders } from '../orders/index.ts';
import { paymentMethodUnavailable } from '../payments/index.ts';
import type { TopupsDeps } from './deps.ts';
import { topupNumberRefused, topupNumberUnknown, topupUnavailable } from './errors.ts';
import { placeTopup } from './place-topup.ts';
import { BILL_CODE, listProducts } from './products.ts';
import { listTopups, readTopup } from './queries.ts';
import { readRate } from './rates.ts';
import {
  operatorView,
  productsView,
  type TopupWithOrder,
  toOperatorView,
  toProductsView,
  topupView,
  toTopupView,
} from './views.ts';

const TAG = 'Top-ups';
/** Each question may be one to the operator. */
const QUESTIONS = { points: 30, perSeconds: 60 };

const msisdn = z.string().min(4).max(32);

const orderBody = z
  .strictObject({
    msisdn,
    type: z.enum(topupTypes),
    /** As the list of products has it; may be left out for a bill. */
    code: z.string().min(1).max(MAX_TARIFF_CODE_LENGTH).optional(),
    /** The way it will be paid, to be told at once when that does not sell top-ups. */
    method: z.string().min(1).max(32).optional(),
    /** What the customer was shown, in minor units: compared with the price of now. */
    totalPrice: z.int().positive().optional(),
    /** Of the company that the tax bill is for. */
    vatRegisterNumber: z
      .string()
      .regex(/^\d{7}$/, inputMessage('It has seven digits.', '须为七位数字。'))
      .optional(),
    source: z.enum(['web', 'mobile', 'mini_program', 'api']).default('web'),
  })
  .refine((body) => body.code !== undefined || body.type === 'bill', {
    path: ['code'],
    message: inputMessage('It is needed for anything but a bill.', '除账单外均须提供。'),
  });

export function registerTopupRoutes(router: Router, deps: TopupsDeps): void {
  registerOffer(router, deps);
  registerOrdering(router, deps);
  registerReading(router, deps);
}

function registerOffer(router: Router, deps: TopupsDeps): void {
  router.route(
    {
      method: 'GET',
      url: '/topup/operators',
      summary: 'The operators whose top-ups are sold, their numbers and the rate of their currency',
      tag: TAG,
      access: 'public',
      data: z.array(operatorView),
    },
    () =>
      Promise.all(
        deps.operators.operators.map(async (operator) =>
          toOperatorView(operator, await readRate(deps.db, operator.capabilities.currency)),
        ),
      ),
  );
  router.route(
    {
      method: 'GET',
      url: '/topup/products',
      summary: 'What is sold for a number: credit, data, or its bill',
      description: 'Kept for ten minutes. The number may have blanks, dashes and its calling code.',
      tag: TAG,
      access: 'user',
      query: z.strictObject({ msisdn }),
      data: productsView,
      errors: [topupNumberUnknown, topupNumberRefused, topupUnavailable, providerUnavailable],
      rateLimit: QUESTIONS,
    },
    async ({ query }) => toProductsView(await listProducts(deps, query.msisdn)),
  );
}

function registerOrdering(router: Router, deps: TopupsDeps): void {
  router.route(
    {
      method: 'POST',
      url: '/topup/orders',
      summary: 'Order a top-up, to be paid by POST /orders/:id/payments',
      description:
        'The price is the operator’s, at the rate of now; a different `totalPrice` is refused. It is sent once, when the money is here. Without an Idempotency-Key, the same top-up of the same number within a minute gives the same order with the header `Duplicate: true`.',
      tag: TAG,
      access: 'user',
      body: orderBody,
      data: topupView,
      status: 201,
      errors: [
        topupNumberUnknown,
        topupNumberRefused,
        topupUnavailable,
        providerUnavailable,
        priceChanged,
        paymentMethodUnavailable,
        tooManyUnpaidOrders,
      ],
      isIdempotent: true,
      rateLimit: QUESTIONS,
    },
    (context) => place(deps, context),
  );
}

type PlaceContext = RouteContext<unknown, unknown, z.infer<typeof orderBody>>;

async function place(deps: TopupsDeps, context: PlaceContext): Promise<z.infer<typeof topupView>> {
  const { body, reply } = context;
  const { order, repeatOf } = await placeTopup(deps, {
    customerId: requireCaller(context).userId,
    msisdn: body.msisdn,
    type: body.type,
    code: body.code ?? BILL_CODE,
    vatRegisterNumber: body.vatRegisterNumber ?? null,
    expectedTotal: body.totalPrice,
    paidBy: body.method,
    customerNote: undefined,
    metadata: toMetadata(context, body.source),
    claimId: context.claimId,
  });
  if (repeatOf === 'cart') {
    reply.header('Duplicate', 'true');
  }
  return toTopupView((await readTopup(deps.db, order.id)) as TopupWithOrder);
}

function registerReading(router: Router, { db }: TopupsDeps): void {
  router.route(
    {
      method: 'GET',
      url: '/topup/orders',
      summary: 'Own top-ups, newest first',
      tag: TAG,
      access: 'user',
      query: z.strictObject(pagingQuery),
      data: listOf(topupView),
    },
    async (context) => {
      const customerId = requireCaller(context).userId;
      const { rows, pagination } = await listTopups(db, { ...context.query, customerId });
      return { items: rows.map(toTopupView), pagination };
    },
  );
  router.route(
    {
      method: 'GET',
      url: '/topup/orders/:id',
      summary: 'One of them, by its own id or its order’s',
      tag: TAG,
      access: 'user',
      params: z.object({ id: z.string().min(1).max(64) }),
      data: topupView,
      errors: [notFound],
    },
    async (context) => {
      const row = await readTopup(db, context.params.id);
      if (row?.customer_id !== requireCaller(context).userId) {
        throw new AppError(notFound);
      }
      return toTopupView(row);
    },
  );
}
