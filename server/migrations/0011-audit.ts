import { integer, key, table, text } from '../src/kernel/db/index.ts';

export const steps = table(
  'audit_entries',
  {
    id: key(),
    action: key(64),
    actor_type: key(16),
    actor_id: key(190),
    target_type: key(32),
    target_id: key(190),
    before_value: text().nullable(),
    after_value: text().nullable(),
    ip: key(64).nullable(),
    at: integer(),
  },
  {
    primaryKey: ['id'],
    indexes: {
      audit_entries_at: ['at', 'id'],
      audit_entries_target: ['target_type', 'target_id', 'at'],
      audit_entries_actor: ['actor_id', 'at'],
      audit_entries_action: ['action', 'at'],
    },
  },
);
