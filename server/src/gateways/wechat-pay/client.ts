/**
 * One signed exchange with WeChat Pay, judged. An answer is believed only when its signature holds, and only 2xx are
 * signed: so the status is looked at first. Whatever is not certain, a lost answer, a 5xx, a signature that does not hold,
 * a refusal that we do not know, is `unknown`, and the caller asks again.
 */
import type { Clock } from '../../kernel/clock.ts';
import { OutboundError, type OutboundResponse } from '../../kernel/outbound/index.ts';
import { MALFORMED_ANSWER, reasonOf, type WechatAnswer } from '../wechat-answers.ts';
import { refusalOf } from './errors.ts';
import type { KeyRing } from './keys.ts';
import type { Sender, WechatPayCall } from './send.ts';
import { verifyMessage } from './verify.ts';

export interface WechatPayClient {
  call(call: WechatPayCall): Promise<WechatAnswer>;
}

export interface WechatPayClientDeps {
  readonly sender: Sender;
  readonly keys: KeyRing;
  readonly clock: Clock;
}

const unknown = (code: string, message: string): WechatAnswer => ({
  kind: 'unknown',
  reason: { code, message },
});

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** The `code` of WeChat Pay's error body; `undefined` when the answer is not one (a proxy's page, an unknown path). */
function errorCodeOf(body: Buffer): string | undefined {
  const parsed = parseJson(body);
  const code = typeof parsed === 'object' && parsed !== null && 'code' in parsed ? parsed.code : undefined;
  return typeof code === 'string' && /^[A-Z_0-9]{1,64}$/.test(code) ? code : undefined;
}

function judgeError({ status, body }: OutboundResponse): WechatAnswer {
  const code = errorCodeOf(body);
  const refusal = code === undefined ? undefined : refusalOf(code);
  if (code !== undefined && refusal !== undefined) {
    return { kind: 'refused', refusal, reason: reasonOf(refusal, code) };
  }
  return unknown(code ?? `http_${status}`, 'WeChat Pay did not say what became of the request.');
}

export function createWechatPayClient({ sender, keys, clock }: WechatPayClientDeps): WechatPayClient {
  async function judgeSuccess(response: OutboundResponse): Promise<WechatAnswer> {
    const message = { headers: response.headers, body: response.body, receivedAt: clock.now() };
    const verification = await verifyMessage(message, keys.find);
    if (!verification.isValid) {
      return unknown(verification.reason, 'The answer of WeChat Pay could not be verified.');
    }
    if (response.status === 202) {
      return unknown('http_202', 'WeChat Pay is still at work.');
    }
    if (response.body.length === 0) {
      return { kind: 'done', body: undefined };
    }
    const body = parseJson(response.body);
    return body === undefined ? { kind: 'unknown', reason: MALFORMED_ANSWER } : { kind: 'done', body };
  }

  return {
    async call(call) {
      try {
        const response = await sender.send(call);
        return response.status >= 200 && response.status < 300
          ? await judgeSuccess(response)
          : judgeError(response);
      } catch (error) {
        if (error instanceof OutboundError) {
          return {
            kind: error.kind,
            reason: { code: error.reason, message: 'WeChat Pay could not be reached.' },
          };
        }
        throw error;
      }
    },
  };
}
