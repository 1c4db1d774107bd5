/**
 * The end of an attempt that brought no money, or no more. Invariant: its provider can take none under its number any more,
 * and what it was for is told in the same transaction.
 *
 * Crash story: runs in one transaction that its caller opened and in which the attempt is locked, after its purpose.
 */
import type { GatewayReason } from '../../../gateways/gateway.ts';
import type { Actor } from '../../../kernel/actor.ts';
import type { Tx } from '../../../kernel/db/index.ts';
import { publish } from '../../../kernel/events/index.ts';
import { transition } from '../../../kernel/states.ts';
import { finishAttempt } from '../captures/record-capture.ts';
import { ownerOf, type PaymentsDeps } from '../deps.ts';
import { type PaymentEvent, paymentClosedEvent, paymentFailed } from '../events.ts';
import { purposeOf, toNotice } from '../payment.ts';
import { paymentMachine } from '../payment-states.ts';
import type { PaymentRow } from '../tables.ts';
import { endWaiting } from './waiting.ts';

/** The attempt ended without money, and its provider can take none under its number any more. */
export async function failPayment(
  tx: Tx,
  deps: PaymentsDeps,
  row: PaymentRow,
  reason: GatewayReason,
  by: Actor,
): Promise<void> {
  const set = {
    reason: reason.code,
    failure_reason: reason.message,
    live_key: null,
    call_started_at: null,
    held_until: null,
    closed_at: tx.now,
  };
  const payment = await transition<PaymentRow>(tx, paymentMachine, row, { status: 'failed' }, { by, set });
  await ownerOf(deps, row.purpose_type).onFailed(tx, toNotice(payment, tx.now, by));
  await endWaiting(tx, deps, row, by);
  await publish(tx, paymentFailed, payment.purpose_id, toPaymentEvent(payment));
}

/**
 * The attempt is closed at its provider, or was never known there; for an authorisation that is its void or expiry. Where
 * some of a hold was captured before the rest was let go, it has succeeded with that.
 */
export async function closePayment(
  tx: Tx,
  deps: PaymentsDeps,
  row: PaymentRow,
  { by, reason }: { readonly by: Actor; readonly reason?: string },
): Promise<void> {
  if (row.captured_amount > 0) {
    const options = { by, honour: 'ask', surplusOrigin: 'late', keepsPollJob: true } as const;
    await finishAttempt(tx, deps, row, options);
    return;
  }
  const set = {
    live_key: null,
    call_started_at: null,
    held_until: null,
    closed_at: tx.now,
    mismatch: null,
    ...(reason !== undefined && { reason }),
  };
  const payment = await transition<PaymentRow>(tx, paymentMachine, row, { status: 'closed' }, { by, set });
  const owner = ownerOf(deps, row.purpose_type);
  const notice = toNotice(payment, tx.now, by);
  await (row.status === 'authorized' && row.is_surplus === 0
    ? owner.onVoided(tx, notice)
    : owner.onClosed(tx, notice));
  await endWaiting(tx, deps, row, by);
  await publish(tx, paymentClosedEvent, payment.purpose_id, toPaymentEvent(payment));
}

export function toPaymentEvent(row: PaymentRow): PaymentEvent {
  return {
    paymentId: row.id,
    purpose: purposeOf(row),
    provider: row.provider,
    method: row.method,
    amount: { amount: row.amount, currency: row.currency },
  };
}
