import { DAY_MS } from '../../kernel/clock.ts';
import type { GatewayCapabilities } from '../gateway.ts';
import { PAYPAL_CURRENCIES } from './money.ts';

export const paypalCapabilities: GatewayCapabilities = {
  provider: 'paypal',
  methods: [
    {
      method: 'paypal',
      currencies: PAYPAL_CURRENCIES,
      kinds: ['goods', 'coins', 'topup'],
      needsOpenid: false,
      settlement: 'online',
      windowMs: null,
    },
  ],
  // An order has no expiry that we could set: after ours it is simply never captured.
  minimumExpiryMs: 0,
  refunds: { maxPerPayment: 50, minimumIntervalMs: 0, maxAgeMs: 180 * DAY_MS },
  // PayPal honours a hold for three days and tries to for twenty-nine; the answer names the end of each.
  captures: { holdMs: 29 * DAY_MS, isMultiple: true },
  // Reports are up to three hours behind, and reach back three years.
  bill: { timeZone: 'UTC', readyAtHour: 4, maxAgeDays: 3 * 365, doFeesVary: true },
  // No money comes by itself: what is found late is a capture of ours whose answer was lost.
  lateMoneyWindowMs: DAY_MS,
  notificationBodyLimitBytes: 256 * 1024,
};
