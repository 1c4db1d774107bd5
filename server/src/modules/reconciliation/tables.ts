import type { BillRow } from '../../gateways/gateway.ts';
import type { BillRunStatus } from './bill-run-states.ts';
import type { DifferenceKind, Resolution } from './difference-kind.ts';
import type { DifferenceState } from './difference-states.ts';

export interface BillRunRow {
  id: string;
  version: number;
  status: BillRunStatus;
  provider: string;
  merchant_account: string;
  /** `YYYY-MM-DD` in the bill's time zone. */
  bill_date: string;
  from_at: number;
  to_at: number;
  /** From when the provider has the bill. */
  due_at: number;
  /** Counts the runs through the day; only the newest may write. */
  pass: number;
  /** The pass that downloaded the lines that count; 0 before there are any. */
  generation: number;
  line_count: number;
  /** What the last download came to; NULL before the first. */
  outcome: 'ready' | 'empty' | 'not_ready' | 'unknown' | null;
  reason: string | null;
  asked_at: number | null;
  downloaded_at: number | null;
  finished_at: number | null;
  created_at: number;
  updated_at: number;
}

/** One line of a bill. Those of another generation than the run's are leftovers and count for nothing. */
export interface BillLineRow {
  run_id: string;
  generation: number;
  position: number;
  provider: string;
  /** Whose bill it is; `merchant_account` is what stands in the line. */
  account: string;
  bill_date: string;
  type: BillRow['type'];
  number: string | null;
  payment_number: string | null;
  transaction_id: string;
  amount: number;
  currency: string;
  fee: number | null;
  status: BillRow['status'];
  occurred_at: number;
  merchant_account: string;
}

/** What a bill and our books do not agree on. */
export interface BillDifferenceRow {
  id: string;
  version: number;
  state: DifferenceState;
  kind: DifferenceKind;
  type: BillRow['type'];
  provider: string;
  merchant_account: string;
  /** What it is about, so that a day that is run again finds the same difference. */
  subject: string;
  run_id: string;
  bill_date: string;
  line_run_id: string | null;
  line_position: number | null;
  /** The capture or refund. */
  local_id: string | null;
  number: string | null;
  payment_number: string | null;
  transaction_id: string | null;
  there_amount: number | null;
  there_currency: string | null;
  there_fee: number | null;
  there_status: string | null;
  there_merchant: string | null;
  here_amount: number | null;
  here_currency: string | null;
  here_fee: number | null;
  here_status: string | null;
  occurred_at: number;
  /** The pass of its run that saw it last. */
  seen_pass: number;
  asked_at: number | null;
  /** What the provider said when it was asked again. */
  answer: string | null;
  resolution: Resolution | null;
  note: string | null;
  created_at: number;
  updated_at: number;
}

/** The two sides of a day, by type and currency; amounts gross and positive. */
export interface BillSumRow {
  run_id: string;
  type: BillRow['type'];
  currency: string;
  bill_count: number;
  bill_amount: number;
  bill_fee: number;
  here_count: number;
  here_amount: number;
  /** What had accrued of those whose fee the bill names. */
  here_fee: number;
  /** What the ledger has moved of `here_amount`. */
  ledger_amount: number;
  /** How much of `bill_fee` less `here_fee` was posted as a correction. */
  fee_posted: number;
}

declare module '../../kernel/db/types.ts' {
  interface Schema {
    /** Owned by reconciliation. */
    bill_runs: BillRunRow;
    /** Owned by reconciliation; erased after a time. */
    bill_lines: BillLineRow;
    /** Owned by reconciliation. */
    bill_differences: BillDifferenceRow;
    /** Owned by reconciliation. */
    bill_sums: BillSumRow;
  }
}
