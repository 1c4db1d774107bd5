/** The double-entry ledger under everything that moves money. */
import './tables.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Db, Tx } from '../../kernel/db/index.ts';
import { type Cron, defineCron, handleJob, type JobHandler } from '../../kernel/jobs/index.ts';
import { rollUp } from './balances.ts';
import { type OpenedAccounts, postTransfer, type Transfer } from './post-transfer.ts';

export {
  type Account,
  accruedFeesAccount,
  bankAccount,
  clearingAccount,
  customerSurplusAccount,
  disputesAccount,
  feesAccount,
  payoutsAccount,
  refundsAccount,
  remittedAccount,
  revenueAccount,
  type WalletAccountKind,
  walletAccount,
} from './account.ts';
export { type Balance, readBalances } from './balances.ts';
export { checkLedger, type Violation } from './invariants.ts';
export { type Moved, readMoved, readMovedOn } from './moved.ts';
export type { Posting, Transfer } from './post-transfer.ts';

/** What the ledger offers to other modules. */
export interface Ledger {
  /**
   * Posts a transfer in the caller's transaction, once for each cause; answers whether this call posted it. Throws when
   * the entries do not sum to zero in each currency.
   */
  postTransfer(tx: Tx, transfer: Transfer): Promise<boolean>;
  readonly jobs: readonly JobHandler[];
  readonly crons: readonly Cron[];
}

const rollUpCron = defineCron({ name: 'ledger.roll_up', cron: '17 * * * *' });

/** The ledger on one database. */
export function createLedger({ db, clock }: { readonly db: Db; readonly clock: Clock }): Ledger {
  const opened: OpenedAccounts = new Set();
  return {
    postTransfer: (tx, transfer) => postTransfer(tx, opened, transfer),
    jobs: [handleJob(rollUpCron.definition, () => rollUp(db, clock.now()))],
    crons: [rollUpCron],
  };
}
