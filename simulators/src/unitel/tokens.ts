import type { Clock } from '../clock.ts';
import { randomText } from '../random.ts';
import type { Store } from '../store.ts';

export interface Tokens {
  issue(lifeSeconds: number): string;
  isGood(authorization: string | undefined): boolean;
  /** Ends all of them now; answers how many there were. */
  revoke(): number;
}

export const TOKEN_TABLES = ['unitel_tokens'] as const;

const TOKEN_CHARACTERS = 86;

export function createTokens(store: Store, clock: Clock): Tokens {
  store.define(
    'CREATE TABLE IF NOT EXISTS unitel_tokens (token TEXT PRIMARY KEY, expires_at INTEGER NOT NULL) STRICT;',
  );
  return {
    issue(lifeSeconds) {
      const token = randomText(TOKEN_CHARACTERS);
      const now = clock.now();
      store.run('DELETE FROM unitel_tokens WHERE expires_at <= ?', now);
      store.run('INSERT INTO unitel_tokens VALUES (?, ?)', token, now + lifeSeconds * 1000);
      return token;
    },
    isGood(authorization) {
      const token = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1] ?? '';
      const found = store.get(
        'SELECT 1 FROM unitel_tokens WHERE token = ? AND expires_at > ?',
        token,
        clock.now(),
      );
      return found !== undefined;
    },
    revoke: () => store.run('DELETE FROM unitel_tokens'),
  };
}
