/**
 * Reads a bank's CSV into lines: finds the encoding (UTF-8 or GBK), the separator and the line that names the columns,
 * above which banks like to tell who they are. A file is read whole before anything is written, so that a line that can
 * not be read refuses all of it.
 */
import { createHash } from 'node:crypto';
import { CsvError, parse } from 'csv-parse/sync';
import { AppError } from '../../../kernel/errors.ts';
import { statementColumnsMissing, statementEmpty, statementUnreadable } from '../errors.ts';
import { messages, type Problem } from '../messages.ts';
import { type ColumnNames, type Columns, cellOf, readColumns } from './columns.ts';
import { type Format, parseAmount, parseDay } from './values.ts';

const MAX_LINES = 100_000;
const MAX_PREAMBLE = 40;
const MAX_TEXT = 1_000;
const MAX_REFERENCE = 60;

export interface StatementLine {
  /** In the file, counted from 1. */
  readonly line: number;
  readonly bookedOn: string;
  readonly amount: number;
  readonly counterparty: string;
  readonly description: string;
  readonly bankReference: string | null;
  /** Unique among the movements of the account, and the same in every statement that tells of this one. */
  readonly key: string;
}

export interface ReadStatement {
  readonly lines: readonly StatementLine[];
  readonly problems: readonly Problem[];
  readonly ignoredColumns: readonly string[];
}

export interface ReadOptions extends Format {
  readonly currency: string;
  readonly named: ColumnNames;
  /** `YYYY-MM-DD`; what was booked after it was read wrongly. */
  readonly latestDay: string;
}

function decode(bytes: Buffer): string {
  for (const encoding of ['utf-8', 'gb18030']) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      // The next one; what is neither is refused below.
    }
  }
  throw new AppError(statementUnreadable, { details: { reason: 'encoding' } });
}

/** The separator that the line with the most of them uses. */
function findDelimiter(text: string): string {
  const head = text.split('\n', MAX_PREAMBLE);
  const most = (delimiter: string) => Math.max(...head.map((line) => line.split(delimiter).length));
  return [',', ';', '\t'].reduce((best, next) => (most(next) > most(best) ? next : best));
}

function readRecords(bytes: Buffer): string[][] {
  const text = decode(bytes).replace(/\r\n?/g, '\n');
  try {
    return parse(text, {
      bom: true,
      delimiter: findDelimiter(text),
      relax_column_count: true,
      relax_quotes: true,
      max_record_size: 100_000,
    });
  } catch (error) {
    const reason = error instanceof CsvError ? error.code : 'CSV';
    throw new AppError(statementUnreadable, { details: { reason }, cause: error });
  }
}

/** Reads the whole file. Throws `statement_unreadable`, `statement_columns_missing` or `statement_empty` (422). */
export function readStatement(bytes: Buffer, options: ReadOptions): ReadStatement {
  const records = readRecords(bytes);
  const headerAt = records
    .slice(0, MAX_PREAMBLE)
    .findIndex((record) => readColumns(record, options.named) !== undefined);
  const header = records[headerAt];
  const columns = header && readColumns(header, options.named);
  if (columns === undefined) {
    throw new AppError(statementColumnsMissing, {
      details: { missing: ['date', 'amount or credit and debit'] },
    });
  }
  if (records.length > MAX_LINES) {
    throw new AppError(statementUnreadable, { details: { reason: `more than ${MAX_LINES} lines` } });
  }
  const problems: Problem[] = [];
  const ordinals = new Map<string, number>();
  const lines = records.flatMap((record, index): StatementLine[] => {
    if (index <= headerAt || record.every((cell) => cell.trim() === '')) {
      return [];
    }
    const read = readLine(columns, record, options);
    if (read === undefined) {
      return [];
    }
    if ('en' in read) {
      problems.push({ line: index + 1, text: read });
      return [];
    }
    const ordinal = (ordinals.get(read.base) ?? 0) + 1;
    ordinals.set(read.base, ordinal);
    const { base, ...line } = read;
    return [{ ...line, line: index + 1, key: `${base}#${ordinal}` }];
  });
  if (lines.length === 0 && problems.length === 0) {
    throw new AppError(statementEmpty);
  }
  return { lines, problems, ignoredColumns: columns.ignored };
}

type ReadLine = Omit<StatementLine, 'line' | 'key'> & { readonly base: string };

/** The line, what is wrong with it, or `undefined` for a line in which no money moves. */
function readLine(columns: Columns, record: readonly string[], options: ReadOptions) {
  const cell = (field: Parameters<typeof cellOf>[2]) => cellOf(columns, record, field);
  const date = cell('date');
  const bookedOn = parseDay(date, options.dates);
  if (bookedOn === undefined || bookedOn > options.latestDay || bookedOn < '2000') {
    return messages.badDate(date);
  }
  const amount = readAmount(columns, cell, options);
  if (typeof amount !== 'number') {
    return amount;
  }
  const currency = cell('currency').toUpperCase();
  if (currency !== '' && !isSameCurrency(currency, options.currency)) {
    return messages.otherCurrency(currency, options.currency);
  }
  if (amount === 0) {
    return undefined;
  }
  const counterparty = cell('counterparty').slice(0, MAX_TEXT);
  const description = cell('description').slice(0, MAX_TEXT);
  const reference = cell('reference');
  const content = [bookedOn, amount, counterparty, description, cell('balance')];
  return {
    ...{ bookedOn, amount, counterparty, description },
    bankReference: reference === '' ? null : reference.slice(0, MAX_REFERENCE),
    base: reference === '' ? `line:${digest(JSON.stringify(content))}` : `ref:${shortened(reference)}`,
  } satisfies ReadLine;
}

function readAmount(
  columns: Columns,
  cell: (field: 'amount' | 'credit' | 'debit') => string,
  { decimal, currency }: ReadOptions,
) {
  const read = (field: 'amount' | 'credit' | 'debit') => parseAmount(cell(field), decimal, currency);
  if (columns.at.amount !== undefined) {
    return read('amount') ?? messages.badAmount(cell('amount'), currency);
  }
  const credit = read('credit');
  const debit = read('debit');
  if (credit === undefined || debit === undefined || (credit !== 0 && debit !== 0)) {
    return messages.badAmount(`${cell('credit')} ${cell('debit')}`.trim(), currency);
  }
  // Some banks sign what was paid out, some do not; a negative credit is money that was taken back.
  return credit - Math.abs(debit);
}

const RENMINBI = ['CNY', 'RMB', '人民币', '人民币元', 'CNH'];

function isSameCurrency(written: string, currency: string): boolean {
  return written === currency || (currency === 'CNY' && RENMINBI.includes(written));
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 32);

/** References that are too long, or that an engine would compare in its own way, are hashed. */
function shortened(reference: string): string {
  return /^[\x21-\x7e]{1,48}$/.test(reference) ? reference : digest(reference);
}
