/** What staff does with orders. Every change writes an audit entry in its own transaction. */
import { z } from 'zod';
import { AppError, illegalTransition, notFound } from '../../kernel/errors.ts';
import {
  actorOf,
  inputMessage,
  listOf,
  type RouteContext,
  type Router,
  requireCaller,
  toRangeMs,
} from '../../kernel/http/index.ts';
import { stockNotOnHand } from '../inventory/index.ts';
import { amountDiffers, disputeView } from '../payments/index.ts';
import { advanceOrder } from './advance-order.ts';
import { recordAdvance, recordCancel, recordNote } from './audit-order.ts';
import { cancelOrder } from './cancel-order.ts';
import type { OrdersDeps } from './deps.ts';
import { collectedAmountRequired, nothingToCollect, orderClosing, orderRefunded } from './errors.ts';
import { staffTargets } from './order.ts';
import { fulfilmentStatuses, paymentStatuses } from './order-states.ts';
import { listOrders } from './queries.ts';
import { readOrderView, readStaffOrder } from './read-order.ts';
import { findOrder, setInternalNote } from './repository.ts';
import { listQuery, orderParams } from './route-input.ts';
import type { OrderRow } from './tables.ts';
import { timelineView } from './timeline.ts';
import {
  orderDetailView,
  orderView,
  staffHistoryView,
  staffOrderView,
  toOrderView,
  toStaffPart,
} from './views.ts';

const searchQuery = listQuery.extend({
  paymentStatus: z.enum(paymentStatuses).optional(),
  fulfilmentStatus: z.enum(fulfilmentStatuses).optional(),
  search: z.string().trim().min(1).max(190).optional(),
});

const text = (maximum: number) => z.string().trim().min(1).max(maximum);

/** Of goods that are paid on delivery, for the step that hands them over. */
const collected = {
  /** Minor units. */
  collectedAmount: z.int().min(1).optional(),
  /** Books another amount than what is owed: what is short is waived, what is over goes back. Needs a note. */
  acceptsDifference: z.boolean().optional(),
};

const statusBody = z
  .discriminatedUnion('status', [
    z.strictObject({ status: z.literal('processing'), note: text(500).optional() }),
    z.strictObject({
      status: z.literal('shipped'),
      note: text(500).optional(),
      carrier: text(100).optional(),
      trackingNumber: text(100).optional(),
    }),
    z.strictObject({ status: z.literal('delivered'), note: text(500).optional(), ...collected }),
    z.strictObject({ status: z.literal('completed'), note: text(500).optional(), ...collected }),
    z.strictObject({
      status: z.literal('returned'),
      note: text(500).optional(),
      /** Whether the goods came back fit for sale. */
      restock: z.boolean().default(false),
    }),
    z.strictObject({ status: z.literal('cancelled'), note: text(500).optional() }),
  ])
  .refine((body) => !('acceptsDifference' in body && body.acceptsDifference) || body.note !== undefined, {
    path: ['note'],
    message: inputMessage(
      'A note must say why another amount is accepted.',
      '须用备注说明为何接受不同的金额。',
    ),
  });

const noteBody = z.strictObject({ internalNote: text(5_000).nullable() });

const staffDetailView = orderDetailView.extend({
  ...staffOrderView.shape,
  disputes: z.array(disputeView),
  history: z.array(staffHistoryView),
  timeline: timelineView,
});

/** Registers the routes of staff. */
export function registerAdminRoutes(router: Router, deps: OrdersDeps): void {
  registerStatus(router, deps);
  registerLists(router, deps);
  router.route(
    {
      method: 'PATCH',
      url: '/admin/orders/:id',
      summary: 'Change the note that customers do not see',
      tag: 'Orders (staff)',
      access: 'staff',
      permission: 'orders.write',
      params: orderParams,
      body: noteBody,
      data: staffOrderView,
      errors: [notFound],
    },
    (context) => changeNote(deps, context),
  );
}

function registerStatus(router: Router, deps: OrdersDeps): void {
  router.route(
    {
      method: 'PATCH',
      url: '/orders/:id/status',
      summary: 'Take an order one step further',
      description:
        'Goods only. `confirmed` is no choice: it comes from money alone. What is held for the goods is captured when they are shipped; goods that are paid on delivery are handed over with `collectedAmount`. The note of a cancellation is told to the customer. 202 where `cancelled` waits for a provider.',
      tag: 'Orders (staff)',
      access: 'staff',
      permission: 'orders.write',
      params: orderParams,
      body: statusBody,
      data: orderView,
      otherStatuses: [202],
      errors: [
        notFound,
        illegalTransition,
        orderClosing,
        orderRefunded,
        stockNotOnHand,
        collectedAmountRequired,
        nothingToCollect,
        amountDiffers,
      ],
    },
    (context) => changeStatus(deps, context),
  );
}

function registerLists(router: Router, deps: OrdersDeps): void {
  router.route(
    {
      method: 'GET',
      url: '/admin/orders',
      summary: 'Search orders',
      description: '`search` is an id, a tracking number or the beginning of an order number.',
      tag: 'Orders (staff)',
      access: 'staff',
      permission: 'orders.read',
      query: searchQuery,
      data: listOf(staffOrderView),
    },
    async ({ query: { customer, startDate, endDate, ...query } }) => {
      const page = await listOrders(deps.db, {
        ...query,
        customerId: customer,
        placedFrom: toRangeMs(startDate, false),
        placedUntil: toRangeMs(endDate, true),
      });
      const now = deps.clock.now();
      const items = page.orders.map((order) => ({
        ...toOrderView(order, page.lines.get(order.id) ?? [], now),
        ...toStaffPart(order, staffTargets(order)),
      }));
      return { items, pagination: page.pagination };
    },
  );
  router.route(
    {
      method: 'GET',
      url: '/admin/orders/:id',
      summary: 'An order with everything that is known of it',
      description:
        'History of the order, its payments and refunds; events, jobs, calls to providers and their notifications.',
      tag: 'Orders (staff)',
      access: 'staff',
      permission: 'orders.read',
      params: orderParams,
      data: staffDetailView,
      errors: [notFound],
    },
    async ({ params }) => {
      const order = await findOrder(deps.db, params.id);
      if (!order) {
        throw new AppError(notFound);
      }
      return readStaffOrder(deps, order);
    },
  );
}

type StatusContext = RouteContext<{ id: string }, unknown, z.infer<typeof statusBody>>;

async function changeStatus(deps: OrdersDeps, context: StatusContext): Promise<z.infer<typeof orderView>> {
  const { body, params, ip, reply } = context;
  const by = actorOf(requireCaller(context));
  const { status, note, ...facts } = body;
  if (status === 'cancelled') {
    const reason = note ?? null;
    const record = recordCancel(by, ip, reason);
    const outcome = await cancelOrder(deps, { orderId: params.id, by, reason, customerId: null, record });
    reply.status(outcome === 'cancelled' ? 200 : 202);
  } else {
    const record = recordAdvance(by, ip, facts);
    await advanceOrder(deps, { orderId: params.id, to: status, by, note, ...facts, record });
  }
  return readOrderView(deps.db, (await findOrder(deps.db, params.id)) as OrderRow, deps.clock.now());
}

type NoteContext = RouteContext<{ id: string }, unknown, z.infer<typeof noteBody>>;

async function changeNote(
  { db, clock }: OrdersDeps,
  context: NoteContext,
): Promise<z.infer<typeof staffOrderView>> {
  const by = actorOf(requireCaller(context));
  const { internalNote } = context.body;
  const order = await db.tx('order.note', async (tx) => {
    const before = await tx.lock('orders', context.params.id);
    if (!before) {
      throw new AppError(notFound);
    }
    await setInternalNote(tx, before.id, internalNote);
    await recordNote(tx, by, context.ip, before, internalNote);
    return { ...before, internal_note: internalNote };
  });
  return { ...(await readOrderView(db, order, clock.now())), ...toStaffPart(order, staffTargets(order)) };
}
