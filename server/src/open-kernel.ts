import type { Clock } from './kernel/clock.ts';
import type { Config } from './kernel/config/index.ts';
import { applyMigrations, type Db, openDb } from './kernel/db/index.ts';
import { createSubscriberTable, type SubscriberTable } from './kernel/events/index.ts';
import type { Logger } from './kernel/log/index.ts';
import { createMetrics, type Metrics } from './kernel/metrics/index.ts';
import { createOutbound, type Outbound } from './kernel/outbound/index.ts';

/** What every module stands on. */
export interface Kernel {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly outbound: Outbound;
  readonly subscribers: SubscriberTable;
  close(): Promise<void>;
}

export interface KernelOptions {
  readonly config: Pick<Config, 'database'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** See `DbOptions.rehearse`; for tests. */
  readonly rehearse?: boolean;
}

/** Opens the database, brings its schema up to date, and makes the way out and the metrics. */
export async function openKernel({ config, clock, log, rehearse = false }: KernelOptions): Promise<Kernel> {
  const metrics = createMetrics();
  const subscribers = createSubscriberTable();
  const db = await openDb(config.database.url, {
    clock,
    subscribers,
    rehearse,
    poolSize: config.database.poolSize,
    onTransaction: metrics.observeTransaction,
    onCheckpointError: (error) =>
      log.error({ err: error }, 'the thread that moves the log of SQLite has died'),
    onHintError: (error) => log.error({ err: error }, 'a hint after a commit failed'),
  });
  const applied = await applyMigrations(db);
  if (applied.length > 0) {
    log.info({ steps: applied.length }, 'the database schema was brought up to date');
  }
  const outbound = createOutbound({ db, clock, log, onCall: metrics.observeCall });
  return {
    db,
    clock,
    log,
    metrics,
    outbound,
    subscribers,
    async close() {
      await outbound.close();
      await db.close();
    },
  };
}
