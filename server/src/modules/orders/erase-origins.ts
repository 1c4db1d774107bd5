/** Privacy: from where and with which device an order was placed is kept for a time; the order itself is the shop's. */
import type { Clock } from '../../kernel/clock.ts';
import { type Db, eraseOld } from '../../kernel/db/index.ts';
import { defineCron, handleJob, type JobHandler } from '../../kernel/jobs/index.ts';

export const orderErase = defineCron({ name: 'order.erase', cron: '47 3 * * *' });

/** The handler of {@link orderErase}; what is older than `originKeptMs` goes. */
export function handleOrderErase({
  db,
  clock,
  originKeptMs,
}: {
  readonly db: Db;
  readonly clock: Clock;
  readonly originKeptMs: number;
}): JobHandler {
  return handleJob(orderErase.definition, () =>
    eraseOld(db, {
      name: 'order.erase',
      before: clock.now() - originKeptMs,
      async read(after, limit) {
        const rows = await db.query
          .selectFrom('orders')
          .select(['id', 'placed_at', 'ip_address', 'user_agent', 'referrer'])
          .where('id', '>', after)
          .orderBy('id')
          .limit(limit)
          .execute();
        return rows.map(({ id, placed_at: madeAt, ip_address: ip, user_agent: agent, referrer }) => ({
          ...{ id, madeAt, isErased: ip === null && agent === null && referrer === null },
        }));
      },
      erase: (tx, ids) =>
        tx.query
          .updateTable('orders')
          .set({ ip_address: null, user_agent: null, referrer: null })
          .where('id', 'in', ids)
          .execute(),
    }),
  );
}
