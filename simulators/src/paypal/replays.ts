import type { Clock } from '../clock.ts';
import type { Store } from '../store.ts';
import type { WireAnswer } from '../wire.ts';
import { jsonAnswer } from './errors.ts';

/** What was answered to a `PayPal-Request-Id`: a second request under it gets the same body, and does nothing. */
export interface Replays {
  find(operation: string, requestId: string | undefined): WireAnswer | undefined;
  /** Only what was done is kept: a request that was refused may be sent again. */
  keep(operation: string, requestId: string | undefined, body: object, keepMs: number): void;
}

export const REPLAY_TABLES = ['paypal_replays'] as const;

export function createReplays(store: Store, clock: Clock): Replays {
  store.define(`CREATE TABLE IF NOT EXISTS paypal_replays (
    operation TEXT NOT NULL, request_id TEXT NOT NULL, body TEXT NOT NULL, expires_at INTEGER NOT NULL,
    PRIMARY KEY (operation, request_id)) STRICT;`);
  return {
    find(operation, requestId) {
      if (requestId === undefined) {
        return undefined;
      }
      const kept = store.get<{ body: string }>(
        'SELECT body FROM paypal_replays WHERE operation = ? AND request_id = ? AND expires_at > ?',
        ...[operation, requestId, clock.now()],
      );
      return kept && jsonAnswer(200, JSON.parse(kept.body) as object);
    },
    keep(operation, requestId, body, keepMs) {
      if (requestId !== undefined) {
        store.run(
          'INSERT OR REPLACE INTO paypal_replays VALUES (?, ?, ?, ?)',
          ...[operation, requestId, JSON.stringify(body), clock.now() + keepMs],
        );
      }
    },
  };
}
