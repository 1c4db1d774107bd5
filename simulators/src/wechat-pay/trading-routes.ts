import { z } from 'zod';
import { type ControlRoute, route } from '../control/route.ts';
import { controlError } from '../control-error.ts';
import type { PayInput, PayResult, TradingControl } from './trading-control.ts';

const reference = {
  outTradeNo: z.string().optional(),
  prepayId: z.string().optional(),
  codeUrl: z.string().optional(),
  clientParams: z
    .strictObject({
      appId: z.string(),
      timeStamp: z.string(),
      nonceStr: z.string(),
      package: z.string(),
      signType: z.string(),
      paySign: z.string(),
    })
    .optional(),
  appParams: z
    .strictObject({
      appid: z.string(),
      partnerid: z.string(),
      prepayid: z.string(),
      package: z.string(),
      noncestr: z.string(),
      timestamp: z.string(),
      sign: z.string(),
    })
    .optional(),
};
const referenceSchema = z.strictObject(reference);
const limit = z.coerce.number().int().min(1).max(1000).optional();

/** What a buyer and WeChat itself do, as verbs below `prefix`. */
export function tradingRoutes(prefix: string, control: TradingControl): ControlRoute[] {
  return [...tradeRoutes(prefix, control), ...refundRoutes(prefix, control)];
}

function tradeRoutes(prefix: string, control: TradingControl): ControlRoute[] {
  return [
    route('GET', `${prefix}/trades`, 'Trades, newest first', z.strictObject({ limit }), (input) =>
      control.listTrades(input.limit),
    ),
    route('POST', `${prefix}/trades/find`, 'One trade by what a phone scans', referenceSchema, (input) =>
      control.findTrade(input),
    ),
    route(
      'POST',
      `${prefix}/pay`,
      'Pay as a buyer, now or later',
      z.strictObject({
        ...reference,
        payerId: z.string().optional(),
        afterMs: z.number().int().min(0).optional(),
      }),
      (input) => payOrRefuse(control, input),
    ),
    route('POST', `${prefix}/refuse`, 'The buyer cancels', referenceSchema, (input) => control.refuse(input)),
    route('POST', `${prefix}/close`, 'WeChat closes an unpaid trade', referenceSchema, (input) =>
      control.close(input),
    ),
  ];
}

const REFUSALS: Record<NonNullable<PayResult['reason']>, string> = {
  already_paid: 'This trade is paid already.',
  order_closed: 'This trade is closed.',
  time_expired: 'The time_expire of this trade is over.',
  prepay_expired: 'The prepay_id or code_url has expired.',
  not_the_payer: 'This trade is bound to the openid of another payer.',
};

/** Over HTTP a refusal is a 409, so that a script that only looks at the status sees it. */
function payOrRefuse(control: TradingControl, input: PayInput): PayResult {
  const paid = control.pay(input);
  if (paid.reason !== undefined) {
    throw controlError(409, paid.reason, REFUSALS[paid.reason]);
  }
  return paid;
}

function refundRoutes(prefix: string, control: TradingControl): ControlRoute[] {
  return [
    route(
      'GET',
      `${prefix}/refunds`,
      'Refunds, newest first',
      z.strictObject({ outTradeNo: z.string().optional(), limit }),
      (input) => control.listRefunds(input.outTradeNo, input.limit),
    ),
    route(
      'POST',
      `${prefix}/refunds/:outRefundNo/settle`,
      'End a refund now',
      z.strictObject({ outcome: z.enum(['SUCCESS', 'ABNORMAL', 'CLOSED']).optional() }),
      (input, params) => control.settleRefund(params.outRefundNo ?? '', input.outcome),
    ),
    route(
      'POST',
      `${prefix}/console-refunds`,
      "A refund made in the merchant's console",
      z.strictObject({
        outTradeNo: z.string(),
        amount: z.number().int().positive(),
        outRefundNo: z.string().min(1).max(64).optional(),
      }),
      (input) => control.refundInConsole(input),
    ),
  ];
}
