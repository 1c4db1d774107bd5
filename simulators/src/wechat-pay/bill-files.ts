import { randomText } from '../random.ts';
import type { Store } from '../store.ts';

const SCHEMA = `CREATE TABLE IF NOT EXISTS wechat_pay_bills (
  token TEXT PRIMARY KEY, content TEXT NOT NULL, is_gzip INTEGER NOT NULL, expires_at INTEGER NOT NULL) STRICT;`;

export const BILL_TABLES = ['wechat_pay_bills'] as const;

/** Bills that were asked for, under the token of their download link. */
export interface Bills {
  keep(content: string, isGzip: boolean, expiresAt: number): string;
  find(token: string): { content: string; isGzip: number; expiresAt: number } | undefined;
}

export function createBills(store: Store): Bills {
  store.define(SCHEMA);
  return {
    keep(content, isGzip, expiresAt) {
      const token = randomText(64);
      store.run(
        'INSERT INTO wechat_pay_bills VALUES (?, ?, ?, ?)',
        token,
        content,
        isGzip ? 1 : 0,
        expiresAt,
      );
      return token;
    },
    find: (token) =>
      store.get(
        'SELECT content, is_gzip AS isGzip, expires_at AS expiresAt FROM wechat_pay_bills WHERE token = ?',
        token,
      ),
  };
}
