/** Notices are for reading soon: after half a year they go, read or not. */
import { type Clock, DAY_MS } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/db/index.ts';
import { defineCron, handleJob, type JobHandler } from '../../kernel/jobs/index.ts';

const KEPT_MS = 180 * DAY_MS;
const PAGE = 500;

export const notificationPrune = defineCron({ name: 'notification.prune', cron: '23 3 * * *' });

/** The handler of {@link notificationPrune}; in small transactions, so that nobody waits for it. */
export function handleNotificationPrune({
  db,
  clock,
}: {
  readonly db: Db;
  readonly clock: Clock;
}): JobHandler {
  return handleJob(notificationPrune.definition, async (job) => {
    const before = clock.now() - KEPT_MS;
    while (!job.signal.aborted) {
      const old = await db.query
        .selectFrom('notifications')
        .select('id')
        .where('created_at', '<', before)
        .limit(PAGE)
        .execute();
      if (old.length === 0) {
        return;
      }
      const ids = old.map(({ id }) => id);
      await db.tx('notification.prune', (tx) =>
        tx.query.deleteFrom('notifications').where('id', 'in', ids).execute(),
      );
    }
  });
}
