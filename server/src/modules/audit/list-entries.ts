import type { Reader } from '../../kernel/db/index.ts';
import { type Pagination, type Paging, readPage } from '../../kernel/http/index.ts';
import type { AuditEntryRow } from './tables.ts';

/** Which entries, and which page of them. Times in epoch milliseconds, both inclusive. */
export interface AuditFilter extends Paging {
  readonly action?: string | undefined;
  readonly actorId?: string | undefined;
  readonly targetType?: string | undefined;
  readonly targetId?: string | undefined;
  readonly startAt?: number | undefined;
  readonly endAt?: number | undefined;
}

/** One page of entries, newest first, with the position of the next one. */
export function listEntries(
  db: Reader,
  filter: AuditFilter,
): Promise<{ readonly rows: readonly AuditEntryRow[]; readonly pagination: Pagination }> {
  const where = {
    action: filter.action,
    actor_id: filter.actorId,
    target_type: filter.targetType,
    target_id: filter.targetId,
  };
  const between = { column: 'at', from: filter.startAt, until: filter.endAt } as const;
  return readPage(db, { table: 'audit_entries', time: 'at', where, between }, filter);
}
