/**
 * One exchange with PayPal, judged. What is not certain, a lost answer, a 409, a 429, a 5xx, a refusal that we do not know, is
 * `unknown`, and the caller asks again: every POST carries a PayPal-Request-Id of ours, under which PayPal does a thing once.
 */
import { z } from 'zod';
import {
  type BearerTokens,
  NoToken,
  type Outbound,
  OutboundError,
  type OutboundResponse,
} from '../../kernel/outbound/index.ts';
import type { GatewayReason } from '../gateway.ts';
import type { CheckedSettings } from './config.ts';
import { MALFORMED_ANSWER, type Refusal, reasonOf, refusalOf } from './issues.ts';

/** Fields that the stored record of a call masks. */
const PERSONAL_FIELDS = ['payer_id', 'given_name', 'surname', 'full_name', 'account_id', 'note_to_payer'];

export interface PaypalCall {
  /** For logs, metrics and crash points, such as `capture`. */
  readonly operation: string;
  /** The row of ours that the call is about. */
  readonly subject?: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
  /** Our id and what is asked: PayPal answers a second request under it with the answer to the first. */
  readonly requestId?: string;
  readonly timeoutMs?: number;
  /** Whether the outbound client may repeat it by itself. */
  readonly isSafeToRepeat: boolean;
}

export type PaypalAnswer =
  /** `body` is `undefined` where the answer has none. */
  | { readonly kind: 'done'; readonly body: unknown }
  /** Nothing was done by this request. */
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly reason: GatewayReason }
  | { readonly kind: 'not_sent' | 'unknown'; readonly reason: GatewayReason };

export interface PaypalClient {
  call(call: PaypalCall): Promise<PaypalAnswer>;
}

export interface PaypalClientDeps {
  readonly settings: CheckedSettings;
  readonly outbound: Outbound;
  readonly tokens: BearerTokens;
}

const errorSchema = z.object({
  name: z.string(),
  details: z.array(z.object({ issue: z.string().optional() })).optional(),
});

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** The most exact word of PayPal's error body; `undefined` when the answer is not one (a proxy's page). */
function errorCodeOf(body: Buffer): string | undefined {
  const { data } = errorSchema.safeParse(parseJson(body));
  const code = data?.details?.[0]?.issue ?? data?.name;
  return code !== undefined && /^[A-Z][A-Z_0-9]{1,63}$/.test(code) ? code : undefined;
}

function refusalOfStatus(status: number, code: string): Refusal | undefined {
  switch (status) {
    case 400:
      return refusalOf(code) ?? 'invalid';
    case 401:
    case 403:
      return 'misconfigured';
    case 404:
      return 'not_found';
    case 422:
      return refusalOf(code);
    default:
      return undefined;
  }
}

function judgeError({ status, body }: OutboundResponse): PaypalAnswer {
  const code = errorCodeOf(body);
  const refusal = code === undefined ? undefined : refusalOfStatus(status, code);
  if (code !== undefined && refusal !== undefined) {
    return { kind: 'refused', refusal, reason: reasonOf(refusal, code) };
  }
  const message = 'PayPal did not say what became of the request.';
  return { kind: 'unknown', reason: { code: code ?? `http_${status}`, message } };
}

function judge(response: OutboundResponse): PaypalAnswer {
  if (response.status < 200 || response.status >= 300) {
    return judgeError(response);
  }
  if (response.body.length === 0) {
    return { kind: 'done', body: undefined };
  }
  const body = parseJson(response.body);
  return body === undefined ? { kind: 'unknown', reason: MALFORMED_ANSWER } : { kind: 'done', body };
}

export function createPaypalClient({ settings, outbound, tokens }: PaypalClientDeps): PaypalClient {
  function send({ path, body, requestId, ...call }: PaypalCall, token: string): Promise<OutboundResponse> {
    return outbound.call({
      ...call,
      provider: 'paypal',
      url: `${settings.baseUrl}${path}`,
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json', prefer: 'return=representation' }),
        ...(requestId !== undefined && { 'paypal-request-id': requestId }),
      },
      ...(body !== undefined && { body }),
      redact: PERSONAL_FIELDS,
    });
  }

  async function sendWithToken(call: PaypalCall): Promise<OutboundResponse> {
    const token = await tokens.current();
    const response = await send(call, token);
    // A token that was revoked: nothing was done, and another one is asked for once.
    return response.status === 401 ? send(call, await tokens.renew(token)) : response;
  }

  return {
    async call(call) {
      try {
        return judge(await sendWithToken(call));
      } catch (error) {
        if (error instanceof OutboundError) {
          return {
            kind: error.kind,
            reason: { code: error.reason, message: 'PayPal could not be reached.' },
          };
        }
        if (error instanceof NoToken) {
          return { kind: 'not_sent', reason: { code: error.code, message: 'PayPal gave us no access.' } };
        }
        throw error;
      }
    },
  };
}
