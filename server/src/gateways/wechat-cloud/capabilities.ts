import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../kernel/clock.ts';
import type { GatewayCapabilities } from '../gateway.ts';

/** As the registry, the inbox and the notification address know it. */
export const PROVIDER = 'wechat_cloud';

/** Its one way to pay: inside the mini program or official account that Cloud Hosting serves. */
export const METHOD = 'wechat_cloud';

export const wechatCloudCapabilities: GatewayCapabilities = {
  provider: PROVIDER,
  methods: [
    {
      method: METHOD,
      needsOpenid: true,
      currencies: ['CNY'],
      kinds: ['goods', 'coins', 'topup'],
      settlement: 'online',
      windowMs: null,
    },
  ],
  minimumExpiryMs: MINUTE_MS,
  refunds: { maxPerPayment: 50, minimumIntervalMs: MINUTE_MS, maxAgeMs: 365 * DAY_MS },
  captures: null,
  bill: { timeZone: 'Asia/Shanghai', readyAtHour: 10, maxAgeDays: 90 },
  // Until the bill of the second day is there: two whole days and the morning on which it is made.
  lateMoneyWindowMs: 58 * HOUR_MS,
  notificationBodyLimitBytes: 64 * 1024,
};
