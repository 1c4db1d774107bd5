/** The bill of a day. It comes whole, as a text inside the answer: there is no file to stream and no checksum. */
import { z } from 'zod';
import { MINUTE_MS } from '../../kernel/clock.ts';
import type { BillRequest, DownloadBillResult, GatewayReason } from '../gateway.ts';
import { MALFORMED_ANSWER } from '../wechat-answers.ts';
import { readRows } from '../wechat-bill.ts';
import type { CloudClient } from './client.ts';

/** Some sixty thousand lines. The whole answer is held at once, in a container that may have half a gigabyte. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
const TIMEOUT_MS = MINUTE_MS;

const refusalSchema = z.object({ return_code: z.literal('FAIL'), return_msg: z.string() });

export interface BillDeps {
  readonly client: CloudClient;
  readonly subMchid: string;
}

const unknown = (reason: GatewayReason): DownloadBillResult => ({ outcome: 'unknown', reason });

/** Instead of a bill there may be a refusal, known by its words. */
function judgeRefusal(respdata: unknown): DownloadBillResult {
  const { data: refusal } = refusalSchema.safeParse(respdata);
  switch (refusal?.return_msg.toLowerCase()) {
    case 'no bill exist':
      return { outcome: 'empty' };
    case 'bill creating':
      return { outcome: 'not_ready' };
    default:
      return unknown(
        refusal ? { code: 'return_code_fail', message: 'WeChat Pay has no bill for us.' } : MALFORMED_ANSWER,
      );
  }
}

export function createDownloadBill({ client, subMchid }: BillDeps) {
  return async ({ date }: BillRequest): Promise<DownloadBillResult> => {
    const answer = await client.ask({
      operation: 'bill',
      verb: 'downloadbill',
      subject: date,
      content: { bill_date: date.replaceAll('-', ''), bill_type: 'ALL', sub_mch_id: subMchid },
      timeoutMs: TIMEOUT_MS,
      maxAnswerBytes: MAX_ANSWER_BYTES,
      isSafeToRepeat: true,
    });
    if (answer.kind !== 'answered') {
      return unknown(answer.reason);
    }
    return typeof answer.respdata === 'string' && answer.respdata !== ''
      ? { outcome: 'ready', rows: readRows(answer.respdata.split(/\r?\n/)) }
      : judgeRefusal(answer.respdata);
  };
}
