import type { Clock } from '../clock.ts';
import { controlError } from '../control-error.ts';
import { newId } from '../random.ts';
import type { Store } from '../store.ts';

/** A movement on one of the shop's accounts. */
export interface Transfer {
  /** The bank's reference. */
  id: string;
  account: string;
  /** `YYYY-MM-DD`. */
  bookedOn: string;
  /** Minor units; negative where money went out. */
  amount: number;
  currency: string;
  name: string;
  text: string;
}

export interface NewTransfer {
  account?: string | undefined;
  amount: number;
  currency: string;
  name?: string | undefined;
  text: string;
  bookedOn?: string | undefined;
}

export interface Transfers {
  add(input: NewTransfer): Transfer;
  find(id: string): Transfer;
  /** In the order in which they came, those of the days from `from` to `to`. */
  list(filter: {
    account?: string | undefined;
    from?: string | undefined;
    to?: string | undefined;
  }): Transfer[];
}

export const BANK_TABLES = ['bank_transfers'] as const;
/** The account where nobody names one; the shop's demo account. */
export const DEMO_ACCOUNT = 'demo';

const SCHEMA = `CREATE TABLE IF NOT EXISTS bank_transfers (
  id TEXT PRIMARY KEY, account TEXT NOT NULL, booked_on TEXT NOT NULL, amount INTEGER NOT NULL,
  currency TEXT NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL) STRICT;`;
const COLUMNS = 'id, account, booked_on AS bookedOn, amount, currency, name, text';

export function createTransfers(store: Store, clock: Clock): Transfers {
  store.define(SCHEMA);
  return {
    add({ account = DEMO_ACCOUNT, name = '买家 1', bookedOn, ...rest }) {
      const today = new Date(clock.now()).toISOString().slice(0, 10);
      const transfer = { id: newId('bank'), account, name, bookedOn: bookedOn ?? today, ...rest };
      const { id, amount, currency, text } = transfer;
      store.run(
        'INSERT INTO bank_transfers VALUES (?, ?, ?, ?, ?, ?, ?)',
        ...[id, account, transfer.bookedOn, amount, currency, name, text],
      );
      return transfer;
    },
    find(id) {
      const found = store.get<Transfer>(`SELECT ${COLUMNS} FROM bank_transfers WHERE id = ?`, id);
      if (found === undefined) {
        throw controlError(404, 'transfer_not_found', `No transfer "${id}".`);
      }
      return found;
    },
    list: ({ account = DEMO_ACCOUNT, from = '0000', to = '9999' }) =>
      store.all<Transfer>(
        `SELECT ${COLUMNS} FROM bank_transfers WHERE account = ? AND booked_on >= ? AND booked_on <= ? ORDER BY rowid`,
        account,
        from,
        to,
      ),
  };
}
