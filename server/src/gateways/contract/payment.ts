import type { Money } from '../../kernel/money.ts';
import type { PaymentMethod } from './method.ts';

/** One attempt as the provider gets to know it. `id` is its number there: at most 32 of `[0-9A-Za-z_-]`, new for each attempt. */
export interface PaymentRequest {
  readonly id: string;
  readonly method: PaymentMethod;
  readonly amount: Money;
  /** What the payer reads, already cut to the provider's length by the gateway. */
  readonly description: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly notifyUrl: string;
  /** Where the provider sends the payer's browser back to. Nothing is proved by their coming. */
  readonly returnUrl: string;
  /** `manual`: the money is only held until {@link CaptureRequest}. */
  readonly captureMode: CaptureMode;
  /** The app that the attempt was opened for; the notification must carry exactly this one. */
  readonly appId: string | null;
  readonly openid: string | null;
  readonly clientIp: string | null;
}

export type CaptureMode = 'automatic' | 'manual';

/** An attempt that the provider may know already. */
export interface KnownPayment extends PaymentRequest {
  /** The provider's name of what takes the money, once it is known (Stripe: `pi_…` or `cs_…`, PayPal: the order's id). */
  readonly reference: string | null;
  /** The provider's number of the authorisation or the money, once there is one. */
  readonly transactionId: string | null;
}

/** What the buyer's device needs to go on; given to the client as it is. Depends on the method. */
export type ClientParameters = Readonly<Record<string, string>>;

/** What may be kept of a card: never its number. */
export interface CardDetails {
  readonly brand: string | null;
  readonly last4: string | null;
  readonly authorisationCode: string | null;
  /** The network's or issuer's answer, such as Stripe's `outcome.network_status` or a decline code. */
  readonly responseCode: string | null;
}

/** What a provider says of money that it holds or has taken. Checked against the attempt on every path (notification, query, bill). */
export interface PaymentFacts {
  /** Authorised: what is held. Succeeded: what was taken under this attempt in all. */
  readonly amount: Money;
  /** The merchant's account at the provider (WeChat Pay: mchid). */
  readonly merchantAccount: string;
  readonly appId: string | null;
  /** The provider's own number; unique with provider and account (I6). */
  readonly transactionId: string;
  /** When the provider says it was paid or held (ms). */
  readonly paidAt: number;
  /** The payer as the provider knows them, where it says so. */
  readonly payer: string | null;
  readonly card?: CardDetails;
  /** What the provider kept of it, where it says so already (minor units); otherwise the fee accrues by its rate. */
  readonly fee?: number;
}

/** Money that the provider itself has given back; its number there makes it count once. */
export interface ReturnedMoney {
  readonly providerRefundId: string;
  readonly amount: Money;
  readonly finishedAt: number | null;
}

/** A refusal or a failure in words that may be shown and stored: never the provider's raw text to a customer. */
export interface GatewayReason {
  /** The provider's code, such as `NOT_ENOUGH`, or ours, such as `timeout`. */
  readonly code: string;
  readonly message: string;
}

/** Set once the provider has named what takes the money. */
interface Named {
  readonly reference?: string;
}

interface Authorised extends Named {
  readonly outcome: 'authorized';
  readonly facts: PaymentFacts;
  /** When the hold ends by itself (ms), where the provider says so. */
  readonly authorisedUntil?: number;
}

interface Succeeded extends Named {
  readonly outcome: 'succeeded';
  readonly facts: PaymentFacts;
  /** What went back to the payer although we never asked for a refund: a close that came as the payer paid (Alipay). */
  readonly returned?: readonly ReturnedMoney[];
}

export type CreatePaymentResult =
  | (Named & { readonly outcome: 'pending' | 'requires_action'; readonly parameters: ClientParameters })
  | Authorised
  | Succeeded
  /** The provider refused and can take no money under this number. */
  | { readonly outcome: 'declined'; readonly reason: GatewayReason }
  /** The provider has closed or already been paid under this number. */
  | { readonly outcome: 'already_closed' | 'already_paid' }
  /** Nothing has left this machine, or the provider was not reached at all. */
  | { readonly outcome: 'not_sent'; readonly reason: GatewayReason }
  | { readonly outcome: 'unknown'; readonly reason: GatewayReason };

export type QueryPaymentResult =
  | Authorised
  | Succeeded
  /** The payer has agreed and nothing is held or taken: money moves only if we capture (PayPal's APPROVED). */
  | (Named & { readonly outcome: 'approved' })
  /** It exists and can still take money. `reason` tells of a try that failed, where the provider says so. */
  | (Named & { readonly outcome: 'pending'; readonly reason?: GatewayReason })
  /** The provider is still working on what the payer has done (a bank debit, a review): it can not be closed and will end by itself. */
  | (Named & { readonly outcome: 'processing' })
  | { readonly outcome: 'declined'; readonly reason: GatewayReason }
  | { readonly outcome: 'closed' }
  /** Never failure while a call that may create it is under way. */
  | { readonly outcome: 'not_found' }
  | { readonly outcome: 'unknown'; readonly reason: GatewayReason };

export type ClosePaymentResult =
  | { readonly outcome: 'closed' | 'already_paid' | 'not_found' }
  /** The provider can not close it and need not: it takes no money unless we capture, so the decision not to is the close. */
  | { readonly outcome: 'abandoned' }
  /** The provider can not close it, and it may be paid until it dies by itself (an Alipay page that nobody has opened). */
  | { readonly outcome: 'not_closable' }
  | { readonly outcome: 'unknown'; readonly reason: GatewayReason };

/** Takes money that is held or agreed to. `id` is the capture's: the same id never takes the money twice. */
export interface CaptureRequest {
  readonly id: string;
  readonly payment: KnownPayment;
  readonly amount: Money;
  /** Nothing more will be captured, and what is left of the hold is let go. */
  readonly isFinal: boolean;
}

export type CapturePaymentResult =
  /** `facts.transactionId` is the number of this capture, `facts.amount` what this capture took. */
  | { readonly outcome: 'succeeded'; readonly facts: PaymentFacts }
  /** Accepted, not done yet; asked for again under the same id. */
  | { readonly outcome: 'pending'; readonly reason?: GatewayReason }
  /** Final: no money moves under this id. */
  | { readonly outcome: 'failed'; readonly reason: GatewayReason }
  | { readonly outcome: 'not_sent'; readonly reason: GatewayReason }
  | { readonly outcome: 'unknown'; readonly reason: GatewayReason };
