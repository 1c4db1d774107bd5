/** What payers dispute, and the money that their disputes move. */
import { addColumns, flag, integer, key, table, text } from '../src/kernel/db/index.ts';

const disputes = table(
  'disputes',
  {
    id: key(32),
    version: integer(),
    status: key(32),
    provider: key(32),
    merchant_account: key(),
    provider_dispute_id: key(100),
    payment_id: key(32),
    capture_id: key(32),
    purpose_type: key(16),
    purpose_id: key(),
    amount: integer(),
    currency: key(8),
    is_surplus: flag(),
    reason: key(100),
    held_amount: integer(),
    evidence_due_at: integer().nullable(),
    opened_at: integer(),
    ended_at: integer().nullable(),
    answered_at: integer().nullable(),
    answered_by: key(64).nullable(),
    note: text().nullable(),
    last_queried_at: integer(),
    created_at: integer(),
    updated_at: integer(),
  },
  {
    primaryKey: ['id'],
    unique: { disputes_provider_unique: ['provider', 'merchant_account', 'provider_dispute_id'] },
    indexes: {
      disputes_capture: ['capture_id'],
      disputes_payment: ['payment_id'],
      disputes_purpose: ['purpose_type', 'purpose_id'],
      disputes_status: ['status', 'created_at'],
      disputes_created: ['created_at'],
    },
    checks: { disputes_held: 'held_amount >= 0' },
  },
);

const movements = table(
  'dispute_movements',
  {
    id: key(32),
    dispute_id: key(32),
    provider: key(32),
    merchant_account: key(),
    provider_movement_id: key(100),
    type: key(16),
    amount: integer(),
    currency: key(8),
    fee: integer(),
    moved_at: integer(),
    created_at: integer(),
  },
  {
    primaryKey: ['id'],
    unique: { dispute_movements_unique: ['provider', 'merchant_account', 'provider_movement_id'] },
    indexes: { dispute_movements_dispute: ['dispute_id'] },
    checks: { dispute_movements_amounts: 'amount >= 0 AND fee >= 0' },
  },
);

const orders = addColumns('orders', { dispute_status: key(32).nullable() });

export const steps = [...disputes, ...movements, ...orders];
