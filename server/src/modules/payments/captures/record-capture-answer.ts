/**
 * tx B of a capture: what the provider answered. Invariant: a capture that succeeded has its ledger transfer and is no
 * longer counted as requested; one that failed gives back what it had taken of the hold. When nothing more can be
 * captured, the attempt has succeeded with what was.
 *
 * Crash story: runs in one transaction in which purpose, attempt and capture are locked; an answer that was not recorded
 * is asked for again under the same number.
 */
import type { CapturePaymentResult, GatewayReason, PaymentFacts } from '../../../gateways/gateway.ts';
import type { Actor } from '../../../kernel/actor.ts';
import type { Tx } from '../../../kernel/db/index.ts';
import { transition } from '../../../kernel/states.ts';
import { raiseAlert, resolveAlert } from '../../alerts/index.ts';
import type { PaymentsDeps } from '../deps.ts';
import { toCardColumns } from '../payment.ts';
import { findUnfinishedCaptures, patchCapture, patchPayment } from '../payment-repository.ts';
import type { CaptureRow, PaymentRow } from '../tables.ts';
import { captureMachine } from './capture-states.ts';
import { finishAttempt, postCapture } from './record-capture.ts';

export interface CaptureAnswer {
  readonly payment: PaymentRow;
  readonly capture: CaptureRow;
  readonly result: CapturePaymentResult;
  readonly by: Actor;
}

/** Open while a capture can not be brought to its end without a person. */
const CAPTURE_ALERTS = ['capture_failed', 'capture_mismatch'];

/** Records the answer; the attempt and the capture are locked. */
export async function recordCaptureAnswer(tx: Tx, deps: PaymentsDeps, answer: CaptureAnswer): Promise<void> {
  const { capture, result } = answer;
  if (capture.status !== 'requested' && capture.status !== 'unknown') {
    return;
  }
  switch (result.outcome) {
    case 'succeeded':
      return succeed(tx, deps, answer, result.facts);
    case 'failed':
      return fail(tx, answer, result.reason);
    case 'pending':
      await patchCapture(tx, capture, { sent_at: null, failure: result.reason?.code ?? null });
      return;
    case 'not_sent':
      await patchCapture(tx, capture, { sent_at: null, failure: result.reason.code });
      return;
    case 'unknown':
      return doubt(tx, answer, result.reason.code);
  }
}

/** Never failure: it is asked for again. */
async function doubt(tx: Tx, { capture, by }: CaptureAnswer, reason: string): Promise<void> {
  const set = { failure: reason };
  if (capture.status === 'unknown') {
    await patchCapture(tx, capture, set);
    return;
  }
  const options = { by, note: reason, set };
  await transition<CaptureRow>(tx, captureMachine, capture, { status: 'unknown' }, options);
}

async function succeed(
  tx: Tx,
  deps: PaymentsDeps,
  answer: CaptureAnswer,
  facts: PaymentFacts,
): Promise<void> {
  const { payment, capture, by } = answer;
  const isOurs =
    facts.merchantAccount === capture.merchant_account && facts.amount.currency === capture.currency;
  if (!isOurs) {
    const details = { paymentId: payment.id, received: facts.amount, merchantAccount: facts.merchantAccount };
    await raiseAlert(tx, { kind: 'capture_mismatch', subject: capture.id, severity: 'critical', details });
    return doubt(tx, answer, 'mismatch');
  }
  const card = facts.card && toCardColumns(facts.card);
  const set = {
    provider_capture_id: facts.transactionId,
    amount: facts.amount.amount,
    captured_at: facts.paidAt,
    failure: null,
    ...card,
  };
  const done = await transition<CaptureRow>(
    tx,
    captureMachine,
    capture,
    { status: 'succeeded' },
    { by, set },
  );
  await resolveCaptureAlerts(tx, capture, by);
  const sums = {
    capture_requested: payment.capture_requested - capture.amount,
    captured_amount: payment.captured_amount + done.amount,
    transaction_id: payment.transaction_id ?? facts.transactionId,
    paid_at: facts.paidAt,
    ...card,
  };
  const isOver = done.is_final === 1 || sums.captured_amount >= payment.authorised_amount;
  if (!isOver || sums.capture_requested > 0) {
    await patchPayment(tx, payment, sums);
    await postCapture(tx, deps, done, { surplus: 0, fee: facts.fee });
    return;
  }
  const options = { by, honour: 'ask', surplusOrigin: 'late', keepsPollJob: false } as const;
  await finishAttempt(tx, deps, payment, options, { capture: done, set: sums, fee: facts.fee });
}

/** No money moves under its number: the hold is free again for another one, or the payer tries in another way. */
async function fail(tx: Tx, { payment, capture, by }: CaptureAnswer, reason: GatewayReason): Promise<void> {
  const set = { failure: reason.code, failure_reason: reason.message };
  const options = { by, note: reason.code, set };
  await transition<CaptureRow>(tx, captureMachine, capture, { status: 'failed' }, options);
  const left = await findUnfinishedCaptures(tx, payment.id);
  // What the payer had only agreed to is asked of them anew.
  const isAgreed = payment.status !== 'authorized' && left.length === 0;
  await patchPayment(tx, payment, {
    capture_requested: payment.capture_requested - capture.amount,
    ...(isAgreed && { authorised_amount: 0, reason: reason.code }),
    failure_reason: reason.message,
  });
  if (!isAgreed) {
    const details = { paymentId: payment.id, code: reason.code, amount: capture.amount };
    await raiseAlert(tx, { kind: 'capture_failed', subject: capture.id, severity: 'critical', details });
  }
}

async function resolveCaptureAlerts(tx: Tx, capture: CaptureRow, by: Actor): Promise<void> {
  if (capture.failure !== null) {
    for (const kind of CAPTURE_ALERTS) {
      await resolveAlert(tx, { kind, subject: capture.id, by });
    }
  }
}
