/** What the ledger has booked for given causes. */
import type { Reader } from '../../../kernel/db/index.ts';

/** By cause, what its transfer moved where our money is, at a provider or what people paid out for one, or into a wallet. */
export async function readBooked(db: Reader, causes: readonly string[]): Promise<Map<string, number>> {
  const rows = await db.query
    .selectFrom('ledger_transfers')
    .innerJoin('ledger_entries', 'ledger_entries.transfer_id', 'ledger_transfers.id')
    .select((select) => [
      'ledger_transfers.cause as cause',
      select.fn.sum<number>('ledger_entries.amount').as('moved'),
    ])
    .where('ledger_transfers.cause', 'in', [...causes])
    .where((where) =>
      where.or([
        where('ledger_entries.account', 'like', 'clearing:%'),
        where('ledger_entries.account', 'like', 'payouts:%'),
        where('ledger_entries.account', 'like', 'wallet:%'),
      ]),
    )
    .groupBy('ledger_transfers.cause')
    .execute();
  return new Map(rows.map(({ cause, moved }) => [cause, moved]));
}
