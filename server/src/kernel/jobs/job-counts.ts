import { type Reader, statement } from '../db/index.ts';

const countByState = statement<Record<never, never>, { state: string; jobs: number; soonest: number }>(
  (query) =>
    query
      .selectFrom('jobs')
      .select((select) => [
        'state',
        select.fn.countAll<number>().as('jobs'),
        select.fn.min('run_at').as('soonest'),
      ])
      .groupBy('state'),
);

export interface JobCounts {
  /** Jobs that are not due yet included. */
  readonly waiting: number;
  readonly dead: number;
  /** When the first job that waits is or was due (ms). */
  readonly soonestRunAt: number | undefined;
}

/** Counts the jobs by state, by the index alone. */
export async function readJobCounts(db: Reader): Promise<JobCounts> {
  const rows = await countByState.all(db, {});
  const waiting = rows.find((row) => row.state === 'waiting');
  const dead = rows.find((row) => row.state === 'dead');
  return { waiting: waiting?.jobs ?? 0, dead: dead?.jobs ?? 0, soonestRunAt: waiting?.soonest };
}
