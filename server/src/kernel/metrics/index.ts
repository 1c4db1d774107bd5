/**
 * What `/metrics` shows. Each part of the kernel reports through a callback of its own (`onTransaction`, `onRun`,
 * `onCall`), so that nothing below knows of this folder.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Clock } from '../clock.ts';
import type { Reader, TransactionOutcome } from '../db/index.ts';
import { type JobOutcome, readJobCounts } from '../jobs/index.ts';
import type { CallOutcome } from '../outbound/index.ts';

const REQUEST_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const TRANSACTION_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5];
const CALL_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const LAG_SECONDS = [0.05, 0.25, 1, 5, 30, 120, 600, 3_600];

export interface RequestOutcome {
  readonly method: string;
  /** The pattern of the route, never the address itself: each value is a series of its own. */
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
}

export interface Metrics {
  observeRequest(outcome: RequestOutcome): void;
  observeTransaction(outcome: TransactionOutcome): void;
  observeJob(outcome: JobOutcome): void;
  observeCall(outcome: CallOutcome): void;
  /** A provider's notification and what became of it. */
  observeNotification(outcome: { readonly provider: string; readonly outcome: string }): void;
  /** What a mobile operator's delivery of a top-up came to. */
  observeDelivery(outcome: { readonly operator: string; readonly outcome: string }): void;
  /** Registers what is counted in the database when somebody looks: jobs by state, the oldest due job, open alerts. */
  watch(source: MetricsSource): void;
  readonly contentType: string;
  /** The text that Prometheus reads. */
  render(): Promise<string>;
}

export interface MetricsSource {
  readonly db: Reader;
  readonly clock: Clock;
  /** The number of open alerts by kind. */
  readonly countAlerts?: () => Promise<Readonly<Record<string, number>>>;
}

/** Looking a series up by its labels costs more than counting: each is looked up once. */
function keptSeries<S>(find: (labels: readonly string[]) => S): (...labels: string[]) => S {
  const series = new Map<string, S>();
  return (...labels) => {
    const key = labels.join('\n');
    let found = series.get(key);
    if (found === undefined) {
      found = find(labels);
      series.set(key, found);
    }
    return found;
  };
}

function outcomeOf({ status, failure }: CallOutcome): string {
  return failure ?? `${Math.floor((status ?? 0) / 100)}xx`;
}

/** Makes the registry of one process, its own memory, event loop and garbage collection included. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const histogram = (name: string, help: string, labelNames: string[], buckets: number[]) => {
    const metric = new Histogram({
      name: `suanpan_${name}`,
      help,
      labelNames,
      buckets,
      registers: [registry],
    });
    return keptSeries((labels) => metric.labels(...labels));
  };
  const counter = (name: string, help: string, labelNames: string[]) => {
    const metric = new Counter({ name: `suanpan_${name}`, help, labelNames, registers: [registry] });
    return keptSeries((labels) => metric.labels(...labels));
  };

  const requests = histogram(
    'http_seconds',
    'HTTP requests.',
    ['method', 'route', 'status'],
    REQUEST_SECONDS,
  );
  const transactions = histogram(
    'transaction_seconds',
    'Transactions from call to answer, waiting included.',
    ['name', 'result'],
    TRANSACTION_SECONDS,
  );
  const repeats = counter('transaction_repeats_total', 'Transactions that had to run again.', ['name']);
  const runs = histogram('job_seconds', 'Runs of jobs.', ['name', 'result'], CALL_SECONDS);
  const lags = histogram('job_lag_seconds', 'How long after its time a job was run.', ['name'], LAG_SECONDS);
  const calls = histogram(
    'call_seconds',
    'Attempts to call a provider.',
    ['provider', 'operation', 'outcome'],
    CALL_SECONDS,
  );

  const notifications = counter('notifications_total', 'Notifications of providers by what became of them.', [
    'provider',
    'outcome',
  ]);
  const deliveries = counter('deliveries_total', 'Deliveries of top-ups by what became of them.', [
    'operator',
    'outcome',
  ]);

  return {
    observeRequest: ({ method, route, status, durationMs }) =>
      requests(method, route, String(status)).observe(durationMs / 1_000),
    observeTransaction({ name, result, attempts, durationMs }) {
      transactions(name, result).observe(durationMs / 1_000);
      if (attempts > 1) {
        repeats(name).inc(attempts - 1);
      }
    },
    observeJob({ name, result, durationMs, lagMs }) {
      runs(name, result).observe(durationMs / 1_000);
      lags(name).observe(lagMs / 1_000);
    },
    observeCall: (outcome) =>
      calls(outcome.provider, outcome.operation, outcomeOf(outcome)).observe(outcome.durationMs / 1_000),
    observeNotification: ({ provider, outcome }) => notifications(provider, outcome).inc(),
    observeDelivery: ({ operator, outcome }) => deliveries(operator, outcome).inc(),
    watch: (source) => watchDatabase(registry, source),
    contentType: registry.contentType,
    render: () => registry.metrics(),
  };
}

function watchDatabase(registry: Registry, { db, clock, countAlerts }: MetricsSource): void {
  const registers = [registry];
  new Gauge({
    name: 'suanpan_job_overdue_seconds',
    help: 'How long the oldest due job has been waiting.',
    registers,
    async collect() {
      const { soonestRunAt = clock.now() } = await readJobCounts(db);
      this.set(Math.max(0, clock.now() - soonestRunAt) / 1_000);
    },
  });
  new Gauge({
    name: 'suanpan_jobs',
    help: 'Jobs in the database by state.',
    labelNames: ['state'],
    registers,
    async collect() {
      const counts = await readJobCounts(db);
      this.set({ state: 'waiting' }, counts.waiting);
      this.set({ state: 'dead' }, counts.dead);
    },
  });
  if (countAlerts) {
    new Gauge({
      name: 'suanpan_alerts',
      help: 'Open alerts by kind.',
      labelNames: ['kind'],
      registers,
      async collect() {
        this.reset();
        for (const [kind, count] of Object.entries(await countAlerts())) {
          this.set({ kind }, count);
        }
      },
    });
  }
}
