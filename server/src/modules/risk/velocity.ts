/**
 * How many attempts begin within a window: one counter row for each customer, device, address and window, raised by a
 * conditional update, so that any number of requests at once stay within the limit (RULES 8). Windows are fixed pieces of
 * time: around their edge twice the limit may begin, which is still a limit.
 */
import type { VelocityLimits } from '../../kernel/config/index.ts';
import { statement, type Tx } from '../../kernel/db/index.ts';
import { AppError } from '../../kernel/errors.ts';
import { tooManyPaymentAttempts } from '../payments/index.ts';

/** In this order the rows are locked, by everybody. */
const SCOPES = ['customer', 'device', 'address'] as const;

export type VelocityScope = (typeof SCOPES)[number];

/** Who begins an attempt; `null` where it is not known. Never a device or an address in clear. */
export type Beginner = Readonly<Record<VelocityScope, string | null>>;

interface Counter {
  readonly scope: VelocityScope;
  readonly subject: string;
  readonly startedAt: number;
  readonly limit: number;
}

const addOne = statement<Counter>((query, p) =>
  query
    .updateTable('risk_attempt_counts')
    .set((eb) => ({ attempts: eb('attempts', '+', 1) }))
    .where('scope', '=', p.scope)
    .where('subject', '=', p.subject)
    .where('window_started_at', '=', p.startedAt)
    .where('attempts', '<', p.limit),
);

async function isWithin(tx: Tx, counter: Counter): Promise<boolean> {
  const { scope, subject, startedAt } = counter;
  return (
    (await addOne.run(tx, counter)) === 1 ||
    (await tx.insertOnce('risk_attempt_counts', {
      ...{ scope, subject, attempts: 1 },
      window_started_at: startedAt,
    })) ||
    // The row was there after all: full, or made a moment ago by somebody else.
    (await addOne.run(tx, counter)) === 1
  );
}

/**
 * Counts one attempt for each whom there is a limit for, and answers those for whom it was one too many. Throws
 * `too_many_payment_attempts` (429) instead where that is what shall become of it.
 */
export async function countAttempt(
  tx: Tx,
  limits: VelocityLimits,
  beginner: Beginner,
): Promise<VelocityScope[]> {
  const startedAt = tx.now - (tx.now % limits.windowMs);
  const tooMany: VelocityScope[] = [];
  for (const scope of SCOPES) {
    const subject = beginner[scope];
    const limit = limits[scope];
    if (subject !== null && limit > 0 && !(await isWithin(tx, { scope, subject, startedAt, limit }))) {
      tooMany.push(scope);
    }
  }
  if (tooMany.length > 0 && limits.action === 'refuse') {
    const waitMs = startedAt + limits.windowMs - tx.now;
    throw new AppError(tooManyPaymentAttempts, { retryAfterSeconds: Math.ceil(waitMs / 1_000) });
  }
  return tooMany;
}

/** Deletes the counters of windows that began before `startedBefore` (ms). */
export async function pruneCounts(tx: Tx, startedBefore: number): Promise<void> {
  await tx.query.deleteFrom('risk_attempt_counts').where('window_started_at', '<', startedBefore).execute();
}
