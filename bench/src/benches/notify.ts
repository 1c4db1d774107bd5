/** Notifications of each rail: verify, store, apply to payment, order and ledger, answer. */
import type { Simulators } from '../../../simulators/src/index.ts';
import type { Bench, BenchOptions } from '../bench.ts';
import { measureFsyncUs } from '../fsync.ts';
import type { LoadReport, PreparedRequest } from '../load/request.ts';
import { countErrors, runLoad } from '../load/run-load.ts';
import { inject, makeOrder } from '../orders-by-http.ts';
import { payAndSign, RAILS, type Rail, startRails } from '../rails.ts';
import { type BenchResult, currentCommit, currentLoad, median, round } from '../result.ts';
import { type ServerProcess, type Stage, setStage } from '../stage.ts';

const CONNECTIONS = 32;
const AT_ONCE = 16;
const WARM_UP = 400;
/** Attempts for each measured second at saturation. */
const PER_SECOND = 700;
const MAX_SECONDS = 6;
const ACKNOWLEDGED = [200, 204];

/** Attempts that their buyers have paid and of which the shop does not know yet. */
async function prepare(stage: Stage, simulators: Simulators, rail: Rail, from: number, count: number) {
  const paymentIds: string[] = [];
  let next = from;
  const worker = async () => {
    while (next < from + count) {
      const request = makeOrder(stage, next++);
      const order = await inject<{ id: string }>(stage, request);
      const started = await inject<{ paymentId: string }>(stage, {
        ...request,
        path: `/orders/${order.id}/payments`,
        body: JSON.stringify({ method: rail.method }),
      });
      paymentIds.push(started.paymentId);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const requests: PreparedRequest[] = [];
  for (const paymentId of paymentIds) {
    const { provider_reference: reference } = await stage.kernel.db.query
      .selectFrom('payments')
      .select('provider_reference')
      .where('id', '=', paymentId)
      .executeTakeFirstOrThrow();
    requests.push(payAndSign(simulators, rail, { paymentId, reference }));
  }
  return requests;
}

interface Measured {
  readonly closed: readonly LoadReport[];
  readonly open: LoadReport;
  readonly perSecond: number;
  readonly sent: number;
}

async function load(
  stage: Stage,
  server: ServerProcess,
  simulators: Simulators,
  rail: Rail,
  { runs, seconds }: BenchOptions,
): Promise<Measured> {
  const common = { url: server.url, connections: CONNECTIONS, seconds: 60, mayRepeat: false } as const;
  let sent = 0;
  const fresh = async (count: number) => {
    const requests = await prepare(stage, simulators, rail, sent, count);
    sent += count;
    return requests;
  };
  await runLoad({ ...common, requests: await fresh(WARM_UP), rate: 'closed' });
  const count = PER_SECOND * Math.min(seconds, MAX_SECONDS);
  const closed: LoadReport[] = [];
  for (let run = 0; run < runs; run += 1) {
    closed.push(await runLoad({ ...common, requests: await fresh(count), rate: 'closed' }));
  }
  const perSecond = median(closed.map((report) => report.perSecond));
  const open = await runLoad({ ...common, requests: await fresh(count), rate: perSecond / 2 });
  return { closed, open, perSecond, sent };
}

/** Notifications that changed their payment as they should. */
async function countApplied({ kernel }: Stage, rail: Rail): Promise<number> {
  const { applied } = await kernel.db.query
    .selectFrom('payments')
    .innerJoin('provider_events', 'provider_events.subject_id', 'payments.id')
    .select((eb) => eb.fn.countAll<number>().as('applied'))
    .where('payments.status', '=', rail.applied)
    .where('provider_events.state', '=', 'applied')
    .executeTakeFirstOrThrow();
  return Number(applied);
}

async function measure(name: string, rail: Rail, options: BenchOptions): Promise<BenchResult[]> {
  const { engine } = options;
  const simulators = await startRails();
  const environment = rail.environment(simulators);
  const stage = await setStage({ engine, products: 200, customers: 64, onHand: 10_000_000, environment });
  try {
    const server = await stage.startServer({ ROLE: 'api' });
    const { closed, open, perSecond, sent } = await load(stage, server, simulators, rail, options);
    const rssMb = server.rssMb();
    await server.stop();
    const applied = await countApplied(stage, rail);
    const refused = [...closed, open].reduce((sum, report) => sum + countErrors(report, ACKNOWLEDGED), 0);
    return [
      {
        ...{ name, engine, connections: CONNECTIONS },
        ...{ seconds: round(open.seconds), perSecond: round(perSecond) },
        ...{ p50Ms: open.p50Ms, p95Ms: open.p95Ms, p99Ms: open.p99Ms, rssMb, fsyncUs: measureFsyncUs() },
        ...{ limitPerSecond: null, ratioToLimit: null, errors: refused + sent - applied },
        ...{ loadAverage: currentLoad(), commit: currentCommit() },
        facts: { notifications: sent, applied, lateP99Ms: open.lateP99Ms },
      },
    ];
  } finally {
    await stage.close();
    await simulators.close();
  }
}

/** One measurement for each rail; `notify` is WeChat Pay's. */
export const notifications: readonly Bench[] = Object.entries(RAILS).map(([name, rail]) => ({
  name,
  summary: `notifications of ${rail.provider}: verify, store, apply, answer`,
  engines: ['sqlite', 'postgres'],
  run: (options) => measure(name, rail, options),
}));
