/** Phone top-ups: sold at the operator's price, sent once, and decided by people where nobody knows what became of them. */
import './tables.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/db/index.ts';
import type { Router } from '../../kernel/http/index.ts';
import { type Cron, handleJob, type JobHandler } from '../../kernel/jobs/index.ts';
import type { Logger } from '../../kernel/log/index.ts';
import type { Fulfiller } from '../orders/index.ts';
import { registerTopupAdminRoutes } from './admin-routes.ts';
import type { TopupsDeps } from './deps.ts';
import { topupFulfiller } from './fulfiller.ts';
import { topupPickUp, topupQuery, topupReport, topupSend, topupSummarise } from './jobs.ts';
import { queryTopup } from './query-topup.ts';
import { registerTopupRoutes } from './routes.ts';
import { createSendTopup } from './send-topup.ts';
import { summariseDays } from './summarise-day.ts';
import { createTariffCache } from './tariff-cache.ts';
import { pickUpTopups, reportTopups } from './watch-topups.ts';

export type { Operators } from './deps.ts';
export {
  type TopupEvent,
  topupDelivered,
  topupFailed,
  topupUndecided,
} from './events.ts';
export { checkTopups, type TopupViolation } from './invariants.ts';
export type { TopupRow } from './tables.ts';

export interface TopupsOptions
  extends Pick<TopupsDeps, 'operators' | 'orders' | 'hasAutoRefund' | 'onResult'> {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What compose does with top-ups. */
export interface Topups {
  registerRoutes(router: Router): void;
  readonly jobs: readonly JobHandler[];
  readonly crons: readonly Cron[];
  /** To be registered with orders under its kind. */
  readonly fulfiller: Fulfiller;
}

/** Top-ups as compose wires them. */
export function createTopups(options: TopupsOptions): Topups {
  const deps: TopupsDeps = { ...options, tariffs: createTariffCache(options.clock) };
  return {
    registerRoutes(router) {
      registerTopupRoutes(router, deps);
      registerTopupAdminRoutes(router, deps);
    },
    jobs: [
      handleJob(topupSend, createSendTopup(deps)),
      handleJob(topupQuery, (job) => queryTopup(deps, job)),
      handleJob(topupPickUp.definition, async () => void (await pickUpTopups(deps))),
      handleJob(topupReport.definition, () => reportTopups(deps)),
      handleJob(topupSummarise.definition, () => summariseDays(deps)),
    ],
    crons: [topupPickUp, topupReport, topupSummarise],
    fulfiller: topupFulfiller,
  };
}
