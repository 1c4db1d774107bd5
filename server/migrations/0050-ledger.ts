import { integer, key, table } from '../src/kernel/db/index.ts';

export const steps = [
  ...table(
    'ledger_accounts',
    { id: key(190), kind: key(32), currency: key(8), created_at: integer() },
    { primaryKey: ['id'] },
  ),
  ...table(
    'ledger_transfers',
    { id: key(), cause: key(100), purpose_type: key(16), purpose_id: key(), at: integer() },
    {
      primaryKey: ['id'],
      isClustered: true,
      unique: { ledger_transfers_cause_unique: ['cause'] },
      indexes: { ledger_transfers_purpose: ['purpose_type', 'purpose_id'] },
    },
  ),
  ...table(
    'ledger_entries',
    {
      id: key(80),
      transfer_id: key(),
      account: key(190),
      currency: key(8),
      amount: integer(),
      at: integer(),
    },
    {
      primaryKey: ['id'],
      indexes: {
        ledger_entries_transfer: ['transfer_id', 'currency', 'amount'],
        ledger_entries_account: ['account', 'at', 'amount'],
      },
      checks: { ledger_entries_amount_not_zero: 'amount <> 0' },
    },
  ),
  ...table(
    'ledger_balances',
    { id: key(190), amount: integer(), cutoff_at: integer(), updated_at: integer() },
    { primaryKey: ['id'] },
  ),
];
