/**
 * Money that came in and is none of a payer's: a payout of our own that the bank has sent back. Invariant: such a line stands
 * for the payout of one refund and for nothing else, and no other line for that payout (both keys of
 * `bank_statement_returns` are unique); its confirmation is the bounce of the refund, unless somebody has told of that
 * before. And nobody assigns a line to a payment while it could be such a payout without saying that it is not.
 *
 * Crash story: each step runs in its caller's transaction, which has locked the line: who assigns it claims the payout, who
 * confirms it signs the line, undoes the payout and begins anew what is owed of it, all or nothing.
 */
import type { Actor } from '../../kernel/actor.ts';
import type { Reader, Tx } from '../../kernel/db/index.ts';
import { AppError, notFound } from '../../kernel/errors.ts';
import {
  findHandRefunds,
  findPayouts,
  type HandPayment,
  type HandRefund,
  refundNotPaidOut,
} from '../payments/index.ts';
import type { BankStatementsDeps } from './deps.ts';
import { lineDoesNotFit, lineMayBeReturnedPayout } from './errors.ts';
import type { LineReason } from './judge-line.ts';
import { claimReturn } from './repository.ts';
import type { LineRow } from './tables.ts';

/** Whether a person has said that the line is a payout of ours; the refund of an outgoing line is one that it has paid. */
export function isReturnedPayout({ amount, refund_id: refundId }: LineRow): boolean {
  return amount > 0 && refundId !== null;
}

/**
 * Claims the payout of a refund for the line; answers what the line says then. Throws `not_found`, `refund_not_paid_out`
 * and `line_does_not_fit` (409).
 */
export async function claimReturnedPayout(
  tx: Tx,
  line: LineRow,
  refundId: string,
): Promise<Pick<LineRow, 'refund_id' | 'payment_id' | 'reason'>> {
  const found = await findHandRefunds(tx, [refundId]);
  const refund = found.find(({ id }) => id === refundId);
  if (refund === undefined) {
    throw new AppError(notFound);
  }
  if (!refund.isPaidOut) {
    throw new AppError(refundNotPaidOut, { details: { status: refund.status } });
  }
  const misfit = misfitOfReturn(line, refund);
  const isFree = misfit === null && (await claimReturn(tx, line.id, refund.id));
  if (!isFree) {
    throw new AppError(lineDoesNotFit, { details: { reason: misfit ?? 'duplicate' } });
  }
  return { refund_id: refund.id, payment_id: refund.paymentId, reason: null };
}

function misfitOfReturn(line: LineRow, refund: HandRefund): LineReason | null {
  if (line.amount < 0) {
    return 'outgoing';
  }
  if (line.currency !== refund.currency) {
    return 'currency';
  }
  if (line.amount === refund.amount) {
    return null;
  }
  return line.amount < refund.amount ? 'short' : 'over';
}

/** The bounce that a confirmed line is. Throws `not_found` and `refund_not_paid_out` (409). */
export async function recordReturn(
  tx: Tx,
  { payments }: BankStatementsDeps,
  line: LineRow,
  { by, ip }: { readonly by: Actor; readonly ip: string | null },
): Promise<void> {
  if (line.refund_id === null || line.assigned_by === null) {
    throw new Error(`nobody has said of which refund line ${line.id} is the payout`);
  }
  await payments.returnPayout(tx, line.refund_id, {
    ...{ by, ip, reference: line.transaction_id, toldBy: line.assigned_by },
  });
}

/**
 * Throws `line_may_be_returned_payout` (409), which names the refunds, where the money is as much as a payout to the same
 * buyer for the same purchase of which no confirmed line says that it came back.
 */
export async function assertNoReturnedPayout(tx: Tx, line: LineRow, payment: HandPayment): Promise<void> {
  const { amount, currency } = line;
  const payouts = await findPayouts(tx, payment.purpose, { amount, currency });
  const ids = payouts.map(({ id }) => id);
  const returned = await findReturned(tx, ids);
  const refundIds = ids.filter((id) => !returned.has(id));
  if (refundIds.length > 0) {
    throw new AppError(lineMayBeReturnedPayout, { details: { refundIds } });
  }
}

/** Those of which a confirmed line says that their payout came back. */
async function findReturned(db: Reader, refundIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (refundIds.length === 0) {
    return new Set();
  }
  const rows = await db.query
    .selectFrom('bank_statement_returns as returned')
    .innerJoin('bank_statement_lines as line', 'line.id', 'returned.line_id')
    .select('returned.refund_id')
    .where('returned.refund_id', 'in', refundIds)
    .where('line.state', '=', 'payout_returned')
    .execute();
  return new Set(rows.map(({ refund_id: id }) => id));
}
