/** Whole purchases without a provider: an order of two lines with its address, then its payment on delivery. */
import type { Bench, BenchOptions } from '../bench.ts';
import { measureFsyncUs } from '../fsync.ts';
import type { LoadReport, PreparedRequest } from '../load/request.ts';
import { countErrors, runLoad } from '../load/run-load.ts';
import { makeOrder } from '../orders-by-http.ts';
import { type BenchResult, currentCommit, currentLoad, median, round } from '../result.ts';
import { type Stage, setStage } from '../stage.ts';

const BUYERS = 32;
/** More than the fastest engine buys in a second. */
const PER_SECOND = 2_000;
const WARM_UP = 1_000;
const PAID = [200, 201];

function makePurchase(stage: Stage, index: number): PreparedRequest {
  const order = makeOrder(stage, index);
  const body = JSON.stringify({ method: 'cash_on_delivery' });
  return { ...order, next: { ...order, path: '/orders/:id/payments', body } };
}

/** Orders that are confirmed, to be paid at the door. */
async function countConfirmed({ kernel }: Stage): Promise<number> {
  const { confirmed } = await kernel.db.query
    .selectFrom('orders')
    .select((eb) => eb.fn.countAll<number>().as('confirmed'))
    .where('status', '=', 'confirmed')
    .executeTakeFirstOrThrow();
  return Number(confirmed);
}

async function run({ engine, runs, seconds }: BenchOptions): Promise<BenchResult[]> {
  const environment = { CASH_ON_DELIVERY: 'on', CASH_ON_DELIVERY_MAX_AMOUNT: '100000000' };
  const stage = await setStage({ engine, products: 500, customers: 64, onHand: 10_000_000, environment });
  try {
    const server = await stage.startServer();
    let made = 0;
    const fresh = (count: number) => Array.from({ length: count }, () => makePurchase(stage, made++));
    const common = { url: server.url, connections: BUYERS, seconds, mayRepeat: false } as const;
    const reports: LoadReport[] = [await runLoad({ ...common, requests: fresh(WARM_UP), rate: 'closed' })];
    const closed: LoadReport[] = [];
    for (let index = 0; index < runs; index += 1) {
      closed.push(await runLoad({ ...common, requests: fresh(PER_SECOND * seconds), rate: 'closed' }));
    }
    const perSecond = median(closed.map((report) => report.perSecond));
    const half = Math.floor((perSecond / 2) * seconds);
    const open = await runLoad({ ...common, requests: fresh(half), rate: perSecond / 2 });
    reports.push(...closed, open);
    const rssMb = server.rssMb();
    await server.stop();
    const bought = reports.reduce(
      (sum, { statuses }) => sum + PAID.reduce((n, status) => n + (statuses[status] ?? 0), 0),
      0,
    );
    const refused = reports.reduce((sum, report) => sum + countErrors(report, PAID), 0);
    const confirmed = await countConfirmed(stage);
    return [
      {
        ...{ name: 'purchase', engine, connections: BUYERS, seconds, perSecond: round(perSecond) },
        ...{ p50Ms: open.p50Ms, p95Ms: open.p95Ms, p99Ms: open.p99Ms, rssMb, fsyncUs: measureFsyncUs() },
        ...{ limitPerSecond: null, ratioToLimit: null, errors: refused + Math.abs(confirmed - bought) },
        ...{ loadAverage: currentLoad(), commit: currentCommit() },
        facts: { bought, confirmed },
      },
    ];
  } finally {
    await stage.close();
  }
}

export const purchase: Bench = {
  name: 'purchase',
  summary: 'whole purchases of two lines: order, address, payment on delivery',
  engines: ['sqlite', 'postgres'],
  run,
};
