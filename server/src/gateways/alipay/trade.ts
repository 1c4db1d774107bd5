/** How a trade reads, in the answer to a query and in a payment's notification alike. */
import { z } from 'zod';
import { isCurrency, type Money, parseDecimal } from '../../kernel/money.ts';
import { parseBeijingTime } from '../beijing-time.ts';
import type { PaymentFacts, QueryPaymentResult } from '../gateway.ts';
import { MALFORMED_ANSWER } from './errors.ts';

/**
 * Every trade status and what it means to us. `TRADE_FINISHED` is paid and can no longer be refunded. `TRADE_CLOSED` is a
 * trade that nobody paid in time, or that was closed, or one that was paid and returned in full: a paid one has a time of
 * payment, and stays paid.
 */
export const TRADE_STATUSES = {
  WAIT_BUYER_PAY: 'pending',
  TRADE_SUCCESS: 'succeeded',
  TRADE_FINISHED: 'succeeded',
  TRADE_CLOSED: 'closed',
} as const satisfies Record<string, QueryPaymentResult['outcome']>;

const text = z.string().min(1);

export const tradeSchema = z.object({
  out_trade_no: text,
  trade_no: text.optional(),
  trade_status: text,
  total_amount: text.optional(),
  // A query answers `send_pay_date`, a notification `gmt_payment`.
  send_pay_date: text.optional(),
  gmt_payment: text.optional(),
  // Only where the payer paid in another currency than the merchant asked for.
  trans_currency: text.optional(),
  buyer_open_id: text.optional(),
  buyer_user_id: text.optional(),
  buyer_id: text.optional(),
});

export type Trade = z.infer<typeof tradeSchema>;

/** Whose trade it is, which only notifications say. */
export interface Owner {
  readonly appId: string;
  readonly sellerId: string;
}

/** Yuan to fen without a float; `undefined` when it is no amount. */
export function readAmount(amount: string | undefined, currency = 'CNY'): Money | undefined {
  const minor = amount === undefined || !isCurrency(currency) ? undefined : parseDecimal(amount, currency);
  return minor === undefined || minor < 0 ? undefined : { amount: minor, currency };
}

function isTradeStatus(status: string): status is keyof typeof TRADE_STATUSES {
  return Object.hasOwn(TRADE_STATUSES, status);
}

const paidAtOf = (trade: Trade) => parseBeijingTime(trade.send_pay_date ?? trade.gmt_payment);

/** Paid once, and returned in full since. */
export function isReturned(trade: Trade): boolean {
  return trade.trade_status === 'TRADE_CLOSED' && paidAtOf(trade) !== undefined;
}

/**
 * The amount is `total_amount`, what the order costs, never what the payer paid after Alipay's own coupons. `undefined` when
 * anything is missing that money can not be booked without.
 */
function factsOf(trade: Trade, owner: Owner): PaymentFacts | undefined {
  const amount = readAmount(trade.total_amount, trade.trans_currency);
  const paidAt = paidAtOf(trade);
  if (!amount || !trade.trade_no || paidAt === undefined) {
    return undefined;
  }
  return {
    amount,
    merchantAccount: owner.sellerId,
    appId: owner.appId,
    transactionId: trade.trade_no,
    paidAt,
    payer: trade.buyer_open_id ?? trade.buyer_user_id ?? trade.buyer_id ?? null,
  };
}

export function readTrade(trade: Trade, owner: Owner): QueryPaymentResult {
  if (!isTradeStatus(trade.trade_status)) {
    const message = 'Alipay names a status of the trade that is not known here.';
    return { outcome: 'unknown', reason: { code: 'unknown_trade_status', message } };
  }
  const outcome = isReturned(trade) ? 'succeeded' : TRADE_STATUSES[trade.trade_status];
  if (outcome !== 'succeeded') {
    return { outcome };
  }
  const facts = factsOf(trade, owner);
  return facts ? { outcome, facts } : { outcome: 'unknown', reason: MALFORMED_ANSWER };
}
