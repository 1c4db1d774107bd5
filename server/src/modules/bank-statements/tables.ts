import type { LineReason } from './judge-line.ts';
import type { LineState } from './line-states.ts';

/** One file of a bank. The same file again is the same statement. */
export interface StatementRow {
  id: string;
  account_id: string;
  currency: string;
  file_name: string | null;
  sha256: string;
  /** `YYYY-MM-DD`, as the bank says. */
  first_on: string;
  last_on: string;
  line_count: number;
  imported_by: string;
  created_at: number;
}

/** One movement on an account, once however many statements tell of it. */
export interface LineRow {
  id: string;
  version: number;
  state: LineState;
  /** The statement that told of it first. */
  statement_id: string;
  account_id: string;
  /** The bank's reference, or a hash of the line, and which of those that are alike; unique in its account. */
  line_key: string;
  /** `YYYY-MM-DD`, as the bank says. */
  booked_on: string;
  /** Positive where money came in. */
  amount: number;
  currency: string;
  counterparty: string;
  description: string;
  bank_reference: string | null;
  /** What payments knows the movement by. */
  transaction_id: string;
  /** Why it is not matched, or what became of it. */
  reason: LineReason | null;
  payment_id: string | null;
  /** The refund by hand that an outgoing line has paid, or of which an incoming line is the payout that came back. */
  refund_id: string | null;
  imported_by: string;
  assigned_by: string | null;
  /** Whether who assigned it takes another amount than what was asked for. */
  accepts_difference: number;
  confirmed_by: string | null;
  confirmed_at: number | null;
  reversal_requested_by: string | null;
  reversed_by: string | null;
  created_at: number;
  updated_at: number;
}

/** The right of one line to stand for a payment's money; its id is `in:` or `out:` and the payment's. */
export interface MatchRow {
  id: string;
  line_id: string;
  created_at: number;
}

/** The right of one line to be the payout of a refund which came back. */
export interface ReturnRow {
  refund_id: string;
  line_id: string;
  created_at: number;
}

declare module '../../kernel/db/types.ts' {
  interface Schema {
    /** Owned by bank-statements. */
    bank_statements: StatementRow;
    /** Owned by bank-statements. */
    bank_statement_lines: LineRow;
    /** Owned by bank-statements. */
    bank_statement_matches: MatchRow;
    /** Owned by bank-statements. */
    bank_statement_returns: ReturnRow;
  }
}
