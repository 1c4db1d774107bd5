import { z } from 'zod';
import { toIso } from '../../kernel/clock.ts';
import { RISK_FACTORS, type RiskScore } from './score.ts';
import type { RiskAssessmentRow } from './tables.ts';

const outcomes = z.object({ attempts: z.int(), failed: z.int() });

/** What an assessment looked at. */
const signalsView = z.object({
  billingCountry: z.string().nullable(),
  addressCountry: z.string().nullable(),
  /** Of the customer's last attempts. */
  customer: outcomes,
  /** Of the device's last attempts; null where it is not known. */
  device: outcomes.nullable(),
  /** Whose attempts were too many within the window. */
  tooMany: z.array(z.enum(['customer', 'device', 'address'])),
});

/** An assessment as staff sees it. Amounts in minor units. */
export const assessmentView = z.object({
  id: z.string(),
  paymentId: z.string(),
  purpose: z.object({ type: z.string(), id: z.string() }),
  customerId: z.string(),
  amount: z.int(),
  currency: z.string(),
  method: z.string(),
  score: z.int(),
  level: z.enum(['low', 'medium', 'high']),
  /** `review`: it waited for a person before its provider was called. */
  verdict: z.enum(['pass', 'review']),
  factors: z.array(z.object({ factor: z.enum(RISK_FACTORS), points: z.int() })),
  /** Null after `ORIGIN_KEPT_DAYS`. */
  signals: signalsView.nullable(),
  decision: z.enum(['approved', 'rejected']).nullable(),
  decidedBy: z.string().nullable(),
  decisionNote: z.string().nullable(),
  decidedAt: z.string().nullable(),
  createdAt: z.string(),
});

/** An earlier attempt of the same customer. */
const earlierAttempt = z.object({
  id: z.string(),
  status: z.string(),
  method: z.string(),
  amount: z.int(),
  currency: z.string(),
  createdAt: z.string(),
});

/** With the customer's latest other attempts, newest first. */
export const assessmentDetail = assessmentView.extend({ history: z.array(earlierAttempt) });

/** An attempt that waits for a person. */
export const reviewView = assessmentView.extend({
  /** When its order goes on without it if nobody decides. */
  heldUntil: z.string().nullable(),
});

export type AssessmentView = z.infer<typeof assessmentView>;
export type EarlierAttempt = z.infer<typeof earlierAttempt>;

export function toAssessmentView(row: RiskAssessmentRow): AssessmentView {
  return {
    id: row.id,
    paymentId: row.payment_id,
    purpose: { type: row.purpose_type, id: row.purpose_id },
    customerId: row.customer_id,
    amount: row.amount,
    currency: row.currency,
    method: row.method,
    score: row.score,
    level: row.level,
    verdict: row.verdict,
    factors: [...(JSON.parse(row.factors) as RiskScore['factors'])],
    signals:
      row.signals === null ? null : (JSON.parse(row.signals) as NonNullable<AssessmentView['signals']>),
    decision: row.decision,
    decidedBy: row.decided_by,
    decisionNote: row.decision_note,
    decidedAt: toIso(row.decided_at),
    createdAt: toIso(row.created_at),
  };
}
