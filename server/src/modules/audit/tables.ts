import type { Actor } from '../../kernel/actor.ts';

export interface AuditEntryRow {
  id: string;
  action: string;
  actor_type: Actor['type'];
  actor_id: string;
  target_type: string;
  target_id: string;
  /** JSON, or NULL where there was nothing before, as with a creation. */
  before_value: string | null;
  after_value: string | null;
  ip: string | null;
  at: number;
}

declare module '../../kernel/db/types.ts' {
  interface Schema {
    /** Owned by audit; append-only. */
    audit_entries: AuditEntryRow;
  }
}
