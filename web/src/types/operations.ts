/** What the API answers to staff about money, notifications, jobs and everything that needs a person. */
import type { HistoryStep, Order, OrderPayment, OrderRefund, OrderSummary, RefundRequest } from './orders.ts';

export interface StaffPart {
  readonly internalNote: string | null;
  readonly metadata: {
    readonly source: string;
    readonly userAgent: string | null;
    readonly ipAddress: string | null;
    readonly referrer: string | null;
  };
  /** What staff may make of it next. */
  readonly nextStatuses: readonly string[];
}

export type StaffOrderSummary = OrderSummary & StaffPart;

export interface Timeline {
  readonly events: readonly { readonly id: string; readonly name: string; readonly at: string }[];
  readonly jobs: readonly {
    readonly id: string;
    readonly name: string;
    readonly state: string;
    readonly runAt: string;
    readonly attempts: number;
    readonly isRunning: boolean;
    readonly lastError: string | null;
  }[];
  readonly providerCalls: readonly {
    readonly id: string;
    readonly provider: string;
    readonly operation: string;
    readonly subject: string | null;
    readonly status: number | null;
    readonly error: string | null;
    readonly durationMs: number;
    readonly at: string;
  }[];
  readonly notifications: readonly {
    readonly id: string;
    readonly provider: string;
    readonly eventType: string;
    readonly subjectId: string | null;
    readonly state: string;
    readonly reason: string | null;
    readonly at: string;
  }[];
}

/** A payer's complaint about a payment. */
export interface Dispute {
  readonly id: string;
  readonly status: string;
  readonly provider: string;
  readonly providerDisputeId: string;
  readonly paymentId: string;
  readonly purpose: { readonly type: string; readonly id: string };
  readonly amount: number;
  readonly currency: string;
  readonly reason: string;
  /** What it has taken and not given back. */
  readonly heldAmount: number;
  readonly evidenceDueAt: string | null;
  readonly openedAt: string;
  readonly answeredAt: string | null;
  readonly answeredBy: string | null;
  readonly note: string | null;
}

export interface DisputeDetail extends Dispute {
  readonly movements: readonly {
    readonly id: string;
    readonly type: string;
    readonly amount: number;
    readonly currency: string;
    readonly fee: number;
    readonly movedAt: string;
  }[];
  readonly history: readonly HistoryStep[];
}

export interface StaffRefundRequest extends RefundRequest {
  readonly customerId: string;
  readonly isByHand: boolean;
  readonly decidedBy: string | null;
}

export interface StaffOrder extends Order, StaffPart {
  readonly disputes: readonly Dispute[];
  readonly timeline: Timeline;
}

interface Purpose {
  readonly type: string;
  readonly id: string;
}

/** What is kept of a card; its number never is. */
export interface KeptCard {
  readonly brand: string | null;
  readonly last4: string | null;
  readonly authorisationCode: string | null;
  readonly responseCode: string | null;
}

/** What a provider says that it has received, and which field of it is not what was asked for. */
export interface Received {
  readonly field: string;
  readonly amount: { readonly amount: number; readonly currency: string };
  readonly merchantAccount: string;
  readonly appId: string | null;
  readonly transactionId: string | null;
}

export interface StaffPayment extends OrderPayment {
  readonly purpose: Purpose;
  readonly settlement: string;
  readonly captureMode: string;
  readonly providerReference: string | null;
  readonly providerReason: string | null;
  readonly failureReason: string | null;
  readonly authorisedAmount: number;
  readonly authorisedUntil: string | null;
  readonly captureRequested: number;
  readonly capturedAmount: number;
  readonly heldUntil: string | null;
  readonly card: KeptCard | null;
  readonly customerId: string;
  readonly merchantAccount: string;
  readonly appId: string | null;
  readonly isCurrent: boolean;
  /** What did not match, while a person has to decide. */
  readonly mismatch: Received | null;
}

export interface StaffRefund extends OrderRefund {
  readonly purpose: Purpose;
  readonly provider: string;
  readonly merchantAccount: string;
  readonly providerRefundId: string | null;
  readonly failure: string | null;
  readonly preparedBy: string | null;
  readonly handedBy: string | null;
  readonly bounceConfirmedBy: string | null;
  readonly finishingAt: string | null;
  readonly paidOutBy: string | null;
  readonly paidOutReference: string | null;
}

export interface Capture {
  readonly id: string;
  readonly status: string;
  readonly amount: number;
  readonly currency: string;
  readonly surplusAmount: number;
  readonly refundReserved: number;
  readonly externalRefunded: number;
  readonly isFinal: boolean;
  readonly transactionId: string | null;
  readonly failure: string | null;
  readonly createdAt: string;
  readonly capturedAt: string | null;
}

export interface StaffPaymentDetail extends StaffPayment {
  readonly captures: readonly Capture[];
  readonly refunds: readonly StaffRefund[];
  readonly history: readonly HistoryStep[];
}

export interface ProviderEvent {
  readonly id: string;
  readonly state: string;
  readonly provider: string;
  readonly merchantAccount: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly subjectId: string | null;
  readonly reason: string | null;
  readonly receivedAt: string;
  readonly updatedAt: string;
}

export interface ProviderEventDetail extends ProviderEvent {
  readonly subject: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly error: string | null;
  readonly hasRawBody: boolean;
}

export interface DeadJob {
  readonly id: string;
  readonly name: string;
  readonly key: string | null;
  readonly payload: unknown;
  readonly attempts: number;
  readonly error: string | null;
  readonly createdAt: string;
  readonly diedAt: string;
}

export interface Alert {
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly severity: 'warning' | 'critical';
  readonly details: Readonly<Record<string, unknown>>;
  readonly state: 'open' | 'resolved';
  readonly occurrences: number;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly resolvedAt: string | null;
}

export interface AuditEntry {
  readonly id: string;
  readonly action: string;
  readonly actor: { readonly type: string; readonly id: string };
  readonly target: { readonly type: string; readonly id: string };
  readonly before: unknown;
  readonly after: unknown;
  readonly ip: string | null;
  readonly at: string;
}

/** Who works at the console. */
export interface Me {
  readonly id: string;
  readonly username: string | null;
  readonly email: string | null;
  readonly permissions: readonly string[];
}
