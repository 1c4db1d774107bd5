/** What `doctor` checks of cash: each hand-over is the sum of its collections, and what has arrived stands in the ledger. */
import type { Reader } from '../../kernel/db/index.ts';

const MAX_VIOLATIONS = 100;

export interface CashViolation {
  readonly invariant: string;
  readonly subject: string;
  readonly message: string;
}

/** I1: hand-overs that stand are what their collections sum to. */
export async function checkCash(db: Reader): Promise<CashViolation[]> {
  const rows = await db.query
    .selectFrom('cash_remittances as remittance')
    .leftJoin('cash_collections as collection', 'collection.remittance_id', 'remittance.id')
    .select((select) => [
      'remittance.id as id',
      'remittance.amount as amount',
      select.fn.sum<number | null>('collection.amount').as('collected'),
    ])
    .where('remittance.state', '<>', 'cancelled')
    .groupBy(['remittance.id', 'remittance.amount'])
    .execute();
  return rows
    .filter(({ amount, collected }) => amount !== (collected ?? 0))
    .slice(0, MAX_VIOLATIONS)
    .map(({ id, amount, collected }) => ({
      invariant: 'I1',
      subject: id,
      message: `${amount} was handed over, its collections sum to ${collected ?? 0}`,
    }));
}
