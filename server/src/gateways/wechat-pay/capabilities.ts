import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../kernel/clock.ts';
import type { GatewayCapabilities, GatewayMethod, OrderKind } from '../gateway.ts';
import { WECHAT_PAY_METHODS } from './methods.ts';

const KINDS: readonly OrderKind[] = ['goods', 'coins', 'topup'];

const methods = Object.values(WECHAT_PAY_METHODS).map(
  ({ method, needsOpenid }): GatewayMethod => ({
    method,
    needsOpenid,
    currencies: ['CNY'],
    kinds: KINDS,
    settlement: 'online',
    windowMs: null,
  }),
);

export const wechatPayCapabilities: GatewayCapabilities = {
  provider: 'wechat_pay',
  methods,
  minimumExpiryMs: MINUTE_MS,
  refunds: { maxPerPayment: 50, minimumIntervalMs: MINUTE_MS, maxAgeMs: 365 * DAY_MS },
  captures: null,
  bill: null,
  // Until the bill of the second day is there: two whole days and the morning on which it is made.
  lateMoneyWindowMs: 58 * HOUR_MS,
  notificationBodyLimitBytes: 64 * 1024,
};
