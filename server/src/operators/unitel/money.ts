import { formatDecimal, parseDecimal } from '../../kernel/money.ts';

const CURRENCY = 'MNT';

/** Unitel's prices are JSON numbers in tugrik, or texts; ours are hundredths. `undefined` for what is no amount. */
export function readAmount(value: number | string): number | undefined {
  return parseDecimal(String(value), CURRENCY);
}

/** As Unitel wants it: `5000`, and decimals only where there are some. */
export function writeAmount(amount: number): string {
  return formatDecimal({ amount, currency: CURRENCY }).replace(/\.0+$/, '');
}
