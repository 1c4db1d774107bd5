/** Phone top-ups: what was sold and sent, the rates at which it is sold, and a summary of each day. */
import { integer, key, table, text } from '../src/kernel/db/index.ts';

const topups = table(
  'topups',
  {
    id: key(32),
    order_id: key(),
    customer_id: key(),
    operator: key(32),
    msisdn: key(20),
    type: key(16),
    code: key(64).nullable(),
    name: text(),
    english_name: text().nullable(),
    units: integer().nullable(),
    data: text().nullable(),
    days: integer().nullable(),
    price: integer(),
    price_currency: key(8),
    amount: integer(),
    currency: key(8),
    rate_from_units: integer(),
    rate_to_units: integer(),
    vat_register_number: key(32).nullable(),
    paid_at: integer().nullable(),
    recharge_at: integer().nullable(),
    send_until: integer().nullable(),
    claim_token: key(32).nullable(),
    result: key(16).nullable(),
    result_code: key(64).nullable(),
    result_message: text().nullable(),
    result_at: integer().nullable(),
    sequence: key(64).nullable(),
    service_id: key(64).nullable(),
    vat_bill: text().nullable(),
    decision: key(16).nullable(),
    decision_reason: text().nullable(),
    decided_by: key().nullable(),
    decided_at: integer().nullable(),
    awaits_person: key(16).nullable(),
    created_at: integer(),
    updated_at: integer(),
  },
  {
    primaryKey: ['id'],
    unique: { topups_order_unique: ['order_id'] },
    indexes: {
      topups_created: ['created_at'],
      topups_paid: ['paid_at'],
      topups_unclaimed: ['recharge_at', 'paid_at'],
      topups_awaits: ['awaits_person', 'id'],
      topups_msisdn: ['msisdn', 'created_at'],
      topups_customer: ['customer_id', 'created_at'],
    },
    checks: {
      topups_amounts: 'price > 0 AND amount > 0 AND rate_from_units > 0 AND rate_to_units > 0',
      topups_claimed_paid: 'recharge_at IS NULL OR paid_at IS NOT NULL',
      topups_claimed_whole:
        '(recharge_at IS NULL) = (send_until IS NULL) AND (recharge_at IS NULL) = (claim_token IS NULL)',
      topups_result_claimed: 'result IS NULL OR recharge_at IS NOT NULL',
      topups_result_whole: '(result IS NULL) = (result_at IS NULL)',
      topups_decision_claimed: 'decision IS NULL OR recharge_at IS NOT NULL',
      topups_decision_whole: '(decision IS NULL) = (decided_at IS NULL)',
    },
  },
);

const rates = table(
  'topup_rates',
  {
    id: key(32),
    from_currency: key(8),
    to_currency: key(8),
    version: integer(),
    from_units: integer(),
    to_units: integer(),
    note: text().nullable(),
    set_by: key(),
    created_at: integer(),
  },
  {
    primaryKey: ['id'],
    unique: { topup_rates_version_unique: ['from_currency', 'to_currency', 'version'] },
    checks: { topup_rates_positive: 'from_units > 0 AND to_units > 0 AND version > 0' },
  },
);

const summaries = table(
  'topup_summaries',
  { day: key(10), figures: text(), created_at: integer() },
  { primaryKey: ['day'] },
);

export const steps = [...topups, ...rates, ...summaries];
