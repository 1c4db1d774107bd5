/** What `doctor` checks of statements: that no money counts without a second person, and none twice. */
import type { Reader } from '../../kernel/db/index.ts';

const MAX_VIOLATIONS = 100;

export interface StatementViolation {
  readonly invariant: string;
  readonly subject: string;
  readonly message: string;
}

/** I6: what a confirmed line says has come in is a capture of its payment, under the line's own number. */
export async function checkStatements(db: Reader): Promise<StatementViolation[]> {
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
  return rows.map(({ id, amount, captured, confirmed_by: confirmedBy }) => ({
    invariant: 'I6',
    subject: id,
    message:
      confirmedBy === null
        ? 'is confirmed by nobody'
        : `${amount} was confirmed, ${captured ?? 'nothing'} was captured under its number`,
  }));
}
