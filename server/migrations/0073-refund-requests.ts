/**
 * Refunds that a customer asks for and a person decides on, what was refunded and restocked of each line, and refunds that
 * no provider carries out: a person pays them and another one says that it is done.
 */
import { addColumns, flag, integer, key, table, text } from '../src/kernel/db/index.ts';

const refunds = addColumns('refunds', {
  request_id: key(32).nullable(),
  by_hand: flag().default(0),
  prepared_by: key(64).nullable(),
  handed_by: key(64).nullable(),
  paid_out_by: key(64).nullable(),
  paid_out_reference: key(100).nullable(),
  paid_from: key(16).nullable(),
});

const requests = table(
  'refund_requests',
  {
    id: key(32),
    version: integer(),
    status: key(16),
    order_id: key(),
    customer_id: key(),
    origin: key(16),
    is_return: flag(),
    amount: integer(),
    currency: key(8),
    approved_amount: integer().nullable(),
    by_hand: flag(),
    reason: text(),
    decision_reason: text().nullable(),
    live_key: key().nullable(),
    claim_id: key().nullable(),
    decided_by: key(64).nullable(),
    decided_at: integer().nullable(),
    created_at: integer(),
    updated_at: integer(),
  },
  {
    primaryKey: ['id'],
    unique: {
      refund_requests_live_unique: ['live_key'],
      refund_requests_claim_unique: ['claim_id'],
    },
    indexes: {
      refund_requests_order: ['order_id', 'created_at'],
      refund_requests_status: ['status', 'created_at'],
      refund_requests_created: ['created_at'],
    },
    checks: {
      refund_requests_amount: 'amount > 0',
      refund_requests_approved: 'approved_amount > 0 AND approved_amount <= amount',
    },
  },
);

const requestLines = table(
  'refund_request_lines',
  {
    request_id: key(32),
    position: integer(),
    quantity: integer(),
    amount: integer(),
    restock_quantity: integer(),
  },
  {
    primaryKey: ['request_id', 'position'],
    checks: {
      refund_request_lines_quantity: 'quantity > 0',
      refund_request_lines_restock: 'restock_quantity >= 0 AND restock_quantity <= quantity',
    },
  },
);

const lineRefunds = table(
  'order_line_refunds',
  {
    order_id: key(),
    position: integer(),
    quantity: integer(),
    refunded_quantity: integer(),
    refunded_amount: integer(),
    restocked_quantity: integer(),
    updated_at: integer(),
  },
  {
    primaryKey: ['order_id', 'position'],
    checks: {
      order_line_refunds_quantity: 'refunded_quantity >= 0 AND refunded_quantity <= quantity',
      order_line_refunds_restock: 'restocked_quantity >= 0 AND restocked_quantity <= quantity',
      order_line_refunds_amount: 'refunded_amount >= 0',
    },
  },
);

export const steps = [...refunds, ...requests, ...requestLines, ...lineRefunds];
