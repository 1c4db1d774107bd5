/** The shop's reads on 10,000 products: list of 20, detail, full-text search. */
import type { Bench, BenchOptions } from '../bench.ts';
import { measureFsyncUs } from '../fsync.ts';
import type { PreparedRequest } from '../load/request.ts';
import { countErrors, runLoad } from '../load/run-load.ts';
import { type BenchResult, currentCommit, currentLoad, median, round } from '../result.ts';
import { type ServerProcess, setStage } from '../stage.ts';

const CONNECTIONS = 16;
const PRODUCTS = 10_000;
const SEARCHES = [
  'cotton',
  'sofa',
  'copper lamp',
  'wooden',
  'glass shelf',
  '沙发',
  '陶瓷',
  'vel',
  'steel chair',
  '棉布 衬衫',
];

function get(path: string): PreparedRequest {
  return { method: 'GET', path, headers: {} };
}

const READS: Readonly<Record<string, (index: number) => string>> = {
  'products-list': (index) =>
    `/products?limit=20&page=${(index % 50) + 1}&sort=${index % 2 === 0 ? '-createdAt' : 'price'}`,
  'products-detail': (index) => `/products/bench-${(index * 37) % PRODUCTS}`,
  'products-search': (index) =>
    `/products?search=${encodeURIComponent(SEARCHES[index % SEARCHES.length] ?? '')}&limit=20&page=${(index % 5) + 1}`,
};

async function measureRead(name: string, server: ServerProcess, options: BenchOptions): Promise<BenchResult> {
  const requests = Array.from({ length: 5_000 }, (_, index) =>
    get((READS[name] as (index: number) => string)(index)),
  );
  const common = { url: server.url, connections: CONNECTIONS, requests, mayRepeat: true } as const;
  await runLoad({ ...common, rate: 'closed', seconds: 2 });
  const reports = [];
  for (let run = 0; run < options.runs; run += 1) {
    reports.push(await runLoad({ ...common, rate: 'closed', seconds: options.seconds }));
  }
  const perSecond = median(reports.map((report) => report.perSecond));
  const open = await runLoad({ ...common, rate: perSecond / 2, seconds: options.seconds });
  return {
    ...{
      name,
      engine: options.engine,
      connections: CONNECTIONS,
      seconds: options.seconds,
      perSecond: round(perSecond),
    },
    ...{
      p50Ms: open.p50Ms,
      p95Ms: open.p95Ms,
      p99Ms: open.p99Ms,
      rssMb: server.rssMb(),
      fsyncUs: measureFsyncUs(),
    },
    ...{ limitPerSecond: null, ratioToLimit: null },
    errors: [...reports, open].reduce((sum, report) => sum + countErrors(report, [200]), 0),
    loadAverage: currentLoad(),
    commit: currentCommit(),
    facts: { products: PRODUCTS, p95AtSaturationMs: median(reports.map((report) => report.p95Ms)) },
  };
}

async function run(options: BenchOptions): Promise<BenchResult[]> {
  const stage = await setStage({ engine: options.engine, products: PRODUCTS, customers: 1, onHand: 100 });
  try {
    const server = await stage.startServer();
    const results: BenchResult[] = [];
    for (const name of Object.keys(READS)) {
      results.push(await measureRead(name, server, options));
    }
    await server.stop();
    return results;
  } finally {
    await stage.close();
  }
}

export const products: Bench = {
  name: 'products',
  summary: 'list of 20, detail and search on 10,000 products',
  engines: ['sqlite', 'postgres'],
  run,
};
