/** What the jobs do. */
import { systemActor } from '../../kernel/actor.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../kernel/clock.ts';
import type { JobRun } from '../../kernel/jobs/index.ts';
import { raiseAlert, resolveAlert } from '../alerts/index.ts';
import { deleteLines, findGenerations } from './bill-line-repository.ts';
import { findRun, patchRun } from './bill-run-repository.ts';
import { type ReconciliationDeps, sourceOf } from './deps.ts';
import { RunOvertaken } from './errors.ts';
import { reconcileDay } from './reconcile-day.ts';
import type { BillRunRow } from './tables.ts';

const RETRY_MS = 30 * MINUTE_MS;
/** So long after its hour a bill that is not there is no delay any more. */
const LATE_MS = 12 * HOUR_MS;
const RETRY_LATE_MS = 6 * HOUR_MS;
const LATE_ALERT = 'bill_late';
/** As long as the calls that the lines came with (RULES 30). */
const LINES_KEPT_MS = 90 * DAY_MS;
const DELETED_AT_ONCE = 500;
const BY = systemActor('bill.reconcile');

type Payload = { runId: string; isOnlyMatched: boolean };

/** One run of `bill.reconcile`. */
export async function runReconcile(deps: ReconciliationDeps, job: JobRun<Payload>): Promise<void> {
  const run = await findRun(deps.db, job.payload.runId);
  const source = run && sourceOf(deps, run);
  if (run === undefined) {
    return;
  }
  if (source === undefined) {
    // Its account is switched off; the day waits until it is on again.
    await deps.db.tx('bill.wait', (tx) => job.reschedule(tx, tx.now + RETRY_LATE_MS));
    return;
  }
  const done = await reconcileDay(deps, source, run.id, { isOnlyMatched: job.payload.isOnlyMatched }).catch(
    (error: unknown) => {
      if (error instanceof RunOvertaken) {
        return null;
      }
      throw error;
    },
  );
  if (done === null) {
    // Somebody else has the day in hand; should they die, it is still waiting then.
    await deps.db.tx('bill.overtaken', (tx) => job.reschedule(tx, tx.now + RETRY_MS));
    return;
  }
  await (done.outcome === 'done' ? settle(deps, job, done.run) : waitForBill(deps, job, done.run));
}

function settle({ db }: ReconciliationDeps, job: JobRun<Payload>, run: BillRunRow): Promise<void> {
  return db.tx('bill.settle', async (tx) => {
    await resolveAlert(tx, { kind: LATE_ALERT, subject: run.id, by: BY });
    await job.complete(tx);
  });
}

function waitForBill({ db }: ReconciliationDeps, job: JobRun<Payload>, run: BillRunRow): Promise<void> {
  return db.tx('bill.wait', async (tx) => {
    const isLate = tx.now > run.due_at + LATE_MS;
    if (isLate) {
      const { provider, bill_date: date, outcome, reason } = run;
      const details = { provider, date, outcome, reason };
      await raiseAlert(tx, { kind: LATE_ALERT, subject: run.id, severity: 'warning', details });
    }
    await job.reschedule(tx, tx.now + (isLate ? RETRY_LATE_MS : RETRY_MS));
  });
}

/** Erases the lines of bills that nobody needs any more; their sums and differences stay. */
export async function eraseOldLines({ db, clock }: ReconciliationDeps): Promise<void> {
  const runs = await db.query
    .selectFrom('bill_runs')
    .selectAll()
    .where('generation', '>', 0)
    .where('status', '=', 'done')
    .where('downloaded_at', '<', clock.now() - LINES_KEPT_MS)
    .execute();
  for (const run of runs) {
    await db.tx('bill.forget', async (tx) => {
      const row = await tx.lock('bill_runs', run.id);
      if (row?.pass === run.pass) {
        await patchRun(tx, row, { generation: 0 });
      }
    });
    for (const { generation, first, last } of await findGenerations(db, run.id)) {
      for (
        let upTo = first;
        generation <= run.pass && upTo < last + DELETED_AT_ONCE;
        upTo += DELETED_AT_ONCE
      ) {
        await db.tx('bill.erase', (tx) => deleteLines(tx, run.id, generation, upTo));
      }
    }
  }
}
