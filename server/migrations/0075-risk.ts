import { integer, key, table, text } from '../src/kernel/db/index.ts';

const assessments = table(
  'risk_assessments',
  {
    id: key(32),
    payment_id: key(32),
    purpose_type: key(16),
    purpose_id: key(),
    customer_id: key(),
    amount: integer(),
    currency: key(8),
    method: key(32),
    score: integer(),
    level: key(8),
    verdict: key(8),
    factors: text(),
    signals: text().nullable(),
    device_hash: key(64).nullable(),
    address_hash: key(64).nullable(),
    decision: key(16).nullable(),
    decided_by: key().nullable(),
    decision_note: text().nullable(),
    decided_at: integer().nullable(),
    created_at: integer(),
  },
  {
    primaryKey: ['id'],
    unique: { risk_assessments_payment_unique: ['payment_id'] },
    indexes: {
      risk_assessments_purpose: ['purpose_type', 'purpose_id'],
      risk_assessments_customer: ['customer_id', 'created_at'],
      risk_assessments_level: ['level', 'created_at'],
      risk_assessments_created: ['created_at'],
    },
    checks: {
      risk_assessments_score_not_negative: 'score >= 0',
      risk_assessments_decided_whole: '(decision IS NULL) = (decided_at IS NULL)',
    },
  },
);

const counts = table(
  'risk_attempt_counts',
  { scope: key(16), subject: key(), window_started_at: integer(), attempts: integer() },
  {
    primaryKey: ['scope', 'subject', 'window_started_at'],
    indexes: { risk_attempt_counts_window: ['window_started_at'] },
    checks: { risk_attempt_counts_positive: 'attempts > 0' },
  },
);

export const steps = [...assessments, ...counts];
