import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../kernel/clock.ts';
import type { GatewayCapabilities, GatewayMethod, OrderKind, PaymentMethod } from '../gateway.ts';
import type { CheckedSettings } from './config.ts';

const KINDS: readonly OrderKind[] = ['goods', 'coins', 'topup'];
/** Stripe takes at most eight digits, whatever the currency. */
export const MAX_AMOUNT = 99_999_999;

/** The least that Stripe takes, in minor units, as far as it says so by currency; it refuses the rest by itself. */
const LEAST: Readonly<Record<string, number>> = {
  ...{ USD: 50, EUR: 50, AUD: 50, CAD: 50, SGD: 50, CHF: 50, BRL: 50, INR: 50, NZD: 50 },
  ...{ GBP: 30, JPY: 50, HKD: 400, MYR: 200, MXN: 1000, DKK: 250, NOK: 300, SEK: 300, PLN: 200 },
};

const METHODS = ['credit_card', 'debit_card', 'stripe'] as const satisfies readonly PaymentMethod[];

export type StripeMethod = (typeof METHODS)[number];

export function isStripeMethod(method: PaymentMethod): method is StripeMethod {
  return METHODS.some((known) => known === method);
}

export function capabilitiesOf({ currencies }: Pick<CheckedSettings, 'currencies'>): GatewayCapabilities {
  return {
    provider: 'stripe',
    methods: METHODS.map(
      (method): GatewayMethod => ({
        ...{ method, currencies, kinds: KINDS },
        needsOpenid: false,
        settlement: 'online',
        windowMs: null,
        amounts: Object.fromEntries(
          currencies.map((currency) => [currency, { min: LEAST[currency] ?? 1, max: MAX_AMOUNT }]),
        ),
      }),
    ),
    minimumExpiryMs: MINUTE_MS,
    // Stripe counts no refunds and lets none grow too old by itself; card networks do, after about half a year.
    refunds: { maxPerPayment: 100, minimumIntervalMs: 0, maxAgeMs: 180 * DAY_MS },
    // Captured in parts only by merchants to whom Stripe has given multicapture, so here once; a card is held for seven days.
    captures: { holdMs: 7 * DAY_MS, isMultiple: false },
    bill: { timeZone: 'UTC', readyAtHour: 1, maxAgeDays: 730, doFeesVary: true },
    // A bank debit takes days until it is certain, and a session is told as complete long before that.
    lateMoneyWindowMs: 58 * HOUR_MS,
    notificationBodyLimitBytes: 256 * 1024,
  };
}
