import { defineEvent } from '../../kernel/events/index.ts';
import type { TransactionType } from './tables.ts';

/** What is told of every change of a wallet. Amounts in minor units; negative where it has become less. */
export interface WalletChanged {
  readonly transactionId: string;
  readonly customerId: string;
  readonly currency: string;
  readonly type: TransactionType;
  readonly paid: number;
  readonly gift: number;
  readonly held: number;
  readonly owed: number;
  readonly purpose: { readonly type: string; readonly id: string };
  readonly note: string | null;
}

/** The subject is the wallet's id. */
export const walletChanged = defineEvent<WalletChanged>({ name: 'wallet.changed', version: 1 });
