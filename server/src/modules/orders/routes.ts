/** What customers do with their orders; staff with the right to read orders sees everybody's. */
import { z } from 'zod';
import { AppError, notFound } from '../../kernel/errors.ts';
import { readHistory } from '../../kernel/history.ts';
import {
  type Caller,
  hasPermission,
  listOf,
  type Router,
  requireCaller,
  toRangeMs,
} from '../../kernel/http/index.ts';
import type { OrdersDeps } from './deps.ts';
import { listOrders } from './queries.ts';
import { readOrderDetail } from './read-order.ts';
import { findOrder } from './repository.ts';
import { listQuery, orderParams } from './route-input.ts';
import { registerBuying } from './routes-buying.ts';
import type { OrderRow } from './tables.ts';
import { historyView, orderDetailView, orderView, toCustomerHistory, toOrderView } from './views.ts';

/** The order, if the caller may see it: an order of somebody else is none. */
async function findVisible({ db }: OrdersDeps, caller: Caller, id: string): Promise<OrderRow> {
  const order = await findOrder(db, id);
  if (!order || (order.customer_id !== caller.userId && !hasPermission(caller, 'orders.read'))) {
    throw new AppError(notFound);
  }
  return order;
}

/** Registers the routes of customers. */
export function registerOrderRoutes(router: Router, deps: OrdersDeps): void {
  registerBuying(router, deps);
  registerReading(router, deps);
}

function registerReading(router: Router, deps: OrdersDeps): void {
  router.route(
    {
      method: 'GET',
      url: '/orders',
      summary: 'Own orders; for staff everybody’s',
      description: '`customer` is for staff. A date counts whole days in UTC.',
      tag: 'Orders',
      access: 'user',
      query: listQuery,
      data: listOf(orderView),
    },
    async (context) => {
      const { customer, startDate, endDate, ...query } = context.query;
      const caller = requireCaller(context);
      const seesAll = hasPermission(caller, 'orders.read');
      const page = await listOrders(deps.db, {
        ...query,
        customerId: seesAll ? customer : caller.userId,
        placedFrom: toRangeMs(startDate, false),
        placedUntil: toRangeMs(endDate, true),
      });
      const now = deps.clock.now();
      const items = page.orders.map((order) => toOrderView(order, page.lines.get(order.id) ?? [], now));
      return { items, pagination: page.pagination };
    },
  );
  router.route(
    {
      method: 'GET',
      url: '/orders/:id',
      summary: 'An order with its payments, refunds, history and the ways to pay it',
      tag: 'Orders',
      access: 'user',
      params: orderParams,
      data: orderDetailView,
      errors: [notFound],
    },
    async (context) =>
      readOrderDetail(deps, await findVisible(deps, requireCaller(context), context.params.id)),
  );
  router.route(
    {
      method: 'GET',
      url: '/orders/:id/history',
      summary: 'Every step of an order, oldest first',
      tag: 'Orders',
      access: 'user',
      params: orderParams,
      data: z.array(historyView),
      errors: [notFound],
    },
    async (context) => {
      const order = await findVisible(deps, requireCaller(context), context.params.id);
      return toCustomerHistory(await readHistory(deps.db, [order.id]));
    },
  );
}
