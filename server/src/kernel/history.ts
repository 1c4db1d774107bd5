import { toIso } from './clock.ts';
import type { Reader } from './db/index.ts';

/** One step of one status, as the API and the console show it. */
export interface HistoryEntry {
  readonly entity: string;
  readonly entityId: string;
  readonly field: string;
  readonly from: string | null;
  readonly to: string;
  readonly actor: { readonly type: string; readonly id: string };
  readonly note: string | null;
  readonly at: string;
}

/** The steps of the given entities, oldest first. */
export async function readHistory(db: Reader, entityIds: readonly string[]): Promise<HistoryEntry[]> {
  if (entityIds.length === 0) {
    return [];
  }
  const rows = await db.query
    .selectFrom('state_history')
    .selectAll()
    .where('entity_id', 'in', [...entityIds])
    .orderBy('at')
    .orderBy('entity_id')
    .orderBy('version')
    .execute();
  return rows.map((row) => ({
    entity: row.entity,
    entityId: row.entity_id,
    field: row.field,
    from: row.from_state,
    to: row.to_state,
    actor: { type: row.actor_type, id: row.actor_id },
    note: row.note,
    at: toIso(row.at),
  }));
}
