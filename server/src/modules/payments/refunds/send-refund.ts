/**
 * Sends a reserved refund and finds out about one whose answer was lost. Invariant: a refund goes out under one number,
 * its own; before it goes out a second time the provider was asked and does not know it, and no call is under way.
 *
 * Crash story: `sent` is committed before the call. Dying after that leaves a refund that may or may not be known to the
 * provider; the job's next run asks first. The answer is recorded in a transaction of its own, whatever the lease says,
 * and the job's end or next time in another one that reads the refund as it stands (RULES 20).
 */
import type { KnownRefund, RefundRequest, RefundResult } from '../../../gateways/gateway.ts';
import { providerActor, systemActor } from '../../../kernel/actor.ts';
import { SECOND_MS } from '../../../kernel/clock.ts';
import { enqueue, type JobRun } from '../../../kernel/jobs/index.ts';
import { transition } from '../../../kernel/states.ts';
import { gatewayOf, notifyUrlOf, type PaymentsDeps, reachGatewayOf } from '../deps.ts';
import { refundPoll, refundSend } from '../jobs.ts';
import { mayBeginCall, toKnown } from '../payment.ts';
import { findPayment, lockPayment } from '../payment-repository.ts';
import type { CaptureRow, PaymentRow, RefundRow } from '../tables.ts';
import { applyRefundResult, type RefundApplied, type RefundWord } from './apply-refund-result.ts';
import { cancelRefund, isReturnedByProvider } from './cancel-refund.ts';
import { handToPerson } from './pay-out.ts';
import { recordProviderRefund } from './record-provider-refund.ts';
import { isWithPerson, nextRefundPollAt, refundBackoffMs } from './refund.ts';
import {
  findRefund,
  lastRefundSentAt,
  lockRefund,
  markRefundQueried,
  patchRefund,
} from './refund-repository.ts';
import { refundMachine } from './refund-states.ts';

const CALL_MARGIN_MS = 5 * SECOND_MS;

type SendJob = JobRun<{ refundId: string; tries: number }>;

/** When a call that was made for the refund can have no effect any more (ms). */
export function sendUnderWayUntil(row: RefundRow, outboundTimeoutMs: number): number {
  return row.sent_at === null ? 0 : row.sent_at + outboundTimeoutMs + CALL_MARGIN_MS;
}

/** One run of `refund.send`. */
export async function sendRefund(deps: PaymentsDeps, job: SendJob): Promise<void> {
  const refund = await findRefund(deps.db, job.payload.refundId);
  const waitUntil = refund === undefined ? null : await advance(deps, refund);
  await settle(deps, job, waitUntil);
}

/** Brings the refund as far as it goes now; answers when to go on where something has to be waited for. */
async function advance(deps: PaymentsDeps, refund: RefundRow): Promise<number | null> {
  if (!['reserved', 'sent', 'unknown'].includes(refund.status)) {
    return null;
  }
  if (refund.by_hand === 1) {
    await deps.db.tx('refund.hand_over', (tx) => handToPerson(tx, deps, refund.id));
    return null;
  }
  const gateway = reachGatewayOf(deps, refund);
  if (refund.sent_at !== null && (await queryRefund(deps, refund)) !== 'not_found') {
    return null;
  }
  const underWayUntil = sendUnderWayUntil(refund, deps.outboundTimeoutMs);
  if (underWayUntil > deps.clock.now()) {
    return underWayUntil;
  }
  const marked = await markSent(deps, refund.id);
  if (typeof marked === 'number') {
    return marked;
  }
  if (marked === 'over' || !mayBeginCall(marked.refund.sent_at ?? 0, deps.clock.now())) {
    return null;
  }
  const result = await gateway.refund(marked.request);
  await recordRefundResult(deps, refund, result);
  return null;
}

/** Asks the provider about the refund and records its answer. */
export async function queryRefund(
  deps: PaymentsDeps,
  refund: RefundRow,
): Promise<RefundResult['outcome'] | 'not_found'> {
  await deps.db.tx('refund.mark_queried', (tx) => markRefundQueried(tx, refund.id));
  const known = await readKnown(deps, refund);
  const result = await reachGatewayOf(deps, refund).queryRefund(known);
  if (result.outcome !== 'not_found') {
    await recordRefundResult(deps, refund, result);
  }
  return result.outcome;
}

export async function recordRefundResult(
  deps: PaymentsDeps,
  refund: RefundRow,
  result: RefundResult,
): Promise<void> {
  await deps.db.tx('refund.record_answer', async (tx) => {
    const row = await lockRefund(tx, deps, refund.id);
    if (row === undefined) {
      throw new Error(`refund ${refund.id} has disappeared`);
    }
    const word: RefundWord = { source: 'query', by: providerActor(row.provider) };
    const applied: RefundApplied = await applyRefundResult(tx, deps, row, result, word);
    const payment = applied.kind === 'unexpected' ? await lockPayment(tx, deps, row.payment_id) : undefined;
    if (applied.kind === 'unexpected' && payment !== undefined) {
      await recordProviderRefund(tx, deps, payment, applied.facts, word.by);
    }
  });
}

type Marked = 'over' | number | { readonly refund: RefundRow; readonly request: RefundRequest };

/** Writes `sent` down before the call; a number is the time before which the provider would refuse it. */
function markSent(deps: PaymentsDeps, refundId: string): Promise<Marked> {
  return deps.db.tx('refund.mark_sent', async (tx): Promise<Marked> => {
    const row = await lockRefund(tx, deps, refundId);
    if (row?.by_hand !== 0 || !['reserved', 'sent', 'unknown'].includes(row.status)) {
      return 'over';
    }
    const by = systemActor('refund.send');
    const capture = await tx.lock('captures', row.capture_id);
    if (capture === undefined) {
      throw new Error(`capture ${row.capture_id} has disappeared`);
    }
    if (row.status === 'reserved' && isReturnedByProvider(capture)) {
      await cancelRefund(tx, deps, row, { note: 'returned_by_provider', by });
      return 'over';
    }
    const { minimumIntervalMs } = gatewayOf(deps, row).capabilities.refunds;
    const notBefore = (await lastRefundSentAt(tx, row.payment_id, row.id)) + minimumIntervalMs;
    if (notBefore > tx.now) {
      return notBefore;
    }
    const set = { sent_at: tx.now };
    const refund =
      row.status === 'sent'
        ? await patchRefund(tx, row, set)
        : await transition<RefundRow>(tx, refundMachine, row, { status: 'sent' }, { by, set });
    const payment = await findPayment(tx, refund.payment_id);
    return { refund, request: toRefundRequest(deps, refund, capture, payment) };
  });
}

/** The call that returns the money; the same rows always give the same bytes. */
function toRefundRequest(
  deps: PaymentsDeps,
  refund: RefundRow,
  capture: CaptureRow,
  payment: PaymentRow | undefined,
): RefundRequest {
  if (payment === undefined || capture.provider_capture_id === null) {
    throw new Error(`refund ${refund.id} is of money that has no number`);
  }
  return {
    id: refund.id,
    payment: toKnown(payment),
    captureTransactionId: capture.provider_capture_id,
    amount: { amount: refund.amount, currency: refund.currency },
    total: { amount: capture.amount, currency: refund.currency },
    reason: refund.reason,
    notifyUrl: notifyUrlOf(deps, refund.provider),
  };
}

/** The refund as its provider may know it. */
export async function readKnown(deps: PaymentsDeps, refund: RefundRow): Promise<KnownRefund> {
  const capture = await deps.db.query
    .selectFrom('captures')
    .selectAll()
    .where('id', '=', refund.capture_id)
    .executeTakeFirstOrThrow();
  const payment = await findPayment(deps.db, refund.payment_id);
  const request = toRefundRequest(deps, refund, capture, payment);
  return { ...request, providerRefundId: refund.provider_refund_id, since: refund.created_at };
}

/** Ends the job or sets its next time, by the refund as it stands now. */
async function settle(deps: PaymentsDeps, job: SendJob, waitUntil: number | null): Promise<void> {
  await deps.db.tx('refund.settle_send', async (tx) => {
    const { refundId, tries } = job.payload;
    // Locked, because the refund's other job may end at the same moment: each would leave the refund to the other.
    const row = await tx.lock('refunds', refundId);
    if (row === undefined || isWithPerson(row)) {
      await job.complete(tx);
      return;
    }
    const isAccepted =
      row.status === 'abnormal' || (row.status === 'sent' && row.provider_refund_id !== null);
    if (isAccepted) {
      const runAt = nextRefundPollAt(row.sent_at ?? tx.now, tx.now);
      await enqueue(tx, refundPoll, { refundId }, { key: refundId, runAt });
      await job.complete(tx);
    } else if (['reserved', 'sent', 'unknown'].includes(row.status)) {
      const runAt = waitUntil ?? tx.now + refundBackoffMs(tries);
      await job.reschedule(tx, runAt, { refundId, tries: waitUntil === null ? tries + 1 : tries });
    } else {
      await job.complete(tx);
    }
  });
}

/** One run of `refund.poll`: asks for an accepted refund until it is done; one that the provider lost is sent again. */
export async function pollRefund(deps: PaymentsDeps, job: JobRun<{ refundId: string }>): Promise<void> {
  const { refundId } = job.payload;
  const refund = await findRefund(deps.db, refundId);
  const isOpen =
    refund !== undefined &&
    !isWithPerson(refund) &&
    ['reserved', 'sent', 'unknown', 'abnormal'].includes(refund.status);
  const outcome =
    isOpen || (refund?.status === 'succeeded' && refund.by_hand === 0)
      ? await queryRefund(deps, refund)
      : undefined;
  await deps.db.tx('refund.reschedule_poll', async (tx) => {
    // Locked for the same reason as where a send ends.
    const row = await tx.lock('refunds', refundId);
    const isStillOpen = row !== undefined && ['reserved', 'sent', 'unknown', 'abnormal'].includes(row.status);
    if (row === undefined || !isStillOpen || isWithPerson(row)) {
      await job.complete(tx);
    } else if (outcome === 'not_found' && row.status !== 'abnormal') {
      await enqueue(tx, refundSend, { refundId, tries: 0 }, { key: refundId });
      await job.complete(tx);
    } else {
      await job.reschedule(tx, nextRefundPollAt(row.sent_at ?? tx.now, tx.now));
    }
  });
}
