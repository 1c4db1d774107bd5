/**
 * A line of a bank statement that is a payout of ours which came back: one line for each such refund, and one refund for
 * each such line. Who has confirmed it can not confirm the next payout, as little as who has said it.
 */
import { addColumns, integer, key, table } from '../src/kernel/db/index.ts';

const returns = table(
  'bank_statement_returns',
  { refund_id: key(32), line_id: key(32), created_at: integer() },
  {
    primaryKey: ['refund_id'],
    unique: { bank_statement_returns_line_unique: ['line_id'] },
  },
);

const confirmed = addColumns('refunds', { bounce_confirmed_by: key(64).nullable() });

export const steps = [...returns, ...confirmed];
