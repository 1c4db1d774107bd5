/** What `doctor` checks of statements: that no money counts without a second person, and none twice. */
import type { Reader } from '../../kernel/db/index.ts';

const MAX_VIOLATIONS = 100;

export interface StatementViolation {
  readonly invariant: string;
  readonly subject: string;
  readonly message: string;
}

/** I6: each line that was confirmed stands for its money once, as a payer's or as a payout of ours that came back. */
export async function checkStatements(db: Reader): Promise<StatementViolation[]> {
  return [...(await checkReceived(db)), ...(await checkReturned(db)), ...(await checkClaims(db))];
}

const violation = (subject: string, message: string): StatementViolation => ({
  ...{ invariant: 'I6', subject, message },
});

/** What a confirmed line says has come in is a capture of its payment, under the line's own number. */
async function checkReceived(db: Reader): Promise<StatementViolation[]> {
  const rows = await db.query
    .selectFrom('bank_statement_lines as line')
    .leftJoin('captures', (join) =>
      join
        .onRef('captures.payment_id', '=', 'line.payment_id')
        .onRef('captures.provider_capture_id', '=', 'line.transaction_id'),
    )
    .select(['line.id', 'line.amount', 'captures.amount as captured', 'line.confirmed_by'])
    .where('line.amount', '>', 0)
    .where('line.state', 'in', ['confirmed', 'reversing', 'reversed'])
    .where((where) =>
      where.or([
        where('captures.id', 'is', null),
        where('line.confirmed_by', 'is', null),
        where('captures.amount', '<>', where.ref('line.amount')),
      ]),
    )
    .limit(MAX_VIOLATIONS)
    .execute();
  return rows.map(({ id, amount, captured, confirmed_by: confirmedBy }) =>
    violation(
      id,
      confirmedBy === null
        ? 'is confirmed by nobody'
        : `${amount} was confirmed, ${captured ?? 'nothing'} was captured under its number`,
    ),
  );
}

/** A line that is a payout of ours has claimed a refund of as much, which a person has paid and which has come back. */
async function checkReturned(db: Reader): Promise<StatementViolation[]> {
  const rows = await db.query
    .selectFrom('bank_statement_lines as line')
    .leftJoin('bank_statement_returns as returned', 'returned.line_id', 'line.id')
    .leftJoin('refunds', 'refunds.id', 'returned.refund_id')
    .select(['line.id', 'line.amount', 'line.refund_id', 'refunds.status', 'refunds.amount as paid'])
    .where('line.state', '=', 'payout_returned')
    .where((where) =>
      where.or([
        where('refunds.id', 'is', null),
        where('line.confirmed_by', 'is', null),
        where('refunds.paid_out_by', 'is', null),
        where('refunds.status', '<>', 'failed'),
        where('refunds.id', '<>', where.ref('line.refund_id')),
        where('refunds.amount', '<>', where.ref('line.amount')),
        where('refunds.currency', '<>', where.ref('line.currency')),
      ]),
    )
    .limit(MAX_VIOLATIONS)
    .execute();
  return rows.map(({ id, amount, refund_id: refundId, status, paid }) =>
    violation(
      id,
      `is the payout of ${refundId} over ${amount}, which is ${status ?? 'not its'} over ${paid ?? 'nothing'}`,
    ),
  );
}

/** Who has claimed the payout of a refund is nobody's payment besides, and waits for its second person or has met them. */
async function checkClaims(db: Reader): Promise<StatementViolation[]> {
  const rows = await db.query
    .selectFrom('bank_statement_returns as returned')
    .leftJoin('bank_statement_lines as line', 'line.id', 'returned.line_id')
    .leftJoin('captures', (join) =>
      join
        .onRef('captures.payment_id', '=', 'line.payment_id')
        .onRef('captures.provider_capture_id', '=', 'line.transaction_id'),
    )
    .select(['returned.line_id', 'returned.refund_id', 'line.state', 'captures.id as capture_id'])
    .where((where) =>
      where.or([
        where('line.id', 'is', null),
        where('line.state', 'not in', ['matched', 'payout_returned']),
        where('captures.id', 'is not', null),
      ]),
    )
    .limit(MAX_VIOLATIONS)
    .execute();
  return rows.map(({ line_id: id, refund_id: refundId, state, capture_id: captureId }) =>
    violation(id, `claims the payout of ${refundId} and is ${captureId ?? state ?? 'not there'}`),
  );
}
