import type { z } from 'zod';
import type { Tx } from '../db/index.ts';
import type { Logger } from '../log/index.ts';

/** A kind of job, declared once beside the module that needs it. */
export interface JobDefinition<P> {
  /** `noun.verb`, such as `order.close`. */
  readonly name: string;
  /** Version of the payload's shape; a worker also takes the one before it (RULES 20). */
  readonly version: number;
  readonly payload: z.ZodType<P>;
  /**
   * Jobs of money are never given up: they back off to 30 minutes and raise an alert, and never become dead letters.
   * All others are dead after `maxAttempts` (10).
   */
  readonly isMoney?: boolean;
  readonly maxAttempts?: number;
  /** Delay before the second run; it doubles at each further one, with jitter, up to `capMs`. Default 2 s, cap 30 min. */
  readonly firstBackoffMs?: number;
  readonly capMs?: number;
  /** How long a run may take before another worker may claim the job; renewed while the run goes on. Default 60 s. */
  readonly leaseMs?: number;
}

export interface JobRun<P> {
  readonly id: string;
  readonly payload: P;
  /** 1 for the first run. */
  readonly attempt: number;
  readonly createdAt: number;
  /**
   * Ends the job inside the caller's transaction, so that its effect and its end are one. Throws a LostLease when
   * another worker has taken the job over meanwhile; the transaction then rolls back.
   */
  complete(tx: Tx): Promise<void>;
  /** Lets the job run again at `runAt` (ms) instead of ending it, with attempts counted anew; inside the caller's transaction. */
  reschedule(tx: Tx, runAt: number, payload?: P): Promise<void>;
  /** Aborted when the lease is lost, or when the process must end and its time of grace is over. */
  readonly signal: AbortSignal;
  /** Writes with the job's name and id. */
  readonly log: Logger;
}

/**
 * A job and what to do when it is due. A handler that returns without `complete` or `reschedule` has completed; one that
 * throws is run again later. It may run twice for the same job (a process can die between any two lines of it), so what
 * it does in the database belongs into one transaction with `complete`.
 */
export interface JobHandler {
  readonly definition: JobDefinition<unknown>;
  readonly run: (job: JobRun<unknown>) => Promise<void>;
}

export interface EnqueueOptions {
  /** When to run (ms); at once without it. */
  readonly runAt?: number;
  /**
   * At most one job of this name with this key waits or runs; a second `enqueue` changes nothing. A run that is under
   * way counts: its handler must read what it decides on in the transaction that completes the job.
   */
  readonly key?: string;
}

/** A job as it stands in the table. */
export interface JobRow {
  id: string;
  name: string;
  /** Unique where it is not NULL: `name:key`. */
  unique_key: string | null;
  version: number;
  payload: string;
  state: 'waiting' | 'dead';
  run_at: number;
  attempts: number;
  lease_token: string | null;
  lease_until: number | null;
  last_error: string | null;
  created_at: number;
  updated_at: number;
}
