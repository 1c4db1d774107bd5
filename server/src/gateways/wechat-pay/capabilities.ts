import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../kernel/clock.ts';
import type { GatewayCapabilities, GatewayMethod, OrderKind } from '../gateway.ts';
import type { WechatPayAppKind } from './config.ts';
import { WECHAT_PAY_METHODS, type WechatPayMethod } from './methods.ts';

const KINDS: readonly OrderKind[] = ['goods', 'coins', 'topup'];

/** A way to pay is offered where one of the merchant's apps can open it. */
function methodsOf(appKinds: readonly WechatPayAppKind[]): GatewayMethod[] {
  const offered = Object.values<WechatPayMethod>(WECHAT_PAY_METHODS).filter((method) =>
    method.appKinds.some((kind) => appKinds.includes(kind)),
  );
  return offered.map(({ method, needsOpenid }) => ({
    method,
    needsOpenid,
    currencies: ['CNY'],
    kinds: KINDS,
    settlement: 'online',
    windowMs: null,
  }));
}

export function wechatPayCapabilities(appKinds: readonly WechatPayAppKind[]): GatewayCapabilities {
  return {
    provider: 'wechat_pay',
    methods: methodsOf(appKinds),
    minimumExpiryMs: MINUTE_MS,
    refunds: { maxPerPayment: 50, minimumIntervalMs: MINUTE_MS, maxAgeMs: 365 * DAY_MS },
    captures: null,
    bill: { timeZone: 'Asia/Shanghai', readyAtHour: 10, maxAgeDays: 90 },
    // Until the bill of the second day is there: two whole days and the morning on which it is made.
    lateMoneyWindowMs: 58 * HOUR_MS,
    notificationBodyLimitBytes: 64 * 1024,
  };
}
