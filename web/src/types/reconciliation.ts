/** What the API answers to staff about bills and what they do not agree on. */

export interface BillAccount {
  readonly provider: string;
  readonly merchantAccount: string;
  readonly timeZone: string;
}

interface DifferenceCount {
  readonly kind: string;
  readonly state: string;
  readonly count: number;
}

export interface BillRun {
  readonly id: string;
  readonly status: string;
  readonly provider: string;
  readonly merchantAccount: string;
  readonly date: string;
  readonly dueAt: string;
  readonly lines: number;
  readonly outcome: string | null;
  readonly reason: string | null;
  readonly askedAt: string | null;
  readonly downloadedAt: string | null;
  readonly finishedAt: string | null;
  readonly differences: readonly DifferenceCount[];
}

interface BillSide {
  readonly count: number;
  readonly amount: number;
  readonly fee: number;
}

export interface BillSum {
  readonly type: string;
  readonly currency: string;
  readonly bill: BillSide;
  readonly here: BillSide;
  readonly ledgerAmount: number;
  readonly isLedgerAgreed: boolean;
  readonly feePosted: number;
}

export interface BillReport extends BillRun {
  readonly sums: readonly BillSum[];
}

interface DifferenceSide {
  readonly amount: number;
  readonly currency: string;
  readonly fee: number | null;
  readonly status: string;
  readonly merchantAccount: string | null;
}

export interface BillDifference {
  readonly id: string;
  readonly runId: string;
  readonly kind: string;
  readonly state: string;
  readonly type: string;
  readonly provider: string;
  readonly merchantAccount: string;
  readonly date: string;
  readonly number: string | null;
  readonly paymentNumber: string | null;
  readonly transactionId: string | null;
  readonly there: DifferenceSide | null;
  readonly here: DifferenceSide | null;
  readonly occurredAt: string;
  readonly isAskable: boolean;
  readonly askedAt: string | null;
  readonly answer: string | null;
  readonly resolution: string | null;
  readonly note: string | null;
}
