import { randomDigits } from '../random.ts';
import type { Store } from '../store.ts';
import { toDigits, toRfc3339 } from './beijing-time.ts';
import type { Trade } from './trades.ts';

export type RefundStatus = 'PROCESSING' | 'SUCCESS' | 'CLOSED' | 'ABNORMAL';

export interface Refund {
  outRefundNo: string;
  refundId: string;
  outTradeNo: string;
  transactionId: string;
  appid: string;
  mchid: string;
  /** Fen. */
  refund: number;
  total: number;
  currency: string;
  reason: string | null;
  notifyUrl: string | null;
  fundsAccount: string;
  status: RefundStatus;
  /** What it will become when it is settled. */
  outcome: Exclude<RefundStatus, 'PROCESSING'>;
  /** `console`: made in the merchant's console, not through the interface. */
  origin: 'api' | 'console';
  createdAt: number;
  succeededAt: number | null;
}

const schemaOf = (prefix: string) => `CREATE TABLE IF NOT EXISTS ${prefix}_refunds (
  out_refund_no TEXT PRIMARY KEY, refund_id TEXT NOT NULL UNIQUE, out_trade_no TEXT NOT NULL,
  transaction_id TEXT NOT NULL, appid TEXT NOT NULL, mchid TEXT NOT NULL,
  refund INTEGER NOT NULL CHECK (refund > 0), total INTEGER NOT NULL, currency TEXT NOT NULL,
  reason TEXT, notify_url TEXT, funds_account TEXT NOT NULL, status TEXT NOT NULL, outcome TEXT NOT NULL,
  origin TEXT NOT NULL, created_at INTEGER NOT NULL, succeeded_at INTEGER) STRICT;
  CREATE INDEX IF NOT EXISTS ${prefix}_refunds_trade ON ${prefix}_refunds (out_trade_no);`;

export const refundTables = (prefix: string): string[] => [`${prefix}_refunds`];

const COLUMNS = `out_refund_no AS outRefundNo, refund_id AS refundId, out_trade_no AS outTradeNo,
  transaction_id AS transactionId, appid, mchid, refund, total, currency, reason, notify_url AS notifyUrl,
  funds_account AS fundsAccount, status, outcome, origin, created_at AS createdAt, succeeded_at AS succeededAt`;

export interface Refunds {
  insert(refund: Refund): void;
  find(outRefundNo: string): Refund | undefined;
  findByRefundId(refundId: string): Refund | undefined;
  list(outTradeNo: string | undefined, limit: number): Refund[];
  createdBefore(epochMs: number): Refund[];
  /** Moves a refund from one of the statuses named; false when it is in none of them. */
  move(outRefundNo: string, from: RefundStatus, to: RefundStatus, succeededAt: number | null): boolean;
  plan(outRefundNo: string, outcome: Refund['outcome']): void;
}

/** Refunds in a table of their own, named after the way to speak. */
export function createRefunds(store: Store, prefix: string): Refunds {
  store.define(schemaOf(prefix));
  const select = `SELECT ${COLUMNS} FROM ${prefix}_refunds`;
  return {
    insert(refund) {
      store.run(
        `INSERT INTO ${prefix}_refunds VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ...[refund.outRefundNo, refund.refundId, refund.outTradeNo, refund.transactionId, refund.appid],
        ...[refund.mchid, refund.refund, refund.total, refund.currency, refund.reason, refund.notifyUrl],
        ...[refund.fundsAccount, refund.status, refund.outcome, refund.origin, refund.createdAt],
        refund.succeededAt,
      );
    },
    find: (outRefundNo) => store.get<Refund>(`${select} WHERE out_refund_no = ?`, outRefundNo),
    findByRefundId: (refundId) => store.get<Refund>(`${select} WHERE refund_id = ?`, refundId),
    list: (outTradeNo, limit) =>
      store.all<Refund>(
        `${select} WHERE (? IS NULL OR out_trade_no = ?) ORDER BY rowid DESC LIMIT ?`,
        ...[outTradeNo ?? null, outTradeNo ?? null, limit],
      ),
    createdBefore: (epochMs) =>
      store.all<Refund>(`${select} WHERE created_at < ? ORDER BY created_at, rowid`, epochMs),
    move: (outRefundNo, from, to, succeededAt) =>
      store.run(
        `UPDATE ${prefix}_refunds SET status = ?, succeeded_at = ? WHERE out_refund_no = ? AND status = ?`,
        ...[to, succeededAt, outRefundNo, from],
      ) === 1,
    plan(outRefundNo, outcome) {
      store.run(`UPDATE ${prefix}_refunds SET outcome = ? WHERE out_refund_no = ?`, outcome, outRefundNo);
    },
  };
}

/** A refund of a paid trade as it begins. */
export function newRefund(
  trade: Trade,
  input: Pick<
    Refund,
    'outRefundNo' | 'refund' | 'reason' | 'notifyUrl' | 'fundsAccount' | 'outcome' | 'origin'
  >,
  now: number,
): Refund {
  return {
    ...input,
    refundId: `5030${randomDigits(5)}${toDigits(now).slice(0, 8)}${randomDigits(12)}`,
    outTradeNo: trade.outTradeNo,
    transactionId: trade.transactionId ?? '',
    appid: trade.appid,
    mchid: trade.mchid,
    total: trade.total,
    currency: trade.currency,
    status: 'PROCESSING',
    createdAt: now,
    succeededAt: null,
  };
}

const RECEIVED_BY = '支付用户零钱';

/** A refund in the words of the refund interface. */
export function describeRefund(refund: Refund): Record<string, unknown> {
  return {
    refund_id: refund.refundId,
    out_refund_no: refund.outRefundNo,
    transaction_id: refund.transactionId,
    out_trade_no: refund.outTradeNo,
    channel: 'ORIGINAL',
    user_received_account: RECEIVED_BY,
    ...(refund.succeededAt === null ? {} : { success_time: toRfc3339(refund.succeededAt) }),
    create_time: toRfc3339(refund.createdAt),
    status: refund.status,
    funds_account: refund.fundsAccount,
    amount: {
      total: refund.total,
      refund: refund.refund,
      from: [],
      payer_total: refund.total,
      payer_refund: refund.refund,
      settlement_refund: refund.refund,
      settlement_total: refund.total,
      discount_refund: 0,
      currency: refund.currency,
      refund_fee: 0,
    },
    promotion_detail: [],
  };
}

/** A refund in the words of its notification, where the field is `refund_status`. */
export function describeRefundNotice(refund: Refund): Record<string, unknown> {
  return {
    mchid: refund.mchid,
    out_trade_no: refund.outTradeNo,
    transaction_id: refund.transactionId,
    out_refund_no: refund.outRefundNo,
    refund_id: refund.refundId,
    refund_status: refund.status,
    ...(refund.succeededAt === null ? {} : { success_time: toRfc3339(refund.succeededAt) }),
    user_received_account: RECEIVED_BY,
    amount: {
      total: refund.total,
      refund: refund.refund,
      payer_total: refund.total,
      payer_refund: refund.refund,
    },
  };
}
