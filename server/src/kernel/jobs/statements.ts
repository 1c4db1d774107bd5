/** The SQL on the table `jobs` that ends, moves and renews; the claim has its own file. */
import { statement } from '../db/index.ts';
import type { JobRow } from './types.ts';

interface Lease {
  readonly id: string;
  /** Proves that the job is still ours. */
  readonly token: string;
}

/** Ends the job: 1 when it was ours. */
export const deleteLeased = statement<Lease>((query, p) =>
  query.deleteFrom('jobs').where('id', '=', p.id).where('lease_token', '=', p.token),
);

/** Lets the job run anew at another time: 1 when it was ours. */
export const rescheduleLeased = statement<
  Lease & { runAt: number; payload: string; version: number; now: number }
>((query, p) =>
  query
    .updateTable('jobs')
    .set({
      run_at: p.runAt,
      payload: p.payload,
      version: p.version,
      attempts: 0,
      last_error: null,
      lease_token: null,
      lease_until: null,
      updated_at: p.now,
    })
    .where('id', '=', p.id)
    .where('lease_token', '=', p.token),
);

/** Writes down that a run has failed and what becomes of the job: 1 when it was ours. */
export const failLeased = statement<
  Lease & { state: JobRow['state']; runAt: number; attempts: number; error: string; now: number }
>((query, p) =>
  query
    .updateTable('jobs')
    .set({
      state: p.state,
      run_at: p.runAt,
      attempts: p.attempts,
      last_error: p.error,
      lease_token: null,
      lease_until: null,
      updated_at: p.now,
    })
    .where('id', '=', p.id)
    .where('lease_token', '=', p.token),
);

/** Gives a job back unrun, so that another worker may take it at once. */
export const releaseLeased = statement<Lease>((query, p) =>
  query
    .updateTable('jobs')
    .set({ lease_token: null, lease_until: null })
    .where('id', '=', p.id)
    .where('lease_token', '=', p.token),
);

/** The heartbeat of a run: 1 while the job is ours. */
export const renewLease = statement<Lease & { until: number }>((query, p) =>
  query
    .updateTable('jobs')
    .set({ lease_until: p.until })
    .where('id', '=', p.id)
    .where('lease_token', '=', p.token),
);

/** Writes a dead job anew, because somebody asks for what it should have done. */
export const reviveByKey = statement<{
  uniqueKey: string;
  payload: string;
  version: number;
  runAt: number;
  now: number;
}>((query, p) =>
  query
    .updateTable('jobs')
    .set({
      state: 'waiting',
      payload: p.payload,
      version: p.version,
      run_at: p.runAt,
      attempts: 0,
      last_error: null,
      updated_at: p.now,
    })
    .where('unique_key', '=', p.uniqueKey)
    .where('state', '=', 'dead'),
);

/** Lets a dead job run again. */
export const reviveById = statement<{ id: string; now: number }>((query, p) =>
  query
    .updateTable('jobs')
    .set({ state: 'waiting', run_at: p.now, attempts: 0, updated_at: p.now })
    .where('id', '=', p.id)
    .where('state', '=', 'dead'),
);

/** Removes a job whatever its state. */
export const deleteByKey = statement<{ uniqueKey: string }>((query, p) =>
  query.deleteFrom('jobs').where('unique_key', '=', p.uniqueKey),
);

/** Moves a job that nobody runs (a lease that has run out counts for nothing). */
export const moveByKey = statement<{ uniqueKey: string; runAt: number; now: number }>((query, p) =>
  query
    .updateTable('jobs')
    .set({ run_at: p.runAt, updated_at: p.now })
    .where('unique_key', '=', p.uniqueKey)
    .where('state', '=', 'waiting')
    .where((where) => where.or([where('lease_token', 'is', null), where('lease_until', '<', p.now)])),
);

/** Moves a job to an earlier time, never to a later one. */
export const moveSoonerByKey = statement<{ uniqueKey: string; runAt: number; now: number }>((query, p) =>
  query
    .updateTable('jobs')
    .set({ run_at: p.runAt, updated_at: p.now })
    .where('unique_key', '=', p.uniqueKey)
    .where('lease_token', 'is', null)
    .where('run_at', '>', p.runAt),
);

/** The soonest time after `after` at which a job becomes due; `drain` moves its clock along these. */
export const soonestRunAt = statement<{ after: number }, { run_at: number }>((query, p) =>
  query
    .selectFrom('jobs')
    .select('run_at')
    .where('state', '=', 'waiting')
    .where('run_at', '>', p.after)
    .orderBy('run_at')
    .limit(1),
);
