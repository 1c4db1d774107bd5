/** Wires the two books that people keep: bank statements, and cash that couriers hand over. */
import { findRemittanceCodes } from '../gateways/bank-transfer/index.ts';
import { COURIER_ACCOUNT } from '../gateways/cash-on-delivery/index.ts';
import type { Config } from '../kernel/config/index.ts';
import { type BankStatementsDeps, createBankStatements } from '../modules/bank-statements/index.ts';
import { createCashRemittances, recordCollection } from '../modules/cash-remittances/index.ts';
import type { Ledger } from '../modules/ledger/index.ts';
import { paymentSucceeded } from '../modules/payments/index.ts';
import type { Kernel } from '../open-kernel.ts';

interface Books {
  readonly kernel: Pick<Kernel, 'db' | 'clock' | 'subscribers'>;
  readonly config: Pick<Config, 'bankTransfer'>;
  readonly ledger: Ledger;
  readonly payments: BankStatementsDeps['payments'];
}

/** The modules; what couriers collect is written down in the transaction that books it. */
export function createHandBooks({ kernel, config, ledger, payments }: Books) {
  const { db, clock, subscribers } = kernel;
  subscribers.subscribe(paymentSucceeded, (tx, { data }) => recordCollection(tx, data));
  const accounts = config.bankTransfer?.accounts ?? [];
  return [
    createBankStatements({ db, clock, accounts, payments, findCodes: findRemittanceCodes }),
    createCashRemittances({ db, ledger, merchantAccount: COURIER_ACCOUNT }),
  ];
}
