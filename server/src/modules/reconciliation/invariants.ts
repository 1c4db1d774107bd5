/** What `doctor` checks of reconciliation. */
import type { Reader } from '../../kernel/db/index.ts';
import type { Violation } from '../ledger/index.ts';

const MAX_VIOLATIONS = 100;

/** I1: what the sums say was posted of a bill's fees is what its transfers have moved. */
async function findWrongFees(db: Reader): Promise<Violation[]> {
  const noted = await db.query
    .selectFrom('bill_sums')
    .select((select) => ['run_id', 'currency', select.fn.sum<number>('fee_posted').as('amount')])
    .groupBy(['run_id', 'currency'])
    .having((having) => having.fn.sum<number>('fee_posted'), '<>', 0)
    .execute();
  const moved = await db.query
    .selectFrom('ledger_transfers')
    .innerJoin('ledger_entries', 'ledger_entries.transfer_id', 'ledger_transfers.id')
    .select((select) => [
      'ledger_transfers.purpose_id as run_id',
      'ledger_entries.currency as currency',
      select.fn.sum<number>('ledger_entries.amount').as('amount'),
    ])
    .where('ledger_transfers.purpose_type', '=', 'bill')
    .where('ledger_entries.account', 'like', 'fees:%')
    .groupBy(['ledger_transfers.purpose_id', 'ledger_entries.currency'])
    .execute();
  const booked = new Map(moved.map(({ run_id: id, currency, amount }) => [`${id} ${currency}`, amount]));
  const expected = new Map(noted.map(({ run_id: id, currency, amount }) => [`${id} ${currency}`, amount]));
  return [...new Set([...booked.keys(), ...expected.keys()])]
    .filter((key) => (booked.get(key) ?? 0) !== (expected.get(key) ?? 0))
    .map((key) => ({
      invariant: 'I1',
      subject: key.slice(0, key.indexOf(' ')),
      message: `the bill's fees were corrected by ${booked.get(key) ?? 0}, its sums say ${expected.get(key) ?? 0}`,
    }));
}

/** I1: a day that is done is compared; its lines are those of one whole download. */
async function findTornFiles(db: Reader): Promise<Violation[]> {
  const rows = await db.query
    .selectFrom('bill_runs')
    .leftJoin('bill_lines', (join) =>
      join
        .onRef('bill_lines.run_id', '=', 'bill_runs.id')
        .onRef('bill_lines.generation', '=', 'bill_runs.generation'),
    )
    .select((select) => [
      'bill_runs.id as id',
      'bill_runs.line_count as lines',
      select.fn.count<number>('bill_lines.position').as('present'),
    ])
    .where('bill_runs.generation', '>', 0)
    .groupBy(['bill_runs.id', 'bill_runs.line_count'])
    .having((having) =>
      having(having.fn.count<number>('bill_lines.position'), '<>', having.ref('bill_runs.line_count')),
    )
    .limit(MAX_VIOLATIONS)
    .execute();
  return rows.map(({ id, lines, present }) => ({
    invariant: 'I1',
    subject: id,
    message: `the bill had ${lines} lines, ${present} are there`,
  }));
}

/** This module's part of I1. */
export async function checkReconciliation(db: Reader): Promise<Violation[]> {
  return [...(await findWrongFees(db)), ...(await findTornFiles(db))];
}
