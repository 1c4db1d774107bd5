import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, serviceUnavailable } from '../errors.ts';
import { isRetryable } from './errors.ts';
import { assertNoTransaction, withoutMark } from './mark.ts';
import type { DbOptions, Subscribers, Tx } from './types.ts';

const MAX_ATTEMPTS = 6;
const SHORTEST_BACKOFF_MS = 4;
const LONGEST_BACKOFF_MS = 1_000;

/** Where nobody listens to events. */
export const noSubscribers: Subscribers = { of: () => [] };

/** Thrown at the end of a rehearsed run, so that it is rolled back. */
export class Rehearsal extends Error {
  constructor() {
    super('rehearsal: rolled back on purpose');
    this.name = 'Rehearsal';
  }
}

export interface AttemptResult<T> {
  readonly result: T;
  readonly hints: readonly (() => void)[];
}

/** Runs the callback once in a transaction of the engine and commits it, or rolls back and throws. */
export type RunAttempt = <T>(
  name: string,
  callback: (tx: Tx) => Promise<T>,
  attempt: { readonly isRehearsal: boolean },
) => Promise<AttemptResult<T>>;

/**
 * The part of `db.tx` that the engines share: refuses nesting, re-runs the whole callback where the engine or a lost
 * compare-and-set asks for it (five times at most, with jitter), and runs the hints after the commit.
 */
export function createTxRunner(options: DbOptions, runAttempt: RunAttempt) {
  async function rehearse<T>(name: string, callback: (tx: Tx) => Promise<T>): Promise<void> {
    try {
      await runAttempt(name, callback, { isRehearsal: true });
    } catch {
      // Whatever the first run threw, the second one decides.
    }
  }

  function runHints(hints: readonly (() => void)[]): void {
    for (const hint of hints) {
      try {
        withoutMark(hint);
      } catch (error) {
        options.onHintError?.(error);
      }
    }
  }

  return async function tx<T>(name: string, callback: (tx: Tx) => Promise<T>): Promise<T> {
    assertNoTransaction(`the transaction "${name}"`);
    const startedAt = performance.now();
    if (options.rehearse) {
      await rehearse(name, callback);
    }
    for (let attempts = 1; ; attempts += 1) {
      const begunAt = performance.now();
      try {
        const { result, hints } = await runAttempt(name, callback, { isRehearsal: false });
        options.onTransaction?.({
          name,
          result: 'committed',
          attempts,
          durationMs: performance.now() - startedAt,
        });
        runHints(hints);
        return result;
      } catch (error) {
        if (!isRetryable(error) || attempts === MAX_ATTEMPTS) {
          options.onTransaction?.({
            name,
            result: 'refused',
            attempts,
            durationMs: performance.now() - startedAt,
          });
          throw isRetryable(error) ? tooManyAttempts(error) : error;
        }
        await sleep(backoffMs(attempts, performance.now() - begunAt));
      }
    }
  };
}

/** Those who collided get out of each other's way by as much as an attempt takes, which on a busy machine is long. */
function backoffMs(attempts: number, tookMs: number): number {
  const step = Math.max(SHORTEST_BACKOFF_MS, tookMs) * 2 ** (attempts - 1);
  return Math.min(LONGEST_BACKOFF_MS, step) * (0.5 + Math.random());
}

/** Whoever asked may ask again: nothing was stored. */
function tooManyAttempts(cause: unknown): AppError {
  return new AppError(serviceUnavailable, { cause, retryAfterSeconds: 1 });
}
