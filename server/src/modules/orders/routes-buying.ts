/** How customers place, pay and cancel orders. */
import { z } from 'zod';
import { toIso } from '../../kernel/clock.ts';
import { illegalTransition, notFound } from '../../kernel/errors.ts';
import {
  actorOf,
  hasPermission,
  inputMessage,
  type RouteContext,
  type Router,
  requireCaller,
} from '../../kernel/http/index.ts';
import { insufficientStock } from '../inventory/index.ts';
import { addressInput } from './address.ts';
import { recordCancel } from './audit-order.ts';
import { cancelOrder } from './cancel-order.ts';
import type { OrdersDeps } from './deps.ts';
import {
  currencyMixed,
  orderTooLarge,
  priceChanged,
  shippingAddressRequired,
  tooManyUnpaidOrders,
  variantUnavailable,
} from './errors.ts';
import { MAX_LINES, MAX_QUANTITY } from './order.ts';
import { payOrder } from './pay-order.ts';
import { placeOrder } from './place-order.ts';
import { readOrderView } from './read-order.ts';
import { findOrder } from './repository.ts';
import { toMetadata } from './request-metadata.ts';
import { orderParams, payErrors, payFields } from './route-input.ts';
import type { OrderRow } from './tables.ts';
import { orderView, toOrderView } from './views.ts';

const placeBody = z
  .strictObject({
    items: z
      .array(
        z.strictObject({
          variantId: z.string().min(1).max(64),
          quantity: z.int().min(1).max(MAX_QUANTITY),
          unitPrice: z.int().min(0).optional(),
        }),
      )
      .min(1)
      .max(MAX_LINES),
    shippingAddress: addressInput.optional(),
    addressId: z.string().min(1).max(64).optional(),
    billingAddress: addressInput.optional(),
    notes: z.string().trim().min(1).max(2_000).optional(),
    expectedTotal: z.int().min(0).optional(),
    source: z.enum(['web', 'mobile', 'mini_program', 'api']).default('web'),
  })
  .refine((body) => body.shippingAddress === undefined || body.addressId === undefined, {
    path: ['addressId'],
    message: inputMessage(
      'Give shippingAddress or addressId, not both.',
      'shippingAddress 与 addressId 只能提供一个。',
    ),
  });

const cancelBody = z.strictObject({ reason: z.string().trim().min(1).max(500) });

const payBody = z.strictObject(payFields);

const startedView = z.object({
  paymentId: z.string(),
  status: z.string(),
  method: z.string(),
  amount: z.int(),
  currency: z.string(),
  /** What the buyer's device needs to go on; depends on the method. */
  parameters: z.record(z.string(), z.string()),
  expiresAt: z.string(),
});

/** Registers the routes that change an order for its customer. */
export function registerBuying(router: Router, deps: OrdersDeps): void {
  registerPlacing(router, deps);
  registerPaying(router, deps);
}

function registerPlacing(router: Router, deps: OrdersDeps): void {
  router.route(
    {
      method: 'POST',
      url: '/orders',
      summary: 'Place an order',
      description:
        'Prices come from the catalogue; `unitPrice` and `expectedTotal` are compared with them. Without an address the default one is taken. Without an Idempotency-Key, the same cart within a minute gives the same order with the header `Duplicate: true`.',
      tag: 'Orders',
      access: 'user',
      body: placeBody,
      data: orderView,
      status: 201,
      errors: [
        variantUnavailable,
        insufficientStock,
        priceChanged,
        currencyMixed,
        orderTooLarge,
        shippingAddressRequired,
        tooManyUnpaidOrders,
        notFound,
      ],
      isIdempotent: true,
    },
    (context) => place(deps, context),
  );
  router.route(
    {
      method: 'POST',
      url: '/orders/:id/cancel',
      summary: 'Cancel an order',
      description:
        'What was paid is refunded in full and its stock returned. 202 while a provider has not yet closed a payment: the order is then cancelled by itself.',
      tag: 'Orders',
      access: 'user',
      params: orderParams,
      body: cancelBody,
      data: orderView,
      otherStatuses: [202],
      errors: [notFound, illegalTransition],
      isIdempotent: true,
    },
    (context) => cancel(deps, context),
  );
}

function registerPaying(router: Router, deps: OrdersDeps): void {
  router.route(
    {
      method: 'POST',
      url: '/orders/:id/payments',
      summary: 'Pay an order',
      description:
        'The same method again gives the same attempt with fresh parameters; another one replaces it, after the open one was closed at its provider. 202 with the status `requires_review`, and without parameters, where a person must look at it first: the same request goes on when that is done.',
      tag: 'Orders',
      access: 'user',
      params: orderParams,
      body: payBody,
      data: startedView,
      status: 201,
      otherStatuses: [202],
      errors: payErrors,
      isIdempotent: true,
    },
    async (context) => {
      const started = await payOrder(deps, {
        orderId: context.params.id,
        customerId: requireCaller(context).userId,
        ...context.body,
        ip: context.ip,
        ipCountry: context.country,
        claimId: context.claimId,
      });
      context.reply.status(started.status === 'requires_review' ? 202 : 201);
      return { ...started, parameters: { ...started.parameters }, expiresAt: toIso(started.expiresAt) };
    },
  );
}

type PlaceContext = RouteContext<unknown, unknown, z.infer<typeof placeBody>>;

async function place(deps: OrdersDeps, context: PlaceContext): Promise<z.infer<typeof orderView>> {
  const { body, reply } = context;
  const { order, lines, repeatOf } = await placeOrder(deps, {
    customerId: requireCaller(context).userId,
    items: body.items,
    shippingAddress: body.shippingAddress,
    addressId: body.addressId,
    billingAddress: body.billingAddress,
    customerNote: body.notes,
    expectedTotal: body.expectedTotal,
    metadata: toMetadata(context, body.source),
    claimId: context.claimId,
    repeats: 'within_a_minute',
  });
  if (repeatOf === 'cart') {
    reply.header('Duplicate', 'true');
  }
  return toOrderView(order, lines, deps.clock.now());
}

type CancelContext = RouteContext<{ id: string }, unknown, z.infer<typeof cancelBody>>;

async function cancel(deps: OrdersDeps, context: CancelContext): Promise<z.infer<typeof orderView>> {
  const caller = requireCaller(context);
  const { id } = context.params;
  const isStaff = hasPermission(caller, 'orders.write');
  const by = actorOf(caller);
  const outcome = await cancelOrder(deps, {
    orderId: id,
    by,
    reason: context.body.reason,
    customerId: isStaff ? null : caller.userId,
    record: isStaff ? recordCancel(by, context.ip, context.body.reason) : undefined,
  });
  context.reply.status(outcome === 'cancelled' ? 200 : 202);
  return readOrderView(deps.db, (await findOrder(deps.db, id)) as OrderRow, deps.clock.now());
}
