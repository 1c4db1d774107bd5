/** Wires the two books that people keep: bank statements, and cash that couriers hand over. */
import { findRemittanceCodes } from '../gateways/bank-transfer/index.ts';
import { COURIER_ACCOUNT } from '../gateways/cash-on-delivery/index.ts';
import type { BillCapabilities, BillRow, DownloadBillResult } from '../gateways/gateway.ts';
import { DAY_MS } from '../kernel/clock.ts';
import type { Config } from '../kernel/config/index.ts';
import type { Db } from '../kernel/db/index.ts';
import {
  type BankStatementsDeps,
  createBankStatements,
  isDayMissing,
  readStatementDay,
  STATEMENT_ACCOUNT,
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

/** Days are those of the bank, whose lines carry no time of day; cash follows them. */
const CALENDAR: BillCapabilities = { timeZone: 'UTC', readyAtHour: 12, maxAgeDays: 3_650 };

async function toBill(open: () => AsyncGenerator<BillRow>): Promise<DownloadBillResult> {
  const { done } = await open().next();
  return done ? { outcome: 'empty' } : { outcome: 'ready', rows: open() };
}

type Rails = Pick<Config, 'bankTransfer' | 'cashOnDelivery'>;

/** The books of the rails that are on, as bills. */
export function handBills(db: Db, { bankTransfer, cashOnDelivery }: Rails): readonly BillSource[] {
  return [
    ...(bankTransfer === null ? [] : [transferBill(db)]),
    ...(cashOnDelivery === null ? [] : [cashBill(db)]),
  ];
}

function transferBill(db: Db): BillSource {
  return {
    ...CALENDAR,
    provider: 'bank_transfer',
    merchantAccount: STATEMENT_ACCOUNT,
    downloadBill: async ({ date }) =>
      (await isDayMissing(db, date)) ? { outcome: 'not_ready' } : toBill(() => readStatementDay(db, date)),
  };
}

function cashBill(db: Db): BillSource {
  return {
    ...CALENDAR,
    provider: 'cash_on_delivery',
    merchantAccount: COURIER_ACCOUNT,
    // No courier brings a refund back: who has paid it says so.
    tellsOnly: 'payment',
    downloadBill({ date }) {
      const from = Date.parse(`${date}T00:00:00Z`);
      return toBill(() => readCashCollected(db, { from, to: from + DAY_MS }, COURIER_ACCOUNT));
    },
  };
}
