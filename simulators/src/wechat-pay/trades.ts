import type { Clock } from '../clock.ts';
import { randomDigits } from '../random.ts';
import type { Store } from '../store.ts';
import { toDigits, toRfc3339 } from './beijing-time.ts';

// A trade is money that one buyer may pay once. Its arrows are conditional updates:
// NOTPAY → SUCCESS → REFUND, NOTPAY → CLOSED, and CLOSED → SUCCESS only for the race a fault plan asks for.

export type TradeState = 'NOTPAY' | 'SUCCESS' | 'REFUND' | 'CLOSED';
export type Product = 'jsapi' | 'native' | 'h5' | 'app';

export interface Trade {
  outTradeNo: string;
  product: Product;
  appid: string;
  mchid: string;
  description: string;
  attach: string | null;
  deviceId: string | null;
  /** Fen. */
  total: number;
  currency: string;
  /** The only openid that may pay; null where whoever scans may. */
  boundOpenid: string | null;
  notifyUrl: string;
  /** Hash of what a repeated order has to have in common with the first one. */
  fingerprint: string;
  tradeState: TradeState;
  createdAt: number;
  expiresAt: number | null;
  transactionId: string | null;
  paidAt: number | null;
  paidOpenid: string | null;
  bankType: string | null;
  /** Refunds accepted and not closed, in fen. */
  refunded: number;
  refundCount: number;
  lastRefundAt: number | null;
  /** What became of the buyer's last try, for people who look. */
  lastTry: string | null;
}

export const TRADE_TYPES: Record<Product, string> = {
  jsapi: 'JSAPI',
  native: 'NATIVE',
  h5: 'MWEB',
  app: 'APP',
};

const STATE_WORDS: Record<TradeState, string> = {
  NOTPAY: '订单未支付',
  SUCCESS: '支付成功',
  REFUND: '订单发生过退款，退款详情请查询退款单',
  CLOSED: '订单已关闭',
};

const schemaOf = (prefix: string) => `CREATE TABLE IF NOT EXISTS ${prefix}_trades (
  out_trade_no TEXT PRIMARY KEY, product TEXT NOT NULL, appid TEXT NOT NULL, mchid TEXT NOT NULL,
  description TEXT NOT NULL, attach TEXT, device_id TEXT, total INTEGER NOT NULL CHECK (total > 0),
  currency TEXT NOT NULL, bound_openid TEXT, notify_url TEXT NOT NULL, fingerprint TEXT NOT NULL,
  state TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER, transaction_id TEXT UNIQUE,
  paid_at INTEGER, paid_openid TEXT, bank_type TEXT,
  refunded INTEGER NOT NULL DEFAULT 0 CHECK (refunded BETWEEN 0 AND total),
  refund_count INTEGER NOT NULL DEFAULT 0, last_refund_at INTEGER, last_try TEXT) STRICT;
  CREATE INDEX IF NOT EXISTS ${prefix}_trades_paid ON ${prefix}_trades (paid_at);
  CREATE TABLE IF NOT EXISTS ${prefix}_prepays (
  token TEXT PRIMARY KEY, out_trade_no TEXT NOT NULL, expires_at INTEGER NOT NULL) STRICT;`;

export const tradeTables = (prefix: string): string[] => [`${prefix}_trades`, `${prefix}_prepays`];

const COLUMNS = `out_trade_no AS outTradeNo, product, appid, mchid, description, attach, device_id AS deviceId,
  total, currency, bound_openid AS boundOpenid, notify_url AS notifyUrl, fingerprint, state AS tradeState,
  created_at AS createdAt, expires_at AS expiresAt, transaction_id AS transactionId, paid_at AS paidAt,
  paid_openid AS paidOpenid, bank_type AS bankType, refunded, refund_count AS refundCount,
  last_refund_at AS lastRefundAt, last_try AS lastTry`;

const DAY_MS = 24 * 60 * 60 * 1000;
/** An order nobody pays is closed by WeChat after a week. */
export const AUTO_CLOSE_MS = 7 * DAY_MS;

export type NewTrade = Omit<
  Trade,
  | ('tradeState' | 'transactionId' | 'paidAt' | 'paidOpenid' | 'bankType')
  | ('refunded' | 'refundCount' | 'lastRefundAt' | 'lastTry')
>;

export interface Trades {
  insert(trade: NewTrade): void;
  /** The trade as it is now: one left unpaid for a week is closed by being looked at. */
  find(outTradeNo: string): Trade | undefined;
  findByTransactionId(transactionId: string): Trade | undefined;
  list(limit: number): Trade[];
  paidBefore(epochMs: number): Trade[];
  /** NOTPAY → SUCCESS; with `late`, CLOSED → SUCCESS. Answers whether this call was the one that paid. */
  markPaid(outTradeNo: string, openid: string, late: boolean): boolean;
  /** NOTPAY → CLOSED. */
  markClosed(outTradeNo: string): boolean;
  /** Reserves part of what was paid for a refund; false when less than that is left. */
  reserveRefund(outTradeNo: string, amount: number): boolean;
  /** Gives back what a refund that was closed had reserved. */
  releaseRefund(outTradeNo: string, amount: number): void;
  noteTry(outTradeNo: string, words: string): void;
  addToken(token: string, outTradeNo: string, expiresAt: number): void;
  findToken(token: string): { outTradeNo: string; expiresAt: number } | undefined;
}

/** Trades in tables of their own, named after the way to speak. */
export function createTrades(store: Store, clock: Clock, prefix: string): Trades {
  store.define(schemaOf(prefix));

  function fresh(trade: Trade | undefined): Trade | undefined {
    if (trade?.tradeState !== 'NOTPAY' || clock.now() < trade.createdAt + AUTO_CLOSE_MS) {
      return trade;
    }
    store.run(
      `UPDATE ${prefix}_trades SET state = 'CLOSED' WHERE out_trade_no = ? AND state = 'NOTPAY'`,
      trade.outTradeNo,
    );
    return { ...trade, tradeState: 'CLOSED' };
  }

  const find = (outTradeNo: string) =>
    fresh(store.get<Trade>(`SELECT ${COLUMNS} FROM ${prefix}_trades WHERE out_trade_no = ?`, outTradeNo));

  return {
    insert(trade) {
      store.run(
        `INSERT INTO ${prefix}_trades (out_trade_no, product, appid, mchid, description, attach, device_id, total,
         currency, bound_openid, notify_url, fingerprint, state, created_at, expires_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'NOTPAY', ?, ?)`,
        ...[trade.outTradeNo, trade.product, trade.appid, trade.mchid, trade.description, trade.attach],
        ...[trade.deviceId, trade.total, trade.currency, trade.boundOpenid, trade.notifyUrl],
        ...[trade.fingerprint, trade.createdAt, trade.expiresAt],
      );
    },
    find,
    findByTransactionId: (transactionId) =>
      store.get<Trade>(`SELECT ${COLUMNS} FROM ${prefix}_trades WHERE transaction_id = ?`, transactionId),
    list: (limit) =>
      store
        .all<Trade>(`SELECT ${COLUMNS} FROM ${prefix}_trades ORDER BY rowid DESC LIMIT ?`, limit)
        .map((trade) => fresh(trade) ?? trade),
    paidBefore: (epochMs) =>
      store.all<Trade>(
        `SELECT ${COLUMNS} FROM ${prefix}_trades WHERE paid_at < ? ORDER BY paid_at, rowid`,
        epochMs,
      ),
    markPaid(outTradeNo, openid, late) {
      const now = clock.now();
      const from = late ? `('NOTPAY', 'CLOSED')` : `('NOTPAY')`;
      const changed = store.run(
        `UPDATE ${prefix}_trades SET state = 'SUCCESS', transaction_id = ?, paid_at = ?, paid_openid = ?,
         bank_type = 'OTHERS', last_try = 'paid' WHERE out_trade_no = ? AND state IN ${from}`,
        ...[`4200${randomDigits(6)}${toDigits(now).slice(0, 8)}${randomDigits(10)}`, now, openid, outTradeNo],
      );
      return changed === 1;
    },
    markClosed: (outTradeNo) =>
      store.run(
        `UPDATE ${prefix}_trades SET state = 'CLOSED' WHERE out_trade_no = ? AND state = 'NOTPAY'`,
        outTradeNo,
      ) === 1,
    reserveRefund: (outTradeNo, amount) =>
      store.run(
        `UPDATE ${prefix}_trades SET refunded = refunded + ?, refund_count = refund_count + 1, last_refund_at = ?,
         state = 'REFUND' WHERE out_trade_no = ? AND state IN ('SUCCESS', 'REFUND') AND refunded + ? <= total`,
        ...[amount, clock.now(), outTradeNo, amount],
      ) === 1,
    releaseRefund(outTradeNo, amount) {
      store.run(
        `UPDATE ${prefix}_trades SET refunded = refunded - ? WHERE out_trade_no = ?`,
        amount,
        outTradeNo,
      );
    },
    noteTry(outTradeNo, words) {
      store.run(`UPDATE ${prefix}_trades SET last_try = ? WHERE out_trade_no = ?`, words, outTradeNo);
    },
    addToken(token, outTradeNo, expiresAt) {
      store.run(`INSERT INTO ${prefix}_prepays VALUES (?, ?, ?)`, token, outTradeNo, expiresAt);
    },
    findToken: (token) =>
      store.get<{ outTradeNo: string; expiresAt: number }>(
        `SELECT out_trade_no AS outTradeNo, expires_at AS expiresAt FROM ${prefix}_prepays WHERE token = ?`,
        token,
      ),
  };
}

/** A trade in the words of the query interface, which are also those of its notification. */
export function describeTrade(trade: Trade): Record<string, unknown> {
  const isPaid = trade.tradeState === 'SUCCESS' || trade.tradeState === 'REFUND';
  const common = {
    appid: trade.appid,
    mchid: trade.mchid,
    out_trade_no: trade.outTradeNo,
    trade_state: trade.tradeState,
    trade_state_desc: STATE_WORDS[trade.tradeState],
    ...(trade.attach === null ? {} : { attach: trade.attach }),
    ...(trade.deviceId === null ? {} : { scene_info: { device_id: trade.deviceId } }),
    promotion_detail: [],
  };
  const amount = { total: trade.total, currency: trade.currency, payer_currency: trade.currency };
  if (!isPaid || trade.paidAt === null) {
    return { ...common, amount };
  }
  return {
    ...common,
    amount: { ...amount, payer_total: trade.total },
    transaction_id: trade.transactionId,
    trade_type: TRADE_TYPES[trade.product],
    bank_type: trade.bankType,
    success_time: toRfc3339(trade.paidAt),
    payer: { openid: trade.paidOpenid },
  };
}
