import { z } from 'zod';
import { toIso } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/db/index.ts';
import { AppError, illegalTransition, notFound } from '../../kernel/errors.ts';
import { actorOf, listOf, pagingQuery, type Router, requireCaller } from '../../kernel/http/index.ts';
import { writeAudit } from '../audit/index.ts';
import { listAlerts } from './queries.ts';
import { closeAlert } from './resolve-alert.ts';
import type { AlertRow } from './tables.ts';

const alertView = z.object({
  id: z.string(),
  kind: z.string(),
  subject: z.string(),
  severity: z.enum(['warning', 'critical']),
  details: z.record(z.string(), z.unknown()),
  state: z.enum(['open', 'resolved']),
  occurrences: z.int(),
  firstAt: z.string(),
  lastAt: z.string(),
  resolvedAt: z.string().nullable(),
});

const alertQuery = z.strictObject({
  page: pagingQuery.page,
  limit: pagingQuery.limit,
  sort: z.enum(['lastAt', '-lastAt', 'firstAt', '-firstAt']).default('-lastAt'),
  state: z.enum(['open', 'resolved']).optional(),
  kind: z.string().max(48).optional(),
  severity: z.enum(['warning', 'critical']).optional(),
  subject: z.string().max(140).optional(),
});

function toView(row: AlertRow): z.infer<typeof alertView> {
  return {
    id: row.id,
    kind: row.kind,
    subject: row.subject,
    severity: row.severity,
    details: JSON.parse(row.details) as Record<string, unknown>,
    state: row.state,
    occurrences: row.occurrences,
    firstAt: toIso(row.first_at),
    lastAt: toIso(row.last_at),
    resolvedAt: toIso(row.resolved_at),
  };
}

/** The list that staff works through. */
export function registerAlertRoutes(router: Router, db: Db): void {
  router.route(
    {
      method: 'GET',
      url: '/admin/alerts',
      summary: 'What a person should look at',
      tag: 'Administration',
      access: 'staff',
      permission: 'alerts.read',
      query: alertQuery,
      data: listOf(alertView),
    },
    async ({ query }) => {
      const { rows, pagination } = await listAlerts(db, query);
      return { items: rows.map(toView), pagination };
    },
  );

  router.route(
    {
      method: 'POST',
      url: '/admin/alerts/:id/resolve',
      summary: 'Mark an alert as dealt with',
      tag: 'Administration',
      access: 'staff',
      permission: 'alerts.write',
      params: z.strictObject({ id: z.string().max(64) }),
      body: z.strictObject({ note: z.string().trim().min(1).max(500).optional() }),
      data: alertView,
      errors: [notFound, illegalTransition],
    },
    async (context) => {
      const actor = actorOf(requireCaller(context));
      const { id } = context.params;
      const resolved = await db.tx('alert.resolve', async (tx) => {
        const row = await tx.lock('alerts', id);
        if (row === undefined) {
          throw new AppError(notFound);
        }
        const after = await closeAlert(tx, row, { by: actor, note: context.body.note });
        await writeAudit(tx, {
          actor,
          action: 'alert.resolve',
          target: { type: 'alert', id },
          before: { state: row.state },
          after: { state: after.state, note: context.body.note },
          ip: context.ip,
        });
        return after;
      });
      return toView(resolved);
    },
  );
}
