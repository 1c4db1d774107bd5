import type { WireRequest } from '../wire.ts';
import { type PaypalContext, PROVIDER } from './context.ts';
import { malformed, PaypalError, unprocessable } from './errors.ts';
import { readMoney } from './money.ts';
import { addCapture } from './money-moves.ts';
import { type Authorisation, newNumber, type Order, subjectOf } from './orders.ts';
import { showAuthorisationAlone, showOrder } from './views.ts';
import { notify } from './webhooks.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const HOLD_MS = 29 * DAY_MS;

/** What the simulated PayPal can do wrong when money is to move, before anything has moved. */
export const DECLINE_FAULTS = [
  'instrument_declined',
  'payer_action_required',
  'request_in_progress',
  'issue',
] as const;

export function parseBody(text: string): Record<string, unknown> {
  try {
    const body = JSON.parse(text === '' ? '{}' : text) as unknown;
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) {
      return body as Record<string, unknown>;
    }
  } catch {
    // Worded below.
  }
  throw malformed('MALFORMED_REQUEST_JSON', '/');
}

function readText(input: unknown, field: string, maxLength: number): string | null {
  if (input === undefined) {
    return null;
  }
  if (typeof input !== 'string') {
    throw malformed('INVALID_PARAMETER_SYNTAX', field);
  }
  if (input.length < 1 || input.length > maxLength) {
    throw malformed('INVALID_STRING_LENGTH', field);
  }
  return input;
}

function readUrl(input: unknown, field: string, issue: string): string {
  if (typeof input !== 'string') {
    throw unprocessable(issue, field);
  }
  if (!URL.canParse(input)) {
    throw malformed('INVALID_PARAMETER_SYNTAX', field);
  }
  return input;
}

export function createOrder(context: PaypalContext, request: WireRequest): Order {
  const body = parseBody(request.body);
  if (request.headers['paypal-request-id'] === undefined) {
    throw malformed('PAYPAL_REQUEST_ID_REQUIRED', 'PayPal-Request-Id');
  }
  const {
    intent,
    purchase_units: units,
    payment_source: source,
  } = body as {
    intent?: unknown;
    purchase_units?: unknown;
    payment_source?: { paypal?: { experience_context?: { return_url?: unknown; cancel_url?: unknown } } };
  };
  if (intent !== 'CAPTURE' && intent !== 'AUTHORIZE') {
    throw malformed(
      intent === undefined ? 'MISSING_REQUIRED_PARAMETER' : 'INVALID_PARAMETER_VALUE',
      '/intent',
    );
  }
  if (!Array.isArray(units) || units.length !== 1) {
    throw malformed('MISSING_REQUIRED_PARAMETER', '/purchase_units');
  }
  const unit = units[0] as Record<string, unknown>;
  const at = '/purchase_units/@reference_id=="default"';
  const amount = readMoney(unit.amount, `${at}/amount`);
  const customId = readText(unit.custom_id, `${at}/custom_id`, 127);
  const experience = source?.paypal?.experience_context ?? {};
  const where = '/payment_source/paypal/experience_context';
  const now = context.clock.now();
  const order: Order = {
    id: newNumber(),
    intent,
    status: 'PAYER_ACTION_REQUIRED',
    referenceId: readText(unit.reference_id, `${at}/reference_id`, 256) ?? 'default',
    description: readText(unit.description, `${at}/description`, 127),
    customId: customId ?? '',
    invoiceId: readText(unit.invoice_id, `${at}/invoice_id`, 127),
    amount,
    returnUrl: readUrl(experience.return_url, `${where}/return_url`, 'RETURN_URL_REQUIRED'),
    cancelUrl: readUrl(experience.cancel_url, `${where}/cancel_url`, 'CANCEL_URL_REQUIRED'),
    ...{ payerId: null, authorisation: null, captures: [], refunds: [], createdAt: now, updatedAt: now },
  };
  context.orders.insert(order);
  return order;
}

/** A planned refusal of this request. */
export function refuseAsPlanned(context: PaypalContext, operation: string, order: Order): void {
  const fault = context.faults.take(PROVIDER, operation, DECLINE_FAULTS, subjectOf(order));
  if (fault === undefined) {
    return;
  }
  if (fault.kind === 'request_in_progress') {
    throw new PaypalError(409, 'RESOURCE_CONFLICT', [{ issue: 'PREVIOUS_REQUEST_IN_PROGRESS' }]);
  }
  if (fault.kind === 'issue') {
    throw unprocessable(typeof fault.params.issue === 'string' ? fault.params.issue : 'TRANSACTION_REFUSED');
  }
  // The payer has to choose another way to pay on PayPal's page.
  if (order.status === 'APPROVED') {
    context.orders.save({ ...order, status: 'PAYER_ACTION_REQUIRED' });
  }
  throw unprocessable(fault.kind.toUpperCase());
}

function assertApproved(order: Order, intent: Order['intent'], doneIssue: string): void {
  if (order.intent !== intent) {
    throw unprocessable('ACTION_DOES_NOT_MATCH_INTENT');
  }
  if (order.status === 'COMPLETED') {
    throw unprocessable(doneIssue);
  }
  if (order.status !== 'APPROVED') {
    throw unprocessable(order.status === 'VOIDED' ? 'ORDER_EXPIRED' : 'ORDER_NOT_APPROVED');
  }
}

export function captureOrder(context: PaypalContext, orderId: string): Order {
  const order = context.orders.require(orderId);
  assertApproved(order, 'CAPTURE', 'ORDER_ALREADY_CAPTURED');
  refuseAsPlanned(context, 'capture_order', order);
  const completed: Order = { ...order, status: 'COMPLETED', updatedAt: context.clock.now() };
  return addCapture(context, completed, {
    operation: 'capture_order',
    units: order.amount.units,
    invoiceId: order.invoiceId ?? order.id,
    isFinal: true,
  }).order;
}

export function authoriseOrder(context: PaypalContext, orderId: string): Order {
  const order = context.orders.require(orderId);
  assertApproved(order, 'AUTHORIZE', 'ORDER_ALREADY_AUTHORIZED');
  refuseAsPlanned(context, 'authorize_order', order);
  const now = context.clock.now();
  const authorisation: Authorisation = {
    ...{ id: newNumber(), createdAt: now, updatedAt: now, expiresAt: now + HOLD_MS },
    status: 'CREATED',
  };
  const authorised = context.orders.save({ ...order, status: 'COMPLETED', authorisation, updatedAt: now });
  const view = showAuthorisationAlone(context, authorised, authorisation);
  notify(context, 'PAYMENT.AUTHORIZATION.CREATED', 'authorization', order.customId, view);
  return authorised;
}

/** The payer agrees on PayPal's page. */
export function approveOrder(context: PaypalContext, orderId: string, payerId: string): Order {
  const order = context.orders.require(orderId);
  const now = context.clock.now();
  const approved = context.orders.save({ ...order, status: 'APPROVED', payerId, updatedAt: now });
  notify(context, 'CHECKOUT.ORDER.APPROVED', 'checkout-order', order.customId, showOrder(context, approved));
  return approved;
}
