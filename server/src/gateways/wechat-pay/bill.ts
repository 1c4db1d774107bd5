/**
 * The bill of a day. It is unpacked and read as a stream, a line at a time; its checksum is over the unpacked bytes and known
 * only at their end, so a bill that was damaged on the way breaks off there, and the day is begun again.
 */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';
import { MINUTE_MS } from '../../kernel/clock.ts';
import { OutboundError } from '../../kernel/outbound/index.ts';
import type { BillRequest, DownloadBillResult, GatewayReason } from '../gateway.ts';
import { MALFORMED_ANSWER } from '../wechat-answers.ts';
import { readRows } from '../wechat-bill.ts';
import type { WechatPayClient } from './client.ts';
import type { Sender } from './send.ts';

/** Packed; some ten times as much unpacked, of which only one line is held at a time. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;
const FILE_TIMEOUT_MS = MINUTE_MS;

const ticketSchema = z.object({
  hash_type: z.literal('SHA1'),
  hash_value: z.string().regex(/^[0-9a-fA-F]{40}$/),
  download_url: z.url(),
});

export interface BillDeps {
  readonly client: WechatPayClient;
  readonly sender: Sender;
  readonly baseUrl: string;
}

/** Whole lines of a packed file; throws at its end when its checksum is not this one. */
async function* linesOf(file: Buffer, sha1: string): AsyncGenerator<string> {
  const hash = createHash('sha1');
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of Readable.from([file]).pipe(createGunzip()) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r?\n/);
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') {
    yield rest;
  }
  if (hash.digest('hex') !== sha1.toLowerCase()) {
    throw new Error('the bill of WeChat Pay was damaged on the way');
  }
}

const unknown = (reason: GatewayReason): DownloadBillResult => ({ outcome: 'unknown', reason });

export function createDownloadBill({ client, sender, baseUrl }: BillDeps) {
  /** The file itself comes unsigned, from an address that lives five minutes. */
  async function downloadFile(address: string): Promise<Buffer | GatewayReason> {
    const url = new URL(address);
    if (url.origin !== new URL(baseUrl).origin) {
      return { code: 'foreign_address', message: 'The bill lies at an address that is not of WeChat Pay.' };
    }
    try {
      const { status, body } = await sender.send({
        operation: 'download_bill',
        method: 'GET',
        pathAndQuery: url.pathname + url.search,
        timeoutMs: FILE_TIMEOUT_MS,
        maxAnswerBytes: MAX_FILE_BYTES,
        isSafeToRepeat: true,
      });
      return status === 200
        ? body
        : { code: `http_${status}`, message: 'The bill could not be downloaded from WeChat Pay.' };
    } catch (error) {
      if (error instanceof OutboundError) {
        return { code: error.reason, message: 'WeChat Pay could not be reached.' };
      }
      throw error;
    }
  }

  return async ({ date }: BillRequest): Promise<DownloadBillResult> => {
    const answer = await client.call({
      operation: 'tradebill',
      subject: date,
      method: 'GET',
      pathAndQuery: `/v3/bill/tradebill?bill_date=${encodeURIComponent(date)}&bill_type=ALL&tar_type=GZIP`,
      isSafeToRepeat: true,
    });
    if (answer.kind !== 'done') {
      switch (answer.reason.code) {
        case 'NO_STATEMENT_EXIST':
          return { outcome: 'empty' };
        case 'STATEMENT_CREATING':
          return { outcome: 'not_ready' };
        default:
          return unknown(answer.reason);
      }
    }
    const { data: ticket } = ticketSchema.safeParse(answer.body);
    if (!ticket) {
      return unknown(MALFORMED_ANSWER);
    }
    const file = await downloadFile(ticket.download_url);
    return Buffer.isBuffer(file)
      ? { outcome: 'ready', rows: readRows(linesOf(file, ticket.hash_value)) }
      : unknown(file);
  };
}
