declare module '../../kernel/db/types.ts' {
  interface Schema {
    /** Owned by ledger. An account is opened by the first transfer that names it. */
    ledger_accounts: {
      /** The account's code, such as `clearing:wechat_pay:1900000001:CNY`. */
      id: string;
      kind: string;
      currency: string;
      created_at: number;
    };
    /** Owned by ledger; append-only. */
    ledger_transfers: {
      id: string;
      /** What brought it about, such as `capture:cap_…`; unique, so that nothing is posted twice. */
      cause: string;
      purpose_type: string;
      purpose_id: string;
      at: number;
    };
    /** Owned by ledger; append-only. */
    ledger_entries: {
      transfer_id: string;
      /** From 1 on; with the transfer the primary key. */
      position: number;
      account: string;
      currency: string;
      /** Minor units; a debit is positive, a credit negative. */
      amount: number;
      at: number;
    };
    /** Owned by ledger. The sum of an account's entries up to and including `cutoff_at`, a help for reading and never the truth. */
    ledger_balances: {
      id: string;
      amount: number;
      cutoff_at: number;
      updated_at: number;
    };
  }
}
