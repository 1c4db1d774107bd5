import type { JobDefinition } from './types.ts';

const DEFAULT_MAX_ATTEMPTS = 10;
const DEFAULT_FIRST_BACKOFF_MS = 2_000;
const DEFAULT_CAP_MS = 30 * 60_000;
const ALERT_FROM_ATTEMPT = 3;

export interface FailedRun {
  /** How many runs have failed, this one included. */
  readonly attempts: number;
  readonly now: number;
  /** A further run can not go better: the payload can not be read. */
  readonly isHopeless: boolean;
  /** For a job that recurs: its next regular time. It is never given up, and never waits longer than that. */
  readonly nextRegularAt: number | undefined;
  /** From 0 to 1. */
  readonly jitter: number;
}

export interface RetryPlan {
  readonly state: 'waiting' | 'dead';
  readonly runAt: number;
  readonly hasAlert: boolean;
}

/** The delay before the run that follows the `attempts`th failure: doubled at each, up to the cap, less up to a fifth by jitter. */
export function backoffMs(definition: JobDefinition<unknown>, attempts: number, jitter: number): number {
  const first = definition.firstBackoffMs ?? DEFAULT_FIRST_BACKOFF_MS;
  const cap = definition.capMs ?? DEFAULT_CAP_MS;
  const delay = Math.min(cap, first * 2 ** Math.min(attempts - 1, 30));
  return Math.round(delay * (1 - jitter / 5));
}

/**
 * What becomes of a job whose run has failed. Jobs of money and jobs that recur are never given up: they raise an alert
 * from the third failure on and go on (RULES 20). All others are dead once their attempts are used up.
 */
export function planRetry(definition: JobDefinition<unknown>, failed: FailedRun): RetryPlan {
  const { attempts, now, nextRegularAt } = failed;
  const isKept = definition.isMoney === true || nextRegularAt !== undefined;
  if (!isKept && (failed.isHopeless || attempts >= (definition.maxAttempts ?? DEFAULT_MAX_ATTEMPTS))) {
    return { state: 'dead', runAt: now, hasAlert: true };
  }
  const retryAt = now + backoffMs(definition, attempts, failed.jitter);
  return {
    state: 'waiting',
    runAt: nextRegularAt === undefined ? retryAt : Math.min(retryAt, nextRegularAt),
    hasAlert: isKept && (failed.isHopeless || attempts >= ALERT_FROM_ATTEMPT),
  };
}
