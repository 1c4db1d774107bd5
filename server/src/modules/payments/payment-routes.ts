/** One payment, for staff: what is known of it, and what only a person may decide. */
import { z } from 'zod';
import { AppError, notFound } from '../../kernel/errors.ts';
import { readHistory } from '../../kernel/history.ts';
import {
  actorOf,
  inputMessage,
  type RouteContext,
  type Router,
  requireCaller,
} from '../../kernel/http/index.ts';
import { assertAmount } from '../../kernel/money.ts';
import { writeAudit } from '../audit/index.ts';
import { resolveMismatch } from './attempts/resolve-mismatch.ts';
import { requestCapture } from './captures/request-capture.ts';
import { voidAuthorisation } from './captures/void-authorisation.ts';
import type { PaymentsDeps } from './deps.ts';
import {
  captureExceedsAuthorised,
  captureMustBeFinal,
  captureNotPossible,
  mismatchNotAcceptable,
  noMismatch,
  voidNotPossible,
} from './errors.ts';
import { findAllCapturesOfPayment, findPayment } from './payment-repository.ts';
import { adminRefundView, toAdminRefundView } from './refunds/refund-views.ts';
import { adminPaymentView, captureView, historyView, toAdminPaymentView, toCaptureView } from './views.ts';

const idParams = z.object({ id: z.string().max(64) });
const note = z.string().trim().min(1).max(500);

const paymentDetail = adminPaymentView.extend({
  captures: z.array(captureView),
  refunds: z.array(adminRefundView),
  history: z.array(historyView),
});

const mismatchBody = z
  .strictObject({ decision: z.enum(['accept', 'refund', 'dismiss']), note: note.optional() })
  .refine((body) => body.decision !== 'dismiss' || body.note !== undefined, {
    path: ['note'],
    message: inputMessage(
      'A note must say why the money is not decided on here.',
      '须用备注说明为何不在此处理该款项。',
    ),
  });

const captureBody = z.strictObject({
  /** Minor units; all that is left of the hold without it. */
  amount: z.int().positive().optional(),
  /** Nothing more will be captured, and what is left is let go. */
  isFinal: z.boolean().default(true),
});

const deciding = {
  method: 'POST',
  tag: 'Administration',
  access: 'staff',
  permission: 'payments.write',
  params: idParams,
  isIdempotent: true,
} as const;

export function registerPaymentRoutes(router: Router, deps: PaymentsDeps): void {
  router.route(
    {
      method: 'GET',
      url: '/admin/payments/:id',
      summary: 'A payment with its captures, refunds and history',
      tag: 'Administration',
      access: 'staff',
      permission: 'payments.read',
      params: idParams,
      data: paymentDetail,
      errors: [notFound],
    },
    ({ params }) => readDetail(deps, params.id),
  );
  router.route(
    {
      ...deciding,
      url: '/admin/payments/:id/resolve-mismatch',
      summary: 'Decide over money that was not what had been asked for',
      description:
        'accept: what was received pays the order, what is too much goes back. refund: all of it goes back. dismiss: it is not ours to decide on; the note says why, and the attempt is closed.',
      body: mismatchBody,
      data: paymentDetail,
      errors: [notFound, noMismatch, mismatchNotAcceptable],
    },
    async (context) => {
      const { params, body, ip } = context;
      const by = actorOf(requireCaller(context));
      const order = { decision: body.decision, note: body.note ?? null, by, ip };
      await deps.db.tx('payment.resolve_mismatch', (tx) => resolveMismatch(tx, deps, params.id, order));
      return readDetail(deps, params.id);
    },
  );
  registerHoldRoutes(router, deps);
}

function registerHoldRoutes(router: Router, deps: PaymentsDeps): void {
  router.route(
    {
      ...deciding,
      url: '/admin/payments/:id/captures',
      summary: 'Take money that is held, in full or in part',
      description:
        'The provider is asked at once after the answer; the capture is `requested` until it has said what became of it. The rest of the hold is let go, unless `isFinal` is false.',
      body: captureBody,
      data: captureView,
      status: 201,
      errors: [notFound, captureNotPossible, captureExceedsAuthorised, captureMustBeFinal],
    },
    (context) => capture(deps, context),
  );
  router.route(
    {
      ...deciding,
      url: '/admin/payments/:id/void',
      summary: 'Let held money go',
      description:
        'The order that it confirmed is cancelled, unless it has gone out. Where the provider does not answer at once the payment is still authorized in the answer, and nothing can be captured any more.',
      body: z.strictObject({ reason: note }),
      data: paymentDetail,
      errors: [notFound, voidNotPossible],
    },
    async (context) => {
      const { params, body, ip } = context;
      const by = actorOf(requireCaller(context));
      await voidAuthorisation(deps, {
        paymentId: params.id,
        by,
        record: (tx) =>
          writeAudit(tx, {
            actor: by,
            action: 'payment.void',
            target: { type: 'payment', id: params.id },
            after: { reason: body.reason },
            ip,
          }),
      });
      return readDetail(deps, params.id);
    },
  );
}

async function capture(
  deps: PaymentsDeps,
  context: RouteContext<{ id: string }, unknown, z.infer<typeof captureBody>>,
): Promise<z.infer<typeof captureView>> {
  const { params, body, claimId, ip } = context;
  const by = actorOf(requireCaller(context));
  const row = await deps.db.tx('capture.request', async (tx) => {
    const amount = body.amount === undefined ? undefined : assertAmount(body.amount);
    const order = { paymentId: params.id, amount, isFinal: body.isFinal, by, claimId };
    const requested = await requestCapture(tx, deps, order);
    await writeAudit(tx, {
      actor: by,
      action: 'payment.capture',
      target: { type: 'payment', id: params.id },
      after: { captureId: requested.id, amount: requested.amount, isFinal: requested.is_final === 1 },
      ip,
    });
    return requested;
  });
  return toCaptureView(row);
}

async function readDetail({ db }: PaymentsDeps, id: string): Promise<z.infer<typeof paymentDetail>> {
  const payment = await findPayment(db, id);
  if (payment === undefined) {
    throw new AppError(notFound);
  }
  const captures = await findAllCapturesOfPayment(db, id);
  const refunds = await db.query
    .selectFrom('refunds')
    .selectAll()
    .where('payment_id', '=', id)
    .orderBy('id')
    .execute();
  const ids = [id, ...captures.map((capture) => capture.id), ...refunds.map((refund) => refund.id)];
  return {
    ...toAdminPaymentView(payment),
    captures: captures.map(toCaptureView),
    refunds: refunds.map(toAdminRefundView),
    history: await readHistory(db, ids),
  };
}
