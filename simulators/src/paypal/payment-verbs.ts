import type { WireRequest } from '../wire.ts';
import type { PaypalContext } from './context.ts';
import { notFound, unprocessable } from './errors.ts';
import { readMoney } from './money.ts';
import { addCapture, addRefund } from './money-moves.ts';
import { parseBody, refuseAsPlanned } from './order-verbs.ts';
import type { Authorisation, Capture, Order, Refund } from './orders.ts';
import { showAuthorisationAlone } from './views.ts';
import { notify } from './webhooks.ts';

const REFUNDABLE_MS = 180 * 24 * 60 * 60 * 1000;
const MAX_REFUNDS = 100;
/** Captures of one hold may come to this much of it. */
const OVERAGE_PERCENT = 115;

export function requireAuthorisation(
  context: PaypalContext,
  id: string,
): { order: Order; authorisation: Authorisation } {
  const order = context.orders.require(id);
  if (order.authorisation?.id !== id) {
    throw notFound();
  }
  return { order, authorisation: order.authorisation };
}

export function requireCapture(context: PaypalContext, id: string): { order: Order; capture: Capture } {
  const order = context.orders.require(id);
  const capture = order.captures.find((each) => each.id === id);
  if (capture === undefined) {
    throw notFound();
  }
  return { order, capture };
}

export function requireRefund(context: PaypalContext, id: string): { order: Order; refund: Refund } {
  const order = context.orders.require(id);
  const refund = order.refunds.find((each) => each.id === id);
  if (refund === undefined) {
    throw notFound();
  }
  return { order, refund };
}

const total = (items: readonly { units: number }[]) => items.reduce((sum, { units }) => sum + units, 0);

export function captureAuthorisation(context: PaypalContext, id: string, request: WireRequest) {
  const { order, authorisation } = requireAuthorisation(context, id);
  const body = parseBody(request.body);
  refuseAsPlanned(context, 'capture_authorization', order);
  assertCapturable(context, authorisation);
  const taken = order.captures.filter(({ status }) => status !== 'DECLINED' && status !== 'FAILED');
  const amount = body.amount === undefined ? order.amount : readMoney(body.amount, '/amount');
  if (amount.currency !== order.amount.currency) {
    throw unprocessable('AUTH_CAPTURE_CURRENCY_MISMATCH', '/amount/currency_code');
  }
  if ((total(taken) + amount.units) * 100 > order.amount.units * OVERAGE_PERCENT) {
    throw unprocessable('MAX_CAPTURE_AMOUNT_EXCEEDED', '/amount');
  }
  const invoiceId = typeof body.invoice_id === 'string' ? body.invoice_id : (order.invoiceId ?? order.id);
  if (taken.some((capture) => capture.invoiceId === invoiceId)) {
    throw unprocessable('DUPLICATE_INVOICE_ID', '/invoice_id');
  }
  const isFinal = body.final_capture === true;
  const isAll = isFinal || total(taken) + amount.units >= order.amount.units;
  const now = context.clock.now();
  const moved: Order = {
    ...order,
    updatedAt: now,
    authorisation: { ...authorisation, status: isAll ? 'CAPTURED' : 'PARTIALLY_CAPTURED', updatedAt: now },
  };
  return addCapture(context, moved, {
    operation: 'capture_authorization',
    units: amount.units,
    invoiceId,
    isFinal,
  });
}

function assertCapturable(context: PaypalContext, { status, expiresAt }: Authorisation): void {
  switch (status) {
    case 'VOIDED':
      throw unprocessable('AUTHORIZATION_VOIDED');
    case 'DENIED':
      throw unprocessable('AUTHORIZATION_DENIED');
    case 'CAPTURED':
      throw unprocessable('AUTHORIZATION_ALREADY_CAPTURED');
    case 'CREATED':
    case 'PARTIALLY_CAPTURED':
    case 'PENDING':
  }
  if (context.clock.now() >= expiresAt) {
    throw unprocessable('AUTHORIZATION_EXPIRED');
  }
}

export function voidAuthorisation(context: PaypalContext, id: string): Order {
  const { order, authorisation } = requireAuthorisation(context, id);
  refuseAsPlanned(context, 'void_authorization', order);
  if (authorisation.status === 'VOIDED') {
    throw unprocessable('PREVIOUSLY_VOIDED');
  }
  if (authorisation.status === 'CAPTURED') {
    throw unprocessable('PREVIOUSLY_CAPTURED');
  }
  return endHold(context, order, authorisation);
}

/** By the merchant's void, or because its time is over. */
export function endHold(context: PaypalContext, order: Order, authorisation: Authorisation): Order {
  const now = context.clock.now();
  const voided: Authorisation = { ...authorisation, status: 'VOIDED', updatedAt: now };
  const saved = context.orders.save({ ...order, authorisation: voided, updatedAt: now });
  const view = showAuthorisationAlone(context, saved, voided);
  notify(context, 'PAYMENT.AUTHORIZATION.VOIDED', 'authorization', order.customId, view);
  return saved;
}

/** A refund by the interface (`body` is the request's) or, without us, on PayPal's own pages. */
export function refundCapture(context: PaypalContext, captureId: string, body: Record<string, unknown>) {
  const { order, capture } = requireCapture(context, captureId);
  refuseAsPlanned(context, 'refund', order);
  const kept = order.refunds.filter(
    (each) => each.captureId === captureId && each.status !== 'FAILED' && each.status !== 'CANCELLED',
  );
  const left = capture.units - total(kept);
  assertRefundable(context, capture, left, kept.length);
  const amount =
    body.amount === undefined
      ? { units: left, currency: order.amount.currency }
      : readMoney(body.amount, '/amount');
  if (amount.currency !== order.amount.currency) {
    throw unprocessable('REFUND_CAPTURE_CURRENCY_MISMATCH', '/amount/currency_code');
  }
  if (amount.units > left) {
    throw unprocessable('REFUND_AMOUNT_EXCEEDED', '/amount/value');
  }
  const read = (name: string) => (typeof body[name] === 'string' ? body[name] : undefined);
  return addRefund(context, order, {
    captureId,
    units: amount.units,
    customId: read('custom_id') ?? order.customId,
    invoiceId: read('invoice_id') ?? capture.invoiceId,
    note: read('note_to_payer') ?? null,
  });
}

function assertRefundable(context: PaypalContext, capture: Capture, left: number, count: number): void {
  if (capture.status === 'PENDING') {
    throw unprocessable('PENDING_CAPTURE');
  }
  if (capture.status === 'DECLINED' || capture.status === 'FAILED') {
    throw unprocessable('REFUND_NOT_ALLOWED');
  }
  if (left <= 0) {
    throw unprocessable('CAPTURE_FULLY_REFUNDED');
  }
  if (context.clock.now() - capture.createdAt > REFUNDABLE_MS) {
    throw unprocessable('REFUND_TIME_LIMIT_EXCEEDED');
  }
  if (count >= MAX_REFUNDS) {
    throw unprocessable('MAX_NUMBER_OF_REFUNDS_EXCEEDED');
  }
}
