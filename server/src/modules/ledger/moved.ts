import type { Reader } from '../../kernel/db/index.ts';

/** What a transfer has moved, in minor units; a debit is positive. */
export interface Moved {
  readonly clearing: number;
  readonly fees: number;
}

/** By cause, what the transfers moved on clearing accounts and on those of fees; a cause that was not posted is missing. */
export async function readMoved(db: Reader, causes: readonly string[]): Promise<Map<string, Moved>> {
  const moved = new Map<string, Moved>();
  if (causes.length === 0) {
    return moved;
  }
  const rows = await db.query
    .selectFrom('ledger_transfers')
    .innerJoin('ledger_entries', 'ledger_entries.transfer_id', 'ledger_transfers.id')
    .select([
      'ledger_transfers.cause as cause',
      'ledger_entries.account as account',
      'ledger_entries.amount as amount',
    ])
    .where('ledger_transfers.cause', 'in', [...causes])
    .where((where) =>
      where.or([
        where('ledger_entries.account', 'like', 'clearing:%'),
        where('ledger_entries.account', 'like', 'fees:%'),
      ]),
    )
    .execute();
  for (const { cause, account, amount } of rows) {
    const { clearing, fees } = moved.get(cause) ?? { clearing: 0, fees: 0 };
    moved.set(cause, {
      clearing: clearing + (account.startsWith('clearing:') ? amount : 0),
      fees: fees + (account.startsWith('fees:') ? amount : 0),
    });
  }
  return moved;
}
