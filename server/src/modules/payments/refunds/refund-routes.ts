/** Staff returns money of one payment, and sees to refunds that need a person. */
import { z } from 'zod';
import { AppError, illegalTransition, notFound, providerUnavailable } from '../../../kernel/errors.ts';
import {
  actorOf,
  inputMessage,
  type RouteContext,
  type Router,
  requireCaller,
} from '../../../kernel/http/index.ts';
import { assertAmount } from '../../../kernel/money.ts';
import { writeAudit } from '../../audit/index.ts';
import type { PaymentsDeps } from '../deps.ts';
import {
  refundBeingFinished,
  refundExceedsCaptured,
  refundLimitReached,
  refundNotAccepted,
  refundNotByHand,
  refundNotFinishable,
  refundNotPaidOut,
  refundTooLate,
  secondPersonRequired,
} from '../errors.ts';
import { purposeOf } from '../payment.ts';
import { findPayment } from '../payment-repository.ts';
import type { RefundRow } from '../tables.ts';
import { recordPayoutBounce } from './bounce-payout.ts';
import { finishAbnormalRefund } from './finish-abnormal-refund.ts';
import { recordPayout, takeByHand } from './pay-out.ts';
import { findRefund } from './refund-repository.ts';
import { adminRefundView, refundView, toAdminRefundView, toRefundView } from './refund-views.ts';
import { isOneWay, ONE_WAY, refundWay } from './refund-way.ts';
import { creditInstead, refund } from './store-credit.ts';

const MAX_REASON = 80;
const idParams = z.object({ id: z.string().max(64) });

const refundBody = z
  .strictObject({
    /** Minor units; everything that is left without it. */
    amount: z.int().positive().optional(),
    reason: z.string().trim().min(1).max(MAX_REASON),
    ...refundWay,
  })
  .refine(isOneWay, ONE_WAY);

const payoutBody = z.strictObject({
  /** The bank's number of the transfer, a receipt's: whatever shows that the money was paid. */
  reference: z.string().trim().min(1).max(100),
  /** When the money left; now without it. */
  paidAt: z.iso.datetime({ offset: true }).optional(),
});

const bounceBody = z.strictObject({
  /** The bank's number of the transfer that came back. */
  reference: z.string().trim().min(1).max(100),
});

const finishBody = z.discriminatedUnion('to', [
  z.strictObject({
    to: z.literal('payer_card'),
    card: z.strictObject({
      bankType: z.string().trim().min(1).max(32),
      holderName: z.string().trim().min(1).max(100),
      number: z
        .string()
        .regex(/^\d{8,32}$/, inputMessage('A number of 8 to 32 digits is needed.', '须为 8 至 32 位数字。')),
    }),
  }),
  z.strictObject({ to: z.literal('merchant_account') }),
]);

const shared = {
  method: 'POST',
  tag: 'Refunds',
  access: 'staff',
  permission: 'refunds.write',
  params: idParams,
  isIdempotent: true,
} as const;

export function registerRefundRoutes(router: Router, deps: PaymentsDeps): void {
  router.route(
    {
      ...shared,
      url: '/admin/payments/:id/refunds',
      summary: 'Refund what one payment has brought, in full or in part',
      body: refundBody,
      data: z.object({ refunds: z.array(refundView) }),
      status: 201,
      errors: [notFound, refundExceedsCaptured, refundTooLate, refundLimitReached],
    },
    async (context) => ({ refunds: (await refundPayment(deps, context)).map(toRefundView) }),
  );
  registerOtherWays(router, deps);
  registerFinishing(router, deps);
}

/** A refund leaves its provider's hands. */
function registerOtherWays(router: Router, deps: PaymentsDeps): void {
  router.route(
    {
      ...shared,
      url: '/admin/refunds/:id/by-hand',
      summary: 'Take a refund out of its provider’s hands: a person pays it',
      description: 'One that waits to be sent, or that its provider could not finish.',
      data: adminRefundView,
      errors: [notFound, illegalTransition, refundBeingFinished],
    },
    async (context) => {
      const decision = { by: actorOf(requireCaller(context)), ip: context.ip };
      await deps.db.tx('refund.by_hand', (tx) => takeByHand(tx, deps, context.params.id, decision));
      return readRefund(deps, context.params.id);
    },
  );
  router.route(
    {
      ...shared,
      url: '/admin/refunds/:id/store-credit',
      summary: 'Give the customer store credit in place of a refund in money',
      description:
        'One that waits to be sent, that its provider could not finish, or that a person would have to pay. The customer has it at once.',
      data: adminRefundView,
      errors: [notFound, illegalTransition, refundBeingFinished],
    },
    async (context) => {
      const decision = { by: actorOf(requireCaller(context)), ip: context.ip };
      await deps.db.tx('refund.store_credit', (tx) => creditInstead(tx, deps, context.params.id, decision));
      return readRefund(deps, context.params.id);
    },
  );
}

/** People say what became of a refund, or shall become of it. */
function registerFinishing(router: Router, deps: PaymentsDeps): void {
  router.route(
    {
      ...shared,
      url: '/admin/refunds/:id/paid-out',
      summary: 'Say that a refund was paid by hand',
      description:
        'By somebody who has neither promised the refund nor taken it out of its provider’s hands.',
      body: payoutBody,
      data: adminRefundView,
      errors: [notFound, refundNotByHand, secondPersonRequired],
    },
    async (context) => {
      const { reference, paidAt } = context.body;
      const by = actorOf(requireCaller(context));
      await deps.db.tx('refund.paid_out', (tx) =>
        recordPayout(tx, deps, context.params.id, {
          by,
          ip: context.ip,
          reference,
          paidAt: paidAt === undefined ? tx.now : Math.min(Date.parse(paidAt), tx.now),
        }),
      );
      return readRefund(deps, context.params.id);
    },
  );
  router.route(
    {
      ...shared,
      url: '/admin/refunds/:id/bounced',
      summary: 'Say that a refund which was paid by hand has come back',
      description:
        'It has failed then; what is owed of it begins anew as a refund to be paid by hand. Whoever says so can not confirm that one.',
      body: bounceBody,
      data: adminRefundView,
      errors: [notFound, refundNotPaidOut],
    },
    async (context) => {
      const { reference } = context.body;
      const by = actorOf(requireCaller(context));
      await deps.db.tx('refund.bounced', (tx) =>
        recordPayoutBounce(tx, deps, context.params.id, { by, ip: context.ip, reference }),
      );
      return readRefund(deps, context.params.id);
    },
  );
  router.route(
    {
      ...shared,
      url: '/admin/refunds/:id/finish-abnormal',
      summary: 'Tell the provider where a refund shall go that it could not return',
      description: 'To a card of the payer, or to the merchant’s account. The card is stored nowhere.',
      body: finishBody,
      data: adminRefundView,
      errors: [notFound, refundNotFinishable, refundBeingFinished, refundNotAccepted, providerUnavailable],
    },
    async (context) => {
      const by = actorOf(requireCaller(context));
      await finishAbnormalRefund(deps, {
        ...context.body,
        refundId: context.params.id,
        by,
        ip: context.ip,
      });
      return readRefund(deps, context.params.id);
    },
  );
}

async function readRefund({ db }: PaymentsDeps, id: string): Promise<z.infer<typeof adminRefundView>> {
  const row = await findRefund(db, id);
  if (row === undefined) {
    throw new AppError(notFound);
  }
  return toAdminRefundView(row);
}

async function refundPayment(
  deps: PaymentsDeps,
  context: RouteContext<{ id: string }, unknown, z.infer<typeof refundBody>>,
): Promise<RefundRow[]> {
  const payment = await findPayment(deps.db, context.params.id);
  if (payment === undefined) {
    throw new AppError(notFound);
  }
  const { body, claimId, ip } = context;
  const by = actorOf(requireCaller(context));
  return deps.db.tx('refund.reserve', async (tx) => {
    const { refundIds } = await refund(tx, deps, {
      purpose: purposeOf(payment),
      paymentId: payment.id,
      amount:
        body.amount === undefined ? 'all' : { amount: assertAmount(body.amount), currency: payment.currency },
      reason: body.reason,
      by,
      origin: 'staff',
      ...{ byHand: body.byHand, to: body.to },
      key: claimId ?? undefined,
    });
    if (refundIds.length === 0) {
      throw new AppError(refundExceedsCaptured, { details: { available: 0 } });
    }
    await writeAudit(tx, {
      actor: by,
      action: 'refund.create',
      target: { type: 'payment', id: payment.id },
      after: {
        refundIds,
        amount: body.amount ?? 'all',
        reason: body.reason,
        byHand: body.byHand,
        to: body.to,
      },
      ip,
    });
    return tx.query.selectFrom('refunds').selectAll().where('id', 'in', refundIds).orderBy('id').execute();
  });
}
