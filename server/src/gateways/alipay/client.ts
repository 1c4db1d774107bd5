/**
 * One signed exchange with Alipay, judged. Every answer is signed, refusals too, over the value of one member exactly as
 * it stands in the body; what does not verify is not read. Whatever is not certain, a lost answer, `20000`, a refusal
 * that we do not know, is `unknown`, and the caller asks again.
 */
import { z } from 'zod';
import { type Outbound, OutboundError, type OutboundResponse } from '../../kernel/outbound/index.ts';
import type { GatewayReason } from '../gateway.ts';
import { MALFORMED_ANSWER, type Refusal, reasonOf, refusalOf } from './errors.ts';
import { readRawMembers } from './raw-json.ts';
import { encodeParameters, type RequestToSign, type Signer } from './sign.ts';
import { type FindKey, isSigned } from './verify.ts';

/** Fields that the stored record of a call masks; the signature only for its length. */
const MASKED_FIELDS = ['sign', 'buyer_id', 'buyer_user_id', 'buyer_open_id', 'buyer_logon_id'];
const DONE = '10000';

export type AlipayAnswer =
  /** Verified, and done. */
  | { readonly kind: 'done'; readonly body: unknown }
  /** Certainly not done. */
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly reason: GatewayReason }
  | { readonly kind: 'not_sent' | 'unknown'; readonly reason: GatewayReason };

export interface AlipayCall extends RequestToSign {
  /** For logs, metrics and crash points, such as `query`. */
  readonly operation: string;
  /** The row of ours that the call is about. */
  readonly subject?: string;
  readonly timeoutMs?: number;
  /** Whether asking twice does no more than asking once. */
  readonly isSafeToRepeat: boolean;
}

export interface AlipayClient {
  call(call: AlipayCall): Promise<AlipayAnswer>;
}

export interface AlipayClientDeps {
  readonly outbound: Outbound;
  readonly signer: Signer;
  readonly findKey: FindKey;
  readonly gatewayUrl: string;
}

const headSchema = z.object({
  code: z.string(),
  sub_code: z.string().max(128).optional(),
});

const unknown = (code: string, message: string): AlipayAnswer => ({
  kind: 'unknown',
  reason: { code, message },
});

function parseText(raw: string | undefined): string | undefined {
  const value: unknown = raw === undefined ? undefined : JSON.parse(raw);
  return typeof value === 'string' ? value : undefined;
}

/** `alipay.trade.query` is answered under `alipay_trade_query_response`. */
const memberOf = (method: string) => `${method.replaceAll('.', '_')}_response`;

export function createAlipayClient({
  outbound,
  signer,
  findKey,
  gatewayUrl,
}: AlipayClientDeps): AlipayClient {
  function judge(method: string, { status, body }: OutboundResponse): AlipayAnswer {
    if (status !== 200) {
      return unknown(`http_${status}`, 'Alipay did not say what became of the request.');
    }
    const members = readRawMembers(body.toString('utf8'));
    const raw = members?.get(memberOf(method));
    const signature = parseText(members?.get('sign'));
    if (raw === undefined || !signature) {
      return unknown('unsigned', 'The answer of Alipay could not be verified.');
    }
    const key = findKey(parseText(members?.get('alipay_cert_sn')));
    if (key === undefined || !isSigned(Buffer.from(raw), signature, key)) {
      return unknown(key ? 'bad_signature' : 'unknown_serial', 'The answer of Alipay could not be verified.');
    }
    const answer: unknown = JSON.parse(raw);
    const { data: head } = headSchema.safeParse(answer);
    if (!head) {
      return { kind: 'unknown', reason: MALFORMED_ANSWER };
    }
    if (head.code === DONE) {
      return { kind: 'done', body: answer };
    }
    const code = head.sub_code ?? head.code;
    const refusal = refusalOf(head.code, head.sub_code);
    return refusal === undefined
      ? unknown(code, 'Alipay did not say what became of the request.')
      : { kind: 'refused', refusal, reason: reasonOf(refusal, code) };
  }

  return {
    async call({ operation, subject, timeoutMs, isSafeToRepeat, ...request }) {
      const parameters = await signer(request);
      try {
        const response = await outbound.call({
          provider: 'alipay',
          operation,
          ...(subject === undefined ? {} : { subject }),
          method: 'POST',
          url: gatewayUrl,
          headers: {
            accept: 'application/json',
            'content-type': 'application/x-www-form-urlencoded;charset=utf-8',
            'user-agent': 'suanpan',
          },
          body: encodeParameters(parameters),
          ...(timeoutMs === undefined ? {} : { timeoutMs }),
          isSafeToRepeat,
          redact: MASKED_FIELDS,
        });
        return judge(request.method, response);
      } catch (error) {
        if (error instanceof OutboundError) {
          return {
            kind: error.kind,
            reason: { code: error.reason, message: 'Alipay could not be reached.' },
          };
        }
        throw error;
      }
    },
  };
}
