import { randomText } from '../random.ts';
import type { Store } from '../store.ts';

const SCHEMA = `CREATE TABLE IF NOT EXISTS alipay_bills (
  token TEXT PRIMARY KEY, archive BLOB NOT NULL, expires_at INTEGER NOT NULL) STRICT;`;

export const BILL_TABLES = ['alipay_bills'] as const;

/** Bills that were asked for, under the token of their download link. */
export interface BillLinks {
  keep(archive: Buffer, expiresAt: number): string;
  find(token: string): { archive: Uint8Array; expiresAt: number } | undefined;
}

export function createBillLinks(store: Store): BillLinks {
  store.define(SCHEMA);
  return {
    keep(archive, expiresAt) {
      const token = randomText(48);
      store.run('INSERT INTO alipay_bills VALUES (?, ?, ?)', token, archive, expiresAt);
      return token;
    },
    find: (token) =>
      store.get('SELECT archive, expires_at AS expiresAt FROM alipay_bills WHERE token = ?', token),
  };
}
