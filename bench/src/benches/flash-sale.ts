/** One SKU, 100 units, 1,000 buyers at once: exactly 100 orders, the rest refused, no unit lost. */
import type { Bench, BenchOptions } from '../bench.ts';
import { measureFsyncUs } from '../fsync.ts';
import { runLoad } from '../load/run-load.ts';
import { makeOrder } from '../orders-by-http.ts';
import { type BenchResult, currentCommit, currentLoad, round } from '../result.ts';
import { setStage } from '../stage.ts';

const BUYERS = 1_000;
const UNITS = 100;
const CONNECTIONS = 100;

async function run({ engine }: BenchOptions): Promise<BenchResult[]> {
  const stage = await setStage({ engine, products: 1, customers: BUYERS, onHand: UNITS });
  const [variantId] = stage.variantIds;
  try {
    const server = await stage.startServer();
    const requests = Array.from({ length: BUYERS }, (_, index) => {
      const request = makeOrder(stage, index);
      const body = { ...(JSON.parse(request.body ?? '{}') as object), items: [{ variantId, quantity: 1 }] };
      return { ...request, body: JSON.stringify(body) };
    });
    const report = await runLoad({
      ...{
        url: server.url,
        connections: CONNECTIONS,
        requests,
        rate: 'closed',
        seconds: 60,
        mayRepeat: false,
      },
    });
    const rssMb = server.rssMb();
    await server.stop();
    const { db } = stage.kernel;
    const stock = await db.query.selectFrom('stock_items').selectAll().executeTakeFirstOrThrow();
    const sold = report.statuses[201] ?? 0;
    const refused = report.statuses[409] ?? 0;
    const isExact =
      sold === UNITS && refused === BUYERS - UNITS && stock.reserved === UNITS && stock.on_hand === UNITS;
    return [
      {
        ...{
          name: 'flash-sale',
          engine,
          connections: CONNECTIONS,
          seconds: round(report.seconds),
          perSecond: round(report.perSecond),
        },
        ...{
          p50Ms: report.p50Ms,
          p95Ms: report.p95Ms,
          p99Ms: report.p99Ms,
          rssMb,
          fsyncUs: measureFsyncUs(),
        },
        ...{ limitPerSecond: null, ratioToLimit: null },
        errors: isExact ? 0 : 1,
        loadAverage: currentLoad(),
        commit: currentCommit(),
        facts: { buyers: BUYERS, units: UNITS, sold, refused, reserved: stock.reserved },
      },
    ];
  } finally {
    await stage.close();
  }
}

export const flashSale: Bench = {
  name: 'flash-sale',
  summary: 'one SKU, 100 units, 1,000 buyers at once: exactly 100 are sold',
  engines: ['sqlite', 'postgres', 'mysql'],
  run,
};
