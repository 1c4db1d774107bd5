import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { randomDigits } from '../random.ts';
import type { Store } from '../store.ts';
import { toBillTime, toDigits } from '../wechat-pay/beijing-time.ts';

// An order becomes a trade when somebody scans its code or opens its page. Arrows are conditional updates:
// UNSCANNED → WAIT_BUYER_PAY → TRADE_SUCCESS → TRADE_FINISHED, UNSCANNED → CANCELLED (its code is dead),
// WAIT_BUYER_PAY and (when all is refunded) TRADE_SUCCESS → TRADE_CLOSED, and a late payment where a fault plan asks.

export type TradeState =
  | 'UNSCANNED'
  | 'CANCELLED'
  | 'WAIT_BUYER_PAY'
  | 'TRADE_SUCCESS'
  | 'TRADE_FINISHED'
  | 'TRADE_CLOSED';
export type Product = 'qr' | 'page' | 'wap';

export interface Trade {
  outTradeNo: string;
  product: Product;
  appId: string;
  sellerId: string;
  description: string;
  /** Fen. */
  total: number;
  notifyUrl: string | null;
  returnUrl: string | null;
  passbackParams: string | null;
  /** What a phone scans, or the page that was opened. */
  token: string;
  tradeState: TradeState;
  createdAt: number;
  expiresAt: number | null;
  scannedAt: number | null;
  tradeNo: string | null;
  paidAt: number | null;
  payerId: string | null;
  closedAt: number | null;
  /** Refunds accepted, in fen. */
  refunded: number;
  /** What became of the buyer's last try, for people who look. */
  lastTry: string | null;
}

const SCHEMA = `CREATE TABLE IF NOT EXISTS alipay_trades (
  out_trade_no TEXT PRIMARY KEY, product TEXT NOT NULL, app_id TEXT NOT NULL, seller_id TEXT NOT NULL,
  description TEXT NOT NULL, total INTEGER NOT NULL CHECK (total > 0), notify_url TEXT, return_url TEXT,
  passback_params TEXT, token TEXT NOT NULL UNIQUE, state TEXT NOT NULL, created_at INTEGER NOT NULL,
  expires_at INTEGER, scanned_at INTEGER, trade_no TEXT UNIQUE, paid_at INTEGER, payer_id TEXT, closed_at INTEGER,
  refunded INTEGER NOT NULL DEFAULT 0 CHECK (refunded BETWEEN 0 AND total), last_try TEXT) STRICT;
  CREATE INDEX IF NOT EXISTS alipay_trades_paid ON alipay_trades (paid_at);`;

export const TRADE_TABLES = ['alipay_trades'] as const;

const COLUMNS = `out_trade_no AS outTradeNo, product, app_id AS appId, seller_id AS sellerId, description, total,
  notify_url AS notifyUrl, return_url AS returnUrl, passback_params AS passbackParams, token, state AS tradeState,
  created_at AS createdAt, expires_at AS expiresAt, scanned_at AS scannedAt, trade_no AS tradeNo, paid_at AS paidAt,
  payer_id AS payerId, closed_at AS closedAt, refunded, last_try AS lastTry`;

export type NewTrade = Omit<
  Trade,
  'tradeState' | 'scannedAt' | 'tradeNo' | 'paidAt' | 'payerId' | 'closedAt' | 'refunded' | 'lastTry'
>;

export interface Trades {
  insert(order: NewTrade): void;
  /** The trade as it is now: one that nobody paid in time is closed by being looked at. */
  find(outTradeNo: string): Trade | undefined;
  findByTradeNo(tradeNo: string): Trade | undefined;
  findByToken(token: string): Trade | undefined;
  list(limit: number): Trade[];
  paidBefore(epochMs: number): Trade[];
  /** UNSCANNED → WAIT_BUYER_PAY. */
  markScanned(outTradeNo: string): void;
  /** UNSCANNED → CANCELLED. */
  markCancelled(outTradeNo: string): void;
  /** WAIT_BUYER_PAY → TRADE_SUCCESS; with `late` also from a dead one. Answers whether this call was the one that paid. */
  markPaid(outTradeNo: string, payerId: string, late: boolean): boolean;
  /** From one of these states to another. */
  move(outTradeNo: string, from: TradeState, to: TradeState): boolean;
  /** Takes part of what was paid for a refund; false when less than that is left. */
  takeRefund(outTradeNo: string, amount: number): boolean;
  noteTry(outTradeNo: string, words: string): void;
}

export function createTrades(store: Store, clock: Clock): Trades {
  store.define(SCHEMA);

  function move(outTradeNo: string, from: TradeState, to: TradeState): boolean {
    const closedAt = to === 'TRADE_CLOSED' ? clock.now() : null;
    return (
      store.run(
        'UPDATE alipay_trades SET state = ?, closed_at = ? WHERE out_trade_no = ? AND state = ?',
        ...[to, closedAt, outTradeNo, from],
      ) === 1
    );
  }

  function fresh(trade: Trade | undefined): Trade | undefined {
    const isOver = trade !== undefined && trade.expiresAt !== null && clock.now() >= trade.expiresAt;
    if (!isOver || trade.tradeState !== 'WAIT_BUYER_PAY') {
      return trade;
    }
    move(trade.outTradeNo, 'WAIT_BUYER_PAY', 'TRADE_CLOSED');
    return { ...trade, tradeState: 'TRADE_CLOSED', closedAt: clock.now() };
  }

  const findBy = (column: string, value: string) =>
    fresh(store.get<Trade>(`SELECT ${COLUMNS} FROM alipay_trades WHERE ${column} = ?`, value));

  return {
    insert(order) {
      store.run(
        `INSERT INTO alipay_trades (out_trade_no, product, app_id, seller_id, description, total, notify_url,
         return_url, passback_params, token, state, created_at, expires_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'UNSCANNED', ?, ?)`,
        ...[order.outTradeNo, order.product, order.appId, order.sellerId, order.description, order.total],
        ...[
          order.notifyUrl,
          order.returnUrl,
          order.passbackParams,
          order.token,
          order.createdAt,
          order.expiresAt,
        ],
      );
    },
    find: (outTradeNo) => findBy('out_trade_no', outTradeNo),
    findByTradeNo: (tradeNo) => findBy('trade_no', tradeNo),
    findByToken: (token) => findBy('token', token),
    list: (limit) =>
      store
        .all<Trade>(`SELECT ${COLUMNS} FROM alipay_trades ORDER BY rowid DESC LIMIT ?`, limit)
        .map((trade) => fresh(trade) ?? trade),
    paidBefore: (epochMs) =>
      store.all<Trade>(
        `SELECT ${COLUMNS} FROM alipay_trades WHERE paid_at < ? ORDER BY paid_at, rowid`,
        epochMs,
      ),
    markScanned(outTradeNo) {
      const now = clock.now();
      store.run(
        `UPDATE alipay_trades SET state = 'WAIT_BUYER_PAY', scanned_at = ?, trade_no = ?
         WHERE out_trade_no = ? AND state = 'UNSCANNED'`,
        ...[now, newTradeNo(now), outTradeNo],
      );
    },
    markCancelled: (outTradeNo) => void move(outTradeNo, 'UNSCANNED', 'CANCELLED'),
    markPaid(outTradeNo, payerId, late) {
      const now = clock.now();
      const from = late
        ? `('UNSCANNED', 'CANCELLED', 'WAIT_BUYER_PAY', 'TRADE_CLOSED')`
        : `('WAIT_BUYER_PAY')`;
      const changed = store.run(
        `UPDATE alipay_trades SET state = 'TRADE_SUCCESS', trade_no = COALESCE(trade_no, ?), paid_at = ?, payer_id = ?,
         closed_at = NULL, last_try = 'paid' WHERE out_trade_no = ? AND paid_at IS NULL AND state IN ${from}`,
        ...[newTradeNo(now), now, payerId, outTradeNo],
      );
      return changed === 1;
    },
    move,
    takeRefund: (outTradeNo, amount) =>
      store.run(
        `UPDATE alipay_trades SET refunded = refunded + ? WHERE out_trade_no = ? AND state = 'TRADE_SUCCESS'
         AND refunded + ? <= total`,
        ...[amount, outTradeNo, amount],
      ) === 1,
    noteTry(outTradeNo, words) {
      store.run('UPDATE alipay_trades SET last_try = ? WHERE out_trade_no = ?', words, outTradeNo);
    },
  };
}

function newTradeNo(now: number): string {
  return `${toDigits(now).slice(0, 8)}2200${randomDigits(16)}`;
}

/** Fen as yuan with two decimals, without passing through a float. */
export function yuan(fen: number): string {
  const digits = String(Math.abs(fen)).padStart(3, '0');
  return `${fen < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** What Alipay calls a payer: a number that nobody else has for them. */
export function buyerIdOf(payerId: string): string {
  const number = createHash('sha256').update(payerId).digest().readUIntBE(0, 5);
  return `2088${String(number).padStart(13, '0').slice(-12)}`;
}

/** A trade in the words of the query interface. */
export function describeTrade(trade: Trade): Record<string, unknown> {
  const isPaid = trade.paidAt !== null && trade.payerId !== null;
  const paid = yuan(isPaid ? trade.total : 0);
  return {
    trade_no: trade.tradeNo,
    out_trade_no: trade.outTradeNo,
    trade_status: trade.tradeState,
    total_amount: yuan(trade.total),
    receipt_amount: paid,
    buyer_pay_amount: paid,
    point_amount: '0.00',
    invoice_amount: paid,
    ...(isPaid
      ? {
          send_pay_date: toBillTime(trade.paidAt ?? 0),
          buyer_user_id: buyerIdOf(trade.payerId ?? ''),
          buyer_logon_id: '199****0000',
          fund_bill_list: [{ amount: paid, fund_channel: 'ALIPAYACCOUNT' }],
        }
      : {}),
  };
}
