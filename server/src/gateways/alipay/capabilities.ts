import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../kernel/clock.ts';
import type { GatewayCapabilities, GatewayMethod, OrderKind } from '../gateway.ts';
import { ALIPAY_METHODS } from './methods.ts';

const KINDS: readonly OrderKind[] = ['goods', 'coins', 'topup'];

const methods = Object.values(ALIPAY_METHODS).map(
  ({ method }): GatewayMethod => ({
    method,
    needsOpenid: false,
    currencies: ['CNY'],
    kinds: KINDS,
    settlement: 'online',
    windowMs: null,
  }),
);

export const alipayCapabilities: GatewayCapabilities = {
  provider: 'alipay',
  methods,
  minimumExpiryMs: MINUTE_MS,
  refunds: { maxPerPayment: 50, minimumIntervalMs: 3 * SECOND_MS, maxAgeMs: 365 * DAY_MS },
  captures: null,
  bill: { timeZone: 'Asia/Shanghai', readyAtHour: 10, maxAgeDays: 180 },
  // Until the bill of the second day is there: two whole days and the morning on which it is made.
  lateMoneyWindowMs: 58 * HOUR_MS,
  notificationBodyLimitBytes: 64 * 1024,
};
