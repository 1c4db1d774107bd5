import { z } from 'zod';
import { type ControlRoute, route } from '../control/route.ts';
import { controlError } from '../control-error.ts';
import type { AlipayControl } from './control.ts';
import type { PayRefusal } from './payments.ts';
import { alipaySettingsSchema } from './settings.ts';

const nothing = z.strictObject({});
const reference = {
  outTradeNo: z.string().optional(),
  qrCode: z.string().optional(),
  redirectUrl: z.url().optional(),
  token: z.string().optional(),
};
const referenceSchema = z
  .strictObject(reference)
  .refine((input) => Object.values(input).some((value) => value !== undefined), 'Name a trade.');
const limit = z.coerce.number().int().min(1).max(1000).optional();

/** Alipay's part of the control API. */
export function alipayRoutes(control: AlipayControl): ControlRoute[] {
  return [...merchantRoutes(control), ...tradeRoutes(control), ...refundRoutes(control)];
}

function merchantRoutes(control: AlipayControl): ControlRoute[] {
  return [
    route('GET', '/alipay/merchant', 'What Alipay would give the merchant', nothing, () =>
      control.merchant(),
    ),
    route('GET', '/alipay/settings', 'Key mode, settlement of refunds', nothing, () => control.settings()),
    route('PATCH', '/alipay/settings', 'Change them', alipaySettingsSchema.partial(), (patch) =>
      control.changeSettings(patch),
    ),
    route('POST', '/alipay/certificates/rotate', 'Sign with a new certificate', nothing, () =>
      control.rotateCertificate(),
    ),
  ];
}

const REFUSALS: Record<PayRefusal, string> = {
  already_paid: 'This trade is paid already.',
  order_closed: 'This trade is closed, or its code is dead.',
  time_expired: 'The time to pay this trade is over.',
};

/** Over HTTP a refusal is a 409, so that a script that only looks at the status sees it. */
function orRefuse<T extends { reason?: PayRefusal }>(answer: T): T {
  if (answer.reason !== undefined) {
    throw controlError(409, answer.reason, REFUSALS[answer.reason]);
  }
  return answer;
}

function tradeRoutes(control: AlipayControl): ControlRoute[] {
  return [
    route('GET', '/alipay/trades', 'Orders and trades, newest first', z.strictObject({ limit }), (input) =>
      control.listTrades(input.limit),
    ),
    route('POST', '/alipay/trades/find', 'One by what a buyer is given', referenceSchema, (input) =>
      control.findTrade(input),
    ),
    route('POST', '/alipay/scan', 'The buyer scans or opens it: the trade begins', referenceSchema, (input) =>
      orRefuse(control.scan(input)),
    ),
    route(
      'POST',
      '/alipay/pay',
      'Pay as a buyer, now or later',
      z.strictObject({
        ...reference,
        payerId: z.string().optional(),
        afterMs: z.number().int().min(0).optional(),
      }),
      (input) => orRefuse(control.pay(input)),
    ),
    route('POST', '/alipay/refuse', 'The buyer cancels', referenceSchema, (input) => control.refuse(input)),
    route(
      'POST',
      '/alipay/finish',
      'The time to refund is over',
      z.strictObject({ outTradeNo: z.string() }),
      (input) => control.finish(input.outTradeNo),
    ),
  ];
}

function refundRoutes(control: AlipayControl): ControlRoute[] {
  return [
    route(
      'GET',
      '/alipay/refunds',
      'Refunds, newest first',
      z.strictObject({ outTradeNo: z.string().optional(), limit }),
      (input) => control.listRefunds(input.outTradeNo, input.limit),
    ),
    route(
      'POST',
      '/alipay/refunds/settle',
      'End a refund now that is held back',
      z.strictObject({ outTradeNo: z.string(), outRequestNo: z.string() }),
      (input) => control.settleRefund(input.outTradeNo, input.outRequestNo),
    ),
    route(
      'POST',
      '/alipay/console-refunds',
      "A refund made in the merchant's console",
      z.strictObject({ outTradeNo: z.string(), amount: z.number().int().positive() }),
      (input) => control.refundInConsole(input),
    ),
  ];
}
