import { type Clock, DAY_MS, HOUR_MS } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/db/index.ts';
import { defineCron, handleJob, type JobHandler } from '../../kernel/jobs/index.ts';
import { LOCK_MS } from './login-guard.ts';

/** Ended sessions are kept this long, for questions about a theft. */
const KEPT_MS = 7 * DAY_MS;
const BATCH = 500;

export const pruneCron = defineCron({ name: 'session.prune', everyMs: HOUR_MS });

/** Deletes in small transactions what `findBatch` finds, until it finds nothing. Answers how many. */
async function deleteAll(
  findBatch: () => Promise<{ readonly id: string }[]>,
  deleteBatch: (ids: readonly string[]) => Promise<unknown>,
): Promise<number> {
  for (let deleted = 0; ; ) {
    const found = await findBatch();
    if (found.length === 0) {
      return deleted;
    }
    await deleteBatch(found.map(({ id }) => id));
    deleted += found.length;
  }
}

/** Deletes sessions that ended a week ago, with their tokens. Answers how many. */
export function pruneSessions(db: Db, now: number): Promise<number> {
  return deleteAll(
    () =>
      db.query
        .selectFrom('sessions')
        .select('id')
        .where('expires_at', '<', now - KEPT_MS)
        .limit(BATCH)
        .execute(),
    (ids) =>
      db.tx('session.prune', async (tx) => {
        await tx.query
          .deleteFrom('refresh_tokens')
          .where('session_id', 'in', [...ids])
          .execute();
        await tx.query
          .deleteFrom('sessions')
          .where('id', 'in', [...ids])
          .execute();
      }),
  );
}

/** Deletes tokens that were used so long ago that not even their misuse would tell anything. Answers how many. */
export function pruneTokens(db: Db, usedBefore: number): Promise<number> {
  return deleteAll(
    () =>
      db.query
        .selectFrom('refresh_tokens')
        .select('id')
        .where('used_at', '<', usedBefore)
        .limit(BATCH)
        .execute(),
    (ids) =>
      db.tx('session.prune_tokens', (tx) =>
        tx.query
          .deleteFrom('refresh_tokens')
          .where('id', 'in', [...ids])
          .execute(),
      ),
  );
}

/** Deletes counters of failed logins that no longer count. */
export async function pruneFailures(db: Db, now: number): Promise<void> {
  await db.tx('login.prune_failures', async (tx) => {
    await tx.query
      .deleteFrom('login_failures')
      .where('window_started_at', '<', now - 2 * LOCK_MS)
      .execute();
  });
}

/** `refreshMs` is the lifetime of a refresh token. */
export function createPruneJob(deps: {
  readonly db: Db;
  readonly clock: Clock;
  readonly refreshMs: number;
}): JobHandler {
  const { db, clock, refreshMs } = deps;
  return handleJob(pruneCron.definition, async ({ log }) => {
    const now = clock.now();
    const sessions = await pruneSessions(db, now);
    const tokens = await pruneTokens(db, now - refreshMs);
    await pruneFailures(db, now);
    log.debug({ sessions, tokens }, 'old sessions were deleted');
  });
}
