/** Payments, refunds and the inbox of providers' notifications. Knows no orders: a payment stores a purpose (RULES 1). */
import './tables.ts';
import './disputes/tables.ts';
import type { Actor } from '../../kernel/actor.ts';
import type { Reader, Tx } from '../../kernel/db/index.ts';
import type { Router } from '../../kernel/http/index.ts';
import { type Cron, handleJob, type JobHandler } from '../../kernel/jobs/index.ts';
import { registerAdminRoutes } from './admin-routes.ts';
import { type Answer, askAgain, type Doubt } from './attempts/ask-again.ts';
import { type ClosedAttempts, closeOpenAttempts } from './attempts/close-attempts.ts';
import type { PaymentOrder } from './attempts/open-attempt.ts';
import { closeOthers, pollPayment } from './attempts/poll-payment.ts';
import { refreshOpenAttempt } from './attempts/query-payment.ts';
import { startPayment } from './attempts/start-payment.ts';
import { heldUntil } from './attempts/waiting.ts';
import {
  closeByHand,
  type ReceivedByHand,
  type ReversedByHand,
  recordByHand,
  reverseByHand,
} from './by-hand/by-hand.ts';
import { captureHeld } from './captures/request-capture.ts';
import { sendCapture } from './captures/send-capture.ts';
import type { PaymentsDeps } from './deps.ts';
import { queryDispute } from './disputes/query-dispute.ts';
import { registerDisputeRoutes } from './disputes/routes.ts';
import {
  captureSend,
  disputeQuery,
  paymentCloseOthers,
  paymentErase,
  paymentPoll,
  providerEventErase,
  providerEventRetry,
  refundNudge,
  refundPoll,
  refundSend,
} from './jobs.ts';
import { eraseOrigins, eraseRawBodies, nudgeRefunds } from './maintain.ts';
import { createNotificationDoors, type NotificationRoute } from './notifications/notification-route.ts';
import { retryEvent } from './notifications/reapply-event.ts';
import type { PaymentStarted } from './payment.ts';
import { findOpenPayments } from './payment-repository.ts';
import type { Purpose } from './purpose.ts';
import { readDisputes, readPayments, readRefunds, readRefundsOfRequests } from './queries.ts';
import { type PayoutBounce, recordReturnedPayout } from './refunds/bounce-payout.ts';
import { readRefundable } from './refunds/refund-repository.ts';
import { registerRefundRoutes } from './refunds/refund-routes.ts';
import type { RefundOrder } from './refunds/reserve-refund.ts';
import { pollRefund, sendRefund } from './refunds/send-refund.ts';
import { refund } from './refunds/store-credit.ts';
import { approveReview, rejectReview } from './reviews/decide-review.ts';
import { registerRoutes } from './routes.ts';

export type { Answer, Doubt } from './attempts/ask-again.ts';
export type { ClosedAttempts } from './attempts/close-attempts.ts';
export type { PaymentOrder } from './attempts/open-attempt.ts';
export type { BillKey, Book, BookedMoney, ProviderAccount } from './books/book.ts';
export { BOOKS } from './books/booked-money.ts';
export { type PurposeMoney, readMoneyOf } from './books/purpose-money.ts';
export type { ReceivedByHand, ReversedByHand } from './by-hand/by-hand.ts';
export {
  findHandRefunds,
  findPaymentsById,
  findPaymentsByReference,
  findPayouts,
  type HandPayment,
  type HandRefund,
} from './by-hand/hand-queries.ts';
export type { Gateways, NotificationOutcome, PaymentsDeps, StoreCredit } from './deps.ts';
export { type DisputeView, disputeView } from './disputes/views.ts';
export {
  amountDiffers,
  notUnderReview,
  paymentClosed,
  paymentDeclined,
  paymentMethodUnavailable,
  paymentNotValid,
  paymentProcessing,
  paymentUnderReview,
  refundExceedsCaptured,
  refundLimitReached,
  refundNotPaidOut,
  refundTooLate,
  returnUrlNotAllowed,
  secondPersonRequired,
  tooManyPaymentAttempts,
} from './errors.ts';
export {
  type DisputeEvent,
  disputeChanged,
  type PaymentEvent,
  paymentSucceeded,
  type RefundEvent,
  refundCancelled,
  refundFailed,
  refundRequested,
  refundSucceeded,
} from './events.ts';
export { checkPayments } from './invariants.ts';
export type { NotificationRoute } from './notifications/notification-route.ts';
export { isOffered } from './offers.ts';
export type { PaymentStarted } from './payment.ts';
export type {
  DisputeNotice,
  Honour,
  Payable,
  PaymentNotice,
  Purpose,
  PurposeOwner,
  RefundNotice,
} from './purpose.ts';
export { type EventSummary, readEventsAbout, readPayments, readRefunds } from './queries.ts';
export { type KeptMoney, readKeptMoney } from './refunds/kept-money.ts';
export type { RefundOrigin, RefundTarget } from './refunds/refund.ts';
export { type RefundView, refundView } from './refunds/refund-views.ts';
export { isOneWay, ONE_WAY, refundWay } from './refunds/refund-way.ts';
export type { RefundOrder } from './refunds/reserve-refund.ts';
export type { Review, ReviewFacts, ReviewVerdict } from './reviews/review.ts';
export { type PaymentView, paymentView } from './views.ts';

/** What payments offers to other modules. */
export interface Payments {
  registerRoutes(router: Router): void;
  /** Lets notifications in at another address than `/payments/notify/:provider`; they go into the same inbox. */
  registerNotificationRoute(router: Router, route: NotificationRoute): void;
  readonly jobs: readonly JobHandler[];
  readonly crons: readonly Cron[];
  /** Opens an attempt or gives fresh parameters for the open one; outside any transaction. Throws what the owner refuses with. */
  startPayment(order: PaymentOrder): Promise<PaymentStarted>;
  /** Queries, closes and queries every open attempt; outside any transaction. Calls the owner's hooks in transactions of its own. */
  closeOpenAttempts(purpose: Purpose): Promise<ClosedAttempts>;
  /** How many attempts may still take money. */
  countOpenAttempts(tx: Tx, purpose: Purpose): Promise<number>;
  /** Reserves refunds in the caller's transaction, and does those that are store credit; calls the owner's `onRefundReserved` for each. */
  reserveRefund(tx: Tx, order: RefundOrder): Promise<{ refundIds: string[] }>;
  /** Until when a review or a provider that is still working holds the end of the purpose (ms). */
  heldUntil(db: Reader, purpose: Purpose): Promise<number | null>;
  /** Takes what is held for the purpose, because its goods leave; nothing where nothing is held. */
  captureHeld(tx: Tx, purpose: Purpose, by: Actor): Promise<void>;
  /** Books money that a person has received. Throws `not_found`, `not_by_hand` and `amount_differs` (409). */
  recordByHand(tx: Tx, received: ReceivedByHand): Promise<'paid' | 'surplus' | 'repeated'>;
  /** Books that such money has gone back without us. Throws `not_found`, `not_by_hand` and `refund_exceeds_captured` (409). */
  reverseByHand(tx: Tx, reversed: ReversedByHand): Promise<'recorded' | 'repeated'>;
  /**
   * Books that a refund which a person has paid came back; `known` where that was said before. Throws `not_found` and
   * `refund_not_paid_out` (409).
   */
  returnPayout(tx: Tx, refundId: string, bounce: PayoutBounce): Promise<'bounced' | 'known'>;
  /** Nobody will hand the money over any more. Throws `not_found` and `not_by_hand`. */
  closeByHand(tx: Tx, closing: { paymentId: string; by: Actor; reason: string }): Promise<void>;
  /** Lets the payer go on. Throws `not_found`, `not_under_review` (409), and what the owner refuses with. */
  approveReview(tx: Tx, decision: { paymentId: string; by: Actor }): Promise<void>;
  /** Ends the attempt under review. Throws `not_found` and `not_under_review` (409). */
  rejectReview(tx: Tx, decision: { paymentId: string; by: Actor }): Promise<void>;
  /** Asks the provider about the current attempt before it is shown: at most once in 5 s, within `deadlineMs`. */
  refreshOpenAttempt(purpose: Purpose, deadlineMs: number): Promise<void>;
  /**
   * Asks a provider once more about money on which its bill and our books do not agree, and records its answer; outside
   * any transaction. Throws `provider_unavailable` when the provider can not be reached.
   */
  askAgain(doubt: Doubt): Promise<Answer>;
  readonly readPayments: typeof readPayments;
  readonly readRefunds: typeof readRefunds;
  readonly readRefundsOfRequests: typeof readRefundsOfRequests;
  /** What may still be refunded of the purpose, surplus not counted, in minor units. */
  readonly readRefundable: typeof readRefundable;
  readonly readDisputes: typeof readDisputes;
}

/** Payments on one database, over the gateways that are switched on. */
export function createPayments(deps: PaymentsDeps): Payments {
  const registerNotificationRoute = createNotificationDoors(deps);
  return {
    registerRoutes(router) {
      registerRoutes(router, deps, registerNotificationRoute);
      registerRefundRoutes(router, deps);
      registerDisputeRoutes(router, deps);
      registerAdminRoutes(router, deps);
    },
    registerNotificationRoute,
    jobs: [
      handleJob(paymentPoll, (job) => pollPayment(deps, job)),
      handleJob(paymentCloseOthers, (job) => closeOthers(deps, job)),
      handleJob(captureSend, (job) => sendCapture(deps, job)),
      handleJob(refundSend, (job) => sendRefund(deps, job)),
      handleJob(refundPoll, (job) => pollRefund(deps, job)),
      handleJob(disputeQuery, (job) => queryDispute(deps, job)),
      handleJob(refundNudge, (job) => nudgeRefunds(deps, job.payload.provider)),
      handleJob(providerEventRetry, (job) => retryEvent(deps, job)),
      handleJob(providerEventErase.definition, () => eraseRawBodies(deps)),
      handleJob(paymentErase.definition, () => eraseOrigins(deps)),
    ],
    crons: [providerEventErase, paymentErase],
    startPayment: (order) => startPayment(deps, order),
    closeOpenAttempts: (purpose) => closeOpenAttempts(deps, purpose),
    countOpenAttempts: async (tx, purpose) => (await findOpenPayments(tx, purpose)).length,
    reserveRefund: (tx, order) => refund(tx, deps, order),
    heldUntil,
    captureHeld: (tx, purpose, by) => captureHeld(tx, deps, purpose, by),
    recordByHand: (tx, received) => recordByHand(tx, deps, received),
    reverseByHand: (tx, reversed) => reverseByHand(tx, deps, reversed),
    returnPayout: (tx, refundId, bounce) => recordReturnedPayout(tx, deps, refundId, bounce),
    closeByHand: (tx, closing) => closeByHand(tx, deps, closing),
    approveReview: async (tx, decision) => void (await approveReview(tx, deps, decision)),
    rejectReview: (tx, decision) => rejectReview(tx, deps, decision),
    refreshOpenAttempt: (purpose, deadlineMs) => refreshOpenAttempt(deps, purpose, deadlineMs),
    askAgain: (doubt) => askAgain(deps, doubt),
    readPayments,
    readRefunds,
    readRefundsOfRequests,
    readRefundable,
    readDisputes,
  };
}
