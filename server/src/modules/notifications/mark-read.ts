import type { Reader, Tx } from '../../kernel/db/index.ts';
import { AppError, notFound } from '../../kernel/errors.ts';
import type { NotificationRow } from './tables.ts';

/** Throws `not_found`, also for somebody else's. */
async function findOwn(db: Reader, customerId: string, id: string): Promise<NotificationRow> {
  const row = await db.query
    .selectFrom('notifications')
    .selectAll()
    .where('id', '=', id)
    .where('customer_id', '=', customerId)
    .executeTakeFirst();
  if (row === undefined) {
    throw new AppError(notFound);
  }
  return row;
}

/** Marks one as read; when it was first read stays. Throws `not_found`. */
export async function markRead(tx: Tx, customerId: string, id: string): Promise<NotificationRow> {
  await tx.query
    .updateTable('notifications')
    .set({ read_at: tx.now })
    .where('id', '=', id)
    .where('customer_id', '=', customerId)
    .where('read_at', 'is', null)
    .execute();
  return findOwn(tx, customerId, id);
}

/** Marks all of a customer's as read that are there; answers how many were not. */
export async function markAllRead(tx: Tx, customerId: string): Promise<number> {
  const { numUpdatedRows } = await tx.query
    .updateTable('notifications')
    .set({ read_at: tx.now })
    .where('customer_id', '=', customerId)
    .where('read_at', 'is', null)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}
