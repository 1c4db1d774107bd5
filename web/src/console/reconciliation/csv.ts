/** Tables for a spreadsheet. */
import type { BillDifference } from '../../types/reconciliation.ts';

type Cell = string | number | null | undefined;

/** A spreadsheet takes a text that begins like a formula for one: such a cell gets an apostrophe before it. */
function toCell(value: Cell): string {
  const text = value === null || value === undefined ? '' : String(value);
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Lines of a CSV file with its header, marked as UTF-8 for spreadsheets that would guess otherwise. */
export function toCsv(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = [header, ...rows].map((row) => row.map(toCell).join(','));
  return `\uFEFF${lines.join('\r\n')}\r\n`;
}

const HEADER = [
  ...['date', 'provider', 'merchantAccount', 'kind', 'state', 'type', 'number', 'paymentNumber'],
  ...['transactionId', 'occurredAt', 'thereAmount', 'thereCurrency', 'thereFee', 'thereStatus'],
  ...['hereAmount', 'hereCurrency', 'hereFee', 'hereStatus', 'answer', 'resolution', 'note'],
];

/** Differences as a file; amounts in minor units. */
export function differencesToCsv(differences: readonly BillDifference[]): string {
  return toCsv(
    HEADER,
    differences.map((one) => [
      ...[one.date, one.provider, one.merchantAccount, one.kind, one.state, one.type, one.number],
      ...[one.paymentNumber, one.transactionId, one.occurredAt],
      ...[one.there?.amount, one.there?.currency, one.there?.fee, one.there?.status],
      ...[one.here?.amount, one.here?.currency, one.here?.fee, one.here?.status],
      ...[one.answer, one.resolution, one.note],
    ]),
  );
}
