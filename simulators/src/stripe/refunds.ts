// No more is refunded of a charge than was captured: the charge's counter moves in the transaction that makes the refund.

import { numberParam } from '../faults.ts';
import { moveBalance } from './balance.ts';
import { PROVIDER, type StripeContext } from './context.ts';
import { invalidRequest, StripeError } from './errors.ts';
import { emit } from './events.ts';
import type { StripeObject } from './objects.ts';
import { REFUND_SHAPE } from './shapes.ts';

/** Kinds of fault that decide what becomes of a refund. */
export const REFUND_FAULTS = [
  'refund_pending',
  'refund_failed',
  'refund_failed_later',
  'balance_insufficient',
] as const;

const USUAL_WAIT_MS = 2000;

export interface NewRefund {
  amount: number | undefined;
  reason: string | null;
  metadata: Record<string, string>;
}

function refuseByRule(charge: StripeObject, amount: number): void {
  const left = (charge.amount_captured as number) - (charge.amount_refunded as number);
  if (charge.captured !== true || charge.status !== 'succeeded') {
    throw invalidRequest(
      'This charge has not been captured and can not be refunded.',
      'charge',
      'charge_not_refundable',
    );
  }
  if (left <= 0) {
    throw invalidRequest(
      `Charge ${charge.id} has already been refunded.`,
      'charge',
      'charge_already_refunded',
    );
  }
  if (amount > left) {
    throw invalidRequest(
      `Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`,
      'amount',
    );
  }
}

export function createRefund(context: StripeContext, charge: StripeObject, input: NewRefund): StripeObject {
  const left = (charge.amount_captured as number) - (charge.amount_refunded as number);
  const amount = input.amount ?? left;
  const fault = context.faults.take(PROVIDER, 'refund', REFUND_FAULTS, {
    paymentId: (charge.metadata as Record<string, string>).payment_id,
    refundId: input.metadata.refund_id,
  });
  if (fault?.kind === 'balance_insufficient') {
    throw new StripeError(400, {
      type: 'invalid_request_error',
      code: 'balance_insufficient',
      message: 'Insufficient funds in your Stripe balance to refund this amount.',
    });
  }
  refuseByRule(charge, amount);
  const status =
    fault?.kind === 'refund_pending' || fault?.kind === 'refund_failed' ? 'pending' : 'succeeded';
  const refund = insertRefund(context, charge, amount, { ...input, status });
  const waitMs = fault === undefined ? USUAL_WAIT_MS : numberParam(fault, 'ms', USUAL_WAIT_MS);
  const dueAt = context.clock.now() + context.clock.scale(waitMs);
  if (fault?.kind === 'refund_pending') {
    context.scheduler.schedule('stripe.succeed-refund', refund.id, dueAt);
  } else if (fault !== undefined) {
    context.scheduler.schedule('stripe.fail-refund', refund.id, dueAt);
  }
  return refund;
}

function insertRefund(
  context: StripeContext,
  charge: StripeObject,
  amount: number,
  { reason, metadata, status }: NewRefund & { status: string },
): StripeObject {
  const { objects } = context;
  const id = objects.newId('refund');
  const line = moveBalance(context, {
    type: 'refund',
    category: 'refund',
    amount: -amount,
    fee: 0,
    currency: charge.currency as string,
    source: id,
  });
  const refund: StripeObject = {
    ...REFUND_SHAPE,
    id,
    amount,
    balance_transaction: line.id,
    charge: charge.id,
    created: objects.nowSeconds(),
    currency: charge.currency,
    metadata,
    payment_intent: charge.payment_intent,
    reason,
    status,
  };
  objects.insert(refund, charge.id);
  const refunded = addRefunded(context, charge, amount);
  emit(context, 'refund.created', refund);
  emit(context, 'charge.refunded', refunded);
  return refund;
}

function addRefunded(context: StripeContext, charge: StripeObject, amount: number): StripeObject {
  const total = (charge.amount_refunded as number) + amount;
  const changed = { ...charge, amount_refunded: total, refunded: total === charge.amount };
  context.objects.update(changed);
  return changed;
}

/** A hold that is let go reads as a refund too, though nothing was taken and no balance moves. */
export function releaseHold(context: StripeContext, charge: StripeObject, amount: number): void {
  const { objects } = context;
  const released: StripeObject = {
    ...REFUND_SHAPE,
    id: objects.newId('refund'),
    amount,
    charge: charge.id,
    created: objects.nowSeconds(),
    currency: charge.currency,
    payment_intent: charge.payment_intent,
  };
  objects.insert(released, charge.id);
  emit(context, 'refund.created', released);
}

export function succeedRefund(context: StripeContext, id: string): StripeObject {
  const refund = context.objects.need('refund', id);
  if (refund.status !== 'pending') {
    return refund;
  }
  const done = { ...refund, status: 'succeeded' };
  context.objects.update(done);
  emit(context, 'refund.updated', done);
  return done;
}

/** The payer's bank sends the money back: also of a refund that was told as succeeded. */
export function failRefund(context: StripeContext, id: string): StripeObject {
  const refund = context.objects.need('refund', id);
  if (refund.status === 'failed' || refund.status === 'canceled') {
    return refund;
  }
  const line = moveBalance(context, {
    type: 'refund_failure',
    category: 'refund_failure',
    amount: refund.amount as number,
    fee: 0,
    currency: refund.currency as string,
    source: refund.id,
  });
  const failed = {
    ...refund,
    status: 'failed',
    failure_balance_transaction: line.id,
    failure_reason: 'lost_or_stolen_card',
  };
  context.objects.update(failed);
  addRefunded(context, context.objects.need('charge', String(refund.charge)), -(refund.amount as number));
  emit(context, 'refund.failed', failed);
  return failed;
}
