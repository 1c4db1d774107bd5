/**
 * What every payment provider's folder offers. Each answers with a closed union; whatever a provider can say is mapped
 * to one of these words in one place. `unknown` is never failure: it may only go to query and reconciliation (RULES 10).
 *
 * A gateway knows no orders and no tables. It is called outside every transaction, through the kernel's outbound
 * client, and its caller has written down what it is about to do before the call. It throws for a defect only; every
 * failure of the network or of the provider is an outcome.
 */
import type { LocalizedText } from '../kernel/errors.ts';
import type { BillCapabilities, BillRequest, DownloadBillResult } from './contract/bill.ts';
import type { QueryDisputeResult } from './contract/dispute.ts';
import type { GatewayMethod, PaymentMethod } from './contract/method.ts';
import type { IncomingNotification, NotificationReply, NotificationResult } from './contract/notification.ts';
import type {
  CaptureMode,
  CapturePaymentResult,
  CaptureRequest,
  ClosePaymentResult,
  CreatePaymentResult,
  KnownPayment,
  PaymentRequest,
  QueryPaymentResult,
} from './contract/payment.ts';
import type {
  AbnormalRefundRequest,
  KnownRefund,
  QueryRefundResult,
  RefundRequest,
  RefundResult,
} from './contract/refund.ts';

export type * from './contract/bill.ts';
export type * from './contract/dispute.ts';
export type * from './contract/method.ts';
export type * from './contract/notification.ts';
export type * from './contract/payment.ts';
export type * from './contract/refund.ts';

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
  /** How money that is held or agreed to is taken; `null` where the provider takes it by itself. */
  readonly captures: {
    /** How long a hold lasts, where the provider does not say. */
    readonly holdMs: number;
    /** More than one capture may be made of one authorisation. */
    readonly isMultiple: boolean;
  } | null;
  /** `null` where there is no bill to download; statements of such a rail are imported. */
  readonly bill: BillCapabilities | null;
  /** How long after a close the provider may still report money; closed attempts are queried until then. */
  readonly lateMoneyWindowMs: number;
  /** A notification over this is answered 413 unread. */
  readonly notificationBodyLimitBytes: number;
}

export interface Gateway {
  readonly capabilities: GatewayCapabilities;
  /** The merchant's account that new attempts use (WeChat Pay: mchid). */
  readonly merchantAccount: string;
  /** The provider's share, in ten-thousandths of an amount; accrued in the ledger until the bill corrects it. */
  readonly feeBasisPoints: number;
  /** Whether new attempts only hold the money until it is captured. */
  readonly captureMode: CaptureMode;
  /** The app that an attempt is opened for when no openid decides; `null` where the provider knows no apps. */
  appFor(method: PaymentMethod): string | null;
  /** What is wrong with the request before anything is sent, for a 422; `undefined` when nothing is. */
  validate(request: PaymentRequest): LocalizedText | undefined;
  createPayment(request: PaymentRequest): Promise<CreatePaymentResult>;
  /** Moves no money. Where `reference` is missing because the answer to the creation was lost, it finds out by `id`. */
  queryPayment(payment: KnownPayment, deadlineMs?: number): Promise<QueryPaymentResult>;
  /** Of an authorisation this is its void. */
  closePayment(payment: KnownPayment): Promise<ClosePaymentResult>;
  /**
   * Turns an approval into a hold, for an attempt of `manual` capture; there where a query may answer `approved`. Called again
   * it finds the hold that there is.
   */
  authorisePayment?(payment: KnownPayment): Promise<QueryPaymentResult>;
  /** Takes money that is held or agreed to. Called again with the same id it finds out before it moves anything. */
  capturePayment?(request: CaptureRequest): Promise<CapturePaymentResult>;
  refund(request: RefundRequest): Promise<RefundResult>;
  queryRefund(refund: KnownRefund): Promise<QueryRefundResult>;
  finishAbnormalRefund?(request: AbnormalRefundRequest): Promise<RefundResult>;
  queryDispute?(dispute: { readonly id: string }): Promise<QueryDisputeResult>;
  /** There where `capabilities.bill` is. */
  downloadBill?(request: BillRequest): Promise<DownloadBillResult>;
  /** Verifies over the raw bytes and maps; makes no decision and touches no state but its key cache. */
  parseNotification(notification: IncomingNotification): Promise<NotificationResult>;
  /** The answer to a notification that is stored (`accepted`) or must come again. */
  replyTo(isAccepted: boolean): NotificationReply;
  /** Begins periodic work (key refresh); the returned function ends it. */
  start?(): () => void;
}
