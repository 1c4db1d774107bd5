/** What the requests that make something say, checked as Stripe checks it. */
import { invalidRequest } from './errors.ts';
import {
  type Form,
  innerForm,
  integerOf,
  listOf,
  metadataOf,
  needText,
  refuseUnknown,
  textOf,
} from './form.ts';
import type { NewIntent } from './intents.ts';
import type { ListQuery } from './objects.ts';
import type { NewSession } from './sessions.ts';

const CAPTURE_METHODS = ['automatic', 'automatic_async', 'manual'];
const MAX_AMOUNT = 99_999_999;

function readCaptureMethod(form: Form): string {
  const method = textOf(form, 'capture_method') ?? 'automatic_async';
  if (!CAPTURE_METHODS.includes(method)) {
    throw invalidRequest(
      `Invalid capture_method: must be one of ${CAPTURE_METHODS.join(', ')}`,
      'capture_method',
    );
  }
  return method;
}

function readAmount(form: Form, name: string): number {
  needText(form, name);
  const amount = integerOf(form, name, 1) ?? 0;
  if (amount > MAX_AMOUNT) {
    throw invalidRequest('Amount must be no more than 999,999.99', name, 'amount_too_large');
  }
  return amount;
}

function readCurrency(form: Form): string {
  const currency = needText(form, 'currency');
  if (!/^[a-z]{3}$/.test(currency)) {
    throw invalidRequest(`Invalid currency: ${currency}.`, 'currency');
  }
  return currency;
}

export function readNewIntent(form: Form): NewIntent {
  refuseUnknown(form, [
    ...[
      'amount',
      'currency',
      'capture_method',
      'description',
      'metadata',
      'allowed_payment_method_types',
      'expand',
    ],
    'automatic_payment_methods',
  ]);
  const types = listOf(form, 'allowed_payment_method_types');
  return {
    amount: readAmount(form, 'amount'),
    currency: readCurrency(form),
    captureMethod: readCaptureMethod(form),
    description: textOf(form, 'description') ?? null,
    metadata: metadataOf(form),
    paymentMethodTypes: types.length > 0 ? types : ['card', 'sepa_debit'],
  };
}

export function readNewSession(form: Form): NewSession {
  refuseUnknown(form, [
    ...['mode', 'success_url', 'cancel_url', 'client_reference_id', 'expires_at', 'adaptive_pricing'],
    ...['line_items', 'metadata', 'payment_intent_data', 'allowed_payment_method_types', 'expand'],
  ]);
  if (needText(form, 'mode') !== 'payment') {
    throw invalidRequest('Only the mode `payment` is simulated.', 'mode');
  }
  const line = innerForm(innerForm(form, 'line_items'), '0');
  const price = innerForm(line, 'price_data');
  needText(innerForm(price, 'product_data'), 'name');
  const intentData = innerForm(form, 'payment_intent_data');
  const types = listOf(form, 'allowed_payment_method_types');
  return {
    amount: readAmount(price, 'unit_amount') * (integerOf(line, 'quantity', 1) ?? 1),
    currency: readCurrency(price),
    successUrl: needText(form, 'success_url'),
    cancelUrl: textOf(form, 'cancel_url') ?? null,
    clientReferenceId: textOf(form, 'client_reference_id') ?? null,
    expiresAt: integerOf(form, 'expires_at'),
    metadata: metadataOf(form),
    paymentMethodTypes: types.length > 0 ? types : ['card', 'sepa_debit'],
    intentData: {
      captureMethod: readCaptureMethod(intentData),
      description: textOf(intentData, 'description') ?? null,
      metadata: metadataOf(intentData),
    },
  };
}

/** Paging and the span of time, from a query. */
export function readListQuery(form: Form): ListQuery {
  const created = innerForm(form, 'created');
  const above = integerOf(created, 'gt');
  const upTo = integerOf(created, 'lte');
  return {
    limit: integerOf(form, 'limit', 1),
    startingAfter: textOf(form, 'starting_after'),
    createdFrom: above === undefined ? integerOf(created, 'gte') : above + 1,
    createdBefore: upTo === undefined ? integerOf(created, 'lt') : upTo + 1,
  };
}
