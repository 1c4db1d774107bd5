/**
 * What every payment provider's folder offers. Each answers with a closed union; whatever a provider can say is mapped
 * to one of these words in one place. `unknown` is never failure: it may only go to query and reconciliation (RULES 10).
 *
 * A gateway knows no orders and no tables. It is called outside every transaction, through the kernel's outbound
 * client, and its caller has written down what it is about to do before the call.
 */
import type { LocalizedText } from '../kernel/errors.ts';
import type { Money } from '../kernel/money.ts';

/** How a customer can pay; the words of the API. */
export type PaymentMethod =
  | 'wechat_jsapi'
  | 'wechat_native'
  | 'wechat_h5'
  | 'wechat_app'
  | 'alipay_qr'
  | 'alipay_page'
  | 'alipay_wap'
  | 'credit_card'
  | 'debit_card'
  | 'stripe'
  | 'paypal'
  | 'bank_transfer'
  | 'cash_on_delivery';

/** The kinds of order that a rail may sell (RULES 3). */
export type OrderKind = 'goods' | 'coins' | 'topup';

export interface GatewayMethod {
  readonly method: PaymentMethod;
  readonly currencies: readonly string[];
  readonly kinds: readonly OrderKind[];
  /** Whether the payer must be known by an openid of one of the merchant's apps. */
  readonly needsOpenid: boolean;
}

export interface GatewayCapabilities {
  /** Such as `wechat_pay`; the last part of its notification address. */
  readonly provider: string;
  readonly methods: readonly GatewayMethod[];
  /** An expiry nearer than this is raised by the provider (RULES 5). */
  readonly minimumExpiryMs: number;
  readonly refunds: {
    readonly maxPerPayment: number;
    readonly minimumIntervalMs: number;
    readonly maxAgeMs: number;
  };
  /** How long after a close the provider may still report money; closed attempts are queried until then. */
  readonly lateMoneyWindowMs: number;
  /** A notification over this is answered 413 unread. */
  readonly notificationBodyLimitBytes: number;
}

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
  /** The app that the attempt was opened for; the notification must carry exactly this one. */
  readonly appId: string | null;
  readonly openid: string | null;
  readonly clientIp: string | null;
}

/** What the buyer's device needs to go on; given to the client as it is. Depends on the method. */
export type ClientParameters = Readonly<Record<string, string>>;

/** What a provider says of money that it has taken. Checked against the attempt on every path (notification, query, bill). */
export interface PaymentFacts {
  readonly amount: Money;
  /** The merchant's account at the provider (WeChat Pay: mchid). */
  readonly merchantAccount: string;
  readonly appId: string | null;
  /** The provider's own number; unique with provider and account (I6). */
  readonly transactionId: string;
  /** When the provider says it was paid (ms). */
  readonly paidAt: number;
  /** The payer as the provider knows them, where it says so. */
  readonly payer: string | null;
}

/** A refusal or a failure in words that may be shown and stored: never the provider's raw text to a customer. */
export interface GatewayReason {
  /** The provider's code, such as `NOT_ENOUGH`, or ours, such as `timeout`. */
  readonly code: string;
  readonly message: string;
}

export type CreatePaymentResult =
  | { readonly outcome: 'pending' | 'requires_action'; readonly parameters: ClientParameters }
  | { readonly outcome: 'authorized' | 'succeeded'; readonly facts: PaymentFacts }
  /** The provider refused and can take no money under this number. */
  | { readonly outcome: 'declined'; readonly reason: GatewayReason }
  /** The provider has closed or already been paid under this number. */
  | { readonly outcome: 'already_closed' | 'already_paid' }
  /** Nothing has left this machine, or the provider was not reached at all. */
  | { readonly outcome: 'not_sent'; readonly reason: GatewayReason }
  | { readonly outcome: 'unknown'; readonly reason: GatewayReason };

export type QueryPaymentResult =
  | { readonly outcome: 'authorized' | 'succeeded'; readonly facts: PaymentFacts }
  /** It exists and can still take money. `reason` tells of a try that failed, where the provider says so. */
  | { readonly outcome: 'pending'; readonly reason?: GatewayReason }
  | { readonly outcome: 'declined'; readonly reason: GatewayReason }
  | { readonly outcome: 'closed' }
  /** Never failure while a call that may create it is under way. */
  | { readonly outcome: 'not_found' }
  | { readonly outcome: 'unknown'; readonly reason: GatewayReason };

export type ClosePaymentResult =
  | { readonly outcome: 'closed' | 'already_paid' | 'not_found' }
  | { readonly outcome: 'unknown'; readonly reason: GatewayReason };

export interface RefundRequest {
  /** Our refund's id, its number at the provider. */
  readonly id: string;
  readonly paymentId: string;
  readonly transactionId: string | null;
  readonly amount: Money;
  /** The whole amount that was captured. */
  readonly total: Money;
  readonly reason: string | null;
  readonly notifyUrl: string;
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
  /** Final: it will never be done under this number. */
  | { readonly outcome: 'failed'; readonly reason: GatewayReason }
  /** Refused for now (balance, one-minute rule): the same number may be sent again later (RULES 11). */
  | { readonly outcome: 'refused_for_now'; readonly reason: GatewayReason }
  | { readonly outcome: 'not_sent'; readonly reason: GatewayReason }
  | { readonly outcome: 'unknown'; readonly reason: GatewayReason };

export type QueryRefundResult = RefundResult | { readonly outcome: 'not_found' };

/** What came in at the notification address, byte for byte. */
export interface IncomingNotification {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  /** When it came in (ms). */
  readonly receivedAt: number;
}

export type NotificationSubject =
  | { readonly type: 'payment'; readonly paymentId: string; readonly result: QueryPaymentResult }
  | {
      readonly type: 'refund';
      readonly refundId: string;
      readonly paymentId: string;
      readonly result: RefundResult;
    }
  /** Verified, but nothing that we act on. */
  | { readonly type: 'other' };

export type NotificationResult =
  /** Not verifiable (signature, time, serial, probe): 4xx, only counted, nothing stored. */
  | { readonly outcome: 'rejected'; readonly status: 400 | 401; readonly reason: string }
  /** Plausible but not verifiable in principle; nothing in it is applied, open refunds are queried (RULES 9). */
  | { readonly outcome: 'hint'; readonly reason: string }
  | {
      readonly outcome: 'verified';
      /** The provider's event id, or a hash of type, business number and status where it has none. */
      readonly eventId: string;
      readonly eventType: string;
      readonly merchantAccount: string;
      readonly subject: NotificationSubject;
    };

/** An answer in the provider's own format. */
export interface NotificationReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Gateway {
  readonly capabilities: GatewayCapabilities;
  /** The merchant's account that new attempts use (WeChat Pay: mchid). */
  readonly merchantAccount: string;
  /** The provider's share, in ten-thousandths of an amount; accrued in the ledger until the bill corrects it. */
  readonly feeBasisPoints: number;
  /** The app that an attempt is opened for when no openid decides; `null` where the provider knows no apps. */
  appFor(method: PaymentMethod): string | null;
  /** What is wrong with the request before anything is sent, for a 422; `undefined` when nothing is. */
  validate(request: PaymentRequest): LocalizedText | undefined;
  createPayment(request: PaymentRequest): Promise<CreatePaymentResult>;
  queryPayment(request: { readonly id: string; readonly deadlineMs?: number }): Promise<QueryPaymentResult>;
  closePayment(request: { readonly id: string }): Promise<ClosePaymentResult>;
  refund(request: RefundRequest): Promise<RefundResult>;
  queryRefund(request: { readonly id: string; readonly paymentId: string }): Promise<QueryRefundResult>;
  /** Verifies over the raw bytes and maps; makes no decision and touches no state but its key cache. */
  parseNotification(notification: IncomingNotification): Promise<NotificationResult>;
  /** The answer to a notification that is stored (`accepted`) or must come again. */
  replyTo(isAccepted: boolean): NotificationReply;
  /** Begins periodic work (key refresh); the returned function ends it. */
  start?(): () => void;
}
