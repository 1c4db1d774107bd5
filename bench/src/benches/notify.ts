/** Payment notifications of WeChat Pay: verify, decrypt, store, apply to payment, order and ledger, answer. */
import type { Bench, BenchOptions } from '../bench.ts';
import { type FakeWechat, startFakeWechat } from '../fake-wechat.ts';
import { measureFsyncUs } from '../fsync.ts';
import type { PreparedRequest } from '../load/request.ts';
import { countErrors, runLoad } from '../load/run-load.ts';
import { inject, makeOrder } from '../orders-by-http.ts';
import { type BenchResult, currentCommit, currentLoad, median, round } from '../result.ts';
import { type Stage, setStage } from '../stage.ts';

const CONNECTIONS = 32;
const AT_ONCE = 16;
/** Attempts for each measured second at saturation; more than any run has used. */
const PER_SECOND = 700;
const ACKNOWLEDGED = [200, 204];

interface Attempt {
  readonly paymentId: string;
  readonly amount: number;
}

async function openAttempts(stage: Stage, count: number): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const request = makeOrder(stage, next++);
      const order = await inject<{ id: string }>(stage, request);
      const body = JSON.stringify({ method: 'wechat_native' });
      attempts.push(await inject<Attempt>(stage, { ...request, path: `/orders/${order.id}/payments`, body }));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return attempts;
}

function sign(wechat: FakeWechat, attempts: readonly Attempt[], from: number): PreparedRequest[] {
  return attempts.map(({ paymentId, amount }, index) =>
    wechat.notification({ id: paymentId, amount, index: from + index }),
  );
}

async function run({ engine, runs, seconds }: BenchOptions): Promise<BenchResult[]> {
  const wechat = await startFakeWechat();
  const stage = await setStage({
    engine,
    products: 200,
    customers: 64,
    onHand: 10_000_000,
    environment: wechat.environment,
  });
  const perRun = PER_SECOND * Math.min(seconds, 3);
  try {
    const server = await stage.startServer({ ROLE: 'api' });
    const common = { url: server.url, connections: CONNECTIONS, seconds: 60, mayRepeat: false } as const;
    const warm = await openAttempts(stage, 200);
    let used = warm.length;
    await runLoad({ ...common, requests: sign(wechat, warm, 0), rate: 'closed' });
    const reports = [];
    for (let round = 0; round < runs; round += 1) {
      const attempts = await openAttempts(stage, perRun);
      reports.push(await runLoad({ ...common, requests: sign(wechat, attempts, used), rate: 'closed' }));
      used += attempts.length;
    }
    const perSecond = median(reports.map((report) => report.perSecond));
    const attempts = await openAttempts(stage, perRun);
    const open = await runLoad({ ...common, requests: sign(wechat, attempts, used), rate: perSecond / 2 });
    const rssMb = server.rssMb();
    await server.stop();
    const paid = await stage.kernel.db.query
      .selectFrom('orders')
      .select((eb) => eb.fn.countAll<number>().as('paid'))
      .where('payment_status', '=', 'paid')
      .executeTakeFirstOrThrow();
    const unpaid = used + attempts.length - Number(paid.paid);
    return [
      {
        ...{
          name: 'notify',
          engine,
          connections: CONNECTIONS,
          seconds: round(open.seconds),
          perSecond: round(perSecond),
        },
        ...{ p50Ms: open.p50Ms, p95Ms: open.p95Ms, p99Ms: open.p99Ms, rssMb, fsyncUs: measureFsyncUs() },
        ...{ limitPerSecond: null, ratioToLimit: null },
        errors:
          [...reports, open].reduce((sum, report) => sum + countErrors(report, ACKNOWLEDGED), 0) + unpaid,
        loadAverage: currentLoad(),
        commit: currentCommit(),
        facts: { paidOrders: Number(paid.paid), notifications: used + attempts.length },
      },
    ];
  } finally {
    await stage.close();
    await wechat.close();
  }
}

export const notify: Bench = {
  name: 'notify',
  summary: 'payment notifications: verify, store, apply, answer',
  engines: ['sqlite', 'postgres'],
  run,
};
