import { z } from 'zod';
import { toIso } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/db/index.ts';
import { listOf, pagingQuery, type Router } from '../../kernel/http/index.ts';
import { listEntries } from './list-entries.ts';
import type { AuditEntryRow } from './tables.ts';

export { writeAudit } from './write-audit.ts';

const auditQuery = z.strictObject({
  ...pagingQuery,
  action: z.string().max(64).optional(),
  actorId: z.string().max(190).optional(),
  targetType: z.string().max(32).optional(),
  targetId: z.string().max(190).optional(),
  startDate: z.iso.datetime({ offset: true }).optional(),
  endDate: z.iso.datetime({ offset: true }).optional(),
});

const auditEntryView = z.object({
  id: z.string(),
  action: z.string(),
  actor: z.object({ type: z.string(), id: z.string() }),
  target: z.object({ type: z.string(), id: z.string() }),
  before: z.unknown(),
  after: z.unknown(),
  ip: z.string().nullable(),
  at: z.string(),
});

function fromJson(value: string | null): unknown {
  return value === null ? null : JSON.parse(value);
}

function toView(row: AuditEntryRow): z.infer<typeof auditEntryView> {
  return {
    id: row.id,
    action: row.action,
    actor: { type: row.actor_type, id: row.actor_id },
    target: { type: row.target_type, id: row.target_id },
    before: fromJson(row.before_value),
    after: fromJson(row.after_value),
    ip: row.ip,
    at: toIso(row.at),
  };
}

function toEpochMs(iso: string | undefined): number | undefined {
  return iso === undefined ? undefined : Date.parse(iso);
}

/** The log of what administrators did. Other modules write into it with {@link writeAudit}; nobody changes it. */
export function createAudit(deps: { readonly db: Db }) {
  return {
    registerRoutes(router: Router): void {
      router.route(
        {
          method: 'GET',
          url: '/admin/audit',
          summary: 'Who did what, newest first',
          tag: 'Administration',
          access: 'staff',
          permission: 'audit.read',
          query: auditQuery,
          data: listOf(auditEntryView),
        },
        async ({ query }) => {
          const { startDate, endDate, ...filter } = query;
          const { rows, pagination } = await listEntries(deps.db, {
            ...filter,
            startAt: toEpochMs(startDate),
            endAt: toEpochMs(endDate),
          });
          return { items: rows.map(toView), pagination };
        },
      );
    },
  };
}
