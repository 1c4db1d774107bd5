/**
 * The smallest container of WeChat Cloud Hosting: a quarter of a processor and half a gigabyte, with the command and the
 * settings of production. The server runs in a control group of that size and in a mount namespace of its own, where the
 * name of the platform's link leads to this program: production speaks to no other name.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../../../server/src/kernel/db/index.ts';
import { randomCode } from '../../../server/src/kernel/ids.ts';
import type { Bench, BenchOptions } from '../bench.ts';
import { type ContainerLimits, createContainerLimits } from '../container-limits.ts';
import { callbackOf, LINK_ADDRESS, startFakeWechatCloud } from '../fake-wechat-cloud.ts';
import { measureFsyncUs } from '../fsync.ts';
import type { LoadReport } from '../load/request.ts';
import { countErrors, runLoad } from '../load/run-load.ts';
import { inject, makeOrder } from '../orders-by-http.ts';
import { type BenchResult, currentCommit, currentLoad, round } from '../result.ts';
import { type ServerProcess, type Stage, setStage } from '../stage.ts';

const SIZE = { cpus: 0.25, memoryBytes: 512 * 1_048_576 };
const CONNECTIONS = 8;
/** A shop that takes fifty thousand payments in a busy day of seven hours. */
const STEADY_PER_SECOND = 2;
const IDLE_AFTER_MS = 5_000;
/** Queries that the callbacks made us ask for come within seconds. */
const SETTLED_WITHIN_MS = 60_000;

/** Hands a command on to be run within the limits, and with the link's name leading here. */
function createLaunch({ entrances }: ContainerLimits, hosts: string) {
  const enter = entrances.map((file) => `echo $$ > ${file}`);
  const script = [`mount --bind ${hosts} /etc/hosts`, ...enter, 'exec "$@"'].join(' && ');
  return (command: readonly string[]) => ['unshare', '--mount', 'sh', '-c', script, 'sh', ...command];
}

const production = () => ({
  ...{ NODE_ENV: 'production', ROLE: 'all', LOG_LEVEL: 'info', HOST: '0.0.0.0' },
  ...{ JWT_SECRET: randomCode(48), APP_SECRET: randomCode(48), ADMIN_PASSWORD: randomCode(24) },
});

async function openAttempts(stage: Stage, from: number, count: number): Promise<string[]> {
  const attempts: string[] = [];
  for (let index = from; index < from + count; index += 1) {
    const request = makeOrder(stage, index);
    const order = await inject<{ id: string }>(stage, request);
    const body = JSON.stringify({ method: 'wechat_cloud' });
    const path = `/orders/${order.id}/payments`;
    attempts.push((await inject<{ paymentId: string }>(stage, { ...request, path, body })).paymentId);
  }
  return attempts;
}

/** How many orders are still not paid once the provider has been asked about every callback. */
async function countUnpaid({ kernel }: Stage, attempts: number): Promise<number> {
  const endsAt = performance.now() + SETTLED_WITHIN_MS;
  for (;;) {
    const row = await kernel.db.query
      .selectFrom('orders')
      .select((eb) => eb.fn.countAll<number>().as('paid'))
      .where('payment_status', '=', 'paid')
      .executeTakeFirstOrThrow();
    const unpaid = attempts - Number(row.paid);
    if (unpaid === 0 || performance.now() > endsAt) {
      return unpaid;
    }
    await sleep(500);
  }
}

interface Measured {
  readonly busy: LoadReport;
  readonly steady: LoadReport;
  readonly attempts: number;
}

async function callBack(stage: Stage, server: ServerProcess, seconds: number): Promise<Measured> {
  const common = { url: server.url, connections: CONNECTIONS, mayRepeat: false } as const;
  const steadyCount = STEADY_PER_SECOND * seconds * 4;
  const busyCount = 40 * seconds;
  const attempts = await openAttempts(stage, 0, 20 + steadyCount + busyCount);
  const requests = attempts.map(callbackOf);
  await runLoad({ ...common, requests: requests.slice(0, 20), rate: 'closed', seconds: 60 });
  await sleep(IDLE_AFTER_MS);
  const steady = await runLoad({
    ...common,
    ...{ requests: requests.slice(20, 20 + steadyCount), rate: STEADY_PER_SECOND, seconds: seconds * 4 },
  });
  await sleep(IDLE_AFTER_MS);
  const busy = await runLoad({
    ...common,
    ...{ requests: requests.slice(20 + steadyCount), rate: 'closed', seconds: 600 },
  });
  return { busy, steady, attempts: attempts.length };
}

async function measure(stage: Stage, server: ServerProcess, limits: ContainerLimits, seconds: number) {
  await sleep(IDLE_AFTER_MS);
  const idleRssMb = server.rssMb();
  const before = limits.read();
  const { busy, steady, attempts } = await callBack(stage, server, seconds);
  const unpaid = await countUnpaid(stage, attempts);
  const after = limits.read();
  return {
    ...{ busy, steady, unpaid },
    rssMb: server.rssMb(),
    facts: {
      ...{ startMs: server.startMs, idleRssMb, peakGroupMb: after.peakMemoryMb },
      ...{ steadyPerSecond: STEADY_PER_SECOND, busyP50Ms: busy.p50Ms, busyP99Ms: busy.p99Ms },
      throttledInStart: `${before.throttledPeriods} of ${before.periods} periods, ${before.throttledMs} ms`,
      throttledInAll: `${after.throttledPeriods} of ${after.periods} periods, ${after.throttledMs} ms`,
    },
  };
}

function toResult(engine: Engine, found: Awaited<ReturnType<typeof measure>>): BenchResult {
  const { busy, steady, unpaid, rssMb, facts } = found;
  return {
    ...{ name: 'cloud', engine, connections: CONNECTIONS, seconds: round(steady.seconds) },
    ...{ perSecond: round(busy.perSecond), limitPerSecond: null, ratioToLimit: null },
    ...{ p50Ms: steady.p50Ms, p95Ms: steady.p95Ms, p99Ms: steady.p99Ms, rssMb, fsyncUs: measureFsyncUs() },
    errors: [busy, steady].reduce((sum, report) => sum + countErrors(report, [200]), unpaid),
    ...{ loadAverage: currentLoad(), commit: currentCommit(), facts },
  };
}

async function runInContainer(
  { engine, seconds }: BenchOptions,
  limits: ContainerLimits,
  stage: Stage,
): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'suanpan-bench-cloud-'));
  const hosts = join(folder, 'hosts');
  writeFileSync(hosts, `127.0.0.1 localhost\n${LINK_ADDRESS} api.weixin.qq.com\n`);
  try {
    const environment = { ...production(), WX_CLOUD_PAY_BASE_URL: undefined };
    const server = await stage.startServer(environment, createLaunch(limits, hosts));
    try {
      return toResult(engine, await measure(stage, server, limits, seconds));
    } finally {
      await server.stop();
      limits.remove();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run(options: BenchOptions): Promise<BenchResult[]> {
  const link = await startFakeWechatCloud();
  try {
    const environment = { ...link.environment, WX_CLOUD_PAY_BASE_URL: `http://${LINK_ADDRESS}` };
    const { engine } = options;
    const stage = await setStage({ engine, products: 200, customers: 64, onHand: 1_000_000, environment });
    try {
      return [await runInContainer(options, createContainerLimits(SIZE), stage)];
    } finally {
      await stage.close();
    }
  } finally {
    await link.close();
  }
}

export const cloud: Bench = {
  name: 'cloud',
  summary: 'a container of 0.25 processors and 512 MB: start, memory, callbacks of cloud payments',
  engines: ['postgres', 'mysql'],
  run,
};
