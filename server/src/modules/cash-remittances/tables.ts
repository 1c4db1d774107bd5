import type { RemittanceState } from './remittance-states.ts';

/** Cash that a courier has collected for one payment. */
export interface CollectionRow {
  id: string;
  payment_id: string;
  purpose_id: string;
  amount: number;
  currency: string;
  /** The hand-over in which it is; `null` while the courier still has it. */
  remittance_id: string | null;
  collected_at: number;
  /** When that hand-over was confirmed. */
  remitted_at: number | null;
}

/** Cash of one or more collections that a courier has handed over. */
export interface RemittanceRow {
  id: string;
  version: number;
  state: RemittanceState;
  courier: string;
  amount: number;
  currency: string;
  collections: number;
  note: string | null;
  /** The number of the deposit slip or receipt. */
  reference: string | null;
  claim_id: string | null;
  recorded_by: string;
  confirmed_by: string | null;
  confirmed_at: number | null;
  created_at: number;
  updated_at: number;
}

declare module '../../kernel/db/types.ts' {
  interface Schema {
    /** Owned by cash-remittances. */
    cash_collections: CollectionRow;
    /** Owned by cash-remittances. */
    cash_remittances: RemittanceRow;
  }
}
