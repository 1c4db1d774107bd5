/** What the API answers about bank statements and cash. Amounts in minor units, times in ISO 8601. */

export interface BankAccount {
  readonly id: string;
  readonly name: string;
  readonly bank: string;
  readonly currency: string;
  readonly number: string | null;
  readonly iban: string | null;
}

export interface StatementLine {
  readonly id: string;
  readonly state: string;
  readonly reason: string | null;
  readonly accountId: string;
  /** `YYYY-MM-DD`, as the bank says. */
  readonly bookedOn: string;
  readonly amount: number;
  readonly currency: string;
  readonly counterparty: string;
  readonly description: string;
  readonly bankReference: string | null;
  readonly paymentId: string | null;
  /** The refund that it has paid, or of which it is the payout that came back. */
  readonly refundId: string | null;
  readonly acceptsDifference: boolean;
  readonly importedBy: string;
  readonly assignedBy: string | null;
  readonly confirmedBy: string | null;
  readonly reversalRequestedBy: string | null;
}

export interface StatementReport {
  /** `null` where lines were wrong and nothing was imported. */
  readonly statementId: string | null;
  readonly currency: string;
  readonly totals: Readonly<Record<string, number>>;
  readonly lines: readonly StatementReportLine[];
  readonly problems: readonly { readonly line: number; readonly message: string }[];
  readonly ignoredColumns: readonly string[];
}

export interface StatementReportLine {
  readonly line: number;
  readonly bookedOn: string;
  readonly amount: number;
  readonly outcome: string;
  readonly reason: string | null;
  readonly paymentId: string | null;
}

/** Cash that a courier has collected. */
export interface CashCollection {
  readonly paymentId: string;
  readonly orderId: string;
  readonly amount: number;
  readonly currency: string;
  readonly remittanceId: string | null;
  readonly collectedAt: string;
  readonly remittedAt: string | null;
}

/** Cash that a courier has handed over. */
export interface CashRemittance {
  readonly id: string;
  readonly state: string;
  readonly courier: string;
  readonly amount: number;
  readonly currency: string;
  readonly collections: number;
  readonly note: string | null;
  readonly reference: string | null;
  readonly recordedBy: string;
  readonly confirmedBy: string | null;
  readonly createdAt: string;
}
