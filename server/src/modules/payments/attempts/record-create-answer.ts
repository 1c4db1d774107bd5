/**
 * tx B of an attempt: what the provider answered to its creation. Invariant: parameters reach the buyer only while the
 * purpose still wants the money and the attempt is its current one; a prepay that comes back later is closed at the
 * provider again (RULES 4).
 *
 * Crash story: without this transaction the answer is lost and the attempt stays `created` or as it was; the poll asks
 * what became of it, and the buyer's next request asks for parameters again under the same number.
 */
import type { ClientParameters, CreatePaymentResult } from '../../../gateways/gateway.ts';
import { providerActor } from '../../../kernel/actor.ts';
import type { Tx } from '../../../kernel/db/index.ts';
import { AppError, providerUnavailable } from '../../../kernel/errors.ts';
import { transition } from '../../../kernel/states.ts';
import { ownerOf, type PaymentsDeps, reachGatewayOf } from '../deps.ts';
import { paymentClosed, paymentDeclined } from '../errors.ts';
import { type PaymentStarted, purposeOf, toKnown, toNotice, toStarted } from '../payment.ts';
import { lockPayment, patchPayment } from '../payment-repository.ts';
import { isOpen, paymentMachine } from '../payment-states.ts';
import type { Purpose } from '../purpose.ts';
import type { PaymentRow } from '../tables.ts';
import { applyPaymentResult, learnReference } from './apply-payment-result.ts';
import { closePayment, failPayment } from './end-payment.ts';
import { queryPayment } from './query-payment.ts';

const RETRY_AFTER_SECONDS = 5;

type Verdict =
  | { readonly kind: 'started'; readonly payment: PaymentRow; readonly parameters: ClientParameters }
  /** The answer came too late for anybody to pay by it. */
  | { readonly kind: 'too_late'; readonly payment: PaymentRow }
  | { readonly kind: 'declined' }
  | { readonly kind: 'used_up' }
  | { readonly kind: 'paid' }
  | { readonly kind: 'unavailable'; readonly cause: string };

/** Records the answer; gives what the buyer needs, or `begin_anew` where the number is closed at the provider. */
export async function recordCreateAnswer(
  deps: PaymentsDeps,
  asked: PaymentRow,
  result: CreatePaymentResult,
): Promise<PaymentStarted | 'begin_anew'> {
  const verdict = await deps.db.tx('payment.record_create', (tx) => judge(tx, deps, asked, result));
  switch (verdict.kind) {
    case 'started':
      return toStarted(verdict.payment, verdict.parameters);
    case 'used_up':
      return 'begin_anew';
    case 'declined':
      throw new AppError(paymentDeclined);
    case 'unavailable':
      throw new AppError(providerUnavailable, {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
        cause: verdict.cause,
      });
    case 'paid':
      await queryPayment(deps, asked, 'query');
      return refuse(deps, purposeOf(asked));
    case 'too_late':
      await reachGatewayOf(deps, asked).closePayment(toKnown(verdict.payment));
      return refuse(deps, purposeOf(asked));
  }
}

async function judge(
  tx: Tx,
  deps: PaymentsDeps,
  asked: PaymentRow,
  result: CreatePaymentResult,
): Promise<Verdict> {
  const locked = await lockPayment(tx, deps, asked.id);
  if (locked === undefined) {
    throw new Error(`payment ${asked.id} has disappeared`);
  }
  const row = await learnReference(tx, await endCall(tx, locked, asked, result.outcome), result);
  const by = providerActor(row.provider);
  switch (result.outcome) {
    case 'pending':
    case 'requires_action':
      return giveParameters(tx, deps, row, result.parameters);
    case 'succeeded':
    case 'authorized':
      await applyPaymentResult(tx, deps, row, result, { source: 'query', by });
      return { kind: 'started', payment: { ...row, status: result.outcome }, parameters: {} };
    case 'declined':
      if (isOpen(row.status)) {
        await failPayment(tx, deps, row, result.reason, by);
      }
      return { kind: 'declined' };
    case 'already_closed':
      if (isOpen(row.status)) {
        await closePayment(tx, deps, row, { by });
      }
      return { kind: 'used_up' };
    case 'already_paid':
      return { kind: 'paid' };
    case 'not_sent':
    case 'unknown':
      await noteSilence(tx, row, result.outcome, result.reason.code);
      return { kind: 'unavailable', cause: result.reason.code };
  }
}

/** The call is over unless its outcome is unknown: then closing waits until it can have no effect any more. */
async function endCall(
  tx: Tx,
  row: PaymentRow,
  asked: PaymentRow,
  outcome: CreatePaymentResult['outcome'],
): Promise<PaymentRow> {
  const isLatestCall = row.call_started_at === asked.call_started_at;
  return outcome !== 'unknown' && isLatestCall && row.call_started_at !== null
    ? patchPayment(tx, row, { call_started_at: null })
    : row;
}

async function giveParameters(
  tx: Tx,
  deps: PaymentsDeps,
  row: PaymentRow,
  parameters: ClientParameters,
): Promise<Verdict> {
  const isWanted =
    isOpen(row.status) &&
    row.live_key !== null &&
    (await ownerOf(deps, row.purpose_type).isPayable(tx, row.purpose_id));
  const set = { client_parameters: JSON.stringify(parameters), prepared_at: tx.now, reason: null };
  const isFresh = row.status === 'created' || (row.status === 'unknown' && row.mismatch === null);
  // Even where nobody may pay by it: it exists at the provider now, and closing must know.
  let payment = row;
  if (isFresh) {
    const options = { by: providerActor(row.provider), set };
    payment = await transition<PaymentRow>(tx, paymentMachine, row, { status: 'pending' }, options);
  } else if (row.status === 'pending') {
    payment = await patchPayment(tx, row, set);
  }
  const isStarted = isWanted && (await isPromised(tx, deps, payment));
  return isStarted ? { kind: 'started', payment, parameters } : { kind: 'too_late', payment };
}

/** What is paid on delivery goes on now, without its money. */
async function isPromised(tx: Tx, deps: PaymentsDeps, payment: PaymentRow): Promise<boolean> {
  if (payment.settlement !== 'on_delivery') {
    return true;
  }
  const owner = ownerOf(deps, payment.purpose_type);
  const notice = toNotice(payment, tx.now, { type: 'customer', id: payment.customer_id });
  return (await owner.onPromised(tx, notice)) === 'honoured';
}

async function noteSilence(
  tx: Tx,
  row: PaymentRow,
  outcome: 'not_sent' | 'unknown',
  reason: string,
): Promise<void> {
  if (outcome === 'unknown' && row.status === 'created') {
    const options = { by: providerActor(row.provider), note: reason, set: { reason } };
    await transition<PaymentRow>(tx, paymentMachine, row, { status: 'unknown' }, options);
  } else if (row.status === 'created') {
    await patchPayment(tx, row, { reason });
  }
}

/** Says why nobody may pay, in the owner's words where it has any: it is closed, expiring or paid. */
async function refuse(deps: PaymentsDeps, purpose: Purpose): Promise<never> {
  await deps.db.tx('payment.refuse', async (tx) => {
    const owner = ownerOf(deps, purpose.type);
    await owner.lock(tx, purpose.id);
    await owner.claimForAttempt(tx, purpose.id, null);
    throw new AppError(paymentClosed);
  });
  throw new AppError(paymentClosed);
}
