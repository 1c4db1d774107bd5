import type { Clock } from '../../kernel/clock.ts';
import type { Config } from '../../kernel/config/index.ts';
import type { Db, Reader } from '../../kernel/db/index.ts';
import type { Ledger } from '../ledger/index.ts';

/** What wallets ask of others; compose hands it in. */
export interface WalletDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly ledger: Pick<Ledger, 'postTransfer'>;
  readonly config: Config['wallet'];
  /** Whether there is such an account, of a customer or of staff that buys. */
  hasAccount(db: Reader, id: string): Promise<boolean>;
}
