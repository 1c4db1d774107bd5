/**
 * One day of one account, from the download to the report. Each step may be run again: the newest pass wins, and an earlier
 * one that is still under way can write nothing any more.
 *
 * Crash story: the run is `waiting` until its sums are written, and a waiting run that is due has a job.
 */
import { type Actor, systemActor } from '../../kernel/actor.ts';
import { beginPass, lockPass, patchRun } from './bill-run-repository.ts';
import type { BillSource } from './bill-source.ts';
import type { ReconciliationDeps } from './deps.ts';
import { matchRun } from './match-run.ts';
import { recheckOtherDays } from './recheck.ts';
import { repairRun } from './repair.ts';
import { stageBill } from './stage-bill.ts';
import type { BillRunRow } from './tables.ts';

export interface DayDone {
  readonly run: BillRunRow;
  /** `done`, or why there is nothing to compare with yet. */
  readonly outcome: 'done' | 'not_ready' | 'unknown';
}

interface Options {
  readonly by?: Actor;
  /** Compares the lines that are there, without another download. */
  readonly isOnlyMatched?: boolean;
}

async function* noRows(): AsyncGenerator<never> {
  // A day on which nothing happened has a file, too: an empty one.
}

/** Runs the day; outside any transaction. Throws {@link RunOvertaken} when another process has begun it anew. */
export async function reconcileDay(
  deps: ReconciliationDeps,
  source: BillSource,
  runId: string,
  { by = systemActor('bill.reconcile'), isOnlyMatched = false }: Options = {},
): Promise<DayDone> {
  const begun = await deps.db.tx('bill.begin', (tx) => beginPass(tx, runId, by));
  const staged = isOnlyMatched && begun.generation > 0 ? begun : await download(deps, source, begun);
  if ('outcome' in staged && staged.outcome !== 'ready' && staged.outcome !== 'empty') {
    return { run: staged, outcome: staged.outcome === 'unknown' ? 'unknown' : 'not_ready' };
  }
  let run = await matchRun(deps, source, staged);
  if ((await repairRun(deps, source, run)) > 0) {
    // What the provider's answers have brought changes the sums and the fees.
    const again = await deps.db.tx('bill.begin', (tx) => beginPass(tx, runId, by));
    run = await matchRun(deps, source, again);
  }
  await recheckOtherDays(deps, source, run);
  return { run, outcome: 'done' };
}

async function download(deps: ReconciliationDeps, source: BillSource, run: BillRunRow): Promise<BillRunRow> {
  const result = await source.downloadBill({ date: run.bill_date });
  if (result.outcome === 'ready') {
    return stageBill(deps.db, run, result.rows, 'ready');
  }
  if (result.outcome === 'empty') {
    return stageBill(deps.db, run, noRows(), 'empty');
  }
  const reason = result.outcome === 'unknown' ? result.reason.code.slice(0, 64) : null;
  return deps.db.tx('bill.not_ready', async (tx) =>
    patchRun(tx, await lockPass(tx, run), { outcome: result.outcome, reason }),
  );
}
