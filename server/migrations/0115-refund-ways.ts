/** While a provider is told how to finish a refund, nobody else can pay it: `finishing_at` is the claim. */
import { flag, integer, key, rebuild, text } from '../src/kernel/db/index.ts';

const before = {
  id: key(32),
  version: integer(),
  status: key(32),
  payment_id: key(32),
  capture_id: key(32),
  purpose_type: key(16),
  purpose_id: key(),
  provider: key(32),
  merchant_account: key(),
  amount: integer(),
  currency: key(8),
  is_surplus: flag(),
  origin: key(16),
  reason: text().nullable(),
  failure: key(64).nullable(),
  request_key: key(190).nullable(),
  replaces: key(32).nullable(),
  generation: integer(),
  provider_refund_id: key(100).nullable(),
  request_id: key(32).nullable(),
  by_hand: flag().default(0),
  prepared_by: key(64).nullable(),
  handed_by: key(64).nullable(),
  paid_out_by: key(64).nullable(),
  paid_out_reference: key(100).nullable(),
  paid_from: key(16).nullable(),
  sent_at: integer().nullable(),
  last_queried_at: integer(),
  succeeded_at: integer().nullable(),
  created_at: integer(),
  updated_at: integer(),
};

export const steps = rebuild(
  'refunds',
  { ...before, finishing_at: integer().nullable() },
  {
    primaryKey: ['id'],
    unique: {
      refunds_request_unique: ['request_key'],
      refunds_replaces_unique: ['replaces'],
      refunds_provider_unique: ['provider', 'merchant_account', 'provider_refund_id'],
    },
    indexes: {
      refunds_payment: ['payment_id', 'sent_at'],
      refunds_capture: ['capture_id'],
      refunds_purpose: ['purpose_type', 'purpose_id'],
      refunds_status: ['status', 'provider', 'created_at'],
      refunds_created: ['created_at'],
      refunds_succeeded: ['provider', 'merchant_account', 'succeeded_at'],
    },
    checks: {
      refunds_amount_positive: 'amount > 0',
      refunds_finished_one_way: "finishing_at IS NULL OR (status = 'abnormal' AND by_hand = 0)",
    },
  },
  { kept: Object.keys(before) },
);
