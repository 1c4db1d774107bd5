/**
 * Steps of a history and entries of the ledger are known by what they belong to and their place in it. A number of their
 * own said the same once more, and cost an index with everything that is written; so did an index of the jobs' leases, by
 * which nothing was ever looked for.
 */
import { integer, key, rebuild, text } from '../src/kernel/db/index.ts';

const historyColumns = {
  entity: key(32),
  entity_id: key(),
  version: integer(),
  field: key(32),
  from_state: key(32).nullable(),
  to_state: key(32),
  actor_type: key(16),
  actor_id: key(190),
  note: text().nullable(),
  at: integer(),
};

const history = rebuild(
  'state_history',
  historyColumns,
  { primaryKey: ['entity_id', 'version'] },
  { kept: Object.keys(historyColumns) },
);

const entries = rebuild(
  'ledger_entries',
  {
    transfer_id: key(),
    position: integer(),
    account: key(190),
    currency: key(8),
    amount: integer(),
    at: integer(),
  },
  {
    primaryKey: ['transfer_id', 'position'],
    isClustered: true,
    indexes: { ledger_entries_account: ['account', 'at', 'amount'] },
    checks: { ledger_entries_amount_not_zero: 'amount <> 0' },
  },
  {
    kept: ['transfer_id', 'account', 'currency', 'amount', 'at'],
    from: { position: 'ROW_NUMBER() OVER (PARTITION BY transfer_id ORDER BY id)' },
  },
);

const jobColumns = {
  id: key(),
  name: key(64),
  unique_key: key(190).nullable(),
  version: integer(),
  payload: text(),
  state: key(16),
  run_at: integer(),
  attempts: integer(),
  lease_token: key().nullable(),
  lease_until: integer().nullable(),
  last_error: text().nullable(),
  created_at: integer(),
  updated_at: integer(),
};

const jobs = rebuild(
  'jobs',
  jobColumns,
  {
    primaryKey: ['id'],
    isClustered: true,
    unique: { jobs_unique_key_unique: ['unique_key'] },
    indexes: { jobs_due: ['state', 'run_at'] },
    checks: { jobs_state_known: "state IN ('waiting', 'dead')" },
  },
  { kept: Object.keys(jobColumns) },
);

export const steps = [...history, ...entries, ...jobs];
