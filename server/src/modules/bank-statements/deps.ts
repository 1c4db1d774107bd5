/** What bank statements ask of others; compose.ts hands it in. */

import type { Clock } from '../../kernel/clock.ts';
import type { BankTransferConfig } from '../../kernel/config/index.ts';
import type { Db } from '../../kernel/db/index.ts';
import { AppError } from '../../kernel/errors.ts';
import type { Payments } from '../payments/index.ts';
import { bankAccountUnknown } from './errors.ts';

export type BankAccount = BankTransferConfig['accounts'][number];

export interface BankStatementsDeps {
  readonly db: Db;
  readonly clock: Clock;
  /** The shop's accounts; none where it takes no transfers. */
  readonly accounts: readonly BankAccount[];
  readonly payments: Pick<Payments, 'recordByHand' | 'reverseByHand' | 'returnPayout'>;
  /** Every remittance code in a text, as payments keeps them; some may be chance. */
  findCodes(text: string): readonly string[];
}

/** How payments names the rail. */
export const PROVIDER = 'bank_transfer';

/** Throws `bank_account_unknown` (422). */
export function accountOf({ accounts }: Pick<BankStatementsDeps, 'accounts'>, id: string): BankAccount {
  const account = accounts.find((candidate) => candidate.id === id);
  if (account === undefined) {
    throw new AppError(bankAccountUnknown, { details: { accounts: accounts.map((known) => known.id) } });
  }
  return account;
}

/** What an import alone needs: it moves no money. */
export type ImportDeps = Omit<BankStatementsDeps, 'payments'>;
