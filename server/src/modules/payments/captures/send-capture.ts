/**
 * Asks a provider for a capture that was decided on, and finds out about one whose answer was lost. Invariant: a capture
 * goes out under one number, its own, under which the provider never takes the money twice; its answer is recorded in a
 * transaction of its own (RULES 20).
 *
 * Crash story: the capture stands with its job before the call. Dying anywhere lets the job ask again under the same
 * number, which finds out before it moves anything.
 */
import type { CapturePaymentResult } from '../../../gateways/gateway.ts';
import { providerActor } from '../../../kernel/actor.ts';
import { SECOND_MS } from '../../../kernel/clock.ts';
import type { JobRun } from '../../../kernel/jobs/index.ts';
import { isReachable, type PaymentsDeps, reachGatewayOf } from '../deps.ts';
import { toKnown } from '../payment.ts';
import { findCapture, findUnfinishedCaptures, lockPayment, patchCapture } from '../payment-repository.ts';
import { refundBackoffMs } from '../refunds/refund.ts';
import type { CaptureRow, PaymentRow } from '../tables.ts';
import { recordCaptureAnswer } from './record-capture-answer.ts';

const CALL_MARGIN_MS = 5 * SECOND_MS;

type SendJob = JobRun<{ captureId: string; tries: number }>;

const isUnfinished = (capture: CaptureRow) => capture.status === 'requested' || capture.status === 'unknown';

/** One run of `capture.send`. */
export async function sendCapture(deps: PaymentsDeps, job: SendJob): Promise<void> {
  const { captureId, tries } = job.payload;
  const waitUntil = await advanceCapture(deps, captureId);
  await deps.db.tx('capture.settle_send', async (tx) => {
    const capture = await findCapture(tx, captureId);
    if (capture === undefined || !isUnfinished(capture)) {
      await job.complete(tx);
      return;
    }
    const runAt = waitUntil ?? tx.now + captureBackoffMs(tries);
    await job.reschedule(tx, runAt, { captureId, tries: waitUntil === null ? tries + 1 : tries });
  });
}

/** Five seconds, doubling up to half an hour. */
function captureBackoffMs(tries: number): number {
  return Math.min(5 * SECOND_MS * 2 ** Math.min(tries, 10), refundBackoffMs(10));
}

/** Brings every capture of the attempt as far as it goes now; answers until when a call has to be waited for. */
export async function advanceCapturesOf(deps: PaymentsDeps, paymentId: string): Promise<number | null> {
  let waitUntil: number | null = null;
  for (const { id } of await findUnfinishedCaptures(deps.db, paymentId)) {
    const until = await advanceCapture(deps, id);
    waitUntil = until === null ? waitUntil : Math.max(waitUntil ?? 0, until);
  }
  return waitUntil;
}

async function advanceCapture(deps: PaymentsDeps, captureId: string): Promise<number | null> {
  const marked = await markSent(deps, captureId);
  if (marked === null || typeof marked === 'number') {
    return marked;
  }
  const { capture, payment } = marked;
  const gateway = reachGatewayOf(deps, payment);
  if (gateway.capturePayment === undefined) {
    throw new Error(`${payment.provider} can not capture`);
  }
  const result = await gateway.capturePayment({
    id: capture.id,
    payment: toKnown(payment),
    amount: { amount: capture.amount, currency: capture.currency },
    isFinal: capture.is_final === 1,
  });
  await record(deps, capture, result);
  return null;
}

type Marked = null | number | { readonly capture: CaptureRow; readonly payment: PaymentRow };

/** Writes down that a call begins; a number is the time before which an earlier one may still be under way. */
function markSent(deps: PaymentsDeps, captureId: string): Promise<Marked> {
  return deps.db.tx('capture.mark_sent', async (tx): Promise<Marked> => {
    const seen = await findCapture(tx, captureId);
    if (seen === undefined || !isReachable(deps, seen)) {
      return null;
    }
    const payment = await lockPayment(tx, deps, seen.payment_id);
    const capture = await tx.lock('captures', captureId);
    if (payment === undefined || capture === undefined || !isUnfinished(capture)) {
      return null;
    }
    const underWayUntil = (capture.sent_at ?? 0) + deps.outboundTimeoutMs + CALL_MARGIN_MS;
    if (capture.sent_at !== null && underWayUntil > tx.now) {
      return underWayUntil;
    }
    return { capture: await patchCapture(tx, capture, { sent_at: tx.now }), payment };
  });
}

async function record(deps: PaymentsDeps, sent: CaptureRow, result: CapturePaymentResult): Promise<void> {
  await deps.db.tx('capture.record_answer', async (tx) => {
    const payment = await lockPayment(tx, deps, sent.payment_id);
    const capture = await tx.lock('captures', sent.id);
    if (payment === undefined || capture === undefined) {
      throw new Error(`capture ${sent.id} has disappeared`);
    }
    await recordCaptureAnswer(tx, deps, { payment, capture, result, by: providerActor(capture.provider) });
  });
}
