/** What customers have with the shop: coins and store credit, what is set aside of it, and what they owe. */
import { flag, integer, key, table, text } from '../src/kernel/db/index.ts';

const wallets = table(
  'wallets',
  {
    id: key(80),
    version: integer(),
    customer_id: key(),
    currency: key(8),
    paid: integer(),
    gift: integer(),
    held: integer(),
    owed: integer(),
    created_at: integer(),
    updated_at: integer(),
  },
  {
    primaryKey: ['id'],
    unique: { wallets_customer_unique: ['customer_id', 'currency'] },
    indexes: { wallets_updated: ['updated_at'] },
    checks: { wallets_never_below_zero: 'paid >= 0 AND gift >= 0 AND held >= 0 AND owed >= 0' },
  },
);

const lots = table(
  'wallet_lots',
  {
    id: key(32),
    wallet_id: key(80),
    origin: key(100),
    bucket: key(8),
    source: key(16),
    amount: integer(),
    available: integer(),
    held: integer(),
    used: integer(),
    expired: integer(),
    returned: integer(),
    expires_at: integer().nullable(),
    due_at: integer().nullable(),
    created_at: integer(),
    updated_at: integer(),
  },
  {
    primaryKey: ['id'],
    unique: { wallet_lots_origin_unique: ['origin', 'bucket'] },
    indexes: { wallet_lots_wallet: ['wallet_id', 'available'], wallet_lots_due: ['due_at'] },
    checks: {
      wallet_lots_bucket_known: "bucket IN ('paid', 'gift')",
      wallet_lots_parts: 'available >= 0 AND held >= 0 AND used >= 0 AND expired >= 0 AND returned >= 0',
      wallet_lots_whole: 'amount = available + held + used + expired + returned',
      wallet_lots_due: '(due_at IS NULL) = (available = 0 OR expires_at IS NULL)',
    },
  },
);

const transactions = table(
  'wallet_transactions',
  {
    id: key(32),
    wallet_id: key(80),
    sequence: integer(),
    type: key(16),
    paid: integer(),
    gift: integer(),
    held: integer(),
    owed: integer(),
    paid_after: integer(),
    gift_after: integer(),
    held_after: integer(),
    cause: key(100),
    purpose_type: key(16),
    purpose_id: key(80),
    note: text().nullable(),
    actor_type: key(16),
    actor_id: key(80),
    at: integer(),
  },
  {
    primaryKey: ['id'],
    unique: {
      wallet_transactions_cause_unique: ['cause'],
      wallet_transactions_sequence_unique: ['wallet_id', 'sequence'],
    },
    indexes: {
      wallet_transactions_wallet: ['wallet_id', 'at'],
      wallet_transactions_purpose: ['purpose_id'],
    },
  },
);

const holds = table(
  'wallet_holds',
  {
    id: key(32),
    version: integer(),
    status: key(16),
    wallet_id: key(80),
    customer_id: key(),
    currency: key(8),
    amount: integer(),
    paid: integer(),
    gift: integer(),
    settled_amount: integer(),
    reference: key(100),
    description: text().nullable(),
    claim_id: key().nullable(),
    created_by: key(),
    expires_at: integer().nullable(),
    ended_at: integer().nullable(),
    created_at: integer(),
    updated_at: integer(),
  },
  {
    primaryKey: ['id'],
    unique: {
      wallet_holds_claim_unique: ['claim_id'],
      wallet_holds_reference_unique: ['wallet_id', 'reference'],
    },
    indexes: {
      wallet_holds_status: ['status', 'created_at'],
      wallet_holds_customer: ['customer_id', 'created_at'],
    },
    checks: {
      wallet_holds_amount: 'amount > 0 AND paid >= 0 AND gift >= 0 AND amount = paid + gift',
      wallet_holds_settled: 'settled_amount >= 0 AND settled_amount <= amount',
    },
  },
);

const holdLots = table(
  'wallet_hold_lots',
  { hold_id: key(32), lot_id: key(32), amount: integer() },
  {
    primaryKey: ['hold_id', 'lot_id'],
    indexes: { wallet_hold_lots_lot: ['lot_id'] },
    checks: { wallet_hold_lots_positive: 'amount > 0' },
  },
);

const receivables = table(
  'wallet_receivables',
  {
    id: key(32),
    version: integer(),
    status: key(16),
    wallet_id: key(80),
    customer_id: key(),
    currency: key(8),
    lot_id: key(32),
    cause: key(100),
    purpose_type: key(16),
    purpose_id: key(80),
    amount: integer(),
    open_amount: integer(),
    collected: integer(),
    waived: integer(),
    annulled: integer(),
    note: text().nullable(),
    created_at: integer(),
    updated_at: integer(),
  },
  {
    primaryKey: ['id'],
    unique: { wallet_receivables_cause_unique: ['cause', 'lot_id'] },
    indexes: {
      wallet_receivables_status: ['status', 'created_at'],
      wallet_receivables_customer: ['customer_id', 'created_at'],
      wallet_receivables_lot: ['lot_id'],
    },
    checks: {
      wallet_receivables_parts: 'open_amount >= 0 AND collected >= 0 AND waived >= 0 AND annulled >= 0',
      wallet_receivables_whole: 'amount = open_amount + collected + waived + annulled',
      wallet_receivables_status_known: "(status = 'open') = (open_amount > 0)",
    },
  },
);

const adjustments = table(
  'wallet_adjustments',
  {
    id: key(32),
    version: integer(),
    status: key(16),
    customer_id: key(),
    currency: key(8),
    bucket: key(8),
    amount: integer(),
    expires_at: integer().nullable(),
    reason: text(),
    needs_second_person: flag(),
    requested_by: key(),
    decided_by: key().nullable(),
    decided_at: integer().nullable(),
    decision_note: text().nullable(),
    claim_id: key().nullable(),
    created_at: integer(),
    updated_at: integer(),
  },
  {
    primaryKey: ['id'],
    unique: { wallet_adjustments_claim_unique: ['claim_id'] },
    indexes: {
      wallet_adjustments_status: ['status', 'created_at'],
      wallet_adjustments_customer: ['customer_id', 'created_at'],
    },
    checks: {
      wallet_adjustments_moves: 'amount <> 0',
      // Nobody agrees alone to what is above the limit.
      wallet_adjustments_second_person:
        "status <> 'applied' OR needs_second_person = 0 OR (decided_by IS NOT NULL AND decided_by <> requested_by)",
    },
  },
);

/** What each person has adjusted alone on each day; a counter under a limit. */
const adjustmentCounts = table(
  'wallet_adjustment_counts',
  { id: key(100), amount: integer(), updated_at: integer() },
  { primaryKey: ['id'], checks: { wallet_adjustment_counts_positive: 'amount > 0' } },
);

export const steps = [
  ...wallets,
  ...lots,
  ...transactions,
  ...holds,
  ...holdLots,
  ...receivables,
  ...adjustments,
  ...adjustmentCounts,
];
