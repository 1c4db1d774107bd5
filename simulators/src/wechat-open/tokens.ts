import type { Clock } from '../clock.ts';
import { randomText } from '../random.ts';
import type { Store } from '../store.ts';
import { openError } from './errors.ts';

/** Stable access tokens of one app at a time (the interface `stable_token`). */
export interface Tokens {
  issue(appid: string, force: boolean): { access_token: string; expires_in: number };
  /** The app a token belongs to, or an error in WeChat's words. */
  check(token: string): string;
}

export const TOKEN_TABLES = ['wechat_open_tokens'] as const;

const SCHEMA = `CREATE TABLE IF NOT EXISTS wechat_open_tokens (
  token TEXT PRIMARY KEY, appid TEXT NOT NULL, issued_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
  is_forced INTEGER NOT NULL, is_revoked INTEGER NOT NULL DEFAULT 0) STRICT;
  CREATE INDEX IF NOT EXISTS wechat_open_tokens_app ON wechat_open_tokens (appid, issued_at);`;

const LIFE_MS = 7200_000;
/** In the last five minutes a new token is given out while the old one stays good. */
const OVERLAP_MS = 5 * 60_000;
const FORCE_SPACING_MS = 30_000;
const FORCES_PER_DAY = 20;
const DAY_MS = 24 * 60 * 60 * 1000;

interface TokenRow {
  token: string;
  appid: string;
  issuedAt: number;
  expiresAt: number;
  isRevoked: number;
}

const SELECT = `SELECT token, appid, issued_at AS issuedAt, expires_at AS expiresAt, is_revoked AS isRevoked
  FROM wechat_open_tokens`;

export function createTokens(store: Store, clock: Clock): Tokens {
  store.define(SCHEMA);

  function insert(appid: string, isForced: boolean): { access_token: string; expires_in: number } {
    const now = clock.now();
    const token = `${randomText(2)}_${randomText(133)}`;
    store.run(
      'INSERT INTO wechat_open_tokens VALUES (?, ?, ?, ?, ?, 0)',
      ...[token, appid, now, now + LIFE_MS, isForced ? 1 : 0],
    );
    return { access_token: token, expires_in: LIFE_MS / 1000 };
  }

  function force(appid: string): { access_token: string; expires_in: number } {
    const now = clock.now();
    const recent = store.all<{ issuedAt: number }>(
      `SELECT issued_at AS issuedAt FROM wechat_open_tokens
       WHERE appid = ? AND is_forced = 1 AND issued_at > ? ORDER BY issued_at DESC`,
      ...[appid, now - DAY_MS],
    );
    if (recent.length >= FORCES_PER_DAY) {
      throw openError(45009, 'reach max api daily quota limit');
    }
    if (recent[0] !== undefined && now - recent[0].issuedAt < FORCE_SPACING_MS) {
      throw openError(45011, 'api minute-quota reach limit, must slower, retry next minute');
    }
    store.run('UPDATE wechat_open_tokens SET is_revoked = 1 WHERE appid = ?', appid);
    return insert(appid, true);
  }

  return {
    issue(appid, isForced) {
      return store.transaction(() => {
        if (isForced) {
          return force(appid);
        }
        const now = clock.now();
        const current = store.get<TokenRow>(
          `${SELECT} WHERE appid = ? AND is_revoked = 0 ORDER BY issued_at DESC, rowid DESC LIMIT 1`,
          appid,
        );
        if (current === undefined || current.expiresAt - now <= OVERLAP_MS) {
          return insert(appid, false);
        }
        return { access_token: current.token, expires_in: Math.floor((current.expiresAt - now) / 1000) };
      });
    },
    check(token) {
      const known = store.get<TokenRow>(`${SELECT} WHERE token = ?`, token);
      if (known === undefined || known.isRevoked === 1) {
        throw openError(40001, 'invalid credential, access_token is invalid or not latest');
      }
      if (known.expiresAt <= clock.now()) {
        throw openError(42001, 'access_token expired');
      }
      return known.appid;
    },
  };
}
