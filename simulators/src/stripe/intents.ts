// The money of an intent is taken at most once: every step below is one transaction that reads the status it moves from.

import type { Fault } from '../faults.ts';
import { numberParam } from '../faults.ts';
import { randomText } from '../random.ts';
import { captureCharge, type Instrument, insertCharge } from './charges.ts';
import { PROVIDER, type StripeContext } from './context.ts';
import { invalidRequest, StripeError, unexpectedState } from './errors.ts';
import { emit } from './events.ts';
import type { StripeObject } from './objects.ts';
import { releaseHold } from './refunds.ts';
import { followIntent } from './sessions.ts';
import { INTENT_SHAPE } from './shapes.ts';

const HOLD_MS = 7 * 24 * 60 * 60 * 1000;
const CONFIRMABLE = ['requires_payment_method', 'requires_confirmation', 'requires_action'];
const CANCELLABLE = [...CONFIRMABLE, 'requires_capture'];

export interface NewIntent {
  amount: number;
  currency: string;
  captureMethod: string;
  description: string | null;
  metadata: Record<string, string>;
  paymentMethodTypes: string[];
}

export function createIntent(context: StripeContext, input: NewIntent): StripeObject {
  const { objects } = context;
  const id = objects.newId('payment_intent');
  const intent: StripeObject = {
    ...INTENT_SHAPE,
    id,
    amount: input.amount,
    capture_method: input.captureMethod,
    client_secret: `${id}_secret_${randomText(25)}`,
    created: objects.nowSeconds(),
    currency: input.currency,
    description: input.description,
    metadata: input.metadata,
    payment_method_types: input.paymentMethodTypes,
  };
  objects.insert(intent);
  emit(context, 'payment_intent.created', intent);
  return intent;
}

function change(context: StripeContext, intent: StripeObject, patch: Record<string, unknown>): StripeObject {
  const changed = { ...intent, ...patch };
  context.objects.update(changed);
  return changed;
}

/** The payer pays. A card that the bank refuses, or that asks for more, leaves the intent able to take money. */
export function confirmIntent(
  context: StripeContext,
  intent: StripeObject,
  instrument: Instrument,
  hasActed = false,
): StripeObject {
  if (!CONFIRMABLE.includes(String(intent.status))) {
    throw unexpectedState(intent, 'confirmed');
  }
  if (instrument === 'bank_debit') {
    return beginDebit(context, intent);
  }
  if (instrument.decline !== undefined) {
    return decline(context, intent, instrument, instrument.decline);
  }
  if (instrument.needsAction && !hasActed) {
    const asked = change(context, intent, {
      status: 'requires_action',
      next_action: { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect' } },
      payment_method: `pm_1${intent.id.slice(3)}`,
    });
    emit(context, 'payment_intent.requires_action', asked);
    return asked;
  }
  return take(context, intent, instrument);
}

function take(context: StripeContext, intent: StripeObject, instrument: Instrument): StripeObject {
  const isHeld = intent.capture_method === 'manual';
  const charge = insertCharge(context, intent, instrument, isHeld ? 'held' : 'captured');
  const common = {
    latest_charge: charge.id,
    last_payment_error: null,
    next_action: null,
    payment_method: charge.payment_method,
  };
  const paid = change(
    context,
    intent,
    isHeld
      ? { ...common, status: 'requires_capture', amount_capturable: intent.amount }
      : { ...common, status: 'succeeded', amount_received: intent.amount },
  );
  if (isHeld) {
    context.scheduler.schedule('stripe.expire-hold', intent.id, context.clock.now() + HOLD_MS);
  }
  emit(context, 'charge.succeeded', charge);
  emit(context, isHeld ? 'payment_intent.amount_capturable_updated' : 'payment_intent.succeeded', paid);
  followIntent(context, paid);
  return paid;
}

/** The refusal goes to whoever confirmed; the payer may try again on the same intent. */
function decline(
  context: StripeContext,
  intent: StripeObject,
  card: Exclude<Instrument, 'bank_debit'>,
  code: string,
): StripeObject {
  const charge = insertCharge(context, intent, card, 'failed');
  const error = {
    charge: charge.id,
    code: 'card_declined',
    decline_code: code,
    message: 'Your card was declined.',
    type: 'card_error' as const,
  };
  const failed = change(context, intent, {
    status: 'requires_payment_method',
    latest_charge: charge.id,
    last_payment_error: error,
    next_action: null,
    payment_method: null,
  });
  emit(context, 'charge.failed', charge);
  emit(context, 'payment_intent.payment_failed', failed);
  throw new StripeError(402, { ...error, payment_intent: failed }, true);
}

/** The payer has not passed, or has broken off, what their bank asked for. */
export function failAction(context: StripeContext, intent: StripeObject): StripeObject {
  if (intent.status !== 'requires_action') {
    throw unexpectedState(intent, 'authenticated');
  }
  const failed = change(context, intent, {
    status: 'requires_payment_method',
    last_payment_error: {
      code: 'payment_intent_authentication_failure',
      message: 'The provided PaymentMethod has failed authentication.',
      type: 'invalid_request_error',
    },
    next_action: null,
    payment_method: null,
  });
  emit(context, 'payment_intent.payment_failed', failed);
  return failed;
}

function beginDebit(context: StripeContext, intent: StripeObject): StripeObject {
  const charge = insertCharge(context, intent, 'bank_debit', 'pending');
  const processing = change(context, intent, {
    status: 'processing',
    latest_charge: charge.id,
    last_payment_error: null,
  });
  emit(context, 'payment_intent.processing', processing);
  followIntent(context, processing);
  const dueAt = context.clock.now() + context.clock.scale(context.account.settings().debitSettleMs);
  context.scheduler.schedule('stripe.settle-debit', intent.id, dueAt);
  return processing;
}

/** The bank has answered a debit. */
export function settleDebit(context: StripeContext, intentId: string, isPaid = true): StripeObject {
  const intent = context.objects.need('payment_intent', intentId);
  if (intent.status !== 'processing') {
    return intent;
  }
  const charge = context.objects.need('charge', String(intent.latest_charge));
  context.scheduler.cancel('stripe.settle-debit', intentId);
  if (!isPaid) {
    const lost = { ...charge, status: 'failed', paid: false, failure_code: 'debit_not_authorized' };
    context.objects.update(lost);
    const failed = change(context, intent, {
      status: 'requires_payment_method',
      last_payment_error: { code: 'debit_not_authorized', message: 'The bank refused.', type: 'card_error' },
    });
    emit(context, 'charge.failed', lost);
    emit(context, 'payment_intent.payment_failed', failed);
    followIntent(context, failed, 'checkout.session.async_payment_failed');
    return failed;
  }
  const captured = captureCharge(context, charge, intent.amount as number);
  const paid = change(context, intent, { status: 'succeeded', amount_received: intent.amount });
  emit(context, 'charge.succeeded', captured);
  emit(context, 'payment_intent.succeeded', paid);
  followIntent(context, paid, 'checkout.session.async_payment_succeeded');
  return paid;
}

export function captureIntent(
  context: StripeContext,
  intent: StripeObject,
  amount: number | undefined,
): StripeObject {
  if (intent.status !== 'requires_capture') {
    throw unexpectedState(intent, 'captured');
  }
  const held = intent.amount_capturable as number;
  const taken = amount ?? held;
  if (taken > held) {
    throw invalidRequest(
      'The amount to capture is greater than the amount that can be captured.',
      'amount_to_capture',
      'amount_too_large',
    );
  }
  const charge = captureCharge(context, context.objects.need('charge', String(intent.latest_charge)), taken);
  const paid = change(context, intent, { status: 'succeeded', amount_received: taken, amount_capturable: 0 });
  if (taken < held) {
    releaseHold(context, charge, held - taken);
  }
  emit(context, 'charge.captured', charge);
  emit(context, 'payment_intent.succeeded', paid);
  followIntent(context, paid);
  return paid;
}

export function cancelIntent(
  context: StripeContext,
  intent: StripeObject,
  reason: string | null,
): StripeObject {
  if (!CANCELLABLE.includes(String(intent.status))) {
    throw unexpectedState(intent, 'canceled');
  }
  if (intent.status === 'requires_capture') {
    releaseHold(
      context,
      context.objects.need('charge', String(intent.latest_charge)),
      intent.amount_capturable as number,
    );
  }
  const canceled = change(context, intent, {
    status: 'canceled',
    amount_capturable: 0,
    canceled_at: context.objects.nowSeconds(),
    cancellation_reason: reason,
    next_action: null,
  });
  emit(context, 'payment_intent.canceled', canceled);
  return canceled;
}

/** What a fault plan makes of a close: the payer is quicker, or pays all the same a while later. */
export function playLatePayer(context: StripeContext, intentId: string, fault: Fault): void {
  const dueAt = context.clock.now() + context.clock.scale(numberParam(fault, 'ms', 2000));
  context.scheduler.schedule('stripe.pay-late', intentId, dueAt);
}

/** Money on an intent that was cancelled: Stripe promises that it never comes, and the merchant should survive it. */
export function payLate(context: StripeContext, intentId: string, card: Instrument): void {
  const intent = context.objects.need('payment_intent', intentId);
  if (intent.status === 'canceled') {
    take(context, intent, card);
  }
}

export function takeCloseFault(
  context: StripeContext,
  operation: string,
  paymentId: string | undefined,
): Fault | undefined {
  return context.faults.take(PROVIDER, operation, ['paid_during_close', 'paid_after_close'], { paymentId });
}
