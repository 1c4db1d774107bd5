/** How banks write days and amounts. */
import { parseDecimal } from '../../../kernel/money.ts';

/** `iso` is year, month, day in any of their usual forms; the others say what `03/04/2026` means. */
export type DateOrder = 'iso' | 'day_first' | 'month_first';

export interface Format {
  readonly dates: DateOrder;
  readonly decimal: '.' | ',';
}

/** What a preset of the import means. */
export const PRESETS = {
  international: { dates: 'iso', decimal: '.' },
  european: { dates: 'day_first', decimal: ',' },
  british: { dates: 'day_first', decimal: '.' },
  american: { dates: 'month_first', decimal: '.' },
} as const satisfies Record<string, Format>;

export type Preset = keyof typeof PRESETS;

const YEAR_FIRST = /^(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[\sT].*)?$/;
const YEAR_LAST = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:[\sT].*)?$/;

/** `YYYY-MM-DD`; `undefined` for what is no day. A year that comes first is always read so. */
export function parseDay(text: string, order: DateOrder): string | undefined {
  const plain = text.normalize('NFKC').trim();
  const first = YEAR_FIRST.exec(plain);
  const last = YEAR_LAST.exec(plain);
  if (first !== null) {
    return toDay(first[1], first[2], first[3]);
  }
  if (last === null || order === 'iso') {
    return undefined;
  }
  return order === 'day_first' ? toDay(last[3], last[2], last[1]) : toDay(last[3], last[1], last[2]);
}

function toDay(year = '', month = '', day = ''): string | undefined {
  const text = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const time = Date.parse(`${text}T00:00:00Z`);
  // 31 February would roll over into March.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text) ? text : undefined;
}

const GROUP = { '.': /[,'\u2019\s](?=\d{3}(?:\D|$))/g, ',': /[.'\u2019\s](?=\d{3}(?:\D|$))/g };

/** Minor units, signed; `undefined` for what is no amount of the currency. An empty text is 0. */
export function parseAmount(text: string, decimal: Format['decimal'], currency: string): number | undefined {
  const plain = text
    .normalize('NFKC')
    .replace(/[\u2212\u2010-\u2015]/g, '-')
    .replace(/[¥￥$€£\s]/g, '');
  if (plain === '' || plain === '-' || plain === '--') {
    return 0;
  }
  const isNegative = /^-|-$|^\(.*\)$/.test(plain);
  const digits = plain.replace(/^[-+(]|[-+)]$/g, '').replace(GROUP[decimal], '');
  const amount = parseDecimal(decimal === ',' ? digits.replace(',', '.') : digits, currency);
  if (amount === undefined || amount < 0) {
    return undefined;
  }
  return isNegative ? 0 - amount : amount;
}
