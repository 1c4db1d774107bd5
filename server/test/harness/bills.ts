import type { BillRow, DownloadBillResult } from '../../src/gateways/gateway.ts';
import { systemActor } from '../../src/kernel/actor.ts';
import { type FakeClock, MINUTE_MS } from '../../src/kernel/clock.ts';
import type { Db } from '../../src/kernel/db/index.ts';
import { createWorker, type DrainReport } from '../../src/kernel/jobs/index.ts';
import { silentLogger } from '../../src/kernel/log/index.ts';
import { createLedger } from '../../src/modules/ledger/index.ts';
import { BOOKS, type Payments } from '../../src/modules/payments/index.ts';
import {
  type BillSource,
  checkReconciliation,
  createReconciliation,
  type Reconciliation,
} from '../../src/modules/reconciliation/index.ts';
import { MERCHANT } from './fake-gateway.ts';
import type { PaymentsBench } from './payments.ts';

/** Answers bills that a test has written; a day without one is not ready. */
export interface FakeBills extends BillSource {
  readonly files: Map<string, readonly BillRow[] | DownloadBillResult>;
  readonly asked: string[];
}

async function* stream(rows: readonly BillRow[]): AsyncGenerator<BillRow> {
  for (const row of rows) {
    yield row;
  }
}

export function createFakeBills(changes: Partial<BillSource> = {}): FakeBills {
  const files: FakeBills['files'] = new Map();
  const asked: string[] = [];
  return {
    ...{ provider: 'fake_pay', merchantAccount: MERCHANT, timeZone: 'Asia/Shanghai', readyAtHour: 10 },
    ...{ maxAgeDays: 90, files, asked },
    async downloadBill({ date }) {
      asked.push(date);
      const file = files.get(date);
      if (file === undefined) {
        return { outcome: 'not_ready' };
      }
      if ('outcome' in file) {
        return file;
      }
      return file.length === 0 ? { outcome: 'empty' } : { outcome: 'ready', rows: stream(file) };
    },
    ...changes,
  };
}

/** What an honest provider would put into its bill: everything in our books that happened in the span. */
export async function honestBill(
  db: Db,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<BillRow[]> {
  const account = { provider: 'fake_pay', merchantAccount: MERCHANT };
  const rows: BillRow[] = [];
  for (const book of BOOKS) {
    const page = await book.page(db, account, { from, to, after: null, limit: 10_000 });
    const money = page.length === 0 ? [] : await book.find(db, account, page);
    rows.push(
      ...money.map(
        (one): BillRow => ({
          type: one.type,
          number: one.number,
          paymentNumber: one.paymentNumber,
          transactionId: one.transactionId ?? `t-${one.id}`,
          amount: one.amount,
          fee: one.fee,
          status: 'succeeded',
          occurredAt: one.occurredAt,
          merchantAccount: one.merchantAccount,
        }),
      ),
    );
  }
  return rows;
}

/** Reconciliation as compose.ts would wire it, over bills that tests write. */
export function wireReconciliation(
  { db, clock, payments }: { readonly db: Db; readonly clock: FakeClock; readonly payments: Payments },
  bills: BillSource,
): {
  readonly reconciliation: Reconciliation;
  drain(ms?: number): Promise<DrainReport>;
  violations(): Promise<unknown[]>;
} {
  const reconciliation = createReconciliation({
    ...{ db, clock, payments, log: silentLogger, ledger: createLedger({ db, clock }) },
    books: BOOKS,
    sources: [bills],
  });
  const handlers = [...reconciliation.jobs, ...payments.jobs];
  const worker = createWorker({ db, clock, log: silentLogger, handlers, crons: reconciliation.crons });
  return {
    reconciliation,
    drain: (ms) => (ms === undefined ? worker.drain() : worker.drain({ clock, until: clock.now() + ms })),
    violations: () => checkReconciliation(db),
  };
}

/** So many purchases, the first `refunded` of them given back in part. */
export async function tradeSome(bench: PaymentsBench, purchases: number, refunded: number): Promise<void> {
  for (let index = 0; index < purchases; index += 1) {
    const { purpose } = await bench.buy(10_000 + index);
    if (index < refunded) {
      await bench.db.tx('test.refund', (tx) =>
        bench.payments.reserveRefund(tx, {
          ...{ purpose, amount: { amount: 1_000 + index, currency: 'CNY' }, reason: null },
          ...{ by: systemActor('test'), origin: 'staff' },
        }),
      );
    }
  }
  await bench.drain(5 * MINUTE_MS);
}
