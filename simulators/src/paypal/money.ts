import { malformed, unprocessable } from './errors.ts';

/** An amount in the smallest unit that PayPal knows of its currency. */
export interface Amount {
  units: number;
  currency: string;
}

/** The currencies that PayPal takes; three of them without decimals. */
const CURRENCIES = new Set(
  'AUD BRL CAD CNY CZK DKK EUR HKD HUF ILS JPY MYR MXN TWD NZD NOK PHP PLN GBP SGD SEK CHF THB USD'.split(
    ' ',
  ),
);
const WHOLE = new Set(['HUF', 'JPY', 'TWD']);

export interface MoneyView {
  currency_code: string;
  value: string;
}

export function showMoney({ units, currency }: Amount): MoneyView {
  const sign = units < 0 ? '-' : '';
  const digits = String(Math.abs(units));
  if (WHOLE.has(currency)) {
    return { currency_code: currency, value: sign + digits };
  }
  const padded = digits.padStart(3, '0');
  return { currency_code: currency, value: `${sign}${padded.slice(0, -2)}.${padded.slice(-2)}` };
}

/** Reads an amount of a request, with PayPal's refusals. */
export function readMoney(input: unknown, field: string): Amount {
  const { currency_code: currency, value } = (input ?? {}) as { currency_code?: unknown; value?: unknown };
  if (typeof currency !== 'string' || typeof value !== 'string') {
    throw malformed(
      'MISSING_REQUIRED_PARAMETER',
      `${field}/${typeof value === 'string' ? 'currency_code' : 'value'}`,
    );
  }
  if (!CURRENCIES.has(currency)) {
    throw unprocessable('INVALID_CURRENCY_CODE', `${field}/currency_code`);
  }
  const match = /^(\d{1,10})(?:\.(\d+))?$/.exec(value);
  if (!match) {
    throw malformed('INVALID_PARAMETER_SYNTAX', `${field}/value`);
  }
  const fraction = match[2] ?? '';
  if (WHOLE.has(currency) && /[1-9]/.test(fraction)) {
    throw unprocessable('DECIMALS_NOT_SUPPORTED', `${field}/value`);
  }
  if (!WHOLE.has(currency) && fraction.length > 2) {
    throw unprocessable('DECIMAL_PRECISION', `${field}/value`);
  }
  const units = Number(WHOLE.has(currency) ? match[1] : `${match[1]}${fraction.padEnd(2, '0')}`);
  if (units === 0) {
    throw unprocessable('CANNOT_BE_ZERO_OR_NEGATIVE', `${field}/value`);
  }
  return { units, currency };
}
