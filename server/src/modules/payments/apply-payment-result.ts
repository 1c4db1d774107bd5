/**
 * The one place where a provider's word meets an attempt, whoever brought it: a notification, an answer to a query, to a
 * creation or to a close. Invariant: amount, currency, merchant and app agree with the attempt before any money counts
 * (RULES 7), and an attempt is moved by its machine's arrows only.
 *
 * Crash story: runs inside one transaction that its caller opened and in which the attempt is locked, after its purpose.
 * What is not committed is asked for again by the attempt's poll job.
 */
import type { PaymentFacts, QueryPaymentResult } from '../../gateways/gateway.ts';
import type { Actor } from '../../kernel/actor.ts';
import type { Tx } from '../../kernel/db/index.ts';
import { publish } from '../../kernel/events/index.ts';
import { transition } from '../../kernel/states.ts';
import { raiseAlert, resolveAlert } from '../alerts/index.ts';
import { ownerOf, type PaymentsDeps } from './deps.ts';
import { type PaymentEvent, paymentAuthorised, paymentClosedEvent, paymentFailed } from './events.ts';
import { findMismatch, type MismatchedField, purposeOf, toNotice } from './payment.ts';
import { patchPayment } from './payment-repository.ts';
import { isOpen, paymentMachine } from './payment-states.ts';
import { recordCapture } from './record-capture.ts';
import type { PaymentRow } from './tables.ts';

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
  | { readonly kind: 'mismatch'; readonly field: MismatchedField | 'transaction' }
  /** Closed or failed here, but the provider could still take money under it. */
  | { readonly kind: 'still_open' };

const SAME: Applied = { kind: 'same' };
const MOVED: Applied = { kind: 'moved' };

/** Applies what a provider says of the attempt `row`, which the caller has locked. */
export async function applyPaymentResult(
  tx: Tx,
  deps: PaymentsDeps,
  row: PaymentRow,
  result: QueryPaymentResult,
  word: Word,
): Promise<Applied> {
  switch (result.outcome) {
    case 'succeeded':
    case 'authorized':
      return applyMoney(tx, deps, row, result, word);
    case 'pending':
      return applyPending(tx, row, result.reason?.code ?? null, word);
    case 'approved':
    case 'processing':
      return applyPending(tx, row, result.outcome, word);
    case 'declined':
      return isOpen(row.status) ? failPayment(tx, deps, row, result.reason.code, word.by) : SAME;
    case 'closed':
      return isOpen(row.status) ? closePayment(tx, deps, row, word.by) : SAME;
    case 'not_found':
    case 'unknown':
      return SAME;
  }
}

async function applyMoney(
  tx: Tx,
  deps: PaymentsDeps,
  row: PaymentRow,
  { outcome, facts }: { readonly outcome: 'succeeded' | 'authorized'; readonly facts: PaymentFacts },
  word: Word,
): Promise<Applied> {
  const isSecond = row.transaction_id !== null && row.transaction_id !== facts.transactionId;
  const field = findMismatch(row, facts) ?? (isSecond ? 'transaction' : undefined);
  if (field !== undefined) {
    return word.source === 'notification'
      ? { kind: 'mismatch', field }
      : holdMismatch(tx, row, facts, field, word.by);
  }
  if (row.status === 'succeeded' || (row.status === 'authorized' && outcome === 'authorized')) {
    return SAME;
  }
  if (row.mismatch !== null) {
    await resolveAlert(tx, { kind: 'payment_mismatch', subject: row.id, by: word.by });
  }
  if (outcome === 'authorized') {
    return authorise(tx, deps, row, facts, word.by);
  }
  const { by } = word;
  const keepsPollJob = word.source === 'poll';
  await recordCapture(tx, deps, row, facts, { by, honour: 'ask', surplusOrigin: 'late', keepsPollJob });
  return MOVED;
}

/** Real money that is not what we asked for: the attempt is held until a person decides, and with it the close. */
async function holdMismatch(
  tx: Tx,
  row: PaymentRow,
  facts: PaymentFacts,
  field: MismatchedField | 'transaction',
  by: Actor,
): Promise<Applied> {
  const { payer: _payer, ...known } = facts;
  const mismatch = JSON.stringify({ field, ...known });
  await raiseAlert(tx, {
    kind: 'payment_mismatch',
    subject: row.id,
    severity: 'critical',
    details: { field, expected: { amount: row.amount, currency: row.currency }, received: facts.amount },
  });
  if (row.status === 'succeeded') {
    return SAME;
  }
  const set = { reason: 'mismatch', mismatch, live_key: row.live_key };
  if (row.status === 'unknown') {
    await patchPayment(tx, row, set);
    return SAME;
  }
  await transition<PaymentRow>(tx, paymentMachine, row, { status: 'unknown' }, { by, note: field, set });
  return MOVED;
}

async function applyPending(tx: Tx, row: PaymentRow, reason: string | null, { by }: Word): Promise<Applied> {
  if (!isOpen(row.status)) {
    return row.status === 'succeeded' ? SAME : { kind: 'still_open' };
  }
  if (row.status === 'created' || (row.status === 'unknown' && row.mismatch === null)) {
    await transition<PaymentRow>(tx, paymentMachine, row, { status: 'pending' }, { by, set: { reason } });
    return MOVED;
  }
  if (row.status === 'pending' && reason !== null && reason !== row.reason) {
    await patchPayment(tx, row, { reason });
  }
  return SAME;
}

async function authorise(
  tx: Tx,
  deps: PaymentsDeps,
  row: PaymentRow,
  facts: PaymentFacts,
  by: Actor,
): Promise<Applied> {
  const set = { transaction_id: facts.transactionId, call_started_at: null, reason: null, mismatch: null };
  const payment = await transition<PaymentRow>(
    tx,
    paymentMachine,
    row,
    { status: 'authorized' },
    { by, set },
  );
  const notice = toNotice(payment, tx.now, by);
  const honour = await ownerOf(deps, payment.purpose_type).onAuthorised(tx, notice);
  if (honour === 'honoured') {
    await publish(tx, paymentAuthorised, payment.purpose_id, toEvent(payment));
    return MOVED;
  }
  // Nobody waits for it any more: the poll finds it surplus and voids it.
  await patchPayment(tx, payment, { is_surplus: 1, live_key: null });
  const details = { purpose: notice.purpose, amount: payment.amount, currency: payment.currency };
  await raiseAlert(tx, { kind: 'surplus_payment', subject: payment.id, severity: 'warning', details });
  return { kind: 'still_open' };
}

/** The attempt ended without money, and its provider can take none under its number any more. */
export async function failPayment(
  tx: Tx,
  deps: PaymentsDeps,
  row: PaymentRow,
  reason: string,
  by: Actor,
): Promise<Applied> {
  const set = { reason, live_key: null, call_started_at: null, closed_at: tx.now };
  const payment = await transition<PaymentRow>(tx, paymentMachine, row, { status: 'failed' }, { by, set });
  await ownerOf(deps, row.purpose_type).onFailed(tx, toNotice(payment, tx.now, by));
  await publish(tx, paymentFailed, payment.purpose_id, toEvent(payment));
  return MOVED;
}

/** The attempt is closed at its provider, or was never known there; for an authorisation that is its void or expiry. */
export async function closePayment(tx: Tx, deps: PaymentsDeps, row: PaymentRow, by: Actor): Promise<Applied> {
  const set = { live_key: null, call_started_at: null, closed_at: tx.now, mismatch: null };
  const payment = await transition<PaymentRow>(tx, paymentMachine, row, { status: 'closed' }, { by, set });
  const owner = ownerOf(deps, row.purpose_type);
  const notice = toNotice(payment, tx.now, by);
  await (row.status === 'authorized' && row.is_surplus === 0
    ? owner.onVoided(tx, notice)
    : owner.onClosed(tx, notice));
  await publish(tx, paymentClosedEvent, payment.purpose_id, toEvent(payment));
  return MOVED;
}

function toEvent(row: PaymentRow): PaymentEvent {
  return {
    paymentId: row.id,
    purpose: purposeOf(row),
    provider: row.provider,
    method: row.method,
    amount: { amount: row.amount, currency: row.currency },
  };
}
