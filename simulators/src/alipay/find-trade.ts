import { controlError } from '../control-error.ts';
import { check, referenceSchema } from './content.ts';
import type { AlipayContext } from './context.ts';
import { tradeNotExist } from './errors.ts';
import type { Trade } from './trades.ts';

/** The trade that a request names, which has to be one: an order that nobody scanned is none. */
export function findTrade(context: AlipayContext, content: unknown): Trade {
  const input = check(referenceSchema, content);
  const trade =
    input.trade_no === undefined
      ? context.trades.find(input.out_trade_no ?? '')
      : context.trades.findByTradeNo(input.trade_no);
  if (trade === undefined || trade.tradeState === 'UNSCANNED' || trade.tradeState === 'CANCELLED') {
    throw tradeNotExist();
  }
  return trade;
}

/** The order that a person or a test names. */
export function requireTrade(context: AlipayContext, outTradeNo: string): Trade {
  const trade = context.trades.find(outTradeNo);
  if (trade === undefined) {
    throw controlError(404, 'trade_not_found', `No trade "${outTradeNo}" at Alipay.`);
  }
  return trade;
}
