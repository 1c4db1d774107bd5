/**
 * The second person. Invariant: money by bank transfer counts only after somebody has confirmed the line who has neither
 * imported nor assigned it (the condition of the update, and a CHECK under it), and each line counts once: its
 * `transaction_id` is what payments books it by. A transfer that bounced is a booking of its own, signed the same way; so is
 * a payout of ours that came back.
 *
 * Crash story: signature, payment, order, ledger and audit entry are one transaction. Locks are taken in the order line,
 * order, payment; nobody who holds an order or a payment asks for a line.
 */
import type { Actor } from '../../kernel/actor.ts';
import type { Tx } from '../../kernel/db/index.ts';
import { AppError, illegalTransition, notFound } from '../../kernel/errors.ts';
import { transition } from '../../kernel/states.ts';
import { secondPersonRequired } from '../payments/index.ts';
import { auditLine, type Decision, lockLine } from './decide-line.ts';
import type { BankStatementsDeps } from './deps.ts';
import { lineDoesNotFit } from './errors.ts';
import { type LineState, lineMachine } from './line-states.ts';
import {
  claimReversal,
  findConfirmedLineOf,
  findLine,
  signConfirmation,
  signReversal,
} from './repository.ts';
import { isReturnedPayout, recordReturn } from './returned-payout.ts';
import type { LineRow } from './tables.ts';

/** Noon of the bank's day in UTC: the same day in every zone where banks are. */
export function momentOf(bookedOn: string): number {
  return Date.parse(`${bookedOn}T12:00:00Z`);
}

/**
 * Confirms a matched line: its payment is paid, or the money is surplus and goes back; of a line by which the bank took
 * money back, the payment is reversed; of a payout that came back, the refund is owed again. Throws `not_found`,
 * `illegal_transition`, `second_person_required` (409) and what payments refuses.
 */
export function confirmLine(deps: BankStatementsDeps, decision: Decision): Promise<void> {
  const { lineId, by, note } = decision;
  return deps.db.tx('bank_statement_line.confirm', async (tx) => {
    if (!(await signConfirmation(tx, lineId, by.id))) {
      throw await refusal(tx, lineId, 'confirmed');
    }
    const line = await lockLine(tx, lineId, 'confirmed');
    const state = await recordMoney(tx, deps, line, decision);
    const after = await transition<LineRow>(tx, lineMachine, line, { state }, { by, note });
    await auditLine(tx, line, after, { action: 'confirm', ...decision });
  });
}

/** Books what the line tells of; answers what becomes of it. */
async function recordMoney(
  tx: Tx,
  deps: BankStatementsDeps,
  line: LineRow,
  { by, ip }: Decision,
): Promise<'confirmed' | 'payout_returned'> {
  if (isReturnedPayout(line)) {
    await recordReturn(tx, deps, line, { by, ip });
    return 'payout_returned';
  }
  await (line.amount > 0 ? recordReceived(tx, deps, line, by) : recordBounce(tx, deps, line, by));
  return 'confirmed';
}

async function refusal(tx: Tx, lineId: string, to: LineState): Promise<AppError> {
  const line = await findLine(tx, lineId);
  if (line === undefined) {
    return new AppError(notFound);
  }
  const from = to === 'confirmed' ? 'matched' : 'reversing';
  if (line.state !== from) {
    const details = { entity: lineMachine.entity, field: 'state', from: line.state, to };
    return new AppError(illegalTransition, { details });
  }
  return new AppError(secondPersonRequired);
}

function moneyOf(line: LineRow) {
  return { amount: Math.abs(line.amount), currency: line.currency };
}

async function recordReceived(
  tx: Tx,
  { payments }: BankStatementsDeps,
  line: LineRow,
  by: Actor,
): Promise<void> {
  await payments.recordByHand(tx, {
    paymentId: paymentOf(line),
    amount: moneyOf(line),
    reference: line.transaction_id,
    receivedAt: momentOf(line.booked_on),
    by,
    accepts: line.accepts_difference === 1 ? 'any' : 'exact',
  });
}

async function recordBounce(tx: Tx, deps: BankStatementsDeps, line: LineRow, by: Actor): Promise<void> {
  const paymentId = paymentOf(line);
  await reverse(tx, deps, { paymentId, line, reference: line.transaction_id, by });
  const received = await findConfirmedLineOf(tx, { paymentId, amount: 0 - line.amount });
  if (received !== undefined) {
    await transition<LineRow>(tx, lineMachine, received, { state: 'reversed' }, { by, note: line.id });
  }
}

interface Reversal {
  readonly paymentId: string;
  readonly line: LineRow;
  readonly reference: string;
  readonly by: Actor;
}

function reverse(
  tx: Tx,
  { payments }: BankStatementsDeps,
  { paymentId, line, reference, by }: Reversal,
): Promise<unknown> {
  const reversedAt = line.amount < 0 ? momentOf(line.booked_on) : tx.now;
  return payments.reverseByHand(tx, { paymentId, amount: moneyOf(line), reference, reversedAt, by });
}

function paymentOf(line: LineRow): string {
  if (line.payment_id === null) {
    throw new Error(`line ${line.id} is matched with nothing`);
  }
  return line.payment_id;
}

/** Asks for a confirmation to be taken back, because the money has gone again; another person decides. */
export function requestReversal(deps: BankStatementsDeps, decision: Decision): Promise<void> {
  const { lineId, by, note } = decision;
  return deps.db.tx('bank_statement_line.request_reversal', async (tx) => {
    const line = await lockLine(tx, lineId, 'reversing');
    if (line.amount < 0 || !(await claimReversal(tx, line, paymentOf(line)))) {
      throw new AppError(lineDoesNotFit, { details: { reason: 'outgoing' } });
    }
    const set = { reversal_requested_by: by.id };
    const after = await transition<LineRow>(tx, lineMachine, line, { state: 'reversing' }, { by, note, set });
    await auditLine(tx, line, after, { action: 'request_reversal', ...decision });
  });
}

/** The money is there after all. Throws `not_found` and `illegal_transition`. */
export function withdrawReversal(deps: BankStatementsDeps, decision: Decision): Promise<void> {
  const { lineId, by, note } = decision;
  return deps.db.tx('bank_statement_line.withdraw_reversal', async (tx) => {
    const seen = await tx.lock('bank_statement_lines', lineId);
    if (seen?.state !== 'reversing') {
      throw await refusal(tx, lineId, 'reversed');
    }
    const id = `out:${paymentOf(seen)}`;
    await tx.query.deleteFrom('bank_statement_matches').where('id', '=', id).execute();
    const set = { reversal_requested_by: null };
    const after = await transition<LineRow>(tx, lineMachine, seen, { state: 'confirmed' }, { by, note, set });
    await auditLine(tx, seen, after, { action: 'withdraw_reversal', ...decision });
  });
}

/** Books that the money of a confirmed line has gone again. Throws `not_found`, `illegal_transition`, `second_person_required`. */
export function confirmReversal(deps: BankStatementsDeps, decision: Decision): Promise<void> {
  const { lineId, by, note } = decision;
  return deps.db.tx('bank_statement_line.confirm_reversal', async (tx) => {
    if (!(await signReversal(tx, lineId, by.id))) {
      throw await refusal(tx, lineId, 'reversed');
    }
    const line = await lockLine(tx, lineId, 'reversed');
    const reference = `${line.transaction_id}:back`;
    await reverse(tx, deps, { paymentId: paymentOf(line), line, reference, by });
    const after = await transition<LineRow>(tx, lineMachine, line, { state: 'reversed' }, { by, note });
    await auditLine(tx, line, after, { action: 'confirm_reversal', ...decision });
  });
}
