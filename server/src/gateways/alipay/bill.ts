/**
 * The bill of a day: a link that is good for half a minute, behind it a zip of GBK tables, one of them with every movement.
 * The answer with the link is signed, the file is not; it comes over the address that the signed answer names. The file is
 * unpacked and read piece by piece.
 */
import { pipeline, Readable } from 'node:stream';
import { Unzip, UnzipInflate } from 'fflate';
import { z } from 'zod';
import { type Clock, DAY_MS, HOUR_MS } from '../../kernel/clock.ts';
import { type Outbound, OutboundError } from '../../kernel/outbound/index.ts';
import type { BillRequest, BillRow, DownloadBillResult } from '../gateway.ts';
import { COLUMNS, type Column, toBillRow } from './bill-rows.ts';
import { alipayCapabilities } from './capabilities.ts';
import type { AlipayClient } from './client.ts';
import { MALFORMED_ANSWER } from './errors.ts';

const PIECE_BYTES = 64 * 1024;
/** Begins the last record of an archive; without it the rest has not come. */
const END_OF_ARCHIVE = Buffer.from('504b0506', 'hex');

export interface BillDeps {
  readonly client: AlipayClient;
  readonly outbound: Outbound;
  readonly clock: Clock;
  readonly sellerId: string;
}

const linkSchema = z.object({ bill_download_url: z.url({ protocol: /^https?$/ }) });

/** The pieces of every file in the archive, in its order; throws when the archive is broken. */
function* unpack(archive: Buffer): Generator<{ readonly file: number; readonly piece: Uint8Array }> {
  if (!archive.includes(END_OF_ARCHIVE)) {
    throw new Error("Alipay's bill is not a whole archive");
  }
  const ready: { file: number; piece: Uint8Array }[] = [];
  let files = 0;
  const unzip = new Unzip((entry) => {
    const file = files;
    files += 1;
    entry.ondata = (error, piece) => {
      if (error) {
        throw error;
      }
      ready.push({ file, piece });
    };
    entry.start();
  });
  unzip.register(UnzipInflate);
  for (let at = 0; at < archive.length; at += PIECE_BYTES) {
    unzip.push(archive.subarray(at, at + PIECE_BYTES), at + PIECE_BYTES >= archive.length);
    yield* ready.splice(0);
  }
}

/** The texts of the files one after the other, each ended by a line end. */
function* readTexts(archive: Buffer): Generator<string> {
  let current = -1;
  let decoder = new TextDecoder('gbk');
  for (const { file, piece } of unpack(archive)) {
    if (file !== current) {
      yield `${decoder.decode()}\n`;
      decoder = new TextDecoder('gbk');
      current = file;
    }
    yield decoder.decode(piece, { stream: true });
  }
  yield `${decoder.decode()}\n`;
}

/** Where each column stands; `undefined` for a line that is not the header of the movements. */
function readHeader(cells: readonly string[]): Map<Column, number> | undefined {
  const found = new Map<Column, number>();
  for (const [column, name] of Object.entries(COLUMNS)) {
    const at = cells.indexOf(name);
    if (at < 0) {
      return undefined;
    }
    found.set(column as Column, at);
  }
  return found;
}

async function* readRows(archive: Buffer, merchantAccount: string): AsyncGenerator<BillRow> {
  // Only who reads bills needs it.
  const { parse } = await import('csv-parse');
  const lines = parse({
    relax_column_count: true,
    relax_quotes: true,
    trim: true,
    skip_empty_lines: true,
  });
  // What breaks before the table breaks the reading of it: whoever reads is told, and nobody else.
  pipeline(Readable.from(readTexts(archive)), lines, () => undefined);
  let header: Map<Column, number> | undefined;
  let hasHeader = false;
  for await (const cells of lines as AsyncIterable<string[]>) {
    if (cells[0]?.startsWith('#')) {
      // Comments stand around each table; the movements end where the next ones begin.
      header = undefined;
    } else if (header === undefined) {
      header = readHeader(cells);
      hasHeader ||= header !== undefined;
    } else {
      const entries = [...header].map(([column, at]) => [column, cells[at] ?? ''] as const);
      yield toBillRow(Object.fromEntries(entries) as Record<Column, string>, merchantAccount);
    }
  }
  if (!hasHeader || header !== undefined) {
    throw new Error("Alipay's bill has no table of movements, or not the end of it");
  }
}

/** When the bill of a day can be there at the earliest (ms). */
function readyAt(date: string): number {
  const readyAtHour = alipayCapabilities.bill?.readyAtHour ?? 0;
  return Date.parse(`${date}T00:00:00+08:00`) + DAY_MS + readyAtHour * HOUR_MS;
}

export function createDownloadBill({ client, outbound, clock, sellerId }: BillDeps) {
  async function download(url: string): Promise<DownloadBillResult> {
    try {
      const { status, body } = await outbound.call({
        provider: 'alipay',
        operation: 'download_bill',
        method: 'GET',
        url,
        isSafeToRepeat: true,
      });
      return status === 200
        ? { outcome: 'ready', rows: readRows(body, sellerId) }
        : {
            outcome: 'unknown',
            reason: { code: `http_${status}`, message: 'Alipay did not give the bill out.' },
          };
    } catch (error) {
      if (error instanceof OutboundError) {
        return {
          outcome: 'unknown',
          reason: { code: error.reason, message: 'Alipay could not be reached.' },
        };
      }
      throw error;
    }
  }

  return async ({ date }: BillRequest): Promise<DownloadBillResult> => {
    const answer = await client.call({
      operation: 'bill',
      method: 'alipay.data.dataservice.bill.downloadurl.query',
      content: { bill_type: 'trade', bill_date: date },
      isSafeToRepeat: true,
    });
    if (answer.kind === 'done') {
      const { data } = linkSchema.safeParse(answer.body);
      return data ? download(data.bill_download_url) : { outcome: 'unknown', reason: MALFORMED_ANSWER };
    }
    if (answer.kind === 'refused' && answer.refusal === 'no_bill') {
      return { outcome: clock.now() < readyAt(date) ? 'not_ready' : 'empty' };
    }
    return { outcome: 'unknown', reason: answer.reason };
  };
}
