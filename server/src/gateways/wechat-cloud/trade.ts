/** How a trade reads in the answer to a query. */
import { z } from 'zod';
import { parseCompactTime } from '../beijing-time.ts';
import type { PaymentFacts, QueryPaymentResult } from '../gateway.ts';
import { toTradeResult } from '../wechat-answers.ts';

/** Amounts are numbers in the documents, and digits in the interface beneath. */
export const fenSchema = z.union([
  z.int().min(0),
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
]);

const tradeSchema = z.object({
  out_trade_no: z.string(),
  sub_mch_id: z.string(),
  sub_appid: z.string().optional(),
  sub_openid: z.string().optional(),
  trade_state: z.string(),
  transaction_id: z.string().optional(),
  total_fee: fenSchema.optional(),
  fee_type: z.string().optional(),
  time_end: z.string().optional(),
});

type Trade = z.infer<typeof tradeSchema>;

export interface TradeReading {
  readonly paymentId: string;
  readonly result: QueryPaymentResult;
}

/**
 * The amount is `total_fee`, what the order costs, never `cash_fee`, from which coupons are taken off. The merchant and the
 * app are ours, not those of the platform as service provider. `undefined` when anything is missing that money can not be
 * booked without.
 */
function factsOf(trade: Trade): PaymentFacts | undefined {
  const paidAt = parseCompactTime(trade.time_end);
  if (trade.total_fee === undefined || !trade.transaction_id || paidAt === undefined) {
    return undefined;
  }
  return {
    amount: { amount: trade.total_fee, currency: trade.fee_type || 'CNY' },
    merchantAccount: trade.sub_mch_id,
    appId: trade.sub_appid || null,
    transactionId: trade.transaction_id,
    paidAt,
    payer: trade.sub_openid || null,
  };
}

/** Reads a trade; `undefined` when it is none. */
export function readTrade(data: unknown): TradeReading | undefined {
  const parsed = tradeSchema.safeParse(data);
  return parsed.success
    ? {
        paymentId: parsed.data.out_trade_no,
        result: toTradeResult(parsed.data.trade_state, () => factsOf(parsed.data)),
      }
    : undefined;
}
