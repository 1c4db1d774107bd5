import type { Clock } from '../clock.ts';
import { randomText } from '../random.ts';
import type { Store } from '../store.ts';

export type CodePurpose = 'login' | 'phone';

export interface Code {
  code: string;
  purpose: CodePurpose;
  appid: string;
  payerId: string;
  expiresAt: number;
  usedAt: number | null;
}

/** Codes that a phone hands to a server: five minutes, one use, one app, one purpose. */
export interface Codes {
  mint(purpose: CodePurpose, appid: string, payerId: string): Code;
  /** Uses a code up, or says why it cannot be used. */
  consume(purpose: CodePurpose, appid: string, code: string): Code | 'invalid' | 'used';
}

export const CODE_TABLES = ['wechat_open_codes'] as const;

const SCHEMA = `CREATE TABLE IF NOT EXISTS wechat_open_codes (
  code TEXT PRIMARY KEY, purpose TEXT NOT NULL, appid TEXT NOT NULL, payer_id TEXT NOT NULL,
  expires_at INTEGER NOT NULL, used_at INTEGER) STRICT;`;

const LIFE_MS = 5 * 60_000;

export function createCodes(store: Store, clock: Clock): Codes {
  store.define(SCHEMA);
  return {
    mint(purpose, appid, payerId) {
      // A login code has 32 characters, a phone code is twice as long: mixing them up is a common mistake.
      const code = randomText(purpose === 'login' ? 32 : 64);
      const expiresAt = clock.now() + LIFE_MS;
      store.run(
        'INSERT INTO wechat_open_codes VALUES (?, ?, ?, ?, ?, NULL)',
        ...[code, purpose, appid, payerId, expiresAt],
      );
      return { code, purpose, appid, payerId, expiresAt, usedAt: null };
    },
    consume(purpose, appid, code) {
      const known = store.get<Code>(
        `SELECT code, purpose, appid, payer_id AS payerId, expires_at AS expiresAt, used_at AS usedAt
         FROM wechat_open_codes WHERE code = ? AND purpose = ? AND appid = ?`,
        ...[code, purpose, appid],
      );
      const now = clock.now();
      if (known === undefined || known.expiresAt <= now) {
        return 'invalid';
      }
      const used = store.run(
        'UPDATE wechat_open_codes SET used_at = ? WHERE code = ? AND used_at IS NULL',
        now,
        code,
      );
      return used === 1 ? known : 'used';
    },
  };
}
