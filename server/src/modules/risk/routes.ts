/** The routes of staff: what was judged, what waits, and a person's word on it. */
import { z } from 'zod';
import type { Db } from '../../kernel/db/index.ts';
import { notFound } from '../../kernel/errors.ts';
import {
  actorOf,
  listOf,
  pagingQuery,
  type RouteContext,
  type Router,
  requireCaller,
} from '../../kernel/http/index.ts';
import { notUnderReview } from '../payments/index.ts';
import { decideReview, type ReviewDecision, type ReviewedPayments } from './decide-review.ts';
import { listAssessments, listReviews, readAssessment } from './queries.ts';
import { assessmentDetail, assessmentView, reviewView } from './views.ts';

const idParams = z.object({ id: z.string().max(64) });
const idFilter = z.string().min(1).max(64).optional();
const note = z.string().trim().min(1).max(500);
const { page, limit } = pagingQuery;

export interface RiskRouteDeps {
  readonly db: Db;
  readonly payments: ReviewedPayments;
}

export function registerRiskRoutes(router: Router, deps: RiskRouteDeps): void {
  registerReading(router, deps);
  registerDeciding(router, deps);
}

function registerReading(router: Router, { db }: RiskRouteDeps): void {
  const shared = { method: 'GET', tag: 'Risk', access: 'staff', permission: 'risk.read' } as const;
  router.route(
    {
      ...shared,
      url: '/admin/risk/reviews',
      summary: 'Attempts to pay that wait for a person, the oldest first',
      query: z.strictObject({ page, limit }),
      data: listOf(reviewView),
    },
    ({ query }) => listReviews(db, query),
  );
  router.route(
    {
      ...shared,
      url: '/admin/risk/assessments',
      summary: 'How attempts to pay were judged, newest first',
      description: '`purposeId` is the id of an order.',
      query: z.strictObject({
        ...pagingQuery,
        level: assessmentView.shape.level.optional(),
        verdict: assessmentView.shape.verdict.optional(),
        customerId: idFilter,
        paymentId: idFilter,
        purposeId: idFilter,
      }),
      data: listOf(assessmentView),
    },
    ({ query }) => listAssessments(db, query),
  );
  router.route(
    {
      ...shared,
      url: '/admin/risk/assessments/:id',
      summary: 'One assessment, with the latest other attempts of its customer',
      params: idParams,
      data: assessmentDetail,
      errors: [notFound],
    },
    ({ params }) => readAssessment(db, params.id),
  );
}

function registerDeciding(router: Router, deps: RiskRouteDeps): void {
  const shared = {
    method: 'POST',
    tag: 'Risk',
    access: 'staff',
    permission: 'risk.write',
    params: idParams,
    data: assessmentDetail,
    errors: [notFound, notUnderReview],
    isIdempotent: true,
  } as const;
  router.route(
    {
      ...shared,
      url: '/admin/risk/reviews/:id/approve',
      summary: 'Let a payment that waits go to its provider',
      description: "The id is the assessment's. The buyer's next request, or the next poll, opens it there.",
      body: z.strictObject({ note: note.optional() }),
    },
    (context) => decide(deps, context, 'approved', context.body.note ?? null),
  );
  router.route(
    {
      ...shared,
      url: '/admin/risk/reviews/:id/reject',
      summary: 'Close a payment that waits; the order stays payable until its expiry',
      description: "The id is the assessment's.",
      body: z.strictObject({ reason: note }),
    },
    (context) => decide(deps, context, 'rejected', context.body.reason),
  );
}

async function decide(
  { db, payments }: RiskRouteDeps,
  context: RouteContext<{ id: string }, unknown, unknown>,
  decision: ReviewDecision['decision'],
  reason: string | null,
): Promise<z.infer<typeof assessmentDetail>> {
  const { params, ip } = context;
  const by = actorOf(requireCaller(context));
  await db.tx('risk.decide', (tx) =>
    decideReview(tx, payments, { assessmentId: params.id, decision, note: reason, by, ip }),
  );
  return readAssessment(db, params.id);
}
