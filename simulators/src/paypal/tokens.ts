import { timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { randomText } from '../random.ts';
import type { Store } from '../store.ts';
import { PaypalError } from './errors.ts';

export interface Tokens {
  issue(lifeSeconds: number): string;
  /** Throws AUTHENTICATION_FAILURE. */
  check(authorization: string | undefined): void;
  /** Ends all of them now; answers how many there were. */
  revoke(): number;
}

export const TOKEN_TABLES = ['paypal_tokens'] as const;

export function createTokens(store: Store, clock: Clock): Tokens {
  store.define(
    'CREATE TABLE IF NOT EXISTS paypal_tokens (token TEXT PRIMARY KEY, expires_at INTEGER NOT NULL) STRICT;',
  );
  return {
    issue(lifeSeconds) {
      const token = `A21AA${randomText(60)}`;
      store.run('DELETE FROM paypal_tokens WHERE expires_at <= ?', clock.now());
      store.run('INSERT INTO paypal_tokens VALUES (?, ?)', token, clock.now() + lifeSeconds * 1000);
      return token;
    },
    check(authorization) {
      const token = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1];
      const found =
        token === undefined
          ? undefined
          : store.get<{ expiresAt: number }>(
              'SELECT expires_at AS expiresAt FROM paypal_tokens WHERE token = ?',
              token,
            );
      if (found === undefined || found.expiresAt <= clock.now()) {
        throw new PaypalError(401, 'AUTHENTICATION_FAILURE');
      }
    },
    revoke: () => store.run('DELETE FROM paypal_tokens'),
  };
}

/** Whether the basic credentials are these. */
export function isBasicAuthorization(header: string | undefined, user: string, password: string): boolean {
  const given = Buffer.from(header ?? '');
  const wanted = Buffer.from(`Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
