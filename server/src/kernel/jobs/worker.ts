/**
 * The worker: claims due jobs in batches and runs them side by side. Any number of workers may share one database; each
 * job is leased to one of them at a time.
 */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import { type Db, type Tx, withoutMark } from '../db/index.ts';
import type { Logger } from '../log/index.ts';
import { type ClaimedJob, type ClaimStrategy, createClaims } from './claim.ts';
import { type Cron, seedCrons } from './crons.ts';
import { type DrainOptions, type DrainReport, drainJobs } from './drain.ts';
import { onJobEnqueued } from './enqueue.ts';
import { handleOrphanSweep, orphanSweep } from './orphans.ts';
import { type JobAlert, type JobOutcome, type RunResult, runJob } from './run-job.ts';
import { releaseLeased } from './statements.ts';
import type { JobHandler } from './types.ts';

const DEFAULT_CONCURRENCY = 8;
const DEFAULT_POLL_MS = 500;
const DEFAULT_GRACE_MS = 10_000;
const MAX_POLL_AFTER_ERROR_MS = 10_000;
/** How long handlers get to return once their signal was aborted. */
const AFTER_ABORT_MS = 1_000;

export interface WorkerOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  /** One for each kind of job; a kind without a handler is left alone for other nodes. */
  readonly handlers: readonly JobHandler[];
  /** The jobs that recur; each needs its handler, too. */
  readonly crons?: readonly Cron[];
  /** Called after each run. */
  readonly onRun?: (outcome: JobOutcome) => void;
  /** Called inside the transaction that records a failure which people should see. */
  readonly onAlert?: (tx: Tx, alert: JobAlert) => Promise<void>;
  /** Jobs that run side by side in this process; 8 by default. */
  readonly concurrency?: number;
  readonly pollMs?: number;
  /** How long `stop` waits for the runs that are under way; 10 s by default. */
  readonly graceMs?: number;
  readonly claimStrategy?: ClaimStrategy;
}

export interface WorkerStatus {
  readonly isStarted: boolean;
  readonly running: number;
  /** When the worker last looked for jobs without an error (ms by its clock). */
  readonly lastPollAt: number | undefined;
}

export interface Worker {
  /** Writes down the jobs that recur and begins to look for due ones. */
  start(): Promise<void>;
  /** Claims nothing more, waits for what runs, then aborts it. What did not end is run again by another worker. */
  stop(): Promise<void>;
  /** Runs everything that is due by the clock, one job after the other; for tests. The worker must not be started. */
  drain(options?: DrainOptions): Promise<DrainReport>;
  /** Looks for due jobs now. */
  wake(): void;
  status(): WorkerStatus;
}

function indexHandlers(handlers: readonly JobHandler[], crons: readonly Cron[]): Map<string, JobHandler> {
  const byName = new Map<string, JobHandler>();
  for (const handler of handlers) {
    if (byName.has(handler.definition.name)) {
      throw new Error(`the job ${handler.definition.name} has two handlers`);
    }
    byName.set(handler.definition.name, handler);
  }
  for (const { definition } of crons) {
    if (!byName.has(definition.name)) {
      throw new Error(`the job ${definition.name} recurs but has no handler`);
    }
  }
  return byName;
}

/** Throws when a kind of job has two handlers or a recurring one has none. */
export function createWorker(options: WorkerOptions): Worker {
  const { db, clock, log } = options;
  const concurrency = options.concurrency ?? DEFAULT_CONCURRENCY;
  const pollMs = options.pollMs ?? DEFAULT_POLL_MS;
  const crons = [...(options.crons ?? []), orphanSweep];
  const sweep = handleOrphanSweep({ db, onAlert: options.onAlert }, () => [...handlers.keys()]);
  const handlers = indexHandlers([...options.handlers, sweep], crons);
  const cronByName = new Map(crons.map((cron) => [cron.definition.name, cron]));
  const definitions = [...handlers.values()].map((handler) => handler.definition);
  const claims = createClaims({ db, now: () => clock.now(), definitions, strategy: options.claimStrategy });

  const running = new Set<Promise<void>>();
  const stopping = new AbortController();
  let isStarted = false;
  let isClaiming = false;
  let hasMore = false;
  let failedPolls = 0;
  let lastPollAt: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let pendingWake: NodeJS.Immediate | undefined;
  let stopListening: (() => void) | undefined;

  async function run(row: ClaimedJob): Promise<RunResult> {
    const startedAt = performance.now();
    const lagMs = Math.max(0, clock.now() - row.run_at);
    const handler = handlers.get(row.name) as JobHandler;
    const target = { handler, cron: cronByName.get(row.name), stopping: stopping.signal };
    const result = await runJob({ db, clock, log, onAlert: options.onAlert }, row, target);
    options.onRun?.({
      name: row.name,
      result: result.result,
      durationMs: performance.now() - startedAt,
      lagMs,
    });
    return result;
  }

  function begin(row: ClaimedJob): void {
    const promise = run(row)
      .then(() => undefined)
      .catch((error: unknown) => {
        // The lease runs out, and the job is run again.
        log.error(
          { err: error, job: row.name, jobId: row.id },
          'what became of the job could not be written down',
        );
      })
      .finally(() => {
        running.delete(promise);
        if (hasMore) {
          wake();
        }
      });
    running.add(promise);
  }

  async function look(): Promise<void> {
    if (isClaiming || !isStarted) {
      hasMore = true;
      return;
    }
    const free = concurrency - running.size;
    hasMore = free <= 0;
    if (free <= 0) {
      return;
    }
    isClaiming = true;
    try {
      const rows = await claims.claim(free);
      await beginAll(rows);
      hasMore ||= rows.length === free;
      lastPollAt = clock.now();
      failedPolls = 0;
    } catch (error) {
      failedPolls += 1;
      log.error({ err: error }, 'the worker could not look for jobs');
    } finally {
      isClaiming = false;
    }
    if (hasMore && running.size < concurrency && failedPolls === 0) {
      wake();
    }
  }

  /** A claim that came back after `stop` is given back. */
  async function beginAll(rows: readonly ClaimedJob[]): Promise<void> {
    if (isStarted) {
      rows.forEach(begin);
      return;
    }
    await db.tx('job.release', async (tx) => {
      for (const row of rows) {
        await releaseLeased.send(tx, { id: row.id, token: row.lease_token });
      }
    });
  }

  function poll(): void {
    const wait = Math.min(pollMs * 2 ** failedPolls, MAX_POLL_AFTER_ERROR_MS);
    timer = setTimeout(
      () => {
        void withoutMark(look).finally(() => {
          if (isStarted) {
            poll();
          }
        });
      },
      wait * (0.9 + Math.random() / 5),
    );
  }

  function wake(): void {
    if (isStarted) {
      pendingWake ??= setImmediate(() => {
        pendingWake = undefined;
        void withoutMark(look);
      });
    }
  }

  return {
    async start() {
      if (stopping.signal.aborted) {
        throw new Error('a worker that was stopped is not started again');
      }
      await db.tx('job.seed', (tx) => seedCrons(tx, crons));
      isStarted = true;
      stopListening = onJobEnqueued(wake);
      poll();
      wake();
    },
    async stop() {
      isStarted = false;
      stopListening?.();
      clearTimeout(timer);
      clearImmediate(pendingWake);
      const isIdle = () => running.size === 0 && !isClaiming;
      await waitUntil(isIdle, options.graceMs ?? DEFAULT_GRACE_MS);
      stopping.abort(new Error('the process stops'));
      await waitUntil(isIdle, AFTER_ABORT_MS);
      if (running.size > 0) {
        log.warn(
          { running: running.size },
          'some jobs did not end; they will be run again when their leases run out',
        );
      }
    },
    drain(drainOptions) {
      if (isStarted) {
        throw new Error('a worker that was started can not be drained');
      }
      return withoutMark(() => drainJobs({ db, clock, claims, run }, drainOptions));
    },
    wake,
    status: () => ({ isStarted, running: running.size, lastPollAt }),
  };
}

async function waitUntil(isDone: () => boolean, atMostMs: number): Promise<void> {
  const end = performance.now() + atMostMs;
  while (!isDone() && performance.now() < end) {
    await sleep(10);
  }
}
