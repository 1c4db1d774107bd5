/** Orders of two lines with stock reserved and timer set, durable, over HTTP; beside the limit program with the same SQL. */
import type { Bench, BenchOptions } from '../bench.ts';
import { measureFsyncUs } from '../fsync.ts';
import { makePlan, type Plan } from '../limit/plan.ts';
import { record } from '../limit/recording.ts';
import { startLimit } from '../limit/start-limit.ts';
import type { LoadReport, PreparedRequest } from '../load/request.ts';
import { countErrors, runLoad } from '../load/run-load.ts';
import { inject, makeOrder } from '../orders-by-http.ts';
import { type BenchResult, currentCommit, currentLoad, median, round } from '../result.ts';
import { type ServerProcess, type Stage, setStage } from '../stage.ts';

const CONNECTIONS = 32;
const CREATED = [201];

/** So many different customers and carts that the limit program waits for locks no more often than the product does. */
const PLANS = 64;

/** The same cart twice, by one customer, to different doors: what differs was made for the request. */
async function recordPlan(stage: Stage, index: number): Promise<Plan> {
  const request = (door: number): PreparedRequest => {
    const order = makeOrder(stage, index);
    return { ...order, body: (order.body ?? '').replace(`"${index} Abacus`, `"${index}-${door} Recorded`) };
  };
  await inject(stage, request(0));
  const recordedAt = Date.now();
  const mine = await record(() => inject(stage, request(1)));
  const other = await record(() => inject(stage, request(2)));
  return makePlan(mine, other, recordedAt);
}

async function recordPlans(stage: Stage): Promise<Plan[]> {
  const plans: Plan[] = [];
  for (let index = 0; index < PLANS; index += 1) {
    plans.push(await recordPlan(stage, index));
  }
  return plans;
}

interface Alternation {
  readonly limits: readonly LoadReport[];
  readonly products: readonly LoadReport[];
}

async function alternate(
  stage: Stage,
  server: ServerProcess,
  plans: readonly Plan[],
  options: BenchOptions,
): Promise<Alternation> {
  const limits: LoadReport[] = [];
  const products: LoadReport[] = [];
  let made = 0;
  const fresh = (count: number) => Array.from({ length: count }, () => makeOrder(stage, made++));
  const common = {
    connections: CONNECTIONS,
    rate: 'closed',
    seconds: options.seconds,
    mayRepeat: false,
  } as const;
  await runLoad({ ...common, url: server.url, requests: fresh(2_000), seconds: 2 });
  for (let run = 0; run < options.runs; run += 1) {
    if (plans.length > 0 && stage.engine !== 'mysql') {
      const database =
        stage.engine === 'sqlite' ? stage.databaseUrl.replace('sqlite:', '') : stage.databaseUrl;
      const limit = await startLimit({ engine: stage.engine, database, plans });
      await runLoad({ ...common, url: limit.url, requests: fresh(200), mayRepeat: true, seconds: 1 });
      limits.push(await runLoad({ ...common, url: limit.url, requests: fresh(200), mayRepeat: true }));
      await limit.stop();
    }
    products.push(await runLoad({ ...common, url: server.url, requests: fresh(6_000 * options.seconds) }));
  }
  return { limits, products };
}

/** All answers by their status, so that an error can be told from another. */
function sumStatuses(reports: readonly LoadReport[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [status, count] of reports.flatMap((report) => Object.entries(report.statuses))) {
    sums[status] = (sums[status] ?? 0) + count;
  }
  return sums;
}

async function run(options: BenchOptions): Promise<BenchResult[]> {
  const stage = await setStage({ engine: options.engine, products: 500, customers: 64, onHand: 10_000_000 });
  try {
    const plans = options.engine === 'mysql' ? [] : await recordPlans(stage);
    const server = await stage.startServer();
    const { limits, products } = await alternate(stage, server, plans, options);
    const perSecond = median(products.map((report) => report.perSecond));
    const limit = limits.length > 0 ? median(limits.map((report) => report.perSecond)) : null;
    const half = Array.from({ length: Math.floor((perSecond / 2) * options.seconds) }, (_, index) =>
      makeOrder(stage, 1_000_000 + index),
    );
    const open = await runLoad({
      ...{
        url: server.url,
        connections: CONNECTIONS,
        requests: half,
        seconds: options.seconds,
        mayRepeat: false,
      },
      rate: perSecond / 2,
    });
    const rssMb = server.rssMb();
    await server.stop();
    const errors = [...products, open].reduce((sum, report) => sum + countErrors(report, CREATED), 0);
    return [
      {
        name: 'orders',
        engine: options.engine,
        connections: CONNECTIONS,
        seconds: options.seconds,
        perSecond: round(perSecond),
        ...{ p50Ms: open.p50Ms, p95Ms: open.p95Ms, p99Ms: open.p99Ms, rssMb },
        fsyncUs: measureFsyncUs(),
        limitPerSecond: limit === null ? null : round(limit),
        ratioToLimit: limit === null ? null : round(perSecond / limit),
        errors,
        loadAverage: currentLoad(),
        commit: currentCommit(),
        facts: {
          statements: (plans[0]?.reads.length ?? 0) + (plans[0]?.writes.length ?? 0),
          statuses: JSON.stringify(sumStatuses([...products, open])),
        },
      },
    ];
  } finally {
    await stage.close();
  }
}

export const orders: Bench = {
  name: 'orders',
  summary: 'create an order of two lines over HTTP, beside the limit program',
  engines: ['sqlite', 'postgres'],
  run,
};
