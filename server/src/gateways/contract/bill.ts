import type { Money } from '../../kernel/money.ts';
import type { GatewayReason } from './payment.ts';

/** One line of a provider's bill, in our words. */
export interface BillRow {
  readonly type: 'payment' | 'refund' | 'dispute' | 'other';
  /** Our number: the payment's, or the refund's; `null` where the provider does not echo it. */
  readonly number: string | null;
  /** For a refund, the payment that it belongs to, where the bill says so. */
  readonly paymentNumber: string | null;
  /** The provider's number of this movement; unique in a day's bill with `type`, or the line is a duplicate. */
  readonly transactionId: string;
  /** Gross and positive, whichever way it moved. */
  readonly amount: Money;
  /** Positive where the provider keeps it, negative where it gives it back; `null` where the bill does not say. */
  readonly fee: number | null;
  readonly status: 'succeeded' | 'pending' | 'failed';
  /** When it happened (ms): decides which day's bill it belongs to. */
  readonly occurredAt: number;
  readonly merchantAccount: string;
}

export interface BillRequest {
  /** `YYYY-MM-DD` in the bill's time zone. */
  readonly date: string;
}

export type DownloadBillResult =
  /** Streamed: a bill may be larger than memory. A stream that breaks throws, and the day is begun again. */
  | { readonly outcome: 'ready'; readonly rows: AsyncIterable<BillRow> }
  /** Nothing happened on that day. */
  | { readonly outcome: 'empty' }
  /** Not made yet; ask again later. */
  | { readonly outcome: 'not_ready' }
  | { readonly outcome: 'unknown'; readonly reason: GatewayReason };

export interface BillCapabilities {
  /** The zone whose midnights cut the days, such as `Asia/Shanghai`. */
  readonly timeZone: string;
  /** The hour of the next day, in that zone, from which the bill is there. */
  readonly readyAtHour: number;
  /** How far back a day may be asked for. */
  readonly maxAgeDays: number;
  /** The provider keeps more or less than our rate, payment by payment: its bill corrects what has accrued. */
  readonly doFeesVary?: true;
}
