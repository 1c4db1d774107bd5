/** The routes of staff: the days, their differences, and what a person does about them. */
import { z } from 'zod';
import { AppError, illegalTransition, notFound, providerUnavailable } from '../../kernel/errors.ts';
import { actorOf, listOf, pagingQuery, type Router, requireCaller } from '../../kernel/http/index.ts';
import { enqueue, moveJob } from '../../kernel/jobs/index.ts';
import { writeAudit } from '../audit/index.ts';
import { assertBillExists } from './bill-source.ts';
import { type ReconciliationDeps, sourceOf } from './deps.ts';
import { findDifference } from './difference-repository.ts';
import { differenceNotAskable, noSuchBill } from './errors.ts';
import { billReconcile } from './jobs.ts';
import { planDay } from './plan-runs.ts';
import { listDifferences, listRuns, readReport } from './queries.ts';
import { repairDifference } from './repair.ts';
import { resolveDifference } from './resolve-difference.ts';
import {
  differenceView,
  KINDS,
  RESOLUTIONS,
  reportView,
  runView,
  STATES,
  TYPES,
  toDifferenceView,
  toReportView,
  toRunView,
} from './views.ts';

const SHARED = { tag: 'Administration', access: 'staff' } as const;
const READ = { ...SHARED, method: 'GET', permission: 'reconciliation.read' } as const;
const WRITE = { ...SHARED, method: 'POST', permission: 'reconciliation.write' } as const;
const ROOT = '/admin/reconciliation';

const idParams = z.strictObject({ id: z.string().max(64) });
const date = z.iso.date();
const filterText = z.string().min(1).max(100).optional();
const { page, limit } = pagingQuery;
const dates = { from: date.optional(), until: date.optional() };

export function registerReconciliationRoutes(router: Router, deps: ReconciliationDeps): void {
  registerRuns(router, deps);
  registerStart(router, deps);
  registerDifferences(router, deps);
  registerActions(router, deps);
}

function registerRuns(router: Router, { db, sources }: ReconciliationDeps): void {
  router.route(
    {
      ...READ,
      url: `${ROOT}/sources`,
      summary: 'The accounts whose bills can be had',
      data: z.object({
        items: z.array(z.object({ provider: z.string(), merchantAccount: z.string(), timeZone: z.string() })),
      }),
    },
    async () => ({
      items: sources.map(({ provider, merchantAccount, timeZone }) => ({
        provider,
        merchantAccount,
        timeZone,
      })),
    }),
  );
  router.route(
    {
      ...READ,
      url: `${ROOT}/runs`,
      summary: 'The days that were reconciled or wait for their bill, newest first',
      query: z.strictObject({
        ...{ page, limit, ...dates },
        provider: filterText,
        status: runView.shape.status.optional(),
      }),
      data: listOf(runView),
    },
    async ({ query }) => {
      const { runs, pagination } = await listRuns(db, query);
      return { items: runs.map(({ run, counts }) => toRunView(run, counts)), pagination };
    },
  );
  router.route(
    {
      ...READ,
      url: `${ROOT}/runs/:id`,
      summary: 'A day with the sums of both sides and of the ledger',
      params: idParams,
      data: reportView,
      errors: [notFound],
    },
    async ({ params }) => toReportView(await readReport(db, params.id)),
  );
}

function registerStart(router: Router, deps: ReconciliationDeps): void {
  router.route(
    {
      ...WRITE,
      url: `${ROOT}/runs`,
      summary: 'Reconcile a day, or once more',
      description:
        'Downloads the bill anew and compares everything; decisions on differences are kept. The work is a job: the ' +
        'answer is the run as it waits.',
      body: z.strictObject({
        provider: z.string().min(1).max(32),
        merchantAccount: z.string().min(1).max(64).optional(),
        date,
      }),
      data: reportView,
      status: 202,
      errors: [noSuchBill],
      isIdempotent: true,
    },
    async (context) => {
      const { provider, merchantAccount } = context.body;
      const source = deps.sources.find(
        (one) =>
          one.provider === provider && (merchantAccount ?? one.merchantAccount) === one.merchantAccount,
      );
      if (source === undefined) {
        throw new AppError(noSuchBill, { details: { provider } });
      }
      assertBillExists(source, context.body.date, deps.clock.now());
      const actor = actorOf(requireCaller(context));
      const { id } = await deps.db.tx('bill.start', async (tx) => {
        const run = await planDay(tx, source, context.body.date, actor);
        // One that waits for its bill need not wait any longer.
        await moveJob(tx, billReconcile, run.id, tx.now);
        await writeAudit(tx, {
          actor,
          action: 'bill_run.start',
          target: { type: 'bill_run', id: run.id },
          after: { provider, date: run.bill_date },
          ip: context.ip,
        });
        return run;
      });
      return toReportView(await readReport(deps.db, id));
    },
  );
}

function registerDifferences(router: Router, { db }: ReconciliationDeps): void {
  router.route(
    {
      ...READ,
      url: `${ROOT}/differences`,
      summary: 'What bills and books do not agree on, newest day first',
      query: z.strictObject({
        ...{ page, limit, ...dates },
        provider: filterText,
        runId: filterText,
        kind: z.enum(KINDS).optional(),
        state: z.enum(STATES).optional(),
        type: z.enum(TYPES).optional(),
        number: filterText,
      }),
      data: listOf(differenceView),
    },
    async ({ query }) => {
      const { rows, pagination } = await listDifferences(db, query);
      return { items: rows.map(toDifferenceView), pagination };
    },
  );
}

function registerActions(router: Router, deps: ReconciliationDeps): void {
  router.route(
    {
      ...WRITE,
      url: `${ROOT}/differences/:id/repair`,
      summary: 'Ask the provider again about a difference',
      description: 'What the provider answers is recorded; the difference goes when that clears it up.',
      params: idParams,
      data: differenceView,
      errors: [notFound, differenceNotAskable, illegalTransition, providerUnavailable],
      isIdempotent: true,
    },
    async (context) => {
      const row = await findDifference(deps.db, context.params.id);
      const source = row && sourceOf(deps, row);
      if (row === undefined) {
        throw new AppError(notFound);
      }
      if (source === undefined || row.state !== 'open') {
        throw new AppError(differenceNotAskable);
      }
      const actor = actorOf(requireCaller(context));
      const after = await repairDifference(deps, source, row, actor);
      await deps.db.tx('bill_difference.repaired', async (tx) => {
        await writeAudit(tx, {
          actor,
          action: 'bill_difference.repair',
          target: { type: 'bill_difference', id: row.id },
          before: { state: row.state },
          after: { state: after.state, answer: after.answer },
          ip: context.ip,
        });
        // What the answer has brought changes the day's sums.
        const payload = { runId: row.run_id, isOnlyMatched: true };
        await enqueue(tx, billReconcile, payload, { key: row.run_id });
      });
      return toDifferenceView(after);
    },
  );
  router.route(
    {
      ...WRITE,
      url: `${ROOT}/differences/:id/resolve`,
      summary: 'Settle a difference with a note',
      params: idParams,
      body: z.strictObject({ resolution: z.enum(RESOLUTIONS), note: z.string().trim().min(1).max(500) }),
      data: differenceView,
      errors: [notFound, illegalTransition],
      isIdempotent: true,
    },
    async (context) => {
      const { params, body, ip } = context;
      const by = actorOf(requireCaller(context));
      const row = await deps.db.tx('bill_difference.resolve', (tx) =>
        resolveDifference(tx, params.id, { ...body, by, ip }),
      );
      return toDifferenceView(row);
    },
  );
}
