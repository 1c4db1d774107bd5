import { z } from 'zod';
import { isCurrency, parseDecimal } from '../money.ts';
import type { Settings } from './keys.ts';

const majorUnits = z.int().min(0).max(1e12);
const amountsSchema = z.record(
  z.string().refine((name) => name === 'default' || isCurrency(name)),
  majorUnits,
);

/** JSON that the schema takes, or `undefined`. */
export function parseJson<T>(text: string, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Minor units by currency; `null` where nothing is said of a currency. */
export type AmountOf = (currency: string) => number | null;

/** A setting that is one number for every currency, or a JSON object of numbers by currency and `default`. */
export function readAmounts(
  settings: Settings,
  name: 'RISK_HIGH_AMOUNT' | 'WALLET_ADJUST_LIMIT',
  problems: string[],
): AmountOf {
  const raw = settings[name];
  const json = raw.startsWith('{') ? raw : `{"default":${raw}}`;
  const amounts = parseJson(json, amountsSchema);
  if (amounts === undefined) {
    problems.push(
      `${name}: must be a whole amount in major units, or a JSON object of such by currency and "default"`,
    );
  }
  return (currency) => {
    const major = amounts?.[currency] ?? amounts?.default;
    return major === undefined || !isCurrency(currency)
      ? null
      : (parseDecimal(String(major), currency) ?? null);
  };
}
