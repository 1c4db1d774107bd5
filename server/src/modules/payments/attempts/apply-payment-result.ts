/**
 * The one place where a provider's word meets an attempt, whoever brought it: a notification, an answer to a query, to a
 * creation or to a close. Invariant: amount, currency, merchant and app agree with the attempt before any money counts
 * (RULES 7), and an attempt is moved by its machine's arrows only.
 *
 * Crash story: runs inside one transaction that its caller opened and in which the attempt is locked, after its purpose.
 * What is not committed is asked for again by the attempt's poll job.
 */
import type {
  CreatePaymentResult,
  GatewayReason,
  PaymentFacts,
  QueryPaymentResult,
} from '../../../gateways/gateway.ts';
import type { Actor } from '../../../kernel/actor.ts';
import type { Tx } from '../../../kernel/db/index.ts';
import { publish } from '../../../kernel/events/index.ts';
import { enqueue } from '../../../kernel/jobs/index.ts';
import { transition } from '../../../kernel/states.ts';
import { raiseAlert, resolveAlert } from '../../alerts/index.ts';
import { type CaptureOptions, finishAttempt, recordCapture } from '../captures/record-capture.ts';
import { captureApproved, nudgeCaptures } from '../captures/request-capture.ts';
import { gatewayOf, ownerOf, type PaymentsDeps } from '../deps.ts';
import { paymentAuthorised } from '../events.ts';
import { paymentPoll } from '../jobs.ts';
import {
  findMismatch,
  MISMATCH_DISMISSED,
  type MismatchedField,
  toCardColumns,
  toNotice,
} from '../payment.ts';
import { patchPayment } from '../payment-repository.ts';
import { isOpen, paymentMachine } from '../payment-states.ts';
import { recordReturned } from '../refunds/record-provider-refund.ts';
import type { PaymentRow } from '../tables.ts';
import { closePayment, failPayment, toPaymentEvent } from './end-payment.ts';
import { holdMismatch } from './hold-mismatch.ts';
import { nextRunAt } from './poll-times.ts';
import { endWaiting, waitForProvider } from './waiting.ts';

export interface Word {
  /** A notification that does not match is quarantined and moves nothing; the same in a query is real money. */
  readonly source: 'notification' | 'query' | 'poll';
  readonly by: Actor;
}

export type Applied =
  /** Something has moved. */
  | { readonly kind: 'moved' }
  /** Nothing new. */
  | { readonly kind: 'same' }
  /** Only for a notification: nothing was changed. */
  | { readonly kind: 'mismatch'; readonly field: MismatchedField }
  /** Closed or failed here, but the provider could still take money under it. */
  | { readonly kind: 'still_open' };

const SAME: Applied = { kind: 'same' };
const MOVED: Applied = { kind: 'moved' };

/** Applies what a provider says of the attempt `row`, which the caller has locked. */
export async function applyPaymentResult(
  tx: Tx,
  deps: PaymentsDeps,
  locked: PaymentRow,
  result: QueryPaymentResult,
  word: Word,
): Promise<Applied> {
  const row = await learnReference(tx, locked, result);
  switch (result.outcome) {
    case 'succeeded': {
      const applied = await applyMoney(tx, deps, row, result, word);
      if (applied.kind !== 'mismatch') {
        await recordReturned(tx, deps, row, result.returned ?? [], word.by);
      }
      return applied;
    }
    case 'authorized':
      return applyMoney(tx, deps, row, result, word);
    case 'approved':
      return applyApproval(tx, deps, row, word);
    case 'pending':
      return applyPending(tx, deps, row, result.reason ?? null, word);
    case 'processing':
      return applyProcessing(tx, deps, row, word);
    case 'declined':
      return end(row, () => failPayment(tx, deps, row, result.reason, word.by));
    case 'closed':
      return end(row, () => closePayment(tx, deps, row, { by: word.by }));
    case 'not_found':
    case 'unknown':
      return SAME;
  }
}

/** The provider's word ends it, but not while a capture of ours is on its way, which tells by itself. */
async function end(row: PaymentRow, run: () => Promise<void>): Promise<Applied> {
  if (!isOpen(row.status) || row.capture_requested > 0) {
    return SAME;
  }
  await run();
  return MOVED;
}

/** Keeps the provider's own name of what takes the money as soon as it is known. */
export async function learnReference(
  tx: Tx,
  row: PaymentRow,
  result: CreatePaymentResult | QueryPaymentResult,
): Promise<PaymentRow> {
  const reference = 'reference' in result ? result.reference : undefined;
  return reference === undefined || reference === row.provider_reference
    ? row
    : patchPayment(tx, row, { provider_reference: reference });
}

async function applyMoney(
  tx: Tx,
  deps: PaymentsDeps,
  row: PaymentRow,
  result: Extract<QueryPaymentResult, { readonly facts: PaymentFacts }>,
  word: Word,
): Promise<Applied> {
  const { outcome, facts } = result;
  if (row.reason === MISMATCH_DISMISSED && row.transaction_id === facts.transactionId) {
    return SAME;
  }
  const field = findMismatch(row, facts);
  if (field !== undefined) {
    if (word.source === 'notification') {
      return { kind: 'mismatch', field };
    }
    return (await holdMismatch(tx, row, facts, field, word.by)) ? MOVED : SAME;
  }
  if (row.status === 'succeeded' || (row.status === 'authorized' && outcome === 'authorized')) {
    return SAME;
  }
  if (row.mismatch !== null) {
    await resolveAlert(tx, { kind: 'payment_mismatch', subject: row.id, by: word.by });
  }
  if (outcome === 'authorized') {
    return authorise(tx, deps, row, result, word.by);
  }
  if (row.authorised_amount > 0) {
    return applyCaptured(tx, deps, row, facts, word);
  }
  // Money that the provider has given back already never pays for anything.
  const isReturned = result.outcome === 'succeeded' && (result.returned ?? []).length > 0;
  const honour = isReturned ? 'refuse' : 'ask';
  await recordCapture(tx, deps, row, facts, { ...captureOptions(word), honour });
  return MOVED;
}

function captureOptions(word: Word): CaptureOptions {
  return { by: word.by, honour: 'ask', surplusOrigin: 'late', keepsPollJob: word.source === 'poll' };
}

/**
 * Nothing more can be taken of a hold. What our captures have taken is known; while one of them is under way it tells by
 * itself; anything beyond was captured in the provider's console and counts all the same.
 */
async function applyCaptured(
  tx: Tx,
  deps: PaymentsDeps,
  row: PaymentRow,
  facts: PaymentFacts,
  word: Word,
): Promise<Applied> {
  if (row.capture_requested > 0) {
    await nudgeCaptures(tx, row.id);
    return SAME;
  }
  if (facts.amount.amount > row.captured_amount) {
    await recordCapture(tx, deps, row, facts, captureOptions(word));
  } else {
    await finishAttempt(tx, deps, row, captureOptions(word));
  }
  return MOVED;
}

/** The payer has agreed: the money is taken if it is still wanted, and never if it is not. */
async function applyApproval(tx: Tx, deps: PaymentsDeps, row: PaymentRow, word: Word): Promise<Applied> {
  const isAsked = row.capture_requested > 0 || row.captured_amount > 0 || row.mismatch !== null;
  if (!isOpen(row.status) || isAsked) {
    return SAME;
  }
  const moved = await applyPending(tx, deps, row, null, word);
  if (row.capture_mode === 'manual' && gatewayOf(deps, row).authorisePayment !== undefined) {
    // A hold is asked for outside of transactions, by the poll.
    return moved;
  }
  const isWanted =
    row.live_key !== null && (await ownerOf(deps, row.purpose_type).isPayable(tx, row.purpose_id));
  if (!isWanted) {
    return moved;
  }
  await captureApproved(tx, deps, row.id, word.by);
  return MOVED;
}

async function applyPending(
  tx: Tx,
  deps: PaymentsDeps,
  row: PaymentRow,
  problem: GatewayReason | null,
  { by }: Word,
): Promise<Applied> {
  if (!isOpen(row.status)) {
    return row.status === 'succeeded' ? SAME : { kind: 'still_open' };
  }
  const reason = problem?.code ?? null;
  const set = { reason, failure_reason: problem?.message ?? row.failure_reason, held_until: null };
  if (row.status === 'created' || (row.status === 'unknown' && row.mismatch === null)) {
    await transition<PaymentRow>(tx, paymentMachine, row, { status: 'pending' }, { by, set });
    return MOVED;
  }
  const isWaiting = row.held_until !== null;
  if (row.status === 'pending' && (isWaiting || (reason !== null && reason !== row.reason))) {
    await patchPayment(tx, row, set);
    await endWaiting(tx, deps, row, by);
  }
  return SAME;
}

/** The provider is still working on what the payer has done: what is paid for waits for that. */
async function applyProcessing(tx: Tx, deps: PaymentsDeps, row: PaymentRow, { by }: Word): Promise<Applied> {
  if (!isOpen(row.status) || row.status === 'authorized' || row.mismatch !== null) {
    return SAME;
  }
  const pending =
    row.status === 'pending'
      ? row
      : await transition<PaymentRow>(tx, paymentMachine, row, { status: 'pending' }, { by });
  return (await waitForProvider(tx, deps, pending)) ? MOVED : SAME;
}

async function authorise(
  tx: Tx,
  deps: PaymentsDeps,
  row: PaymentRow,
  result: Extract<QueryPaymentResult, { readonly outcome: 'authorized' }>,
  by: Actor,
): Promise<Applied> {
  const { facts, authorisedUntil } = result;
  const { captures } = gatewayOf(deps, row).capabilities;
  const set = {
    transaction_id: facts.transactionId,
    authorised_amount: facts.amount.amount,
    authorised_until: authorisedUntil ?? facts.paidAt + (captures?.holdMs ?? 0),
    call_started_at: null,
    reason: null,
    mismatch: null,
    held_until: null,
    ...(facts.card && toCardColumns(facts.card)),
  };
  const options = { by, set };
  const payment = await transition<PaymentRow>(tx, paymentMachine, row, { status: 'authorized' }, options);
  await pollLater(tx, payment);
  const notice = toNotice(payment, tx.now, by);
  const honour = await ownerOf(deps, payment.purpose_type).onAuthorised(tx, notice);
  await endWaiting(tx, deps, row, by);
  if (honour === 'honoured') {
    await publish(tx, paymentAuthorised, payment.purpose_id, toPaymentEvent(payment));
    return MOVED;
  }
  // Nobody waits for it any more: the poll finds it surplus and voids it.
  await patchPayment(tx, payment, { is_surplus: 1, live_key: null });
  const details = { purpose: notice.purpose, amount: payment.amount, currency: payment.currency };
  await raiseAlert(tx, { kind: 'surplus_payment', subject: payment.id, severity: 'warning', details });
  return { kind: 'still_open' };
}

/** A closed or failed attempt that holds money again is watched again. */
async function pollLater(tx: Tx, row: PaymentRow): Promise<void> {
  await enqueue(
    tx,
    paymentPoll,
    { paymentId: row.id },
    { key: row.id, runAt: nextRunAt(row, tx.now) ?? tx.now },
  );
}
