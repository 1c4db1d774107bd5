/** Goods come back: a customer announces it and asks for the money; staff says that they are here. */
import { z } from 'zod';
import { illegalTransition, notFound } from '../../../kernel/errors.ts';
import {
  actorOf,
  hasPermission,
  type RouteContext,
  type Router,
  requireCaller,
} from '../../../kernel/http/index.ts';
import { refundExceedsCaptured } from '../../payments/index.ts';
import { advanceOrder } from '../advance-order.ts';
import { recordAdvance } from '../audit-order.ts';
import type { OrdersDeps } from '../deps.ts';
import { orderClosing } from '../errors.ts';
import { readOrderView } from '../read-order.ts';
import { findOrder } from '../repository.ts';
import { orderParams } from '../route-input.ts';
import type { OrderRow } from '../tables.ts';
import { orderView } from '../views.ts';
import { orderNotShipped, refundAlreadyRequested, refundQuantityExceeded } from './errors.ts';
import { readRequest } from './queries.ts';
import { requestRefund } from './request-refund.ts';
import { MAX_REASON, wantedItems } from './route-input.ts';
import { refundRequestView } from './views.ts';

const returnBody = z.strictObject({
  reason: z.string().trim().min(1).max(MAX_REASON),
  /** Which lines a customer sends back; everything without it. */
  items: wantedItems.optional(),
  /** For staff: whether what came back is fit to be sold again. */
  restock: z.boolean().default(false),
});

/** Registers `POST /orders/:id/return`. */
export function registerReturnRoute(router: Router, deps: OrdersDeps): void {
  router.route(
    {
      method: 'POST',
      url: '/orders/:id/return',
      summary: 'Return an order',
      description:
        'A customer’s return is a request for its refund, which waits for staff. Staff says with it that the goods are here; the money is a decision of its own.',
      tag: 'Orders',
      access: 'user',
      params: orderParams,
      body: returnBody,
      data: z.object({ order: orderView, request: refundRequestView.nullable() }),
      errors: [
        ...[notFound, illegalTransition, orderClosing, orderNotShipped],
        ...[refundAlreadyRequested, refundQuantityExceeded, refundExceedsCaptured],
      ],
      isIdempotent: true,
    },
    (context) => returnOrder(deps, context),
  );
}

async function returnOrder(
  deps: OrdersDeps,
  context: RouteContext<{ id: string }, unknown, z.infer<typeof returnBody>>,
) {
  const caller = requireCaller(context);
  const { reason, items, restock } = context.body;
  const orderId = context.params.id;
  const by = actorOf(caller);
  const readOrder = async () =>
    readOrderView(deps.db, (await findOrder(deps.db, orderId)) as OrderRow, deps.clock.now());
  if (hasPermission(caller, 'orders.write')) {
    const record = recordAdvance(by, context.ip, { restock });
    await advanceOrder(deps, { orderId, to: 'returned', by, note: reason, restock, record });
    return { order: await readOrder(), request: null };
  }
  const request = await requestRefund(deps, {
    ...{ orderId, reason, by, isReturn: true, byHand: false, to: 'payer' },
    lines: items?.map((item) => ({ ...item, restockQuantity: 0 })),
    claimId: context.claimId,
    customerId: caller.userId,
  });
  return { order: await readOrder(), request: await readRequest(deps, request.id) };
}
