import type { Money } from '../../kernel/money.ts';
import type { GatewayReason, KnownPayment } from './payment.ts';

export interface RefundRequest {
  /** Our refund's id, its number at the provider. */
  readonly id: string;
  readonly payment: KnownPayment;
  /** The provider's number of the capture that is given back. */
  readonly captureTransactionId: string;
  readonly amount: Money;
  /** The whole amount of that capture. */
  readonly total: Money;
  readonly reason: string | null;
  readonly notifyUrl: string;
}

/** A refund that was sent and may be known to the provider. */
export interface KnownRefund extends RefundRequest {
  /** The provider's own number of the refund, once it is known. */
  readonly providerRefundId: string | null;
  /** It was not asked for before this (ms): the first day whose bill may have it. */
  readonly since: number;
}

export interface RefundFacts {
  readonly amount: Money;
  readonly paymentId: string;
  /** The merchant's account, where the provider says it. */
  readonly merchantAccount: string | null;
  /** The provider's own number of the refund. */
  readonly providerRefundId: string;
  readonly finishedAt: number | null;
}

export type RefundResult =
  | { readonly outcome: 'succeeded'; readonly facts: RefundFacts }
  /** Accepted, not done yet. */
  | { readonly outcome: 'pending'; readonly facts: RefundFacts }
  /** The provider needs a person (the payer's account is gone); the money has not been returned. */
  | { readonly outcome: 'abnormal'; readonly facts: RefundFacts }
  /** No provider returns it: a person pays it out and a second one marks it done. Never queried. */
  | { readonly outcome: 'by_hand' }
  /** Final: it will never be done under this number. */
  | { readonly outcome: 'failed'; readonly reason: GatewayReason }
  /** Refused for now (balance, one-minute rule): the same number may be sent again later (RULES 11). */
  | { readonly outcome: 'refused_for_now'; readonly reason: GatewayReason }
  | { readonly outcome: 'not_sent'; readonly reason: GatewayReason }
  | { readonly outcome: 'unknown'; readonly reason: GatewayReason };

export type QueryRefundResult = RefundResult | { readonly outcome: 'not_found' };

/** What finishes an abnormal refund at a provider that can still do so (WeChat Pay: apply-abnormal-refund). */
export interface AbnormalRefundRequest {
  readonly refund: KnownRefund;
  /** `payer_card`: to the card named; `merchant_account`: to the merchant, who returns it by hand. */
  readonly to: 'payer_card' | 'merchant_account';
  readonly card?: { readonly bankType: string; readonly holderName: string; readonly number: string };
}
