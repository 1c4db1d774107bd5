/** Customers ask for money of an order back; staff decides, or refunds by itself. */
import { z } from 'zod';
import { illegalTransition, notFound } from '../../../kernel/errors.ts';
import {
  actorOf,
  hasPermission,
  inputMessage,
  listOf,
  pagingQuery,
  type RouteContext,
  type Router,
  requireCaller,
} from '../../../kernel/http/index.ts';
import { writeAudit } from '../../audit/index.ts';
import {
  isOneWay,
  ONE_WAY,
  refundExceedsCaptured,
  refundLimitReached,
  refundTooLate,
  refundWay,
} from '../../payments/index.ts';
import type { OrdersDeps } from '../deps.ts';
import { deliveryUndecided, refundMustBeFull } from '../errors.ts';
import { MAX_QUANTITY } from '../order.ts';
import { orderParams } from '../route-input.ts';
import { approveRequest, rejectRequest, withdrawRequest } from './decide-request.ts';
import {
  orderNotShipped,
  refundAboveRequest,
  refundAlreadyRequested,
  refundQuantityExceeded,
} from './errors.ts';
import { listRequests, readRequest } from './queries.ts';
import { requestRefund } from './request-refund.ts';
import { REQUEST_STATUSES } from './request-states.ts';
import { registerReturnRoute } from './return-route.ts';
import { eachOnce, MAX_REASON, position, quantity } from './route-input.ts';
import { refundRequestView, staffRefundRequestView } from './views.ts';

const TAG = 'Refunds';

const reason = z.string().trim().min(1).max(MAX_REASON);

const itemsInput = eachOnce(
  z.strictObject({
    position,
    quantity,
    /** How many of them are fit to be sold again; for staff. */
    restockQuantity: z.int().min(0).max(MAX_QUANTITY).default(0),
  }),
)
  .min(1)
  .refine((items) => items.every((item) => item.restockQuantity <= item.quantity), {
    message: inputMessage('More is put back than is refunded.', '退回库存的数量超过退款数量。'),
  });

const refundBody = z
  .strictObject({
    /** Minor units. Without it and without items: everything that is left. */
    amount: z.int().positive().optional(),
    items: itemsInput.optional(),
    reason,
    /** The goods come back too; not before they have gone out. */
    isReturn: z.boolean().default(false),
    ...refundWay,
  })
  .refine(isOneWay, ONE_WAY)
  .refine(({ amount, items }) => amount === undefined || items === undefined, {
    message: inputMessage('Give an amount or items, not both.', 'amount 与 items 只能提供一个。'),
    path: ['amount'],
  });

const approveBody = z
  .strictObject({
    /** Less than was asked for, in minor units. */
    amount: z.int().positive().optional(),
    /** Of which lines how many units are fit to be sold again. */
    restock: eachOnce(z.strictObject({ position, quantity })).optional(),
    ...refundWay,
    note: z.string().trim().min(1).max(500).optional(),
  })
  .refine(isOneWay, ONE_WAY);

/** What promising money throws; the deliverers of virtual goods have refusals of their own. */
const reserving = ({ fulfillers }: OrdersDeps) => [
  ...[refundExceedsCaptured, refundTooLate, refundLimitReached, refundQuantityExceeded, orderNotShipped],
  ...[deliveryUndecided, refundMustBeFull],
  ...[...fulfillers.values()].flatMap(({ refusals = [] }) => refusals),
];

/** Registers the routes of customers and of staff. */
export function registerRefundRoutes(router: Router, deps: OrdersDeps): void {
  router.route(
    {
      method: 'POST',
      url: '/orders/:id/refunds',
      summary: 'Ask for a refund of an order; staff refunds at once',
      description:
        'In full, by an amount, or by lines. A customer’s request promises nothing until staff has agreed to it; there is at most one that waits. The money goes back the way it came; staff may give it as store credit instead.',
      tag: TAG,
      access: 'user',
      params: orderParams,
      body: refundBody,
      data: refundRequestView,
      status: 201,
      errors: [notFound, refundAlreadyRequested, ...reserving(deps)],
      isIdempotent: true,
    },
    (context) => ask(deps, context),
  );
  router.route(
    {
      method: 'POST',
      url: '/orders/:id/refunds/:requestId/withdraw',
      summary: 'Take back an own request that nobody has decided on',
      tag: TAG,
      access: 'user',
      params: orderParams.extend({ requestId: z.string().min(1).max(64) }),
      data: refundRequestView,
      errors: [notFound, illegalTransition],
      isIdempotent: true,
    },
    async (context) => {
      const caller = requireCaller(context);
      const { id: orderId, requestId } = context.params;
      const by = actorOf(caller);
      await withdrawRequest(deps, { requestId, orderId, customerId: caller.userId, by });
      return readRequest(deps, requestId);
    },
  );
  registerReturnRoute(router, deps);
  registerDeciding(router, deps);
}

type RefundContext = RouteContext<{ id: string }, unknown, z.infer<typeof refundBody>>;

async function ask(deps: OrdersDeps, context: RefundContext): Promise<z.infer<typeof refundRequestView>> {
  const caller = requireCaller(context);
  const isStaff = hasPermission(caller, 'refunds.write');
  const { amount, items, reason: why, isReturn, byHand, to } = context.body;
  const by = actorOf(caller);
  const request = await requestRefund(deps, {
    orderId: context.params.id,
    amount,
    lines: items?.map((item) => ({ ...item, restockQuantity: isStaff ? item.restockQuantity : 0 })),
    reason: why,
    isReturn,
    byHand: isStaff && byHand,
    to: isStaff ? to : 'payer',
    by,
    claimId: context.claimId,
    customerId: isStaff ? null : caller.userId,
    record: isStaff
      ? (tx, row) =>
          writeAudit(tx, {
            actor: by,
            action: 'refund.create',
            target: { type: 'order', id: row.order_id },
            after: { requestId: row.id, amount: row.amount, reason: why, items, byHand, to },
            ip: context.ip,
          })
      : undefined,
  });
  return readRequest(deps, request.id);
}

const staff = { tag: TAG, access: 'staff' } as const;
const deciding = {
  ...staff,
  method: 'POST',
  permission: 'refunds.write',
  params: orderParams,
  data: staffRefundRequestView,
  isIdempotent: true,
} as const;

function registerDeciding(router: Router, deps: OrdersDeps): void {
  router.route(
    {
      ...staff,
      method: 'GET',
      url: '/admin/refund-requests',
      summary: 'Requests for refunds, newest first',
      permission: 'payments.read',
      query: z.strictObject({
        ...pagingQuery,
        sort: z.enum(['createdAt', '-createdAt']).default('-createdAt'),
        status: z.enum(REQUEST_STATUSES).optional(),
        origin: z.enum(['customer', 'staff']).optional(),
        orderId: z.string().min(1).max(64).optional(),
        customerId: z.string().min(1).max(64).optional(),
      }),
      data: listOf(staffRefundRequestView),
    },
    ({ query }) => listRequests(deps, query),
  );
  router.route(
    {
      ...deciding,
      url: '/admin/refund-requests/:id/approve',
      summary: 'Agree to a refund, in full or in part',
      description: 'Reserves the money on what was captured, under a number of its own for each capture.',
      body: approveBody,
      errors: [notFound, illegalTransition, refundAboveRequest, ...reserving(deps)],
    },
    async (context) => {
      const decision = { requestId: context.params.id, by: actorOf(requireCaller(context)), ip: context.ip };
      await approveRequest(deps, { ...context.body, ...decision });
      return readRequest(deps, context.params.id);
    },
  );
  router.route(
    {
      ...deciding,
      url: '/admin/refund-requests/:id/reject',
      summary: 'Refuse a refund; the customer sees the reason',
      body: z.strictObject({ reason: z.string().trim().min(1).max(500) }),
      errors: [notFound, illegalTransition],
    },
    async (context) => {
      const decision = { requestId: context.params.id, by: actorOf(requireCaller(context)), ip: context.ip };
      await rejectRequest(deps, { ...context.body, ...decision });
      return readRequest(deps, context.params.id);
    },
  );
}
