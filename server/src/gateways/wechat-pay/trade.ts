/** How a trade reads, in the answer to a query and in a payment's notification alike. */
import { z } from 'zod';
import type { PaymentFacts, QueryPaymentResult } from '../gateway.ts';
import { toTradeResult } from '../wechat-answers.ts';

const tradeSchema = z.object({
  appid: z.string().optional(),
  mchid: z.string(),
  out_trade_no: z.string(),
  transaction_id: z.string().optional(),
  trade_state: z.string(),
  success_time: z.string().optional(),
  payer: z.object({ openid: z.string().optional() }).optional(),
  amount: z.object({ total: z.int().min(0), currency: z.string().default('CNY') }).optional(),
});

type Trade = z.infer<typeof tradeSchema>;

export interface TradeReading {
  readonly paymentId: string;
  readonly merchantAccount: string;
  readonly result: QueryPaymentResult;
}

/** RFC 3339 with the offset of Beijing, such as `2026-11-20T12:00:00+08:00`; `undefined` when it is no time. */
export function parseTime(text: string | undefined): number | undefined {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

/**
 * The amount is `total`, what the order costs, never `payer_total`, from which WeChat Pay's own coupons are taken off.
 * `undefined` when anything is missing that money can not be booked without.
 */
function factsOf(trade: Trade): PaymentFacts | undefined {
  const paidAt = parseTime(trade.success_time);
  if (!trade.amount || !trade.transaction_id || paidAt === undefined) {
    return undefined;
  }
  return {
    amount: { amount: trade.amount.total, currency: trade.amount.currency },
    merchantAccount: trade.mchid,
    appId: trade.appid ?? null,
    transactionId: trade.transaction_id,
    paidAt,
    payer: trade.payer?.openid ?? null,
  };
}

/** Reads a trade; `undefined` when it is none. */
export function readTrade(body: unknown): TradeReading | undefined {
  const parsed = tradeSchema.safeParse(body);
  if (!parsed.success) {
    return undefined;
  }
  const { out_trade_no: paymentId, mchid: merchantAccount } = parsed.data;
  return {
    paymentId,
    merchantAccount,
    result: toTradeResult(parsed.data.trade_state, () => factsOf(parsed.data)),
  };
}
