/**
 * What placing an order and listing orders cost when there are 1,000,000 of them and when there are 10,000: measured on one database,
 * before and after it was filled, and compared within the run.
 */
import type { Bench, BenchOptions } from '../bench.ts';
import { measureFsyncUs } from '../fsync.ts';
import type { LoadReport, PreparedRequest } from '../load/request.ts';
import { countErrors, runLoad } from '../load/run-load.ts';
import { makeOrder } from '../orders-by-http.ts';
import { type BenchResult, currentCommit, currentLoad, median, round } from '../result.ts';
import { fillOrders, readSizeMb } from '../scale/fill.ts';
import { logInAdministrator, logInCustomer, recordPast } from '../scale/past-orders.ts';
import { type ServerProcess, type Stage, setStage } from '../stage.ts';

const CONNECTIONS = 32;
const LISTING_CONNECTIONS = 16;
/** At most: a run that is only tried begins with a tenth. */
const FEW = 10_000;
const TIMES = 10;
/** Few enough that placing them does not change what is measured. */
const PLACED = 1_000;
const WARM_UP = 500;
const LISTING_CUSTOMERS = 64;
const PAGES = 5;

/** One of the things whose cost is compared. */
interface Subject {
  readonly name: string;
  readonly connections: number;
  readonly done: number;
  /** How long a closed run may take; it ends before where its requests are used up. */
  readonly seconds: number;
  readonly mayRepeat: boolean;
  /** Requests for a run of so many. */
  requests(count: number): PreparedRequest[];
}

async function measure(
  subject: Subject,
  server: ServerProcess,
  { engine, runs, seconds }: BenchOptions,
  orders: number,
): Promise<BenchResult> {
  const { name, connections, done, mayRepeat } = subject;
  const common = { url: server.url, connections, mayRepeat } as const;
  const closed = (count: number) =>
    runLoad({ ...common, requests: subject.requests(count), rate: 'closed', seconds: subject.seconds });
  const reports: LoadReport[] = [await closed(WARM_UP)];
  const measured: LoadReport[] = [];
  for (let run = 0; run < runs; run += 1) {
    measured.push(await closed(PLACED));
  }
  const perSecond = median(measured.map((report) => report.perSecond));
  const open = await runLoad({ ...common, requests: subject.requests(PLACED), rate: perSecond / 2, seconds });
  reports.push(...measured, open);
  return {
    ...{ name: `${name}-at-${orders}`, engine, connections, seconds: round(open.seconds) },
    ...{ perSecond: round(perSecond), p50Ms: open.p50Ms, p95Ms: open.p95Ms, p99Ms: open.p99Ms },
    ...{ rssMb: server.rssMb(), fsyncUs: measureFsyncUs(), limitPerSecond: null, ratioToLimit: null },
    errors: reports.reduce((sum, report) => sum + countErrors(report, [done]), 0),
    ...{ loadAverage: currentLoad(), commit: currentCommit() },
  };
}

function get(path: string, token: string): PreparedRequest {
  return { method: 'GET', path, headers: { authorization: `Bearer ${token}` } };
}

/** Tokens of customers from all over the database. */
async function logInSome(stage: Stage, customerIds: readonly string[]): Promise<string[]> {
  const tokens: string[] = [];
  for (let index = 0; index < LISTING_CUSTOMERS; index += 1) {
    const at = Math.floor((index * customerIds.length) / LISTING_CUSTOMERS);
    tokens.push(await logInCustomer(stage, customerIds[at] ?? ''));
  }
  return tokens;
}

async function measureAll(
  stage: Stage,
  options: BenchOptions,
  { orders, customerIds, adminToken }: { orders: number; customerIds: readonly string[]; adminToken: string },
): Promise<BenchResult[]> {
  const tokens = await logInSome(stage, customerIds);
  const listing = {
    ...{ connections: LISTING_CONNECTIONS, done: 200, mayRepeat: true, seconds: options.seconds },
  };
  const list = (count: number, make: (index: number) => PreparedRequest) =>
    Array.from({ length: count }, (_, index) => make(index));
  const subjects: Subject[] = [
    {
      ...{ ...listing, name: 'own-orders' },
      requests: (count) => list(count, (index) => get('/orders', tokens[index % tokens.length] ?? '')),
    },
    {
      ...{ ...listing, name: 'staff-orders' },
      requests: (count) =>
        list(count, (index) => get(`/admin/orders?limit=20&page=${(index % PAGES) + 1}`, adminToken)),
    },
    {
      ...{ name: 'place-order', connections: CONNECTIONS, done: 201, mayRepeat: false, seconds: 60 },
      requests: (count) => list(count, () => makeOrder(stage, nextOrder++)),
    },
  ];
  const server = await stage.startServer({ ROLE: 'api' });
  const results: BenchResult[] = [];
  for (const subject of subjects) {
    results.push(await measure(subject, server, options, orders));
  }
  await server.stop();
  return results;
}

/** No two carts of a run are the same, or one would be taken for a repeat. */
let nextOrder = 1_000;

async function run(options: BenchOptions): Promise<BenchResult[]> {
  const many = options.orders;
  const few = Math.min(FEW, Math.ceil(many / TIMES));
  const environment = { CASH_ON_DELIVERY: 'on', CASH_ON_DELIVERY_MAX_AMOUNT: '100000000' };
  const shop = { products: 500, customers: 64, onHand: 10_000_000, environment };
  const stage = await setStage({ engine: options.engine, ...shop });
  const { db } = stage.kernel;
  try {
    const adminToken = await logInAdministrator(stage);
    const past = await recordPast(stage, adminToken);
    const results: BenchResult[][] = [];
    const customerIds: string[] = [];
    for (const [from, until] of [
      [0, few],
      [few, many],
    ] as const) {
      const startedAt = performance.now();
      customerIds.push(...(await fillOrders(db, past, { from, until, total: many })));
      const fillSeconds = Math.round((performance.now() - startedAt) / 1_000);
      const databaseMb = await readSizeMb(db);
      console.error(`${until} orders after ${fillSeconds} s of filling, ${databaseMb} MB`);
      const measured = await measureAll(stage, options, { orders: until, customerIds, adminToken });
      results.push(measured.map((result) => ({ ...result, facts: { fillSeconds, databaseMb } })));
    }
    const [before = [], after = []] = results;
    return before.flatMap((result, index) => compare(result, after[index] as BenchResult));
  } finally {
    await stage.close();
  }
}

/** Both, the second with how many times as much it costs: by throughput, and by the median latency at half of it. */
function compare(before: BenchResult, after: BenchResult): BenchResult[] {
  const timesTheCost = round(before.perSecond / after.perSecond);
  console.error(`${after.name}: ${timesTheCost} times the cost of ${before.name}`);
  return [before, { ...after, facts: { ...after.facts, timesTheCost } }];
}

export const scale: Bench = {
  name: 'scale',
  summary: 'placing and listing orders when there are 1,000,000, against 10,000 in the same run',
  engines: ['sqlite', 'postgres'],
  run,
};
