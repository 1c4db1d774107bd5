/** Staff returns money. */
import { z } from 'zod';
import { AppError, notFound } from '../../kernel/errors.ts';
import { actorOf, type RouteContext, type Router, requireCaller } from '../../kernel/http/index.ts';
import { assertAmount } from '../../kernel/money.ts';
import { writeAudit } from '../audit/index.ts';
import type { PaymentsDeps } from './deps.ts';
import { refundExceedsCaptured, refundLimitReached, refundTooLate } from './errors.ts';
import { purposeOf } from './payment.ts';
import { findPayment } from './payment-repository.ts';
import { reserveRefund } from './reserve-refund.ts';
import type { PaymentRow } from './tables.ts';
import { refundView, toRefundView } from './views.ts';

const MAX_REASON = 80;

const idParams = z.object({ id: z.string().max(64) });
const refundBody = z.strictObject({
  /** Minor units; everything that is left without it. */
  amount: z.int().positive().optional(),
  reason: z.string().trim().min(1).max(MAX_REASON),
});

type RefundContext = RouteContext<{ id: string }, unknown, z.infer<typeof refundBody>>;

const shared = {
  method: 'POST',
  tag: 'Refunds',
  access: 'staff',
  permission: 'refunds.write',
  params: idParams,
  body: refundBody,
  data: z.object({ refunds: z.array(refundView) }),
  status: 201,
  errors: [notFound, refundExceedsCaptured, refundTooLate, refundLimitReached],
  isIdempotent: true,
} as const;

export function registerRefundRoutes(router: Router, deps: PaymentsDeps): void {
  router.route(
    {
      ...shared,
      url: '/orders/:id/refunds',
      summary: 'Refund an order, in full or in part; the money goes back the way it came',
    },
    async (context) => {
      const payment = await findPaymentOf(deps, 'order', context.params.id);
      return refund(deps, context, payment, undefined);
    },
  );
  router.route(
    {
      ...shared,
      url: '/admin/payments/:id/refunds',
      summary: 'Refund what one payment has brought, in full or in part',
    },
    async (context) => {
      const payment = await findPayment(deps.db, context.params.id);
      return refund(deps, context, payment, context.params.id);
    },
  );
}

/** A payment of the purpose: all of them are in its currency. */
function findPaymentOf({ db }: PaymentsDeps, type: string, id: string): Promise<PaymentRow | undefined> {
  return db.query
    .selectFrom('payments')
    .selectAll()
    .where('purpose_type', '=', type)
    .where('purpose_id', '=', id)
    .orderBy('id')
    .executeTakeFirst();
}

async function refund(
  deps: PaymentsDeps,
  context: RefundContext,
  payment: PaymentRow | undefined,
  paymentId: string | undefined,
) {
  if (payment === undefined) {
    throw new AppError(notFound);
  }
  const { body, claimId, ip } = context;
  const by = actorOf(requireCaller(context));
  const purpose = purposeOf(payment);
  const rows = await deps.db.tx('refund.reserve', async (tx) => {
    const { refundIds } = await reserveRefund(tx, deps, {
      purpose,
      ...(paymentId !== undefined && { paymentId }),
      amount:
        body.amount === undefined ? 'all' : { amount: assertAmount(body.amount), currency: payment.currency },
      reason: body.reason,
      by,
      origin: 'staff',
      key: claimId ?? undefined,
    });
    if (refundIds.length === 0) {
      throw new AppError(refundExceedsCaptured, { details: { available: 0 } });
    }
    await writeAudit(tx, {
      actor: by,
      action: 'refund.create',
      target: paymentId === undefined ? purpose : { type: 'payment', id: paymentId },
      after: { refundIds, amount: body.amount ?? 'all', reason: body.reason },
      ip,
    });
    return tx.query.selectFrom('refunds').selectAll().where('id', 'in', refundIds).orderBy('id').execute();
  });
  return { refunds: rows.map(toRefundView) };
}
