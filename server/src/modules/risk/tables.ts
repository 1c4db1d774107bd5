import type { RiskLevel } from './score.ts';

/** How an attempt to pay was judged when it was opened. */
export interface RiskAssessmentRow {
  id: string;
  payment_id: string;
  purpose_type: string;
  purpose_id: string;
  customer_id: string;
  amount: number;
  currency: string;
  method: string;
  score: number;
  level: RiskLevel;
  /** What followed: `review` waits for a person before the provider is called. */
  verdict: 'pass' | 'review';
  /** JSON: the factors that held, with their points. */
  factors: string;
  /** JSON of what was looked at, without the address and the device; erased after `ORIGIN_KEPT_DAYS`. */
  signals: string | null;
  /** Keyed hashes; erased after `ORIGIN_KEPT_DAYS`. */
  device_hash: string | null;
  address_hash: string | null;
  /** A person's word, once. */
  decision: 'approved' | 'rejected' | null;
  decided_by: string | null;
  decision_note: string | null;
  decided_at: number | null;
  created_at: number;
}

declare module '../../kernel/db/types.ts' {
  interface Schema {
    /** Owned by risk. */
    risk_assessments: RiskAssessmentRow;
    /** How many attempts began within a window; counters under a limit (RULES 8). */
    risk_attempt_counts: {
      scope: 'customer' | 'device' | 'address';
      /** The customer's id, or a keyed hash. */
      subject: string;
      window_started_at: number;
      attempts: number;
    };
  }
}
