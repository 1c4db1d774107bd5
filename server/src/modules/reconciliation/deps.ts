import type { Clock } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/db/index.ts';
import type { Logger } from '../../kernel/log/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Book, Payments, ProviderAccount } from '../payments/index.ts';
import type { BillSource } from './bill-source.ts';

/** Reconciliation reads bills, books and the ledger; what it moves is moved by payments, after a query. */
export interface ReconciliationDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly ledger: Ledger;
  readonly payments: Pick<Payments, 'askAgain'>;
  readonly books: readonly Book[];
  /** One for each account whose bills can be had. */
  readonly sources: readonly BillSource[];
}

/** The source of an account, while it is switched on. */
export function sourceOf(
  { sources }: ReconciliationDeps,
  account: { readonly provider: string; readonly merchant_account: string },
): BillSource | undefined {
  return sources.find(
    ({ provider, merchantAccount }) =>
      provider === account.provider && merchantAccount === account.merchant_account,
  );
}

/** The account of a row of ours. */
export function accountOf(row: {
  readonly provider: string;
  readonly merchant_account: string;
}): ProviderAccount {
  return { provider: row.provider, merchantAccount: row.merchant_account };
}
