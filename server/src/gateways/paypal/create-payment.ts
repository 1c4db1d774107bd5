/**
 * Opening an order. Invariant: one attempt of ours is at most one order at PayPal, because every request for it carries the
 * same PayPal-Request-Id and the same bytes. PayPal keeps that id for six hours; an attempt lives shorter than that, or its
 * order is known by then. If the process dies after the call, the order may exist without our knowing its id: asking again
 * finds it. An order moves no money until we capture it, so one that is never found again can not be paid.
 */
import { HOUR_MS } from '../../kernel/clock.ts';
import type { CreatePaymentResult, PaymentRequest } from '../gateway.ts';
import type { PaypalAnswer, PaypalClient } from './client.ts';
import type { CheckedSettings } from './config.ts';
import { MALFORMED_ANSWER } from './issues.ts';
import { readOwnOrder } from './look-up.ts';
import { toPaypalMoney } from './money.ts';
import type { OrderReading } from './order.ts';

const MAX_DESCRIPTION_LENGTH = 127;
/** How long PayPal answers a repeated creation with the first one's order. */
export const CREATION_REPEATABLE_MS = 6 * HOUR_MS;

/** The body of the creation. The same attempt gives the same bytes. */
export function buildOrderBody(request: PaymentRequest): string {
  const amount = toPaypalMoney(request.amount);
  if (!amount) {
    throw new Error(`the payment ${request.id} was not validated before it was sent`);
  }
  const text = request.description.replace(/\s+/g, ' ').trim();
  // Whole characters: half of one is no text.
  const description = Array.from(text).slice(0, MAX_DESCRIPTION_LENGTH).join('');
  return JSON.stringify({
    intent: request.captureMode === 'manual' ? 'AUTHORIZE' : 'CAPTURE',
    purchase_units: [
      {
        reference_id: request.id,
        description: description || request.id,
        custom_id: request.id,
        invoice_id: request.id,
        amount,
      },
    ],
    payment_source: {
      paypal: {
        experience_context: {
          return_url: request.returnUrl,
          cancel_url: request.returnUrl,
          user_action: 'PAY_NOW',
          shipping_preference: 'NO_SHIPPING',
        },
      },
    },
  });
}

/** Asks for the attempt's order; the first time makes it, later finds it. */
export function callForOrder(
  client: PaypalClient,
  request: PaymentRequest,
  timeoutMs?: number,
): Promise<PaypalAnswer> {
  return client.call({
    operation: 'create_order',
    subject: request.id,
    method: 'POST',
    path: '/v2/checkout/orders',
    body: buildOrderBody(request),
    requestId: `${request.id}.create`,
    isSafeToRepeat: true,
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
}

/** A page of PayPal, never anything else that an answer may contain. */
function isPayerPage(address: string, { baseUrl }: CheckedSettings): boolean {
  if (!URL.canParse(address)) {
    return false;
  }
  const { protocol, origin } = new URL(address);
  return protocol === 'https:' || (protocol === 'http:' && origin === new URL(baseUrl).origin);
}

function toResult(order: OrderReading, settings: CheckedSettings): CreatePaymentResult {
  const { result, payerUrl, orderId: reference } = order;
  switch (result.outcome) {
    case 'pending':
    case 'approved':
      return payerUrl !== null && isPayerPage(payerUrl, settings)
        ? { outcome: 'requires_action', reference, parameters: { redirectUrl: payerUrl, orderId: reference } }
        : { outcome: 'unknown', reason: MALFORMED_ANSWER };
    case 'authorized':
    case 'succeeded':
      return { ...result, reference };
    case 'processing':
      return { outcome: 'pending', reference, parameters: { orderId: reference } };
    case 'closed':
      return { outcome: 'already_closed' };
    case 'declined':
    case 'unknown':
      return result;
    case 'not_found':
      return { outcome: 'unknown', reason: MALFORMED_ANSWER };
  }
}

export interface CreatePaymentDeps {
  readonly client: PaypalClient;
  readonly settings: CheckedSettings;
}

export function createCreatePayment({ client, settings }: CreatePaymentDeps) {
  return async (request: PaymentRequest): Promise<CreatePaymentResult> => {
    const answer = await callForOrder(client, request);
    switch (answer.kind) {
      case 'done': {
        const found = readOwnOrder(answer.body, request.id, settings.merchantId);
        return found.kind === 'found'
          ? toResult(found.order, settings)
          : { outcome: 'unknown', reason: MALFORMED_ANSWER };
      }
      case 'refused':
        if (answer.refusal === 'misconfigured') {
          return { outcome: 'not_sent', reason: answer.reason };
        }
        // Whatever an earlier request may have made: without a capture of ours no money moves under it.
        return answer.refusal === 'in_progress'
          ? { outcome: 'unknown', reason: answer.reason }
          : { outcome: 'declined', reason: answer.reason };
      case 'not_sent':
      case 'unknown':
        return { outcome: answer.kind, reason: answer.reason };
    }
  };
}
