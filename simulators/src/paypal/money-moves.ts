import { numberParam, textParam } from '../faults.ts';
import type { Task } from '../scheduler.ts';
import { type PaypalContext, PROVIDER } from './context.ts';
import {
  type Capture,
  type CaptureStatus,
  newNumber,
  type Order,
  type Refund,
  type RefundStatus,
  subjectOf,
} from './orders.ts';
import { showCaptureAlone, showRefund } from './views.ts';
import { notify } from './webhooks.ts';

/** How a capture that was accepted can turn out. */
export const CAPTURE_FAULTS = ['capture_pending', 'capture_declined'] as const;
export const REFUND_FAULTS = ['refund_pending', 'refund_failed'] as const;

/** 3.49 % and 49 cents: PayPal's list price in dollars, and near enough in any other currency. */
export function feeOf(units: number): number {
  return Math.min(units, Math.round((units * 349) / 10_000) + 49);
}

const EVENT_OF_CAPTURE: Readonly<Partial<Record<CaptureStatus, string>>> = {
  COMPLETED: 'PAYMENT.CAPTURE.COMPLETED',
  PENDING: 'PAYMENT.CAPTURE.PENDING',
  DECLINED: 'PAYMENT.CAPTURE.DENIED',
  FAILED: 'PAYMENT.CAPTURE.DENIED',
};

function tellCapture(context: PaypalContext, order: Order, capture: Capture): void {
  const event = EVENT_OF_CAPTURE[capture.status];
  if (event !== undefined) {
    notify(context, event, 'capture', order.customId, showCaptureAlone(context, order, capture));
  }
}

interface CaptureInput {
  operation: 'capture_order' | 'capture_authorization';
  units: number;
  invoiceId: string;
  isFinal: boolean;
}

/** Takes money under an order; a fault plan may leave it PENDING or DECLINED. */
export function addCapture(
  context: PaypalContext,
  order: Order,
  input: CaptureInput,
): { order: Order; capture: Capture } {
  const { operation, ...given } = input;
  const fault = context.faults.take(PROVIDER, operation, CAPTURE_FAULTS, subjectOf(order));
  const now = context.clock.now();
  const declined = fault?.kind === 'capture_declined' ? 'DECLINED' : 'COMPLETED';
  const capture: Capture = {
    ...{ id: newNumber(), ...given, fee: feeOf(given.units), createdAt: now, updatedAt: now },
    status: fault?.kind === 'capture_pending' ? 'PENDING' : declined,
    reason: fault?.kind === 'capture_pending' ? textParam(fault, 'reason', 'PENDING_REVIEW') : null,
  };
  const saved = context.orders.save({ ...order, captures: [...order.captures, capture] });
  if (fault?.kind === 'capture_pending') {
    const waitMs = numberParam(fault, 'ms', context.settings.current().settleMs);
    context.scheduler.schedule('paypal.settle-capture', capture.id, now + context.clock.scale(waitMs));
  }
  tellCapture(context, saved, capture);
  return { order: saved, capture };
}

/** Ends a capture that is PENDING. */
export function settleCapture(
  context: PaypalContext,
  captureId: string,
  status: 'COMPLETED' | 'DECLINED' | 'FAILED' = 'COMPLETED',
): Order {
  const order = context.orders.require(captureId);
  const captures = order.captures.map((capture) =>
    capture.id === captureId && capture.status === 'PENDING'
      ? { ...capture, status, reason: null, updatedAt: context.clock.now() }
      : capture,
  );
  const saved = context.orders.save({ ...order, captures });
  const capture = captures.find(({ id }) => id === captureId);
  if (capture && order.captures.some(({ id, status: before }) => id === captureId && before === 'PENDING')) {
    tellCapture(context, saved, capture);
  }
  return saved;
}

/** What a capture reads after the refunds of it that went through. */
function afterRefunds(capture: Capture, refunds: readonly Refund[]): Capture {
  const returned = refunds
    .filter(({ captureId, status }) => captureId === capture.id && status === 'COMPLETED')
    .reduce((sum, { units }) => sum + units, 0);
  if (returned === 0) {
    return capture;
  }
  return { ...capture, status: returned >= capture.units ? 'REFUNDED' : 'PARTIALLY_REFUNDED' };
}

function withRefund(order: Order, refund: Refund): Order {
  const others = order.refunds.filter(({ id }) => id !== refund.id);
  const refunds = [...others, refund];
  return { ...order, refunds, captures: order.captures.map((capture) => afterRefunds(capture, refunds)) };
}

const EVENT_OF_REFUND: Readonly<Record<RefundStatus, string>> = {
  COMPLETED: 'PAYMENT.CAPTURE.REFUNDED',
  PENDING: 'PAYMENT.REFUND.PENDING',
  FAILED: 'PAYMENT.REFUND.FAILED',
  CANCELLED: 'PAYMENT.REFUND.FAILED',
};

function tellRefund(context: PaypalContext, order: Order, refund: Refund): void {
  const event = EVENT_OF_REFUND[refund.status];
  notify(context, event, 'refund', order.customId, showRefund(context, order, refund));
}

export function addRefund(
  context: PaypalContext,
  order: Order,
  input: Pick<Refund, 'captureId' | 'units' | 'customId' | 'invoiceId' | 'note'>,
): { order: Order; refund: Refund } {
  const fault = context.faults.take(PROVIDER, 'refund', REFUND_FAULTS, {
    ...subjectOf(order),
    outRefundNo: input.invoiceId,
  });
  const now = context.clock.now();
  const refund: Refund = {
    ...input,
    ...{ id: newNumber(), createdAt: now, updatedAt: now },
    status: fault === undefined ? 'COMPLETED' : 'PENDING',
    outcome: fault?.kind === 'refund_failed' ? 'FAILED' : 'COMPLETED',
  };
  const saved = context.orders.save(withRefund(order, refund));
  if (fault !== undefined) {
    const waitMs = numberParam(fault, 'ms', context.settings.current().settleMs);
    context.scheduler.schedule('paypal.settle-refund', refund.id, now + context.clock.scale(waitMs));
  }
  tellRefund(context, saved, refund);
  return { order: saved, refund };
}

/** Ends a refund that is PENDING, as planned or as said. */
export function settleRefund(context: PaypalContext, refundId: string, outcome?: Refund['outcome']): Order {
  const order = context.orders.require(refundId);
  const refund = order.refunds.find(({ id }) => id === refundId);
  if (refund?.status !== 'PENDING') {
    return order;
  }
  const ended: Refund = { ...refund, status: outcome ?? refund.outcome, updatedAt: context.clock.now() };
  const saved = context.orders.save(withRefund(order, ended));
  tellRefund(context, saved, ended);
  return saved;
}

export function registerSettlements(context: PaypalContext): void {
  context.scheduler.register('paypal.settle-capture', ({ subject }: Task) => {
    settleCapture(context, subject);
  });
  context.scheduler.register('paypal.settle-refund', ({ subject }: Task) => {
    settleRefund(context, subject);
  });
}
