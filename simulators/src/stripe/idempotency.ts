import type { Clock } from '../clock.ts';
import type { Store } from '../store.ts';
import { invalidRequest, StripeError } from './errors.ts';

/** The first answer to a key, a 500 as much as a 200, for a day. What was refused before it ran is not kept. */
export interface StoredAnswer {
  status: number;
  body: string;
}

export interface IdempotencyKeys {
  /** The answer that was given first; throws where the same key came with other parameters. */
  find(key: string, fingerprint: string): StoredAnswer | undefined;
  keep(key: string, fingerprint: string, answer: StoredAnswer): void;
}

export const IDEMPOTENCY_TABLES = ['stripe_keys'] as const;

const LIFE_MS = 24 * 60 * 60 * 1000;
const MAX_KEY_LENGTH = 255;

const SCHEMA = `CREATE TABLE IF NOT EXISTS stripe_keys (
  key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL,
  at INTEGER NOT NULL) STRICT;`;

export function createIdempotencyKeys(store: Store, clock: Clock): IdempotencyKeys {
  store.define(SCHEMA);
  return {
    find(key, fingerprint) {
      if (key.length > MAX_KEY_LENGTH) {
        throw invalidRequest('Idempotency keys can be at most 255 characters long.');
      }
      store.run('DELETE FROM stripe_keys WHERE at <= ?', clock.now() - LIFE_MS);
      const stored = store.get<StoredAnswer & { fingerprint: string }>(
        'SELECT fingerprint, status, body FROM stripe_keys WHERE key = ?',
        key,
      );
      if (stored !== undefined && stored.fingerprint !== fingerprint) {
        throw new StripeError(400, {
          type: 'idempotency_error',
          message:
            'Keys for idempotent requests can only be used with the same parameters they were first used with.',
        });
      }
      return stored;
    },
    keep(key, fingerprint, { status, body }) {
      store.run(
        'INSERT INTO stripe_keys VALUES (?, ?, ?, ?, ?)',
        key,
        fingerprint,
        status,
        body,
        clock.now(),
      );
    },
  };
}
