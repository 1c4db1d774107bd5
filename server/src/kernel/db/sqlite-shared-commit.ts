/**
 * Many transactions, one commit. An fsync costs more than the whole of a small transaction, so the transactions that
 * wait together run one after another, each in a savepoint of its own, and share one COMMIT at synchronous FULL.
 * Each still succeeds or fails alone, and none is answered before the commit is on disk, not even a refusal: what a
 * callback saw of its batch must be durable before anybody is told of it.
 *
 * Crash story: the process may die on any line; before COMMIT returned nobody was answered and nothing is stored,
 * after it everything is.
 */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { reachBoundary } from '../boundaries.ts';
import { AppError, commitUnknown } from '../errors.ts';
import { isIoError, isRetryable, TransactionConflict, TransactionMisuse } from './errors.ts';
import type { TransactionMark } from './mark.ts';
import type { SqliteConnection } from './sqlite-connection.ts';

const MAX_BATCH = 64;
const MAX_BATCH_MS = 10;
const BUSY_WAIT_MS = 5;
const MAX_BUSY_WAIT_MS = 5_000;
/** A tick comes when no promise is ready any more; a callback may use a few of them itself. */
const MAX_TICKS = 10;

/** One transaction as the batch sees it. `run` executes its callback in its caller's async context and must only await its own queries. */
export interface SharedTransaction {
  readonly mark: TransactionMark;
  run(): Promise<unknown>;
  /** The last check before its savepoint is kept; throws when it must not be. */
  assertCommittable(): void;
}

type Outcome =
  | { readonly isKept: true; readonly value: unknown }
  | { readonly isKept: false; readonly error: unknown };

interface Waiting {
  readonly transaction: SharedTransaction;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

interface Finished {
  readonly waiting: Waiting;
  readonly outcome: Outcome;
}

/** Why nothing of a batch was stored, for each of its transactions. */
interface BatchFailure {
  of(outcome: Outcome): unknown;
}

const stillRunning = Symbol('nothing is ready, and the callback has not settled');

export interface SharedCommit {
  submit(transaction: SharedTransaction): Promise<unknown>;
  /** Waits until nothing is queued or running. */
  idle(): Promise<void>;
}

/**
 * Takes over the writing connection: nobody else may begin transactions on it. `afterCommit` is called between two
 * batches, when nothing is open on it.
 */
export function createSharedCommit(
  connection: SqliteConnection,
  afterCommit: () => void = () => undefined,
): SharedCommit {
  const queue: Waiting[] = [];
  let pump: Promise<void> | undefined;

  function submit(transaction: SharedTransaction): Promise<unknown> {
    return new Promise((resolve, reject) => {
      queue.push({ transaction, resolve, reject });
      pump ??= turn().then(runBatches);
    });
  }

  async function runBatches(): Promise<void> {
    while (queue.length > 0) {
      await runBatch();
      afterCommit();
      // Gives requests that arrived meanwhile the chance to join the next batch.
      await turn();
    }
    pump = undefined;
  }

  async function runBatch(): Promise<void> {
    const beginError = await begin();
    if (beginError !== undefined) {
      for (const waiting of queue.splice(0)) {
        waiting.reject(beginError);
      }
      return;
    }
    const batch = await runTogether();
    const names = batch.map(({ waiting }) => waiting.transaction.mark.name);
    const failure = connection.isInTransaction() ? commit(names) : rolledBackBy(batch);
    for (const { waiting, outcome } of batch) {
      if (failure !== undefined) {
        // Nothing of the batch is stored, not even what its refusals were based on.
        waiting.reject(failure.of(outcome));
      } else if (outcome.isKept) {
        waiting.resolve(outcome.value);
      } else {
        waiting.reject(outcome.error);
      }
    }
  }

  async function runTogether(): Promise<Finished[]> {
    const startedAt = performance.now();
    const batch: Finished[] = [];
    while (queue.length > 0 && batch.length < MAX_BATCH && performance.now() - startedAt < MAX_BATCH_MS) {
      const waiting = queue.shift() as Waiting;
      batch.push({ waiting, outcome: await runInSavepoint(waiting.transaction) });
      if (!connection.isInTransaction()) {
        break;
      }
    }
    return batch;
  }

  /** Another process (the command line) may hold the write lock: wait for it, but from the event loop. */
  async function begin(): Promise<unknown> {
    const deadline = performance.now() + MAX_BUSY_WAIT_MS;
    for (;;) {
      try {
        connection.exec('BEGIN IMMEDIATE');
        return undefined;
      } catch (error) {
        if (!isRetryable(error) || performance.now() > deadline) {
          return error;
        }
        await sleep(BUSY_WAIT_MS + Math.random() * BUSY_WAIT_MS);
      }
    }
  }

  async function runInSavepoint(transaction: SharedTransaction): Promise<Outcome> {
    const { mark } = transaction;
    let outcome: Outcome;
    try {
      connection.exec('SAVEPOINT shared');
      const value = await settleBeforeTurn(transaction.run());
      if (value === stillRunning) {
        throw new TransactionMisuse(
          `the transaction "${mark.name}" awaited something else than its own queries`,
        );
      }
      transaction.assertCommittable();
      outcome = { isKept: true, value };
    } catch (error) {
      outcome = { isKept: false, error };
    }
    mark.open = false;
    try {
      leaveSavepoint(outcome);
    } catch (error) {
      // It is not known any more what stands in the transaction: give all of it up.
      rollback();
      return { isKept: false, error };
    }
    return outcome;
  }

  function leaveSavepoint(outcome: Outcome): void {
    if (connection.isInTransaction()) {
      if (!outcome.isKept) {
        connection.exec('ROLLBACK TO shared');
      }
      connection.exec('RELEASE shared');
    }
  }

  function rollback(): void {
    if (connection.isInTransaction()) {
      connection.exec('ROLLBACK');
    }
  }

  function commit(names: readonly string[]): BatchFailure | undefined {
    for (const name of names) {
      reachBoundary('commit.before', name);
    }
    try {
      connection.exec('COMMIT');
    } catch (error) {
      rollback();
      // After an I/O error the commit may stand in the log or not: only a restart finds out.
      const failure = isIoError(error) ? new AppError(commitUnknown, { cause: error }) : error;
      return { of: () => failure };
    }
    for (const name of names) {
      reachBoundary('commit.after', name);
    }
    return undefined;
  }

  return {
    submit,
    async idle() {
      while (pump) {
        await pump;
      }
    },
  };
}

/**
 * SQLite has rolled everything back by itself (disk full, no memory), at the last callback that was run. That one is
 * refused with its error, unless it swallowed it; the others begin anew.
 */
function rolledBackBy(batch: readonly Finished[]): BatchFailure {
  const last = batch.at(-1)?.outcome;
  const cause = last?.isKept === false ? last.error : undefined;
  const others = new TransactionConflict(
    'another transaction of the batch made SQLite roll all of them back',
    { cause },
  );
  return { of: (outcome) => (outcome === last && cause !== undefined ? cause : others) };
}

/**
 * Waits for a callback, but not longer than the promises that are ready now take to run out, all without the event loop
 * turning. node:sqlite is synchronous, so a callback that awaits only its own queries settles within that (RULES 17).
 */
function settleBeforeTurn(running: Promise<unknown>): Promise<unknown> {
  return new Promise((resolve) => {
    let hasSettled = false;
    let checks = 0;
    const check = (): void => {
      checks += 1;
      if (hasSettled) {
        return;
      }
      if (checks === MAX_TICKS) {
        resolve(stillRunning);
      } else {
        process.nextTick(check);
      }
    };
    running.then(
      (value) => {
        hasSettled = true;
        resolve(value);
      },
      () => {
        hasSettled = true;
        // Rejects as `running` has.
        resolve(running);
      },
    );
    process.nextTick(check);
  });
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
