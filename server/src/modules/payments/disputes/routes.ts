/** Staff sees disputes, and notes what was done about them. They are answered at the provider. */
import { z } from 'zod';
import type { Tx } from '../../../kernel/db/index.ts';
import { AppError, notFound } from '../../../kernel/errors.ts';
import { readHistory } from '../../../kernel/history.ts';
import {
  actorOf,
  listOf,
  type RouteContext,
  type Router,
  requireCaller,
} from '../../../kernel/http/index.ts';
import { resolveAlert } from '../../alerts/index.ts';
import { writeAudit } from '../../audit/index.ts';
import type { PaymentsDeps } from '../deps.ts';
import { disputeEnded } from '../errors.ts';
import { listDisputes, listQuery } from '../queries.ts';
import { historyView } from '../views.ts';
import { findDispute, findMovements, patchDispute } from './dispute-repository.ts';
import { isEnded } from './dispute-states.ts';
import type { DisputeRow } from './tables.ts';
import { disputeMovementView, disputeView, toDisputeView, toMovementView } from './views.ts';

const idParams = z.object({ id: z.string().max(64) });
const filterText = z.string().min(1).max(100).optional();
const note = z.string().trim().min(1).max(2_000);

const disputeDetail = disputeView.extend({
  movements: z.array(disputeMovementView),
  history: z.array(historyView),
});

const shared = { tag: 'Disputes', access: 'staff' } as const;

export function registerDisputeRoutes(router: Router, deps: PaymentsDeps): void {
  router.route(
    {
      ...shared,
      method: 'GET',
      url: '/admin/disputes',
      summary: 'Every dispute, newest first',
      permission: 'payments.read',
      query: z.strictObject({
        ...listQuery,
        status: disputeView.shape.status.optional(),
        provider: filterText,
        purposeId: filterText,
        paymentId: filterText,
      }),
      data: listOf(disputeView),
    },
    async ({ query }) => {
      const { rows, pagination } = await listDisputes(deps.db, query);
      return { items: rows.map(toDisputeView), pagination };
    },
  );
  router.route(
    {
      ...shared,
      method: 'GET',
      url: '/admin/disputes/:id',
      summary: 'A dispute with the money that it has moved and its history',
      permission: 'payments.read',
      params: idParams,
      data: disputeDetail,
      errors: [notFound],
    },
    ({ params }) => readDetail(deps, params.id),
  );
  registerChanges(router, deps);
}

function registerChanges(router: Router, deps: PaymentsDeps): void {
  router.route(
    {
      ...shared,
      method: 'PATCH',
      url: '/admin/disputes/:id',
      summary: 'Note what is known about a dispute',
      permission: 'payments.write',
      params: idParams,
      body: z.strictObject({ note: note.nullable() }),
      data: disputeDetail,
      errors: [notFound],
    },
    (context) =>
      change(deps, context, 'dispute.note', async (tx, row) => patchDispute(tx, row, context.body)),
  );
  router.route(
    {
      ...shared,
      method: 'POST',
      url: '/admin/disputes/:id/answered',
      summary: 'Say that a dispute was answered at its provider',
      description: 'Ends the alert about its date. Where the dispute stands is the provider’s to say.',
      permission: 'payments.write',
      params: idParams,
      body: z.strictObject({ note: note.optional() }),
      data: disputeDetail,
      errors: [notFound, disputeEnded],
      isIdempotent: true,
    },
    (context) => {
      const by = actorOf(requireCaller(context));
      return change(deps, context, 'dispute.answered', async (tx, row) => {
        if (isEnded(row.status)) {
          throw new AppError(disputeEnded, { details: { status: row.status } });
        }
        await resolveAlert(tx, { kind: 'payment_disputed', subject: row.id, by, note: 'answered' });
        return patchDispute(tx, row, {
          answered_at: tx.now,
          answered_by: by.id,
          note: context.body.note ?? row.note,
        });
      });
    },
  );
}

async function change(
  deps: PaymentsDeps,
  context: RouteContext<{ id: string }, unknown, unknown>,
  action: string,
  apply: (tx: Tx, row: DisputeRow) => Promise<DisputeRow>,
): Promise<z.infer<typeof disputeDetail>> {
  const { params, ip } = context;
  const actor = actorOf(requireCaller(context));
  await deps.db.tx(action, async (tx) => {
    const row = await tx.lock('disputes', params.id);
    if (row === undefined) {
      throw new AppError(notFound);
    }
    const { note: text, answered_at: answeredAt } = await apply(tx, row);
    await writeAudit(tx, {
      actor,
      action,
      target: { type: 'dispute', id: row.id },
      before: { note: row.note, answeredAt: row.answered_at },
      after: { note: text, answeredAt },
      ip,
    });
  });
  return readDetail(deps, params.id);
}

async function readDetail({ db }: PaymentsDeps, id: string): Promise<z.infer<typeof disputeDetail>> {
  const row = await findDispute(db, id);
  if (row === undefined) {
    throw new AppError(notFound);
  }
  return {
    ...toDisputeView(row),
    movements: (await findMovements(db, id)).map(toMovementView),
    history: await readHistory(db, [id]),
  };
}
