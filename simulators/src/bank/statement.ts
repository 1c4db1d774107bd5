/** The CSV that a bank would give, in one of the forms that banks have. */
import type { Transfer } from './transfers.ts';

export const STATEMENT_FORMATS = ['international', 'european', 'chinese'] as const;

export type StatementFormat = (typeof STATEMENT_FORMATS)[number];

const NO_DECIMALS = ['JPY', 'KRW', 'VND', 'CLP'];
const THREE_DECIMALS = ['KWD', 'BHD'];

function decimalsOf(currency: string): number {
  if (NO_DECIMALS.includes(currency)) {
    return 0;
  }
  return THREE_DECIMALS.includes(currency) ? 3 : 2;
}

/** `1280` CNY is `12.80`. */
export function toDecimal(amount: number, currency: string): string {
  const decimals = decimalsOf(currency);
  const digits = String(Math.abs(amount)).padStart(decimals + 1, '0');
  const sign = amount < 0 ? '-' : '';
  return decimals === 0 ? sign + digits : `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** The minor units of a decimal text; `undefined` when it is none of that currency. */
export function toMinor(text: string, currency: string): number | undefined {
  const decimals = decimalsOf(currency);
  const match = /^(-?)(\d{1,12})(?:\.(\d+))?$/.exec(text.trim());
  if (match === null || (match[3] ?? '').length > decimals) {
    return undefined;
  }
  const amount = Number(`${match[2]}${(match[3] ?? '').padEnd(decimals, '0')}`);
  return match[1] === '-' ? 0 - amount : amount;
}

function quote(cell: string, delimiter: string): string {
  return cell.includes(delimiter) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

const toCsv = (rows: readonly (readonly string[])[], delimiter: string) =>
  rows.map((row) => `${row.map((cell) => quote(cell, delimiter)).join(delimiter)}\r\n`).join('');

function international(transfers: readonly Transfer[]): string {
  const rows = transfers.map(({ id, bookedOn, amount, currency, name, text }) => [
    ...[bookedOn, toDecimal(amount, currency), currency, name, text, id],
  ]);
  const header = ['Date', 'Amount', 'Currency', 'Counterparty', 'Description', 'Bank reference'];
  return toCsv([header, ...rows], ',');
}

function european(transfers: readonly Transfer[]): string {
  const rows = transfers.map(({ id, bookedOn, amount, currency, name, text }) => [
    bookedOn.split('-').reverse().join('.'),
    toDecimal(amount, currency).replace('.', ','),
    ...[currency, name, text, id],
  ]);
  const header = ['Buchungstag', 'Betrag', 'Currency', 'Auftraggeber', 'Verwendungszweck', 'Kundenreferenz'];
  return toCsv([header, ...rows], ';');
}

function chinese(transfers: readonly Transfer[]): string {
  let balance = 0;
  const rows = transfers.map(({ id, bookedOn, amount, currency, name, text }) => {
    balance += amount;
    const shown = toDecimal(Math.abs(amount), currency);
    return [
      bookedOn.replaceAll('-', ''),
      ...(amount > 0 ? [shown, ''] : ['', shown]),
      ...[toDecimal(balance, currency), name, text, id],
    ];
  });
  const header = ['交易日期', '收入金额', '支出金额', '余额', '对方户名', '附言', '流水号'];
  return toCsv([['模拟银行交易明细'], ['户名', '算盘演示商城'], header, ...rows], ',');
}

export function writeStatement(transfers: readonly Transfer[], format: StatementFormat): string {
  return { international, european, chinese }[format](transfers);
}
