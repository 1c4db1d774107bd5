/** Amounts as PayPal writes them: decimal texts, some currencies without decimals. No float touches them. */
import { z } from 'zod';
import { decimalsOf, formatDecimal, isCurrency, type Money, parseDecimal } from '../../kernel/money.ts';

/** What PayPal takes of the currencies that have an entry in the money table, and how many decimals it wants. */
const DECIMALS: Readonly<Record<string, number>> = {
  ...{ USD: 2, EUR: 2, GBP: 2, AUD: 2, BRL: 2, CAD: 2, CHF: 2, DKK: 2, HKD: 2, JPY: 0, MXN: 2, MYR: 2 },
  ...{ NOK: 2, NZD: 2, PHP: 2, PLN: 2, SEK: 2, SGD: 2, THB: 2, TWD: 0 },
};

export const PAYPAL_CURRENCIES: readonly string[] = Object.keys(DECIMALS);

export const moneySchema = z.object({ currency_code: z.string(), value: z.string() });

export type PaypalMoney = z.infer<typeof moneySchema>;

/** `undefined` where PayPal can not say the amount: not its currency, or a fraction of one that has none there. */
export function toPaypalMoney(money: Money): PaypalMoney | undefined {
  const decimals = DECIMALS[money.currency];
  if (decimals === undefined) {
    return undefined;
  }
  const dropped = decimalsOf(money.currency) - decimals;
  const text = formatDecimal(money);
  if (dropped === 0) {
    return { currency_code: money.currency, value: text };
  }
  const whole = text.slice(0, text.indexOf('.'));
  return money.amount % 10 ** dropped === 0 ? { currency_code: money.currency, value: whole } : undefined;
}

/** The amount in minor units; `undefined` when it is none that can be booked. */
export function readPaypalMoney(money: PaypalMoney): Money | undefined {
  if (!isCurrency(money.currency_code)) {
    return undefined;
  }
  const amount = parseDecimal(money.value, money.currency_code);
  return amount === undefined ? undefined : { amount, currency: money.currency_code };
}
