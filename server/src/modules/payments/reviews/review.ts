/** The seam to whoever looks at an attempt before its provider is called. */
import type { OrderKind, PaymentMethod } from '../../../gateways/gateway.ts';
import type { Tx } from '../../../kernel/db/index.ts';
import type { Money } from '../../../kernel/money.ts';
import type { Purpose } from '../purpose.ts';

/** What is known of an attempt before its provider is called. */
export interface ReviewFacts {
  readonly paymentId: string;
  readonly purpose: Purpose;
  readonly customerId: string;
  readonly kind: OrderKind;
  readonly method: PaymentMethod;
  readonly provider: string;
  readonly amount: Money;
  readonly ip: string | null;
  /** Where the caller is, as a trusted proxy says; two letters. */
  readonly ipCountry: string | null;
  /** In two letters: of the billing address in the request, otherwise of the purpose. */
  readonly country: string | null;
  /** A keyed hash. */
  readonly deviceHash: string | null;
}

export interface ReviewVerdict {
  readonly verdict: 'pass' | 'review';
}

/** Runs in the transaction that opens the attempt; what it throws refuses the attempt. */
export type Review = (tx: Tx, facts: ReviewFacts) => Promise<ReviewVerdict>;
