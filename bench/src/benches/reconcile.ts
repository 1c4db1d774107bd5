/** A day's bill of 10,000, 50,000 and 100,000 lines against as many payments: time, memory, and whether the cost is linear. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { systemClock } from '../../../server/src/kernel/clock.ts';
import {
  applyMigrations,
  type Db,
  insertRows,
  openDb,
  type Schema,
} from '../../../server/src/kernel/db/index.ts';
import {
  accruedFeesAccount,
  clearingAccount,
  feesAccount,
  revenueAccount,
} from '../../../server/src/modules/ledger/index.ts';
import type { Bench, BenchOptions } from '../bench.ts';
import { createBenchDatabase } from '../database.ts';
import { measureFsyncUs } from '../fsync.ts';
import { ACCOUNT, type DayPayment, PLANTED, PROVIDER, paymentAt } from '../reconcile/day.ts';
import type { ProcessReport } from '../reconcile/process.ts';
import { type BenchResult, currentCommit, currentLoad, median, round } from '../result.ts';
import { readServerFlags } from '../server-flags.ts';

const SIZES = [10_000, 50_000, 100_000];
const BATCH = 250;
const PROGRAM = fileURLToPath(new URL('../reconcile/process.ts', import.meta.url));

function toCapture(payment: DayPayment): Schema['captures'] {
  const { captureId, paymentId, transactionId, amount, currency, at } = payment;
  return {
    ...{ id: captureId, version: 1, status: 'succeeded', payment_id: paymentId },
    ...{ purpose_type: 'order', purpose_id: paymentId, provider: PROVIDER, merchant_account: ACCOUNT },
    ...{ provider_capture_id: transactionId, amount, currency, surplus_amount: 0, refund_reserved: 0 },
    ...{ external_refunded: 0, captured_at: at, is_final: 1, sent_at: null, failure: null },
    ...{ failure_reason: null, card_brand: null, card_last4: null, authorisation_code: null },
    ...{ response_code: null, claim_id: null, created_at: at, updated_at: at },
  };
}

/** The transfers of a capture and its fee, as payments would post them. */
function toPostings({ captureId, amount, fee, currency, at }: DayPayment) {
  const clearing = clearingAccount(PROVIDER, ACCOUNT, currency).code;
  const accrued = accruedFeesAccount(PROVIDER, ACCOUNT, currency).code;
  const both = [
    { cause: `capture:${captureId}`, sides: [clearing, revenueAccount(currency).code], amount },
    { cause: `fee:${captureId}`, sides: [feesAccount(PROVIDER, currency).code, accrued], amount: fee },
  ];
  const transfers = both.map(({ cause }) => ({
    ...{ id: `trf_${cause}`, cause, purpose_type: 'order', purpose_id: captureId, at },
  }));
  const entries = both.flatMap(({ cause, sides, amount: moved }) =>
    sides.map((account, index) => ({
      ...{ transfer_id: `trf_${cause}`, position: index + 1, account, currency },
      ...{ amount: index === 0 ? moved : 0 - moved, at },
    })),
  );
  return { transfers, entries };
}

async function fillDay(db: Db, count: number): Promise<void> {
  for (let from = 0; from < count; from += BATCH) {
    const payments = Array.from({ length: Math.min(BATCH, count - from) }, (_, index) =>
      paymentAt(from + index, count),
    );
    const postings = payments.map(toPostings);
    await db.tx('bench.fill', async (tx) => {
      await insertRows(tx, 'captures', payments.map(toCapture));
      await insertRows(
        tx,
        'ledger_transfers',
        postings.flatMap(({ transfers }) => transfers),
      );
      await insertRows(
        tx,
        'ledger_entries',
        postings.flatMap(({ entries }) => entries),
      );
    });
  }
}

async function measureOnce(engine: BenchOptions['engine'], count: number): Promise<ProcessReport> {
  const database = await createBenchDatabase(engine);
  try {
    const db = await openDb(database.url, { clock: systemClock });
    await applyMigrations(db);
    await fillDay(db, count);
    await db.close();
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...readServerFlags(),
      PROGRAM,
      database.url,
      String(count),
    ]);
    return JSON.parse(stdout) as ProcessReport;
  } finally {
    await database.drop();
  }
}

async function run({ engine, runs }: BenchOptions): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  for (const lines of SIZES) {
    const reports: ProcessReport[] = [];
    for (let index = 0; index < runs; index += 1) {
      reports.push(await measureOnce(engine, lines));
    }
    const seconds = median(reports.map((report) => report.seconds));
    results.push({
      ...{ name: `reconcile-${lines}`, engine, connections: 1, seconds: round(seconds) },
      ...{ perSecond: Math.round(lines / seconds), p50Ms: 0, p95Ms: 0, p99Ms: 0 },
      rssMb: Math.max(...reports.map(({ peakRssMb }) => peakRssMb)),
      ...{ fsyncUs: measureFsyncUs(), limitPerSecond: null, ratioToLimit: null },
      errors: reports.filter(({ open }) => open !== PLANTED).length,
      ...{ loadAverage: currentLoad(), commit: currentCommit() },
      facts: {
        ...{ lines, planted: PLANTED, found: reports[0]?.open ?? 0 },
        longestBlockMs: Math.max(...reports.map(({ longestBlockMs }) => longestBlockMs)),
        cpuSeconds: round(median(reports.map(({ cpuSeconds }) => cpuSeconds))),
        microsecondsPerLine: Math.round((seconds * 1e6) / lines),
      },
    });
  }
  return results;
}

export const reconcile: Bench = {
  name: 'reconcile',
  summary:
    "a day's bill of 10,000, 50,000 and 100,000 lines: seconds, peak memory, twelve planted differences",
  engines: ['sqlite', 'postgres'],
  run,
};
