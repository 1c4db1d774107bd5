/** Whole purchases, however they are paid: so many buyers at once, each of whom begins anew when the order is confirmed. */
import type { BenchOptions } from './bench.ts';
import { measureFsyncUs } from './fsync.ts';
import type { LoadReport, PreparedRequest } from './load/request.ts';
import { countErrors, runLoad } from './load/run-load.ts';
import { type BenchResult, currentCommit, currentLoad, median, round } from './result.ts';
import type { Stage } from './stage.ts';

const BUYERS = 32;

export interface Purchases {
  readonly name: string;
  /** More than the fastest engine buys in a second. */
  readonly atMostPerSecond: number;
  readonly warmUp: number;
  /** The purchase with this number: a chain of requests that no other equals. */
  make(index: number): PreparedRequest;
  /** What the last of its requests may be answered with. */
  readonly done: readonly number[];
  /** Looks afterwards, when the server has stopped, what became of the purchases; `wrong` counts what should not be. */
  verify(
    bought: number,
  ): Promise<{ readonly wrong: number; readonly facts: NonNullable<BenchResult['facts']> }>;
}

export async function measurePurchases(
  stage: Stage,
  purchases: Purchases,
  { engine, runs, seconds }: BenchOptions,
): Promise<BenchResult> {
  const { name, done } = purchases;
  const server = await stage.startServer();
  let made = 0;
  const fresh = (count: number) => Array.from({ length: count }, () => purchases.make(made++));
  const common = { url: server.url, connections: BUYERS, seconds, mayRepeat: false } as const;
  const warmUp = await runLoad({ ...common, requests: fresh(purchases.warmUp), rate: 'closed' });
  const closed: LoadReport[] = [];
  for (let index = 0; index < runs; index += 1) {
    const requests = fresh(purchases.atMostPerSecond * seconds);
    closed.push(await runLoad({ ...common, requests, rate: 'closed' }));
  }
  const perSecond = median(closed.map((report) => report.perSecond));
  const half = Math.floor((perSecond / 2) * seconds);
  const open = await runLoad({ ...common, requests: fresh(half), rate: perSecond / 2 });
  const rssMb = server.rssMb();
  await server.stop();
  const reports = [warmUp, ...closed, open];
  const refused = reports.reduce((sum, report) => sum + countErrors(report, done), 0);
  const bought = reports.reduce((sum, { sent }) => sum + sent, 0) - refused;
  const { wrong, facts } = await purchases.verify(bought);
  return {
    ...{ name, engine, connections: BUYERS, seconds, perSecond: round(perSecond) },
    ...{ p50Ms: open.p50Ms, p95Ms: open.p95Ms, p99Ms: open.p99Ms, rssMb, fsyncUs: measureFsyncUs() },
    ...{ limitPerSecond: null, ratioToLimit: null, errors: refused + wrong },
    ...{ loadAverage: currentLoad(), commit: currentCommit() },
    facts: { bought, ...facts },
  };
}
