/** Statement lines as a bill: what reconciliation compares with payments and refunds. */
import type { BillRow } from '../../gateways/gateway.ts';
import type { Reader } from '../../kernel/db/index.ts';
import { findPaymentsById } from '../payments/index.ts';
import { momentOf } from './confirm-line.ts';
import { readLinesOfDay } from './queries.ts';
import { isReturnedPayout } from './returned-payout.ts';
import type { LineRow } from './tables.ts';

const PAGE = 500;
/** All accounts are one merchant, as the gateway says. */
export const STATEMENT_ACCOUNT = 'bank';
const PROVIDER = 'bank_transfer';

/** Whether statements end before this day: it is still to be imported. Before the first statement nothing is missing. */
export async function isDayMissing(db: Reader, date: string): Promise<boolean> {
  const { last } = await db.query
    .selectFrom('bank_statements')
    .select((select) => select.fn.max<string | null>('last_on').as('last'))
    .executeTakeFirstOrThrow();
  return last !== null && last < date;
}

/**
 * Every movement of a day (`YYYY-MM-DD`, as the bank says) on all accounts. Money that went out is a refund where it paid
 * one or took a payment back; what a person has dismissed, a payout that came back, and what went out for anything else,
 * such as for a refund of another rail, is `other`.
 */
export async function* readStatementDay(db: Reader, date: string): AsyncGenerator<BillRow> {
  for (let after = ''; ; ) {
    const rows = await readLinesOfDay(db, date, { after, limit: PAGE });
    const own = await findOwnPayments(db, rows);
    yield* rows.map((row) => toBillRow(row, own));
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) {
      return;
    }
    after = last.id;
  }
}

/** The payments of the lines that came by bank transfer. */
async function findOwnPayments(db: Reader, rows: readonly LineRow[]): Promise<ReadonlySet<string>> {
  const ids = [...new Set(rows.flatMap(({ payment_id: id }) => id ?? []))];
  return new Set((await findPaymentsById(db, PROVIDER, ids)).map(({ id }) => id));
}

function typeOf(row: LineRow, own: ReadonlySet<string>): BillRow['type'] {
  if (row.state === 'dismissed' || isReturnedPayout(row)) {
    return 'other';
  }
  if (row.amount > 0) {
    return 'payment';
  }
  const isRefund = row.state !== 'recorded' || row.refund_id !== null;
  return isRefund && own.has(row.payment_id ?? '') ? 'refund' : 'other';
}

function toBillRow(row: LineRow, own: ReadonlySet<string>): BillRow {
  const isIncoming = row.amount > 0;
  return {
    type: typeOf(row, own),
    number: isIncoming ? row.payment_id : row.refund_id,
    paymentNumber: isIncoming ? null : row.payment_id,
    transactionId: row.transaction_id,
    amount: { amount: Math.abs(row.amount), currency: row.currency },
    fee: null,
    status: 'succeeded',
    occurredAt: momentOf(row.booked_on),
    merchantAccount: STATEMENT_ACCOUNT,
  };
}
