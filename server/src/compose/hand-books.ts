/** Wires the two books that people keep: bank statements, and cash that couriers hand over. */
import { BANK_ACCOUNT, findRemittanceCodes } from '../gateways/bank-transfer/index.ts';
import { COURIER_ACCOUNT } from '../gateways/cash-on-delivery/index.ts';
import { DAY_MS } from '../kernel/clock.ts';
import type { Config } from '../kernel/config/index.ts';
import type { Db } from '../kernel/db/index.ts';
import {
  type BankStatementsDeps,
  createBankStatements,
  hasStatementOf,
  readStatementDay,
} from '../modules/bank-statements/index.ts';
import {
  createCashRemittances,
  readCashCollected,
  recordCollection,
} from '../modules/cash-remittances/index.ts';
import type { Ledger } from '../modules/ledger/index.ts';
import { paymentSucceeded } from '../modules/payments/index.ts';
import type { BillSource } from '../modules/reconciliation/index.ts';
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

/** By noon of the next day somebody has imported the statement, and the couriers are back. */
const READY_AT_HOUR = 12;
const MAX_AGE_DAYS = 365;

/** The same books as bills: what reconciliation compares with payments where no provider makes a bill. */
export function handBookSources(
  db: Db,
  { bankTransfer, cashOnDelivery }: Pick<Config, 'bankTransfer' | 'cashOnDelivery'>,
): BillSource[] {
  const shared = { timeZone: 'UTC', readyAtHour: READY_AT_HOUR, maxAgeDays: MAX_AGE_DAYS };
  const bank: BillSource = {
    ...{ ...shared, provider: 'bank_transfer', merchantAccount: BANK_ACCOUNT },
    downloadBill: async ({ date }) =>
      (await hasStatementOf(db, date))
        ? { outcome: 'ready', rows: readStatementDay(db, date) }
        : { outcome: 'not_ready' },
  };
  const cash: BillSource = {
    ...{ ...shared, provider: 'cash_on_delivery', merchantAccount: COURIER_ACCOUNT },
    // No courier brings a refund back: who has paid it says so.
    tellsOnly: 'payment',
    async downloadBill({ date }) {
      const from = Date.parse(`${date}T00:00:00Z`);
      return {
        outcome: 'ready',
        rows: readCashCollected(db, { from, to: from + DAY_MS }, COURIER_ACCOUNT),
      };
    },
  };
  return [...(bankTransfer === null ? [] : [bank]), ...(cashOnDelivery === null ? [] : [cash])];
}
