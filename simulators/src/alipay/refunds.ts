import type { Store } from '../store.ts';

export interface Refund {
  /** The merchant's number of it; the trade's own where none was given. */
  outRequestNo: string;
  outTradeNo: string;
  /** Fen. */
  refund: number;
  reason: string | null;
  status: 'PROCESSING' | 'SUCCESS';
  origin: 'api' | 'cancel' | 'console';
  createdAt: number;
  succeededAt: number | null;
}

const SCHEMA = `CREATE TABLE IF NOT EXISTS alipay_refunds (
  out_trade_no TEXT NOT NULL, out_request_no TEXT NOT NULL, refund INTEGER NOT NULL CHECK (refund > 0), reason TEXT,
  status TEXT NOT NULL, origin TEXT NOT NULL, created_at INTEGER NOT NULL, succeeded_at INTEGER,
  PRIMARY KEY (out_trade_no, out_request_no)) STRICT;
  CREATE INDEX IF NOT EXISTS alipay_refunds_done ON alipay_refunds (succeeded_at);`;

export const REFUND_TABLES = ['alipay_refunds'] as const;

const COLUMNS = `out_request_no AS outRequestNo, out_trade_no AS outTradeNo, refund, reason, status, origin,
  created_at AS createdAt, succeeded_at AS succeededAt`;

export interface Refunds {
  insert(refund: Refund): void;
  find(outTradeNo: string, outRequestNo: string): Refund | undefined;
  list(outTradeNo: string | undefined, limit: number): Refund[];
  doneBefore(epochMs: number): Refund[];
  /** PROCESSING → SUCCESS; answers whether this call was the one that did it. */
  finish(refund: Refund, now: number): boolean;
  /** The sum that has gone back to the payer, in fen. */
  returnedOf(outTradeNo: string): number;
}

export function createRefunds(store: Store): Refunds {
  store.define(SCHEMA);
  return {
    insert(refund) {
      store.run(
        'INSERT INTO alipay_refunds VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        ...[refund.outTradeNo, refund.outRequestNo, refund.refund, refund.reason],
        ...[refund.status, refund.origin, refund.createdAt, refund.succeededAt],
      );
    },
    find: (outTradeNo, outRequestNo) =>
      store.get<Refund>(
        `SELECT ${COLUMNS} FROM alipay_refunds WHERE out_trade_no = ? AND out_request_no = ?`,
        ...[outTradeNo, outRequestNo],
      ),
    list: (outTradeNo, limit) =>
      store.all<Refund>(
        `SELECT ${COLUMNS} FROM alipay_refunds WHERE (? IS NULL OR out_trade_no = ?) ORDER BY rowid DESC LIMIT ?`,
        ...[outTradeNo ?? null, outTradeNo ?? null, limit],
      ),
    doneBefore: (epochMs) =>
      store.all<Refund>(
        `SELECT ${COLUMNS} FROM alipay_refunds WHERE succeeded_at < ? ORDER BY succeeded_at, rowid`,
        epochMs,
      ),
    finish: ({ outTradeNo, outRequestNo }, now) =>
      store.run(
        `UPDATE alipay_refunds SET status = 'SUCCESS', succeeded_at = ?
         WHERE out_trade_no = ? AND out_request_no = ? AND status = 'PROCESSING'`,
        ...[now, outTradeNo, outRequestNo],
      ) === 1,
    returnedOf: (outTradeNo) =>
      store.get<{ total: number }>(
        `SELECT COALESCE(SUM(refund), 0) AS total FROM alipay_refunds WHERE out_trade_no = ? AND status = 'SUCCESS'`,
        outTradeNo,
      )?.total ?? 0,
  };
}
