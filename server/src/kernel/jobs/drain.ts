import type { Clock, FakeClock } from '../clock.ts';
import type { Db } from '../db/index.ts';
import type { ClaimedJob, Claims } from './claim.ts';
import type { RunResult } from './run-job.ts';
import { soonestRunAt } from './statements.ts';

const MAX_RUNS = 10_000;

export interface DrainOptions {
  /** Also runs what becomes due until this time (ms), moving `clock` from one due time to the next and finally to it. */
  readonly until: number;
  readonly clock: FakeClock;
}

export interface DrainReport {
  /** The names of the jobs that were run, in order. */
  readonly ran: readonly string[];
  readonly failures: readonly { readonly name: string; readonly error: unknown }[];
}

interface DrainParts {
  readonly db: Db;
  readonly clock: Clock;
  readonly claims: Claims;
  readonly run: (row: ClaimedJob) => Promise<RunResult>;
}

/** Runs one job after the other, in the order of their times, until nothing is due. */
export async function drainJobs(parts: DrainParts, options: DrainOptions | undefined): Promise<DrainReport> {
  const ran: string[] = [];
  const failures: { name: string; error: unknown }[] = [];

  async function runDue(): Promise<void> {
    for (;;) {
      const [row] = await parts.claims.claim(1);
      if (!row) {
        return;
      }
      if (ran.length === MAX_RUNS) {
        throw new Error(`the jobs do not come to an end; the last one was ${row.name}`);
      }
      ran.push(row.name);
      const { error } = await parts.run(row);
      if (error !== undefined) {
        failures.push({ name: row.name, error });
      }
    }
  }

  await runDue();
  while (options) {
    const next = await soonestRunAt.first(parts.db, { after: parts.clock.now() });
    if (!next || next.run_at > options.until) {
      options.clock.set(Math.max(options.until, parts.clock.now()));
      break;
    }
    options.clock.set(next.run_at);
    await runDue();
  }
  return { ran, failures };
}
