import { z } from 'zod';
import { toIso } from '../../kernel/clock.ts';
import type { Db, Reader } from '../../kernel/db/index.ts';
import { type Locale, notFound } from '../../kernel/errors.ts';
import {
  COUNT_LIMIT,
  listOf,
  pagingQuery,
  type Router,
  readPage,
  requireCaller,
} from '../../kernel/http/index.ts';
import { markAllRead, markRead } from './mark-read.ts';
import type { NotificationRow } from './tables.ts';
import { toText } from './texts.ts';

const TAG = 'Notifications';

const notificationView = z.object({
  id: z.string(),
  type: z.string(),
  title: z.string(),
  body: z.string(),
  /** What it is about: `order` and its id, and so on. */
  subject: z.object({ type: z.string(), id: z.string() }),
  /** What title and body were made from, for apps with words of their own. */
  facts: z.record(z.string(), z.unknown()),
  readAt: z.string().nullable(),
  createdAt: z.string(),
});

function toView(row: NotificationRow, locale: Locale): z.infer<typeof notificationView> {
  const facts = JSON.parse(row.facts) as Record<string, unknown>;
  return {
    ...{ id: row.id, type: row.type, ...toText(row.type, facts, locale) },
    subject: { type: row.subject_type, id: row.subject_id },
    facts,
    readAt: toIso(row.read_at),
    createdAt: toIso(row.created_at),
  };
}

async function countUnread(db: Reader, customerId: string): Promise<number> {
  const unread = db.query
    .selectFrom('notifications')
    .select('id')
    .where('customer_id', '=', customerId)
    .where('read_at', 'is', null)
    .limit(COUNT_LIMIT);
  const { total } = await db.query
    .selectFrom(unread.as('unread'))
    .select((select) => select.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return total;
}

/** What a customer was told, and that they have read it. */
export function registerNotificationRoutes(router: Router, db: Db): void {
  addList(router, db);
  addMarks(router, db);
}

function addList(router: Router, db: Db): void {
  router.route(
    {
      method: 'GET',
      url: '/notifications',
      summary: 'What you were told, newest first',
      description: 'Title and body are in the language of the request. Notices are kept for 180 days.',
      tag: TAG,
      access: 'user',
      query: z.strictObject({ ...pagingQuery, unread: z.enum(['true', 'false']).default('false') }),
      data: listOf(notificationView).extend({
        /** Of all of yours, whatever is listed. */
        unreadCount: z.int(),
      }),
    },
    async (context) => {
      const { userId } = requireCaller(context);
      const { unread, ...paging } = context.query;
      const where = { customer_id: userId, read_at: unread === 'true' ? null : undefined };
      const source = { table: 'notifications', time: 'created_at', where } as const;
      const { rows, pagination } = await readPage(db, source, paging);
      const items = rows.map((row) => toView(row, context.locale));
      return { items, pagination, unreadCount: await countUnread(db, userId) };
    },
  );
}

function addMarks(router: Router, db: Db): void {
  router.route(
    {
      method: 'POST',
      url: '/notifications/:id/read',
      summary: 'Mark a notice as read',
      description: 'Harmless to repeat: the first time stays.',
      tag: TAG,
      access: 'user',
      params: z.object({ id: z.string().max(64) }),
      data: notificationView,
      errors: [notFound],
    },
    async (context) => {
      const { userId } = requireCaller(context);
      const { id } = context.params;
      const row = await db.tx('notification.read', (tx) => markRead(tx, userId, id));
      return toView(row, context.locale);
    },
  );

  router.route(
    {
      method: 'POST',
      url: '/notifications/read-all',
      summary: 'Mark all of your notices as read',
      tag: TAG,
      access: 'user',
      data: z.object({
        /** How many were unread. */
        marked: z.int(),
      }),
    },
    async (context) => {
      const { userId } = requireCaller(context);
      return { marked: await db.tx('notification.read_all', (tx) => markAllRead(tx, userId)) };
    },
  );
}
