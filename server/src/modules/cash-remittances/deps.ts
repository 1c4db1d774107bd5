import type { Db } from '../../kernel/db/index.ts';
import type { Ledger } from '../ledger/index.ts';

/** What cash remittances ask of others; compose.ts hands it in. */
export interface CashDeps {
  readonly db: Db;
  readonly ledger: Pick<Ledger, 'postTransfer'>;
  /** The account under which payments books what couriers collect. */
  readonly merchantAccount: string;
}
