/** Bank statements with their lines, and cash that couriers hand over: the two books that people keep. */
import { flag, integer, key, table, text } from '../src/kernel/db/index.ts';

const statements = table(
  'bank_statements',
  {
    id: key(32),
    account_id: key(32),
    currency: key(8),
    file_name: key(190).nullable(),
    sha256: key(64),
    first_on: key(10),
    last_on: key(10),
    line_count: integer(),
    imported_by: key(),
    created_at: integer(),
  },
  {
    primaryKey: ['id'],
    unique: { bank_statements_file_unique: ['account_id', 'sha256'] },
    indexes: { bank_statements_created: ['created_at'] },
  },
);

const lines = table(
  'bank_statement_lines',
  {
    id: key(32),
    version: integer(),
    state: key(16),
    statement_id: key(32),
    account_id: key(32),
    line_key: key(120),
    booked_on: key(10),
    amount: integer(),
    currency: key(8),
    counterparty: text(),
    description: text(),
    bank_reference: key(120).nullable(),
    transaction_id: key(100),
    reason: key(32).nullable(),
    payment_id: key(32).nullable(),
    refund_id: key(32).nullable(),
    imported_by: key(),
    assigned_by: key().nullable(),
    accepts_difference: flag(),
    confirmed_by: key().nullable(),
    confirmed_at: integer().nullable(),
    reversal_requested_by: key().nullable(),
    reversed_by: key().nullable(),
    created_at: integer(),
    updated_at: integer(),
  },
  {
    primaryKey: ['id'],
    unique: {
      bank_statement_lines_key_unique: ['account_id', 'line_key'],
      bank_statement_lines_transaction_unique: ['transaction_id'],
    },
    indexes: {
      bank_statement_lines_state: ['state', 'created_at'],
      bank_statement_lines_booked: ['booked_on'],
      bank_statement_lines_payment: ['payment_id'],
      bank_statement_lines_created: ['created_at'],
    },
    checks: {
      bank_statement_lines_moves: 'amount <> 0',
      // Nobody confirms alone what they have brought in or assigned.
      bank_statement_lines_second_person:
        'confirmed_by IS NULL OR (confirmed_by <> imported_by AND (assigned_by IS NULL OR assigned_by <> confirmed_by))',
      bank_statement_lines_second_reverser:
        'reversed_by IS NULL OR reversal_requested_by IS NULL OR reversed_by <> reversal_requested_by',
    },
  },
);

/** Which line stands for the money of a payment, and which for its way back: at most one of each. */
const matches = table(
  'bank_statement_matches',
  { id: key(64), line_id: key(32), created_at: integer() },
  { primaryKey: ['id'], indexes: { bank_statement_matches_line: ['line_id'] } },
);

const collections = table(
  'cash_collections',
  {
    id: key(32),
    payment_id: key(32),
    purpose_id: key(),
    amount: integer(),
    currency: key(8),
    remittance_id: key(32).nullable(),
    collected_at: integer(),
    remitted_at: integer().nullable(),
  },
  {
    primaryKey: ['id'],
    unique: { cash_collections_payment_unique: ['payment_id'] },
    indexes: {
      cash_collections_remittance: ['remittance_id'],
      cash_collections_collected: ['collected_at'],
    },
    checks: { cash_collections_amount_positive: 'amount > 0' },
  },
);

const remittances = table(
  'cash_remittances',
  {
    id: key(32),
    version: integer(),
    state: key(16),
    courier: key(100),
    amount: integer(),
    currency: key(8),
    collections: integer(),
    note: text().nullable(),
    reference: key(100).nullable(),
    claim_id: key().nullable(),
    recorded_by: key(),
    confirmed_by: key().nullable(),
    confirmed_at: integer().nullable(),
    created_at: integer(),
    updated_at: integer(),
  },
  {
    primaryKey: ['id'],
    unique: {
      cash_remittances_claim_unique: ['claim_id'],
    },
    indexes: { cash_remittances_state: ['state', 'created_at'] },
    checks: {
      cash_remittances_amount_positive: 'amount > 0',
      cash_remittances_second_person: 'confirmed_by IS NULL OR confirmed_by <> recorded_by',
    },
  },
);

export const steps = [...statements, ...lines, ...matches, ...collections, ...remittances];
