/** Reconciliation: each day's bill of each account against our books, and what does not agree on a list for people. */
import './tables.ts';
import type { Actor } from '../../kernel/actor.ts';
import type { Router } from '../../kernel/http/index.ts';
import { type Cron, handleJob, type JobHandler } from '../../kernel/jobs/index.ts';
import { ensureRun } from './bill-run-repository.ts';
import { assertBillExists, type BillSource } from './bill-source.ts';
import type { ReconciliationDeps } from './deps.ts';
import { billErase, billPlan, billReconcile } from './jobs.ts';
import { planRuns } from './plan-runs.ts';
import { type RunReport, readReport } from './queries.ts';
import { reconcileDay } from './reconcile-day.ts';
import { registerReconciliationRoutes } from './routes.ts';
import { eraseOldLines, runReconcile } from './run-job.ts';

export { type BillSource, toBillSource } from './bill-source.ts';
export type { ReconciliationDeps } from './deps.ts';
export { RunOvertaken } from './errors.ts';
export { checkReconciliation } from './invariants.ts';
export type { RunReport } from './queries.ts';

/** A day that was run from outside of the jobs. */
export interface ReconciledDay {
  /** `done`, or why there was nothing to compare with yet. */
  readonly outcome: 'done' | 'not_ready' | 'unknown';
  readonly report: RunReport;
}

/** What reconciliation offers. */
export interface Reconciliation {
  registerRoutes(router: Router): void;
  readonly jobs: readonly JobHandler[];
  readonly crons: readonly Cron[];
  /** The accounts whose bills can be had. */
  readonly sources: readonly BillSource[];
  /**
   * Runs a day at once; outside any transaction. Throws `no_such_bill` for a day whose bill can not be there, and
   * {@link RunOvertaken} when another process has begun the same day anew.
   */
  reconcile(source: BillSource, date: string, by: Actor): Promise<ReconciledDay>;
}

/** Reconciliation on one database, over the bills that can be had. */
export function createReconciliation(deps: ReconciliationDeps): Reconciliation {
  return {
    registerRoutes: (router) => registerReconciliationRoutes(router, deps),
    jobs: [
      handleJob(billReconcile, (job) => runReconcile(deps, job)),
      handleJob(billPlan.definition, () => planRuns(deps)),
      handleJob(billErase.definition, () => eraseOldLines(deps)),
    ],
    crons: [billPlan, billErase],
    sources: deps.sources,
    async reconcile(source, date, by) {
      assertBillExists(source, date, deps.clock.now());
      const { id } = await deps.db.tx('bill.plan', (tx) => ensureRun(tx, source, date, by));
      const { outcome } = await reconcileDay(deps, source, id, { by });
      return { outcome, report: await readReport(deps.db, id) };
    },
  };
}
