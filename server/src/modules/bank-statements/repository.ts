/** The SQL on lines that decides: claims, conditional confirmations, changes of columns. */
import { type Reader, type Tx, updateVersioned } from '../../kernel/db/index.ts';
import type { LineRow } from './tables.ts';

export function findLine(db: Reader, id: string): Promise<LineRow | undefined> {
  return db.query.selectFrom('bank_statement_lines').selectAll().where('id', '=', id).executeTakeFirst();
}

/** The line by which so much money of the payment came in and was confirmed. */
export function findConfirmedLineOf(
  db: Reader,
  { paymentId, amount }: { readonly paymentId: string; readonly amount: number },
): Promise<LineRow | undefined> {
  return db.query
    .selectFrom('bank_statement_lines')
    .selectAll()
    .where('payment_id', '=', paymentId)
    .where('amount', '=', amount)
    .where('state', 'in', ['confirmed', 'reversing'])
    .orderBy('id')
    .executeTakeFirst();
}

const matchId = (line: Pick<LineRow, 'amount'>, paymentId: string) =>
  `${line.amount > 0 ? 'in' : 'out'}:${paymentId}`;

/** Takes the right to stand for the payment's money, or for its way back; false when another line has it. */
export function claimMatch(tx: Tx, line: LineRow, paymentId: string): Promise<boolean> {
  const row = { id: matchId(line, paymentId), line_id: line.id, created_at: tx.now };
  return tx.insertOnce('bank_statement_matches', row);
}

/** The same for a reversal that no line of a statement tells of. */
export function claimReversal(tx: Tx, line: LineRow, paymentId: string): Promise<boolean> {
  const row = { id: `out:${paymentId}`, line_id: line.id, created_at: tx.now };
  return tx.insertOnce('bank_statement_matches', row);
}

/** Takes the right to be the payout of the refund that came back; false when another line has it. */
export function claimReturn(tx: Tx, lineId: string, refundId: string): Promise<boolean> {
  const row = { refund_id: refundId, line_id: lineId, created_at: tx.now };
  return tx.insertOnce('bank_statement_returns', row);
}

/** Lets go of what the line stands for. */
export async function releaseMatches(tx: Tx, line: LineRow): Promise<void> {
  await tx.query.deleteFrom('bank_statement_matches').where('line_id', '=', line.id).execute();
  await tx.query.deleteFrom('bank_statement_returns').where('line_id', '=', line.id).execute();
}

/** Signs a matched line; false unless it waits for somebody else than this person. */
export async function signConfirmation(tx: Tx, id: string, personId: string): Promise<boolean> {
  const { numUpdatedRows } = await tx.query
    .updateTable('bank_statement_lines')
    .set({ confirmed_by: personId, confirmed_at: tx.now, updated_at: tx.now })
    .where('id', '=', id)
    .where('state', '=', 'matched')
    .where('imported_by', '<>', personId)
    .where((where) => where.or([where('assigned_by', 'is', null), where('assigned_by', '<>', personId)]))
    .executeTakeFirst();
  return Number(numUpdatedRows) === 1;
}

/** Signs a reversal that was asked for; false unless it waits for somebody else than this person. */
export async function signReversal(tx: Tx, id: string, personId: string): Promise<boolean> {
  const { numUpdatedRows } = await tx.query
    .updateTable('bank_statement_lines')
    .set({ reversed_by: personId, updated_at: tx.now })
    .where('id', '=', id)
    .where('state', '=', 'reversing')
    .where('reversal_requested_by', '<>', personId)
    .executeTakeFirst();
  return Number(numUpdatedRows) === 1;
}

/** Changes columns that are no state. Throws a TransactionConflict when the row has moved since it was read. */
export async function patchLine(
  tx: Tx,
  row: LineRow,
  set: Partial<Omit<LineRow, 'id' | 'version' | 'state'>>,
): Promise<LineRow> {
  await updateVersioned(tx, 'bank_statement_lines', row, { ...set, updated_at: tx.now });
  return { ...row, ...set, updated_at: tx.now };
}
