import type { DeliveryResult, TopupType } from '../../operators/operator.ts';

/** One top-up: what was sold, as it was when it was ordered, and what became of its delivery. */
export interface TopupRow {
  /** Our number at the operator. */
  id: string;
  order_id: string;
  customer_id: string;
  operator: string;
  /** Digits without the calling code. */
  msisdn: string;
  type: TopupType;
  /** The tariff's; `null` for a bill. */
  code: string | null;
  name: string;
  english_name: string | null;
  units: number | null;
  data: string | null;
  days: number | null;
  /** What the operator asks, in minor units of its currency. */
  price: number;
  price_currency: string;
  /** What the customer pays, in minor units. */
  amount: number;
  currency: string;
  /** The rate of that moment: so many of the operator's currency are so many of the customer's. */
  rate_from_units: number;
  rate_to_units: number;
  vat_register_number: string | null;
  paid_at: number | null;
  /** When a run has won the right to send it; it is set before anything is sent. */
  recharge_at: number | null;
  /** No request may begin after this. */
  send_until: number | null;
  /** Which run that is: nobody else records what became of the request. */
  claim_token: string | null;
  /** The operator's own word, or that there is none. */
  result: DeliveryResult['outcome'] | null;
  result_code: string | null;
  result_message: string | null;
  result_at: number | null;
  /** The operator's numbers of the delivery (`seq`, `sv_id`). */
  sequence: string | null;
  service_id: string | null;
  /** JSON: the tax bill as it came. */
  vat_bill: string | null;
  /** A person's word where the operator had none. */
  decision: 'delivered' | 'failed' | null;
  decision_reason: string | null;
  decided_by: string | null;
  decided_at: number | null;
  /** What a person is waited for to decide: whether it was delivered, or what becomes of its money. */
  awaits_person: 'unknown' | 'failed' | null;
  created_at: number;
  updated_at: number;
}

/** A rate that staff has set; the one with the highest version holds. */
export interface TopupRateRow {
  id: string;
  from_currency: string;
  to_currency: string;
  version: number;
  from_units: number;
  to_units: number;
  note: string | null;
  set_by: string;
  created_at: number;
}

declare module '../../kernel/db/types.ts' {
  interface Schema {
    /** Owned by topups. */
    topups: TopupRow;
    /** Owned by topups. */
    topup_rates: TopupRateRow;
    /** Owned by topups. What one day has brought, written on the next. */
    topup_summaries: {
      /** `yyyy-mm-dd`, of Asia/Shanghai. */
      day: string;
      /** JSON of {@link Figures}. */
      figures: string;
      created_at: number;
    };
  }
}
