import { z } from 'zod';
import { type ControlRoute, route } from '../control/route.ts';
import { controlError } from '../control-error.ts';
import type { PayInput, PayResult, WeChatPayControl } from './control.ts';
import { weChatPaySettingsSchema } from './key-ring.ts';

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

/** WeChat Pay's part of the control API. */
export function weChatPayRoutes(control: WeChatPayControl): ControlRoute[] {
  return [...merchantRoutes(control), ...tradeRoutes(control), ...refundRoutes(control)];
}

function merchantRoutes(control: WeChatPayControl): ControlRoute[] {
  return [
    route('GET', '/wechat-pay/merchant', 'What WeChat would give the merchant', z.strictObject({}), () =>
      control.merchant(),
    ),
    route(
      'GET',
      '/wechat-pay/settings',
      'Key mode, grey percentage, refund settlement',
      z.strictObject({}),
      () => control.settings(),
    ),
    route('PATCH', '/wechat-pay/settings', 'Change them', weChatPaySettingsSchema.partial(), (patch) =>
      control.changeSettings(withoutUndefined(patch)),
    ),
    route(
      'POST',
      '/wechat-pay/certificates/rotate',
      'Sign with a new platform certificate',
      z.strictObject({}),
      () => control.rotateCertificate(),
    ),
  ];
}

function tradeRoutes(control: WeChatPayControl): ControlRoute[] {
  return [
    route('GET', '/wechat-pay/trades', 'Trades, newest first', z.strictObject({ limit }), (input) =>
      control.listTrades(input.limit),
    ),
    route('POST', '/wechat-pay/trades/find', 'One trade by what a phone scans', referenceSchema, (input) =>
      control.findTrade(input),
    ),
    route(
      'POST',
      '/wechat-pay/pay',
      'Pay as a buyer, now or later',
      z.strictObject({
        ...reference,
        payerId: z.string().optional(),
        afterMs: z.number().int().min(0).optional(),
      }),
      (input) => payOrRefuse(control, input),
    ),
    route('POST', '/wechat-pay/refuse', 'The buyer cancels', referenceSchema, (input) =>
      control.refuse(input),
    ),
    route('POST', '/wechat-pay/close', 'WeChat closes an unpaid trade', referenceSchema, (input) =>
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
function payOrRefuse(control: WeChatPayControl, input: PayInput): PayResult {
  const paid = control.pay(input);
  if (paid.reason !== undefined) {
    throw controlError(409, paid.reason, REFUSALS[paid.reason]);
  }
  return paid;
}

function refundRoutes(control: WeChatPayControl): ControlRoute[] {
  return [
    route(
      'GET',
      '/wechat-pay/refunds',
      'Refunds, newest first',
      z.strictObject({ outTradeNo: z.string().optional(), limit }),
      (input) => control.listRefunds(input.outTradeNo, input.limit),
    ),
    route(
      'POST',
      '/wechat-pay/refunds/:outRefundNo/settle',
      'End a refund now',
      z.strictObject({ outcome: z.enum(['SUCCESS', 'ABNORMAL', 'CLOSED']).optional() }),
      (input, params) => control.settleRefund(params.outRefundNo ?? '', input.outcome),
    ),
    route(
      'POST',
      '/wechat-pay/console-refunds',
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

function withoutUndefined<T extends object>(patch: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>;
  };
}
