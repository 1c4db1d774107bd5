/**
 * What a person decides over a line before any money moves: to which payment it belongs, that it is a payout of
 * ours which came back, or that it is not ours. Invariant: a line that a person has assigned is confirmed by another one.
 *
 * Crash story: each decision is one transaction with its history and its entry in the audit log.
 */
import type { Actor } from '../../kernel/actor.ts';
import type { Tx } from '../../kernel/db/index.ts';
import { AppError, illegalTransition, notFound } from '../../kernel/errors.ts';
import { canMove, transition } from '../../kernel/states.ts';
import { writeAudit } from '../audit/index.ts';
import { findPaymentsById, findPaymentsByReference, type HandPayment } from '../payments/index.ts';
import { type BankStatementsDeps, PROVIDER } from './deps.ts';
import { lineDoesNotFit } from './errors.ts';
import { type dismissals, type LineReason, misfitOf } from './judge-line.ts';
import { type LineState, lineMachine } from './line-states.ts';
import { claimMatch, releaseMatches } from './repository.ts';
import { assertNoReturnedPayout, claimReturnedPayout } from './returned-payout.ts';
import type { LineRow } from './tables.ts';

export interface Decision {
  readonly lineId: string;
  readonly by: Actor;
  readonly ip: string | null;
  readonly note?: string | undefined;
}

export interface Assignment extends Decision {
  readonly paymentId?: string | undefined;
  /** As the payer wrote it. */
  readonly remittanceCode?: string | undefined;
  /** Instead of a payment: the refund whose payout has come back. */
  readonly refundId?: string | undefined;
  /** Takes what is short, over or a second time too: what is short is waived, the rest goes back. */
  readonly acceptsDifference: boolean;
  /** Says that the money is the payer's, although as much was paid out to them by hand. */
  readonly isNewMoney: boolean;
}

/** Locks the line for a move to `to`; throws `not_found` (404) or `illegal_transition` (409). */
export async function lockLine(tx: Tx, id: string, to: LineState): Promise<LineRow> {
  const row = await tx.lock('bank_statement_lines', id);
  if (row === undefined) {
    throw new AppError(notFound);
  }
  const states = lineMachine.fields.state;
  if (!canMove(states, row.state, to)) {
    const legal = states.arrows[row.state];
    const details = { entity: lineMachine.entity, field: 'state', from: row.state, to, legal };
    throw new AppError(illegalTransition, { details });
  }
  return row;
}

export async function auditLine(
  tx: Tx,
  before: LineRow,
  after: LineRow,
  decided: { readonly action: string; readonly isNewMoney?: boolean } & Omit<Decision, 'lineId'>,
): Promise<void> {
  const { action, by, ip, note, isNewMoney } = decided;
  const seen = ({ state, payment_id: paymentId, refund_id: refundId, reason }: LineRow) => ({
    ...{ state, paymentId, refundId, reason },
  });
  await writeAudit(tx, {
    actor: by,
    action: `bank_statement_line.${action}`,
    target: { type: 'bank_statement_line', id: before.id },
    before: seen(before),
    after: { ...seen(after), note, isNewMoney },
    ip,
  });
}

/**
 * Says which payment the line stands for, or of which refund it is the payout that came back; another person confirms it.
 * Of money that went out: which payment's transfer has come back. Throws `not_found`, `illegal_transition`,
 * `line_does_not_fit`, `line_may_be_returned_payout` and `refund_not_paid_out` (409).
 */
export function assignLine(deps: BankStatementsDeps, assignment: Assignment): Promise<void> {
  const { lineId, by, note, acceptsDifference, refundId } = assignment;
  return deps.db.tx('bank_statement_line.assign', async (tx) => {
    const line = await lockLine(tx, lineId, 'matched');
    const claimed =
      refundId === undefined
        ? await claimPayment(tx, deps, line, assignment)
        : await claimReturnedPayout(tx, line, refundId);
    const set = { ...claimed, assigned_by: by.id, accepts_difference: acceptsDifference ? 1 : 0 };
    const after = await transition<LineRow>(tx, lineMachine, line, { state: 'matched' }, { by, note, set });
    await auditLine(tx, line, after, { action: 'assign', ...assignment });
  });
}

async function claimPayment(
  tx: Tx,
  deps: BankStatementsDeps,
  line: LineRow,
  assignment: Assignment,
): Promise<Pick<LineRow, 'payment_id' | 'reason'>> {
  const payment = await findAssigned(tx, deps, assignment);
  const isIncoming = line.amount > 0;
  if (isIncoming && !assignment.isNewMoney) {
    await assertNoReturnedPayout(tx, line, payment);
  }
  const misfit = isIncoming ? misfitOf(line, payment) : bounceMisfitOf(line, payment);
  const isFree = await claimMatch(tx, line, payment.id);
  const problem = isFree ? misfit : 'duplicate';
  if (problem !== null && !isAcceptable(problem, line, assignment.acceptsDifference)) {
    throw new AppError(lineDoesNotFit, { details: { reason: problem, paymentStatus: payment.status } });
  }
  return { payment_id: payment.id, reason: problem };
}

/** Late money goes back by itself, so it needs no consent; another amount or a second payment does. */
function isAcceptable(problem: LineReason, line: LineRow, acceptsDifference: boolean): boolean {
  if (line.amount < 0) {
    return false;
  }
  return problem === 'closed' || (acceptsDifference && problem !== 'currency');
}

/** A transfer that bounced brought money before, and as much. */
function bounceMisfitOf(line: LineRow, payment: HandPayment): LineReason | null {
  if (payment.currency !== line.currency) {
    return 'currency';
  }
  const amount = 0 - line.amount;
  if (payment.status !== 'succeeded' || amount > payment.capturedAmount) {
    return 'over';
  }
  return null;
}

async function findAssigned(
  tx: Tx,
  { findCodes }: BankStatementsDeps,
  { paymentId, remittanceCode }: Assignment,
): Promise<HandPayment> {
  const found =
    paymentId === undefined
      ? await findPaymentsByReference(tx, PROVIDER, findCodes(remittanceCode ?? ''))
      : await findPaymentsById(tx, PROVIDER, [paymentId]);
  const [payment] = found;
  if (payment === undefined) {
    throw new AppError(notFound);
  }
  return payment;
}

/** Takes a match back, whoever made it. Throws `not_found` and `illegal_transition`. */
export function unassignLine(deps: BankStatementsDeps, decision: Decision): Promise<void> {
  const { lineId, by, note } = decision;
  return deps.db.tx('bank_statement_line.unassign', async (tx) => {
    const seen = await tx.lock('bank_statement_lines', lineId);
    const state = seen !== undefined && seen.amount < 0 ? 'recorded' : 'unmatched';
    const line = await lockLine(tx, lineId, state);
    await releaseMatches(tx, line);
    const reason: LineReason = state === 'recorded' ? 'outgoing' : 'unknown_code';
    const cleared = { payment_id: null, assigned_by: null, accepts_difference: 0, reason };
    const set = { ...cleared, ...(state === 'unmatched' && { refund_id: null }) };
    const after = await transition<LineRow>(tx, lineMachine, line, { state }, { by, note, set });
    await auditLine(tx, line, after, { action: 'unassign', ...decision });
  });
}

/** The money is none of ours, or was sent back outside this program. Throws `not_found` and `illegal_transition`. */
export function dismissLine(
  deps: BankStatementsDeps,
  decision: Decision & { readonly as: (typeof dismissals)[number] },
): Promise<void> {
  const { lineId, by, note, as: reason } = decision;
  return deps.db.tx('bank_statement_line.dismiss', async (tx) => {
    const line = await lockLine(tx, lineId, 'dismissed');
    const set = { reason };
    const after = await transition<LineRow>(tx, lineMachine, line, { state: 'dismissed' }, { by, note, set });
    await auditLine(tx, line, after, { action: 'dismiss', ...decision });
  });
}

/** A line that was dismissed is looked at again. Throws `not_found` and `illegal_transition`. */
export function reopenLine(deps: BankStatementsDeps, decision: Decision): Promise<void> {
  const { lineId, by, note } = decision;
  return deps.db.tx('bank_statement_line.reopen', async (tx) => {
    const seen = await tx.lock('bank_statement_lines', lineId);
    if (seen !== undefined && seen.state !== 'dismissed') {
      await lockLine(tx, lineId, 'dismissed');
    }
    const line = await lockLine(tx, lineId, 'unmatched');
    const set = { reason: 'unknown_code', payment_id: null } as const;
    const after = await transition<LineRow>(tx, lineMachine, line, { state: 'unmatched' }, { by, note, set });
    await auditLine(tx, line, after, { action: 'reopen', ...decision });
  });
}
