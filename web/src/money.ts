/** Amounts are integers in minor units from the API to the screen; nothing here divides. */

const DECIMALS: Readonly<Record<string, number>> = { JPY: 0, KRW: 0, VND: 0, CLP: 0, KWD: 3, BHD: 3 };
const USUAL_DECIMALS = 2;

/** What the server knows the decimals of, so that amounts in it can be written down. */
export const CURRENCIES: readonly string[] =
  'CNY USD EUR GBP JPY HKD TWD SGD AUD CAD NZD KRW MYR THB VND PHP INR MNT CHF SEK NOK DKK PLN MXN BRL CLP KWD BHD'.split(
    ' ',
  );

function decimalsOf(currency: string): number {
  return DECIMALS[currency] ?? USUAL_DECIMALS;
}

/** `1999` CNY is `19.99`. */
export function toDecimal(amount: number, currency: string): string {
  const decimals = decimalsOf(currency);
  const digits = String(Math.abs(amount)).padStart(decimals + 1, '0');
  const sign = amount < 0 ? '-' : '';
  return decimals === 0 ? sign + digits : `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

const formats = new Map<string, Intl.NumberFormat>();

function formatOf(currency: string, language: string): Intl.NumberFormat | undefined {
  const key = `${language} ${currency}`;
  const known = formats.get(key);
  if (known !== undefined || !/^[A-Z]{3}$/.test(currency)) {
    return known;
  }
  const format = new Intl.NumberFormat(language, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: decimalsOf(currency),
    maximumFractionDigits: decimalsOf(currency),
  });
  formats.set(key, format);
  return format;
}

/** The shop's own coins, in hundredths. */
export const COIN = 'COIN';

const COIN_WORDS: Readonly<Record<string, string>> = { en: 'coins', 'zh-CN': '金币' };

/** So many coins, without decimals that say nothing, with their name. */
function formatCoins(amount: number, language: string): string {
  const format = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
  const decimal = toDecimal(amount, COIN) as Intl.StringNumericLiteral;
  return `${format.format(decimal)} ${COIN_WORDS[language] ?? 'coins'}`;
}

/** The amount as people of that language write it. The decimal text is formatted as it is, without becoming a float. */
export function formatMoney(amount: number, currency: string, language: string): string {
  if (currency === COIN) {
    return formatCoins(amount, language);
  }
  const decimal = toDecimal(amount, currency);
  const format = formatOf(currency, language);
  return format === undefined
    ? `${decimal} ${currency}`
    : format.format(decimal as Intl.StringNumericLiteral);
}

/** Reads what a person typed, such as `12.5`, into minor units; `undefined` when it is no amount of that currency. */
export function parseMoney(text: string, currency: string): number | undefined {
  const match = /^(\d{1,13})(?:\.(\d+))?$/.exec(text.trim());
  const decimals = decimalsOf(currency);
  const fraction = match?.[2] ?? '';
  if (match === null || fraction.length > decimals) {
    return undefined;
  }
  const amount = Number(`${match[1]}${fraction.padEnd(decimals, '0')}`);
  return Number.isSafeInteger(amount) ? amount : undefined;
}
