/** Providers' bills: a run for each day of an account, the lines of its bill, what they do not agree on, and the sums. */
import { integer, key, type MigrationStep, table, text } from '../src/kernel/db/index.ts';

const runs = table(
  'bill_runs',
  {
    id: key(32),
    version: integer(),
    status: key(16),
    provider: key(32),
    merchant_account: key(),
    bill_date: key(10),
    from_at: integer(),
    to_at: integer(),
    due_at: integer(),
    pass: integer(),
    generation: integer(),
    line_count: integer(),
    outcome: key(16).nullable(),
    reason: key(64).nullable(),
    asked_at: integer().nullable(),
    downloaded_at: integer().nullable(),
    finished_at: integer().nullable(),
    created_at: integer(),
    updated_at: integer(),
  },
  {
    primaryKey: ['id'],
    unique: { bill_runs_day_unique: ['provider', 'merchant_account', 'bill_date'] },
    indexes: { bill_runs_date: ['bill_date'], bill_runs_status: ['status', 'due_at'] },
  },
);

const lines = table(
  'bill_lines',
  {
    run_id: key(32),
    generation: integer(),
    position: integer(),
    provider: key(32),
    account: key(),
    bill_date: key(10),
    type: key(16),
    number: key(100).nullable(),
    payment_number: key(100).nullable(),
    transaction_id: key(100),
    amount: integer(),
    currency: key(8),
    fee: integer().nullable(),
    status: key(16),
    occurred_at: integer(),
    merchant_account: key(100),
  },
  {
    primaryKey: ['run_id', 'generation', 'position'],
    indexes: {
      // Holds all that tells whether a movement stands in a file, so that most look-ups read the index alone.
      bill_lines_transaction: ['provider', 'account', 'transaction_id', 'type', 'run_id', 'generation'],
      bill_lines_number: ['provider', 'account', 'number'],
    },
  },
);

const differences = table(
  'bill_differences',
  {
    id: key(32),
    version: integer(),
    state: key(16),
    kind: key(16),
    type: key(16),
    provider: key(32),
    merchant_account: key(),
    subject: key(140),
    run_id: key(32),
    bill_date: key(10),
    line_run_id: key(32).nullable(),
    line_position: integer().nullable(),
    local_id: key(32).nullable(),
    number: key(100).nullable(),
    payment_number: key(100).nullable(),
    transaction_id: key(100).nullable(),
    there_amount: integer().nullable(),
    there_currency: key(8).nullable(),
    there_fee: integer().nullable(),
    there_status: key(16).nullable(),
    there_merchant: key(100).nullable(),
    here_amount: integer().nullable(),
    here_currency: key(8).nullable(),
    here_fee: integer().nullable(),
    here_status: key(16).nullable(),
    occurred_at: integer(),
    seen_pass: integer(),
    asked_at: integer().nullable(),
    answer: key(32).nullable(),
    resolution: key(32).nullable(),
    note: text().nullable(),
    created_at: integer(),
    updated_at: integer(),
  },
  {
    primaryKey: ['id'],
    unique: { bill_differences_unique: ['provider', 'merchant_account', 'kind', 'subject'] },
    indexes: {
      bill_differences_run: ['run_id', 'state'],
      bill_differences_account: ['provider', 'merchant_account', 'state'],
      bill_differences_state: ['state', 'created_at'],
    },
  },
);

const sums = table(
  'bill_sums',
  {
    run_id: key(32),
    type: key(16),
    currency: key(8),
    bill_count: integer(),
    bill_amount: integer(),
    bill_fee: integer(),
    here_count: integer(),
    here_amount: integer(),
    here_fee: integer(),
    ledger_amount: integer(),
    fee_posted: integer(),
  },
  { primaryKey: ['run_id', 'type', 'currency'] },
);

/** What was moved on a day at an account: read for every day that is reconciled. MySQL does not know IF NOT EXISTS here. */
function index(name: string, on: string): MigrationStep {
  return {
    name: `index ${name}`,
    sql: (engine) => `CREATE INDEX ${engine === 'mysql' ? '' : 'IF NOT EXISTS '}${name} ON ${on}`,
  };
}

export const steps = [
  ...[...runs, ...lines, ...differences, ...sums],
  index('captures_captured', 'captures (provider, merchant_account, captured_at)'),
  index('refunds_succeeded', 'refunds (provider, merchant_account, succeeded_at)'),
];
