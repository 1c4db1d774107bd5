import { integer, key, table, text } from '../src/kernel/db/index.ts';

export const steps = table(
  'alerts',
  {
    id: key(),
    kind: key(48),
    subject: key(140),
    severity: key(16),
    details: text(),
    state: key(16),
    open_key: key(190).nullable(),
    occurrences: integer(),
    first_at: integer(),
    last_at: integer(),
    resolved_at: integer().nullable(),
    version: integer(),
    updated_at: integer(),
  },
  {
    primaryKey: ['id'],
    unique: { alerts_open_key_unique: ['open_key'] },
    indexes: { alerts_state: ['state', 'last_at'], alerts_subject: ['subject'] },
    checks: {
      alerts_state_known: "state IN ('open', 'resolved')",
      alerts_open_key_while_open: "(state = 'open') = (open_key IS NOT NULL)",
      alerts_severity_known: "severity IN ('warning', 'critical')",
      alerts_occurrences_positive: 'occurrences > 0',
    },
  },
);
