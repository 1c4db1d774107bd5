import type { Db } from '../../kernel/db/index.ts';
import type { Router } from '../../kernel/http/index.ts';
import type { Logger } from '../../kernel/log/index.ts';
import { type Alert, onAlertRaised } from './raise-alert.ts';
import { registerAlertRoutes } from './routes.ts';

export { countOpenAlerts, listOpen } from './queries.ts';
export { type Alert, raiseAlert } from './raise-alert.ts';
export { resolveAlert } from './resolve-alert.ts';

/** What alerts need; `onRaised` is told of every occurrence after its commit, for metrics. */
export interface AlertsDeps {
  readonly db: Db;
  readonly log: Logger;
  readonly onRaised?: (alert: Alert) => void;
}

/**
 * Alerts are for what no program can decide. They stand in the database and in the list of the console; each occurrence
 * is also a line of the log and a hint to `onRaised`, which a crash after the commit may lose. `stop` ends both.
 */
export function createAlerts(deps: AlertsDeps) {
  const stop = onAlertRaised((alert) => {
    const { kind, subject, severity, details } = alert;
    const write = severity === 'critical' ? deps.log.error : deps.log.warn;
    write.call(deps.log, { alert: { kind, subject, severity, details } }, `alert: ${kind}`);
    deps.onRaised?.(alert);
  });
  return {
    registerRoutes: (router: Router) => registerAlertRoutes(router, deps.db),
    stop,
  };
}
