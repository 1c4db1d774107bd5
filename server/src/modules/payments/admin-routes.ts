/** The routes of staff: lists, the quarantine and what only a person may decide. */
import { z } from 'zod';
import { AppError, illegalTransition, notFound } from '../../kernel/errors.ts';
import { actorOf, listOf, type RouteContext, type Router, requireCaller } from '../../kernel/http/index.ts';
import { writeAudit } from '../audit/index.ts';
import type { PaymentsDeps } from './deps.ts';
import { eventNotReplayable } from './errors.ts';
import { replayEvent } from './notifications/reapply-event.ts';
import { registerPaymentRoutes } from './payment-routes.ts';
import { listPayments, listProviderEvents, listQuery, listRefunds } from './queries.ts';
import { adminRefundView, refundView, toAdminRefundView } from './refunds/refund-views.ts';
import {
  adminPaymentView,
  paymentView,
  providerEventDetail,
  providerEventView,
  toAdminPaymentView,
  toProviderEventDetail,
  toProviderEventView,
} from './views.ts';

const TAG = 'Administration';
const idParams = z.object({ id: z.string().max(64) });
const filterText = z.string().min(1).max(100).optional();

export function registerAdminRoutes(router: Router, deps: PaymentsDeps): void {
  registerLists(router, deps);
  registerPaymentRoutes(router, deps);
  registerEvents(router, deps);
}

function registerLists(router: Router, { db }: PaymentsDeps): void {
  const shared = { method: 'GET', tag: TAG, access: 'staff', permission: 'payments.read' } as const;
  router.route(
    {
      ...shared,
      url: '/admin/payments',
      summary: 'Every attempt to pay, newest first',
      query: z.strictObject({
        ...listQuery,
        status: paymentView.shape.status.optional(),
        provider: filterText,
        purposeId: filterText,
        transactionId: filterText,
        customerId: filterText,
      }),
      data: listOf(adminPaymentView),
    },
    async ({ query }) => {
      const { rows, pagination } = await listPayments(db, query);
      return { items: rows.map(toAdminPaymentView), pagination };
    },
  );
  router.route(
    {
      ...shared,
      url: '/admin/refunds',
      summary: 'Every refund, newest first',
      query: z.strictObject({
        ...listQuery,
        status: refundView.shape.status.optional(),
        origin: refundView.shape.origin.optional(),
        isByHand: z.enum(['true', 'false']).optional(),
        purposeId: filterText,
        paymentId: filterText,
      }),
      data: listOf(adminRefundView),
    },
    async ({ query }) => {
      const { rows, pagination } = await listRefunds(db, query);
      return { items: rows.map(toAdminRefundView), pagination };
    },
  );
  router.route(
    {
      ...shared,
      url: '/admin/provider-events',
      summary: 'The inbox of notifications; the quarantine is state=quarantined',
      query: z.strictObject({
        ...listQuery,
        state: providerEventView.shape.state.optional(),
        provider: filterText,
        subjectId: filterText,
      }),
      data: listOf(providerEventView),
    },
    async ({ query }) => {
      const { rows, pagination } = await listProviderEvents(db, query);
      return { items: rows.map(toProviderEventView), pagination };
    },
  );
}

function registerEvents(router: Router, deps: PaymentsDeps): void {
  router.route(
    {
      method: 'GET',
      url: '/admin/provider-events/:id',
      summary: 'A notification and what was read in it',
      tag: TAG,
      access: 'staff',
      permission: 'payments.read',
      params: idParams,
      data: providerEventDetail,
      errors: [notFound],
    },
    ({ params }) => readEvent(deps, params.id),
  );
  router.route(
    {
      method: 'POST',
      url: '/admin/provider-events/:id/replay',
      summary: 'Apply a stored or quarantined notification once more',
      tag: TAG,
      access: 'staff',
      permission: 'payments.write',
      params: idParams,
      data: providerEventDetail,
      errors: [notFound, eventNotReplayable, illegalTransition],
      isIdempotent: true,
    },
    (context) => replay(deps, context),
  );
}

async function replay(
  deps: PaymentsDeps,
  context: RouteContext<{ id: string }, unknown, unknown>,
): Promise<z.infer<typeof providerEventDetail>> {
  const { params, ip } = context;
  const by = actorOf(requireCaller(context));
  await deps.db.tx('provider_event.replay', async (tx) => {
    const { state, reason } = await replayEvent(tx, deps, params.id, by);
    await writeAudit(tx, {
      actor: by,
      action: 'provider_event.replay',
      target: { type: 'provider_event', id: params.id },
      after: { state, reason },
      ip,
    });
  });
  return readEvent(deps, params.id);
}

async function readEvent({ db }: PaymentsDeps, id: string): Promise<z.infer<typeof providerEventDetail>> {
  const row = await db.query
    .selectFrom('provider_events')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) {
    throw new AppError(notFound);
  }
  return toProviderEventDetail(row);
}
