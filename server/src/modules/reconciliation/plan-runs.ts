/** Sees to it that each day of each account has its run, and each run that waits its job; missed days are caught up. */
import { type Actor, systemActor } from '../../kernel/actor.ts';
import type { Tx } from '../../kernel/db/index.ts';
import { enqueue } from '../../kernel/jobs/index.ts';
import { addDays, newestReadyDate } from './bill-day.ts';
import { ensureRun, findRunsOfAccount } from './bill-run-repository.ts';
import type { BillSource } from './bill-source.ts';
import type { ReconciliationDeps } from './deps.ts';
import { billReconcile } from './jobs.ts';
import type { BillRunRow } from './tables.ts';

/** However long the program stood still, no more than this is made up for by itself. */
const CAUGHT_UP_DAYS = 31;

/** Makes the run where there is none, and its job where nobody else has the day in hand. */
export async function planDay(tx: Tx, source: BillSource, date: string, by: Actor): Promise<BillRunRow> {
  const run = await ensureRun(tx, source, date, by);
  await enqueue(tx, billReconcile, { runId: run.id, isOnlyMatched: false }, { key: run.id });
  return run;
}

async function planAccount({ db, clock }: ReconciliationDeps, source: BillSource): Promise<void> {
  const newest = newestReadyDate(clock.now(), source);
  const runs = await findRunsOfAccount(db, source.provider, source.merchantAccount);
  const isDone = new Map(runs.map((run) => [run.bill_date, run.status === 'done']));
  // An account without any run begins with the newest day.
  const first = runs[0]?.bill_date ?? newest;
  const caughtUp = addDays(newest, 1 - Math.min(CAUGHT_UP_DAYS, source.maxAgeDays));
  for (let date = first > caughtUp ? first : caughtUp; date <= newest; date = addDays(date, 1)) {
    if (isDone.get(date) !== true) {
      await db.tx('bill.plan', (tx) => planDay(tx, source, date, systemActor('bill.plan')));
    }
  }
}

/** Every account that is switched on. */
export async function planRuns(deps: ReconciliationDeps): Promise<void> {
  for (const source of deps.sources) {
    await planAccount(deps, source);
  }
}
