/** `npm run bench -- NAME…`: measures, prints a table and one JSON object for each measurement. */
import type { Engine } from '../../server/src/kernel/db/index.ts';
import { readCommandLine, readName, readNumber, refuse } from '../../tools/command-line.ts';
import type { Bench, BenchOptions } from './bench.ts';
import { cloud } from './benches/cloud.ts';
import { flashSale } from './benches/flash-sale.ts';
import { notifications } from './benches/notify.ts';
import { orders } from './benches/orders.ts';
import { products } from './benches/products.ts';
import { purchase } from './benches/purchase.ts';
import { purchaseWechat } from './benches/purchase-wechat.ts';
import { reconcile } from './benches/reconcile.ts';
import { scale } from './benches/scale.ts';
import { startUp } from './benches/start-up.ts';
import { type BenchResult, keepResults, toTable, writeResults } from './result.ts';

const BENCHES: readonly Bench[] = [
  orders,
  purchase,
  purchaseWechat,
  ...notifications,
  flashSale,
  products,
  scale,
  startUp,
  reconcile,
  cloud,
];
const ENGINES: readonly Engine[] = ['sqlite', 'postgres', 'mysql'];

const HELP = `npm run bench -- NAME… [--engine sqlite|postgres|mysql] [--runs 3] [--seconds 5] [--orders 1000000]
                      [--json FILE]

${BENCHES.map(({ name, summary }) => `  ${name.padEnd(14)} ${summary}`).join('\n')}

Prints a table and one JSON object for each measurement, keeps them in bench/results, and with --json writes them into
FILE. Without --engine a measurement runs on SQLite and PostgreSQL (the flash sale on all three, the container on both
servers). TEST_POSTGRES_URL and TEST_MYSQL_URL say where the servers are. Latencies are open-loop at half of the throughput
that was found. --orders is for scale alone, which needs 10 GB for a million of them. Ends non-zero when a request failed.`;

async function measure(
  bench: Bench,
  engines: readonly Engine[],
  options: Omit<BenchOptions, 'engine'>,
): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  for (const engine of engines) {
    console.error(`${bench.name} on ${engine} …`);
    results.push(...(await bench.run({ engine, ...options })));
  }
  return results;
}

async function main(): Promise<number> {
  const { values, positionals } = readCommandLine(HELP, {
    allowPositionals: true,
    options: {
      engine: { type: 'string' },
      runs: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '5' },
      orders: { type: 'string', default: '1000000' },
      json: { type: 'string' },
    },
  });
  const unknown = positionals.filter((name) => !BENCHES.some((bench) => bench.name === name));
  if (positionals.length === 0 || unknown.length > 0) {
    const names = BENCHES.map(({ name }) => name).join(', ');
    refuse(
      `${positionals.length === 0 ? 'Name a measurement' : `There is no measurement ${unknown.join(', ')}`}: ${names}.`,
    );
  }
  const engine = values.engine === undefined ? undefined : readName('--engine', values.engine, ENGINES);
  const options = {
    runs: readNumber('--runs', values.runs, 1),
    seconds: readNumber('--seconds', values.seconds, 1),
    orders: readNumber('--orders', values.orders, 1_000),
  };
  const results: BenchResult[] = [];
  for (const bench of BENCHES.filter(({ name }) => positionals.includes(name))) {
    const engines = engine === undefined ? bench.engines : [engine];
    results.push(...(await measure(bench, engines, options)));
  }
  console.log(`\n${toTable(results)}\n`);
  for (const result of results) {
    console.log(JSON.stringify(result));
  }
  keepResults(results);
  if (values.json !== undefined) {
    writeResults(values.json, results);
  }
  return results.some(({ errors }) => errors > 0) ? 1 : 0;
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error);
  return 1;
});
