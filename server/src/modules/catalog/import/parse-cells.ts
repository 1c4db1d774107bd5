/** Cells of one line as values. What is wrong is noted beside the line, and the whole product then stays out. */
import type { LocalizedText } from '../../../kernel/errors.ts';
import { parseDecimal } from '../../../kernel/money.ts';
import { MAX_PRICE } from '../product.ts';
import { cleanLine } from '../text.ts';
import type { Column } from './columns.ts';
import { messages } from './messages.ts';
import type { Line } from './read-groups.ts';

/** Something that is wrong with a line. */
export interface Problem {
  readonly line: number;
  readonly text: LocalizedText;
}

/** Reads the cells of one line and notes what is wrong with them. */
export interface CellReader {
  readonly line: number;
  refuse(text: LocalizedText): void;
  /** One line of text without control characters; '' for an empty cell. */
  text(column: Column, label: string, limit: number): string;
  /** Minor units; `undefined` for an empty cell. */
  amount(column: Column, label: string): number | undefined;
  flag(column: Column, label: string): boolean | undefined;
  /** Whole grams or pieces; decimals are rounded half up. */
  integer(column: Column, label: string): number | undefined;
  address(column: Column): string | undefined;
}

const MAX_URL_LENGTH = 2_000;
const TRUE = new Set(['true', 'yes', '1', 't', 'y']);
const FALSE = new Set(['false', 'no', '0', 'f', 'n']);

/** Long cells are quoted by their beginning. */
const quote = (value: string) => (value.length <= 40 ? value : `${value.slice(0, 40).toWellFormed()}…`);

/** `undefined` unless the text is a number such as `12`, `-3` or `12.50`. */
function readInteger(text: string): number | undefined {
  const match = /^(-?\d{1,9})(?:\.(\d)\d*)?$/.exec(text);
  if (!match) {
    return undefined;
  }
  const whole = Number(match[1]);
  return Number(match[2] ?? '0') >= 5 ? whole + (text.startsWith('-') ? -1 : 1) : whole;
}

function readAddress(text: string): string | undefined {
  const address = text.startsWith('//') ? `https:${text}` : text;
  const url = URL.parse(address);
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
  return isWeb && address.length <= MAX_URL_LENGTH ? url.href : undefined;
}

export function createCellReader({ line, cells }: Line, currency: string, problems: Problem[]): CellReader {
  const refuse = (text: LocalizedText) => {
    problems.push({ line, text });
  };
  /** The value of a cell, or nothing and a note when it can not be read. */
  function read<T>(
    column: Column,
    parse: (cell: string) => T | undefined,
    complain: (cell: string) => LocalizedText,
  ): T | undefined {
    const cell = cells[column];
    if (cell === '') {
      return undefined;
    }
    const value = parse(cell);
    if (value === undefined) {
      refuse(complain(quote(cell)));
    }
    return value;
  }

  return {
    line,
    refuse,
    text: (column, label, limit) =>
      read(
        column,
        (cell) => {
          const text = cleanLine(cell);
          return text.length <= limit ? text : undefined;
        },
        () => messages.tooLong(label, limit),
      ) ?? '',
    amount: (column, label) =>
      read(
        column,
        (cell) => {
          const amount = parseDecimal(cell, currency);
          return amount !== undefined && amount >= 0 && amount <= MAX_PRICE ? amount : undefined;
        },
        (cell) => messages.badAmount(label, cell, currency),
      ),
    flag: (column, label) =>
      read(
        column,
        (cell) => {
          const word = cell.toLowerCase();
          return TRUE.has(word) || FALSE.has(word) ? TRUE.has(word) : undefined;
        },
        (cell) => messages.badFlag(label, cell),
      ),
    integer: (column, label) => read(column, readInteger, (cell) => messages.badNumber(label, cell)),
    address: (column) => read(column, readAddress, messages.badUrl),
  };
}
