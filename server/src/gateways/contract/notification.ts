import type { DisputeFacts } from './dispute.ts';
import type { QueryPaymentResult } from './payment.ts';
import type { RefundResult } from './refund.ts';

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
      /** Our refund's number; the provider's own where it was made without us. */
      readonly refundId: string;
      readonly paymentId: string;
      readonly result: RefundResult;
    }
  | { readonly type: 'dispute'; readonly facts: DisputeFacts }
  /** Verified, but nothing that we act on. */
  | { readonly type: 'other' };

export type NotificationResult =
  /** Not verifiable (signature, time, serial, probe): 4xx, only counted, nothing stored. */
  | { readonly outcome: 'rejected'; readonly status: 400 | 401; readonly reason: string }
  /** Could not be verified for now (a certificate that can not be fetched): 5xx, so that it comes again; nothing stored. */
  | { readonly outcome: 'unverified'; readonly reason: string }
  /** Plausible but not verifiable in principle; nothing in it is applied, what it names is queried (RULES 9). */
  | {
      readonly outcome: 'hint';
      readonly reason: string;
      readonly paymentId?: string;
      /**
       * Where the provider tells by hints alone: what this one is about. It is then written down, once for each payment of
       * ours, and one about a payment that is not known here is to come again.
       */
      readonly eventType?: string;
    }
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
