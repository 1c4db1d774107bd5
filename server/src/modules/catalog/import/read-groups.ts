/**
 * Reads the file twice. The first time everything is only looked at: a file that is not well-formed is refused before
 * anything of it is written, and products whose lines do not stand together become known. The second time the lines of
 * one product after another are handed out, so that only they are in memory.
 */
import { type Readable, Transform, type TransformCallback } from 'node:stream';
import type { Info } from 'csv-parse';
import { AppError } from '../../../kernel/errors.ts';
import { importColumnsMissing, importEmpty, importUnreadable } from '../errors.ts';
import { type Cells, guessSeparator, type Header, readCells, readHeader } from './columns.ts';

/** A line may hold a long description, but a quote that is never closed must not swallow the file. */
const MAX_RECORD_BYTES = 1_000_000;
const MAX_LINES = 200_000;
const MAX_LINES_OF_PRODUCT = 3_000;

/** One record of the file; `line` is where it begins, counted from 1 with the header. */
export interface Line {
  readonly line: number;
  readonly cells: Cells;
  /** Whether something stands behind the last column of the header. */
  readonly isTooLong: boolean;
}

/** All lines of one product, in the order of the file. */
export interface Group {
  readonly handle: string;
  readonly lines: readonly Line[];
}

/** Opens the file from its beginning, each time it is called. */
export type OpenFile = () => Readable;

export interface Survey {
  readonly header: Header;
  /** How many lines each product has whose lines do not stand together. */
  readonly scattered: ReadonlyMap<string, number>;
}

interface CsvRecord {
  readonly record: string[];
  readonly info: Info;
}

/**
 * Refuses what is not UTF-8, which the parser would turn into question marks, and makes every line end in `\n`: the
 * parser counts `\r\n` inside quotes twice, and the report must name the right line.
 */
function toText(): Transform {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let heldBack = '';
  const decode = (chunk: Buffer | undefined, done: TransformCallback) => {
    try {
      const text =
        heldBack + (chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true }));
      heldBack = chunk !== undefined && text.endsWith('\r') ? '\r' : '';
      done(null, text.slice(0, text.length - heldBack.length).replace(/\r\n?/g, '\n'));
    } catch (error) {
      done(new AppError(importUnreadable, { details: { reason: 'not UTF-8' }, cause: error }));
    }
  };
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => decode(chunk, done),
    flush: (done) => decode(undefined, done),
  });
}

const newlinesIn = (record: readonly string[]) =>
  record.reduce((count, field) => count + field.split('\n').length - 1, 0);

/** The records of the file with the line at which each begins. */
async function* readRecords(open: OpenFile): AsyncGenerator<{ line: number; record: string[] }> {
  // Only who imports needs it.
  const { CsvError, parse } = await import('csv-parse');
  const source = open();
  const decoder = toText();
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    // Spreadsheets leave lines behind that hold nothing but commas.
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    record_delimiter: '\n',
    max_record_size: MAX_RECORD_BYTES,
  });
  source.on('error', (error) => decoder.destroy(error));
  decoder.on('error', (error) => parser.destroy(error));
  source.pipe(decoder).pipe(parser);
  try {
    for await (const { record, info } of parser as AsyncIterable<CsvRecord>) {
      yield { line: info.lines - newlinesIn(record), record };
    }
  } catch (error) {
    throw error instanceof CsvError
      ? new AppError(importUnreadable, {
          details: { line: Number(error.lines), reason: error.code },
          cause: error,
        })
      : error;
  } finally {
    source.destroy();
  }
}

const handleOf = (cells: Cells) => cells.handle.toLowerCase();

/** Looks at the whole file. Throws `import_columns_missing`, `import_unreadable` or `import_empty` (422). */
export async function surveyFile(open: OpenFile): Promise<Survey> {
  let header: Header | undefined;
  let lines = 0;
  let previous: string | undefined;
  const counts = new Map<string, number>();
  const scattered = new Set<string>();
  for await (const { record } of readRecords(open)) {
    if (header === undefined) {
      header = checkHeader(readHeader(record), record);
      continue;
    }
    lines += 1;
    if (lines > MAX_LINES) {
      throw new AppError(importUnreadable, { details: { reason: `more than ${MAX_LINES} lines` } });
    }
    const handle = handleOf(readCells(header, record));
    if (handle !== '' && counts.has(handle) && handle !== previous) {
      scattered.add(handle);
    }
    counts.set(handle, (counts.get(handle) ?? 0) + 1);
    previous = handle;
  }
  if (header === undefined || lines === 0) {
    throw new AppError(importEmpty);
  }
  const largest = [...counts].reduce(
    (most, [handle, count]) => (handle === '' ? most : Math.max(most, count)),
    0,
  );
  if (largest > MAX_LINES_OF_PRODUCT) {
    throw new AppError(importUnreadable, {
      details: { reason: `more than ${MAX_LINES_OF_PRODUCT} lines of one product` },
    });
  }
  return { header, scattered: new Map([...scattered].map((handle) => [handle, counts.get(handle) ?? 0])) };
}

function checkHeader(header: Header, names: readonly string[]): Header {
  const { missing } = header;
  if (missing.length > 0) {
    const separator = guessSeparator(names);
    const reason = separator && `the columns are separated by ${JSON.stringify(separator)}, not by ","`;
    throw new AppError(importColumnsMissing, { details: { missing, ...(reason && { reason }) } });
  }
  if (header.repeated.length > 0) {
    throw new AppError(importUnreadable, {
      details: { reason: 'repeated columns', columns: header.repeated },
    });
  }
  return header;
}

/** The products of the file, each with all its lines. Lines without a handle come one by one under the handle ''. */
export async function* readGroups(open: OpenFile, { header, scattered }: Survey): AsyncGenerator<Group> {
  const waiting = new Map<string, Line[]>();
  let current: { handle: string; lines: Line[] } | undefined;
  let isHeader = true;
  for await (const { line, record } of readRecords(open)) {
    if (isHeader) {
      isHeader = false;
      continue;
    }
    const cells = readCells(header, record);
    const isTooLong = record.slice(header.width).some((cell) => cell.trim() !== '');
    const handle = handleOf(cells);
    if (current !== undefined && (current.handle !== handle || handle === '')) {
      yield current;
      current = undefined;
    }
    const total = handle === '' ? undefined : scattered.get(handle);
    if (total === undefined) {
      current ??= { handle, lines: [] };
      current.lines.push({ line, cells, isTooLong });
      continue;
    }
    const lines = waiting.get(handle) ?? [];
    waiting.set(handle, lines);
    lines.push({ line, cells, isTooLong });
    if (lines.length === total) {
      waiting.delete(handle);
      yield { handle, lines };
    }
  }
  if (current !== undefined) {
    yield current;
  }
}
