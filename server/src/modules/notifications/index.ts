/** What customers are told: from events of other modules to notices, by every channel there is. */
import './tables.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/db/index.ts';
import type { SubscriberTable } from '../../kernel/events/index.ts';
import type { Router } from '../../kernel/http/index.ts';
import type { Cron, JobHandler } from '../../kernel/jobs/index.ts';
import { inApp } from './in-app.ts';
import { handleNotificationPrune, notificationPrune } from './prune.ts';
import { registerNotificationRoutes } from './routes.ts';
import { handleTell, subscribe } from './tell.ts';

/** What notifications need of the kernel. */
export interface NotificationsDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly subscribers: SubscriberTable;
}

/** Subscribes to every event that customers are told of. */
export function createNotifications({ db, clock, subscribers }: NotificationsDeps): {
  readonly registerRoutes: (router: Router) => void;
  readonly jobs: readonly JobHandler[];
  readonly crons: readonly Cron[];
} {
  subscribe(subscribers);
  return {
    registerRoutes: (router) => registerNotificationRoutes(router, db),
    jobs: [handleTell(db, [inApp]), handleNotificationPrune({ db, clock })],
    crons: [notificationPrune],
  };
}
