/**
 * One call to WeChat Pay through the platform's link, judged. Nothing is signed, in neither direction: inside the container
 * the platform answers for the provider's name and vouches for both sides, so only what comes back over this call is
 * believed, never what comes in by itself. Whatever is not certain (a lost answer, another status than 200, an error of the
 * platform, a refusal that we do not know) is `unknown`, and the caller asks again.
 */
import { z } from 'zod';
import { type Outbound, OutboundError, type OutboundResponse } from '../../kernel/outbound/index.ts';
import type { GatewayReason } from '../gateway.ts';
import { MALFORMED_ANSWER, reasonOf, type WechatAnswer } from '../wechat-answers.ts';
import { PROVIDER } from './capabilities.ts';
import { refusalOf } from './errors.ts';

/** Fields that the stored record of a call masks. */
const PERSONAL_FIELDS = ['openid', 'sub_openid', 'spbill_create_ip', 'refund_recv_accout_list'];

export interface CloudCall {
  /** For logs, metrics and crash points, such as `unified_order`. */
  readonly operation: string;
  /** The last part of the address: `unifiedOrder`, `queryorder`, … */
  readonly verb: string;
  /** The row of ours that the call is about. */
  readonly subject?: string;
  readonly content: Readonly<Record<string, unknown>>;
  readonly timeoutMs?: number;
  readonly maxAnswerBytes?: number;
  /** Whether asking twice does no more than asking once. */
  readonly isSafeToRepeat: boolean;
}

export type RawAnswer =
  | { readonly kind: 'answered'; readonly respdata: unknown }
  | { readonly kind: 'not_sent' | 'unknown'; readonly reason: GatewayReason };

export interface CloudClient {
  /** An exchange in WeChat Pay's own form, with its codes. */
  call(call: CloudCall): Promise<WechatAnswer>;
  /** What the platform handed on, whatever its form. */
  ask(call: CloudCall): Promise<RawAnswer>;
}

const envelopeSchema = z.object({ errcode: z.int(), respdata: z.unknown() });

const resultSchema = z.looseObject({
  return_code: z.string(),
  result_code: z.string().optional(),
  err_code: z.string().optional(),
});

const unknown = (code: string, message: string) => ({ kind: 'unknown', reason: { code, message } }) as const;

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function judgeEnvelope({ status, body }: OutboundResponse): RawAnswer {
  if (status !== 200) {
    return unknown(`http_${status}`, 'The platform did not say what became of the request.');
  }
  const { data: envelope } = envelopeSchema.safeParse(parseJson(body));
  if (!envelope) {
    return { kind: 'unknown', reason: MALFORMED_ANSWER };
  }
  return envelope.errcode === 0
    ? { kind: 'answered', respdata: envelope.respdata }
    : unknown(`errcode_${envelope.errcode}`, 'The platform could not hand the request on to WeChat Pay.');
}

function judgeResult(respdata: unknown): WechatAnswer {
  const { data: result } = resultSchema.safeParse(respdata);
  if (!result) {
    return { kind: 'unknown', reason: MALFORMED_ANSWER };
  }
  if (result.return_code !== 'SUCCESS') {
    return unknown('return_code_fail', 'WeChat Pay could not take the request.');
  }
  if (result.result_code === 'SUCCESS') {
    return { kind: 'done', body: result };
  }
  const code = result.err_code ?? '';
  const refusal = refusalOf(code);
  return refusal
    ? { kind: 'refused', refusal, reason: reasonOf(refusal, code) }
    : unknown(
        /^[A-Z_0-9]{1,64}$/.test(code) ? code : 'no_code',
        'WeChat Pay did not say what became of the request.',
      );
}

export function createCloudClient(outbound: Pick<Outbound, 'call'>, baseUrl: string): CloudClient {
  const origin = baseUrl.replace(/\/+$/, '');

  async function ask({ verb, content, ...call }: CloudCall): Promise<RawAnswer> {
    try {
      const response = await outbound.call({
        ...call,
        provider: PROVIDER,
        method: 'POST',
        url: `${origin}/_/pay/${verb}`,
        headers: { accept: 'application/json', 'content-type': 'application/json', 'user-agent': 'suanpan' },
        body: JSON.stringify(content),
        redact: PERSONAL_FIELDS,
      });
      return judgeEnvelope(response);
    } catch (error) {
      if (error instanceof OutboundError) {
        return {
          kind: error.kind,
          reason: { code: error.reason, message: 'The platform could not be reached.' },
        };
      }
      throw error;
    }
  }

  return {
    ask,
    async call(call) {
      const answer = await ask(call);
      return answer.kind === 'answered' ? judgeResult(answer.respdata) : answer;
    },
  };
}
