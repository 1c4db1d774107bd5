/** Reconciles a prepared day in a process of its own, so that its memory is its own; prints one line of JSON. */
import { setFlagsFromString } from 'node:v8';
import { systemActor } from '../../../server/src/kernel/actor.ts';
import { systemClock } from '../../../server/src/kernel/clock.ts';
import { openDb } from '../../../server/src/kernel/db/index.ts';
import { createLogger } from '../../../server/src/kernel/log/index.ts';
import { createLedger } from '../../../server/src/modules/ledger/index.ts';
import { BOOKS } from '../../../server/src/modules/payments/index.ts';
import { type BillSource, createReconciliation } from '../../../server/src/modules/reconciliation/index.ts';
import { ACCOUNT, billOf, DATE, PROVIDER } from './day.ts';

/** What this process prints. */
export interface ProcessReport {
  readonly seconds: number;
  /** Of the processor, which says more than the clock where others share it. */
  readonly cpuSeconds: number;
  readonly peakRssMb: number;
  readonly open: number;
  /** The longest time for which nothing else in the process could run. */
  readonly longestBlockMs: number;
}

// As the command does.
setFlagsFromString('--optimize-for-size');

const [url = '', count = '0'] = process.argv.slice(2);
const clock = { now: () => Date.parse('2026-07-02T12:00:00Z') };
const source: BillSource = {
  ...{ provider: PROVIDER, merchantAccount: ACCOUNT, timeZone: 'UTC', readyAtHour: 10, maxAgeDays: 90 },
  downloadBill: async () => ({ outcome: 'ready', rows: billOf(Number(count)) }),
};

/** Looks every few milliseconds how late the event loop is. */
function watchEventLoop(): () => number {
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 5);
  return () => {
    clearInterval(timer);
    return Math.round(longest);
  };
}

const db = await openDb(url, { clock, poolSize: 2 });
const reconciliation = createReconciliation({
  ...{ db, clock, log: createLogger('error'), ledger: createLedger({ db, clock: systemClock }) },
  payments: { askAgain: async () => 'not_ours' },
  books: BOOKS,
  sources: [source],
});
const stopWatching = watchEventLoop();
const startedAt = performance.now();
const cpuBefore = process.cpuUsage();
const { report } = await reconciliation.reconcile(source, DATE, systemActor('bench'));
const result: ProcessReport = {
  seconds: (performance.now() - startedAt) / 1_000,
  cpuSeconds: (process.cpuUsage(cpuBefore).user + process.cpuUsage(cpuBefore).system) / 1e6,
  peakRssMb: Math.round(process.resourceUsage().maxRSS / 1_024),
  open: report.counts.filter(({ state }) => state === 'open').reduce((sum, { count: n }) => sum + n, 0),
  longestBlockMs: stopWatching(),
};
await db.close();
process.stdout.write(`${JSON.stringify(result)}\n`);
