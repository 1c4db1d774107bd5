import type { AlertState } from './alert-states.ts';

export type Severity = 'warning' | 'critical';

export interface AlertRow {
  id: string;
  kind: string;
  subject: string;
  severity: Severity;
  /** JSON object. */
  details: string;
  state: AlertState;
  /** `kind:subject` while the alert is open, NULL afterwards: at most one is open. */
  open_key: string | null;
  occurrences: number;
  first_at: number;
  last_at: number;
  resolved_at: number | null;
  version: number;
  updated_at: number;
}

declare module '../../kernel/db/types.ts' {
  interface Schema {
    /** Owned by alerts. */
    alerts: AlertRow;
  }
}
