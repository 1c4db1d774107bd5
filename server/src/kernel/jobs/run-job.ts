/**
 * One run of one claimed job, from the heartbeat to what becomes of it.
 *
 * Crash story: the row stays until `complete` or the worker's own completion deletes it, so a process that dies on any
 * line leaves a lease that runs out, and the job is run again. Whoever ends a job proves with the lease's token that it
 * is still theirs; otherwise the transaction that tried rolls back.
 */
import type { Clock } from '../clock.ts';
import { type Db, describeError, type Tx, withoutMark } from '../db/index.ts';
import type { Logger } from '../log/index.ts';
import { type ClaimedJob, leaseMsOf } from './claim.ts';
import type { Cron } from './crons.ts';
import { LostLease } from './lost-lease.ts';
import { planRetry, type RetryPlan } from './retry-plan.ts';
import { deleteLeased, failLeased, releaseLeased, renewLease, rescheduleLeased } from './statements.ts';
import type { JobDefinition, JobHandler, JobRun } from './types.ts';

const MAX_ERROR_LENGTH = 2_000;

/** A job that people should look at. It is written in the transaction that records the failure. */
export interface JobAlert {
  /** `failing`: it goes on trying. `dead`: it waits for somebody to replay it. */
  readonly kind: 'failing' | 'dead';
  readonly job: string;
  readonly jobId: string;
  readonly attempts: number;
  readonly error: string;
}

export interface JobOutcome {
  readonly name: string;
  readonly result: 'completed' | 'failed' | 'dead' | 'lost';
  readonly durationMs: number;
  /** How long after its time the run began. */
  readonly lagMs: number;
}

export interface RunParts {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onAlert?: ((tx: Tx, alert: JobAlert) => Promise<void>) | undefined;
}

export interface RunTarget {
  readonly handler: JobHandler;
  readonly cron: Cron | undefined;
  /** Aborted when the process must end. */
  readonly stopping: AbortSignal;
}

export interface RunResult {
  readonly result: JobOutcome['result'];
  readonly error?: unknown;
}

interface Run {
  readonly parts: RunParts;
  readonly row: ClaimedJob;
  readonly definition: JobDefinition<unknown>;
  readonly cron: Cron | undefined;
  readonly log: Logger;
  readonly leaseLost: AbortController;
  /** Whether the handler itself has ended the job, committed. */
  hasEnded: boolean;
}

/**
 * Runs the job and settles what becomes of it, on an async context without the mark of a transaction; throws only when
 * the database does not let it write that down.
 */
export async function runJob(parts: RunParts, row: ClaimedJob, target: RunTarget): Promise<RunResult> {
  const { definition } = target.handler;
  const run: Run = {
    parts,
    row,
    definition,
    cron: target.cron,
    log: parts.log.child({ job: row.name, jobId: row.id, attempt: row.attempts + 1 }),
    leaseLost: new AbortController(),
    hasEnded: false,
  };
  const payload = readPayload(definition, row);
  if ('problem' in payload) {
    return fail(run, new Error(payload.problem), true);
  }
  const signal = AbortSignal.any([target.stopping, run.leaseLost.signal]);
  const stopHeartbeat = startHeartbeat(run);
  try {
    const job = toJobRun(run, payload.value, signal);
    await target.handler.run(job);
  } catch (error) {
    return await afterThrow(run, error, target.stopping);
  } finally {
    stopHeartbeat();
  }
  return run.hasEnded ? { result: 'completed' } : complete(run);
}

function readPayload(
  definition: JobDefinition<unknown>,
  row: ClaimedJob,
): { readonly value: unknown } | { readonly problem: string } {
  if (row.version < definition.version - 1) {
    return {
      problem: `version ${row.version} of the payload is too old; version ${definition.version} is current`,
    };
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(row.payload);
  } catch {
    return { problem: 'the payload is not JSON' };
  }
  const result = definition.payload.safeParse(parsed);
  if (result.success) {
    return { value: result.data };
  }
  const [issue] = result.error.issues;
  return { problem: `the payload is not valid: ${issue?.path.join('.')}: ${issue?.message}` };
}

function toJobRun(run: Run, payload: unknown, signal: AbortSignal): JobRun<unknown> {
  const { row, definition } = run;
  const lease = { id: row.id, token: row.lease_token };

  function requireOne(affected: number, tx: Tx): void {
    if (affected !== 1) {
      throw new LostLease(row.name, row.id);
    }
    tx.afterCommit(() => {
      run.hasEnded = true;
    });
  }

  return {
    id: row.id,
    payload,
    attempt: row.attempts + 1,
    createdAt: row.created_at,
    signal,
    log: run.log,
    async complete(tx) {
      const affected = run.cron
        ? await rescheduleLeased.run(tx, { ...lease, ...recur(run.cron, row, tx.now) })
        : await deleteLeased.run(tx, lease);
      requireOne(affected, tx);
    },
    async reschedule(tx, runAt, next) {
      const values = {
        payload: next === undefined ? row.payload : JSON.stringify(next),
        version: definition.version,
      };
      const affected = await rescheduleLeased.run(tx, { ...lease, ...values, runAt, now: tx.now });
      requireOne(affected, tx);
    },
  };
}

function recur(cron: Cron, row: ClaimedJob, now: number) {
  return { runAt: cron.nextAt(now), payload: row.payload, version: cron.definition.version, now };
}

/** The handler has returned without ending the job: that is its end. */
async function complete(run: Run): Promise<RunResult> {
  const { row, cron } = run;
  const lease = { id: row.id, token: row.lease_token };
  const affected = await run.parts.db.tx('job.complete', (tx) =>
    cron ? rescheduleLeased.run(tx, { ...lease, ...recur(cron, row, tx.now) }) : deleteLeased.run(tx, lease),
  );
  if (affected === 1) {
    return { result: 'completed' };
  }
  run.log.warn({}, 'the job was run, but its lease is lost: it may run once more');
  return { result: 'lost' };
}

async function afterThrow(run: Run, error: unknown, stopping: AbortSignal): Promise<RunResult> {
  if (run.hasEnded) {
    run.log.error({ err: error }, 'the job had ended when its handler threw');
    return { result: 'completed', error };
  }
  if (error instanceof LostLease) {
    run.log.info({}, 'the job was cancelled or taken over while it ran');
    return { result: 'lost' };
  }
  if (stopping.aborted) {
    const lease = { id: run.row.id, token: run.row.lease_token };
    await run.parts.db.tx('job.release', (tx) => releaseLeased.run(tx, lease));
    run.log.info({ err: error }, 'the job is given back, because the process stops');
    return { result: 'lost', error };
  }
  return fail(run, error, false);
}

/** Records the failure, the next time and the alert in one transaction; does nothing when the job is no longer ours. */
async function fail(run: Run, error: unknown, isHopeless: boolean): Promise<RunResult> {
  const { row, definition, cron, parts } = run;
  const attempts = row.attempts + 1;
  const text = describe(error);
  const jitter = Math.random();
  const plan = await parts.db.tx('job.fail', async (tx): Promise<RetryPlan | undefined> => {
    const nextRegularAt = cron?.nextAt(tx.now);
    const planned = planRetry(definition, { attempts, now: tx.now, isHopeless, nextRegularAt, jitter });
    const affected = await failLeased.run(tx, {
      id: row.id,
      token: row.lease_token,
      state: planned.state,
      runAt: planned.runAt,
      attempts,
      error: text,
      now: tx.now,
    });
    if (affected !== 1) {
      return undefined;
    }
    if (planned.hasAlert) {
      const kind = planned.state === 'dead' ? 'dead' : 'failing';
      await parts.onAlert?.(tx, { kind, job: row.name, jobId: row.id, attempts, error: text });
    }
    return planned;
  });
  if (plan === undefined) {
    run.log.warn({ err: error }, 'the job failed after its lease was lost');
    return { result: 'lost', error };
  }
  if (plan.state === 'dead') {
    run.log.error({ err: error }, 'the job is dead; it can be replayed');
    return { result: 'dead', error };
  }
  run.log.warn({ err: error, nextInMs: plan.runAt - parts.clock.now() }, 'the job failed and will run again');
  return { result: 'failed', error };
}

/** What is kept of an error: its message and those of its causes. */
function describe(error: unknown): string {
  const messages: string[] = [];
  for (let current = error; current !== undefined && messages.length < 4; ) {
    messages.push(describeError(current));
    current = current instanceof Error ? current.cause : undefined;
  }
  return messages.join('; caused by ').slice(0, MAX_ERROR_LENGTH);
}

/** Renews the lease while the handler runs; aborts it once the lease is lost. Answers how to stop. */
function startHeartbeat(run: Run): () => void {
  const { row, definition, parts } = run;
  const leaseMs = leaseMsOf(definition);
  let isRenewing = false;

  async function renew(): Promise<void> {
    const lease = { id: row.id, token: row.lease_token, until: parts.clock.now() + leaseMs };
    const affected = await parts.db.tx('job.heartbeat', (tx) => renewLease.run(tx, lease));
    if (affected !== 1 && !run.hasEnded) {
      run.leaseLost.abort(new LostLease(row.name, row.id));
    }
  }

  const timer = setInterval(() => {
    if (!isRenewing) {
      isRenewing = true;
      withoutMark(renew)
        .catch((error: unknown) => run.log.warn({ err: error }, 'the lease could not be renewed'))
        .finally(() => {
          isRenewing = false;
        });
    }
  }, leaseMs / 3);
  timer.unref();
  return () => clearInterval(timer);
}
