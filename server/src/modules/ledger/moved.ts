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

/**
 * By cause and kind of account, what its transfer moved on accounts of these kinds; a cause that was posted without any
 * of them has an empty map, one that was not posted has none.
 */
export async function readMovedOn(
  db: Reader,
  causes: readonly string[],
  kinds: readonly string[],
): Promise<Map<string, ReadonlyMap<string, number>>> {
  const moved = new Map<string, Map<string, number>>();
  if (causes.length === 0) {
    return moved;
  }
  const rows = await db.query
    .selectFrom('ledger_transfers')
    .innerJoin('ledger_entries', 'ledger_entries.transfer_id', 'ledger_transfers.id')
    .innerJoin('ledger_accounts', 'ledger_accounts.id', 'ledger_entries.account')
    .select((select) => [
      'ledger_transfers.cause as cause',
      'ledger_accounts.kind as kind',
      select.fn.sum<number>('ledger_entries.amount').as('amount'),
    ])
    .where('ledger_transfers.cause', 'in', [...causes])
    .groupBy(['ledger_transfers.cause', 'ledger_accounts.kind'])
    .execute();
  for (const { cause, kind, amount } of rows) {
    const byKind = moved.get(cause) ?? new Map<string, number>();
    moved.set(cause, byKind);
    if (kinds.includes(kind)) {
      byKind.set(kind, amount);
    }
  }
  return moved;
}
