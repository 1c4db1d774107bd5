/** An ISO 4217 code, or `COIN` for the shop's own coins. */
export type Currency = string;

/** An amount in minor units (fen, cents) with its currency. Never a float. */
export interface Money {
  readonly amount: number;
  readonly currency: Currency;
}

const DECIMALS: Readonly<Record<string, number>> = {
  CNY: 2,
  USD: 2,
  EUR: 2,
  GBP: 2,
  HKD: 2,
  TWD: 2,
  SGD: 2,
  AUD: 2,
  CAD: 2,
  NZD: 2,
  MYR: 2,
  THB: 2,
  PHP: 2,
  CHF: 2,
  SEK: 2,
  NOK: 2,
  DKK: 2,
  PLN: 2,
  MXN: 2,
  BRL: 2,
  INR: 2,
  MNT: 2,
  COIN: 2,
  JPY: 0,
  KRW: 0,
  VND: 0,
  CLP: 0,
  KWD: 3,
  BHD: 3,
};

/** Whether we know how many decimals the currency has. */
export function isCurrency(code: string): boolean {
  return Object.hasOwn(DECIMALS, code);
}

/** How many decimals the currency's major unit has. Throws for an unknown currency. */
export function decimalsOf(currency: Currency): number {
  const decimals = DECIMALS[currency];
  if (decimals === undefined) {
    throw new RangeError(`unknown currency ${currency}`);
  }
  return decimals;
}

/** Refuses what can not be an amount: not an integer, or beyond 2^53, where drivers begin to round silently (RULES 25). */
export function assertAmount(amount: number): number {
  if (!Number.isSafeInteger(amount)) {
    throw new RangeError(`${amount} is not an amount in minor units`);
  }
  return amount;
}

/** Reads a decimal text such as `12.5` into minor units; `undefined` when it is not a plain decimal number of that currency. */
export function parseDecimal(text: string, currency: Currency): number | undefined {
  const match = /^(-?)(\d{1,15})(?:\.(\d+))?$/.exec(text.trim());
  if (!match) {
    return undefined;
  }
  const decimals = decimalsOf(currency);
  const fraction = (match[3] ?? '').replace(/0+$/, '');
  if (fraction.length > decimals) {
    return undefined;
  }
  const amount = Number(`${match[2]}${fraction.padEnd(decimals, '0')}`);
  if (!Number.isSafeInteger(amount)) {
    return undefined;
  }
  return match[1] ? 0 - amount : amount;
}

/** The decimal text of an amount: `1999` CNY is `19.99`. */
export function formatDecimal({ amount, currency }: Money): string {
  const decimals = decimalsOf(currency);
  const digits = String(Math.abs(assertAmount(amount))).padStart(decimals + 1, '0');
  const sign = amount < 0 ? '-' : '';
  return decimals === 0 ? sign + digits : `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** `amount × numerator ÷ denominator`, rounded half away from zero; exact whatever the size of the product. */
export function scaleAmount(amount: number, numerator: number, denominator: number): number {
  const product = BigInt(assertAmount(amount)) * BigInt(numerator);
  const divisor = BigInt(denominator);
  const magnitude = product < 0n ? -product : product;
  const rounded = (magnitude * 2n + divisor) / (divisor * 2n);
  return assertAmount(Number(product < 0n ? -rounded : rounded));
}

/** `amount × numerator ÷ denominator` without what is left over, for amounts and factors that are not negative; exact. */
export function scaleDown(amount: number, numerator: number, denominator: number): number {
  if (amount < 0 || numerator < 0 || denominator <= 0) {
    throw new RangeError(`${amount} × ${numerator} ÷ ${denominator} is not a share`);
  }
  const product = BigInt(assertAmount(amount)) * BigInt(numerator);
  return assertAmount(Number(product / BigInt(denominator)));
}

/** `basisPoints` ten-thousandths of an amount (60 basis points are 0.6 %), rounded half away from zero. */
export function takeBasisPoints(amount: number, basisPoints: number): number {
  return scaleAmount(amount, basisPoints, 10_000);
}

/**
 * Splits an amount in proportion to `weights`, to the last minor unit: the parts always sum to the amount.
 * What rounding leaves over goes to the parts with the largest remainders, the earlier one first.
 */
export function allocate(amount: number, weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (weights.length === 0 || total <= 0 || weights.some((weight) => weight < 0)) {
    throw new RangeError('allocate needs weights that are not negative and not all zero');
  }
  const sign = amount < 0 ? -1 : 1;
  const magnitude = BigInt(Math.abs(assertAmount(amount)));
  const shares = weights.map((weight, index) => {
    const product = magnitude * BigInt(weight);
    return { index, part: Number(product / BigInt(total)), remainder: Number(product % BigInt(total)) };
  });
  let rest = Number(magnitude) - shares.reduce((sum, share) => sum + share.part, 0);
  for (const share of [...shares].sort((a, b) => b.remainder - a.remainder || a.index - b.index)) {
    if (rest === 0) {
      break;
    }
    share.part += 1;
    rest -= 1;
  }
  return shares.map((share) => (share.part === 0 ? 0 : sign * share.part));
}
