/**
 * One exchange with Unitel, judged. Questions may be repeated: on broken connections, and once with another token after a
 * 401. A delivery is sent once over a connection of its own, with the token that was fetched for it, and never again.
 */
import {
  type BearerTokens,
  NoToken,
  type Outbound,
  OutboundError,
  type OutboundResponse,
} from '../../kernel/outbound/index.ts';
import { DELIVERY_TIMEOUT_MS, type OperatorReason, type SendPermit } from '../operator.ts';
import { type Answer, judgeAnswer } from './answers.ts';
import type { UnitelSettings } from './config.ts';

/** Fields that the stored record of a call masks. */
const PERSONAL_FIELDS = ['msisdn', 'owner', 'vat_register_no', 'customerNo', 'lottery', 'qrData'];

export type ClientAnswer =
  | Answer
  | { readonly kind: 'not_sent' | 'unknown'; readonly reason: OperatorReason };

interface UnitelCall {
  /** For logs, metrics and crash points, such as `recharge`. */
  readonly operation: string;
  readonly path: string;
  readonly body: object;
}

export interface UnitelDelivery extends UnitelCall {
  /** The row of ours that the call is about. */
  readonly subject: string;
  readonly permit: SendPermit;
  readonly startWithinMs: number;
}

export interface UnitelClient {
  /** Asks for something, which moves nothing. */
  ask(call: UnitelCall): Promise<ClientAnswer>;
  /** Sends a delivery, once. */
  send(delivery: UnitelDelivery): Promise<ClientAnswer>;
  /** Fetches a token, or says why there is none. */
  prepare(): Promise<{ readonly permit: SendPermit } | { readonly reason: OperatorReason }>;
}

export interface UnitelClientDeps {
  readonly settings: UnitelSettings;
  readonly outbound: Outbound;
  readonly tokens: BearerTokens;
  readonly askTimeoutMs: number;
}

function explain(error: unknown): Extract<ClientAnswer, { readonly kind: 'not_sent' | 'unknown' }> {
  if (error instanceof NoToken) {
    return { kind: 'not_sent', reason: { code: error.code, message: 'Unitel gave no token.' } };
  }
  if (error instanceof OutboundError) {
    const message =
      error.kind === 'not_sent' ? 'Unitel could not be reached.' : 'Unitel did not answer the request.';
    return { kind: error.kind, reason: { code: error.reason, message } };
  }
  throw error;
}

export function createUnitelClient({
  settings,
  outbound,
  tokens,
  askTimeoutMs,
}: UnitelClientDeps): UnitelClient {
  const shared = ({ operation, path, body }: UnitelCall, token: string) => ({
    provider: 'unitel',
    operation,
    method: 'POST' as const,
    url: `${settings.baseUrl}${path}`,
    headers: {
      accept: 'application/json',
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(body),
    redact: PERSONAL_FIELDS,
  });

  function askWith(call: UnitelCall, token: string): Promise<OutboundResponse> {
    return outbound.call({ ...shared(call, token), timeoutMs: askTimeoutMs, isSafeToRepeat: true });
  }

  return {
    async ask(call) {
      try {
        const token = await tokens.current();
        const answer = judgeAnswer(await askWith(call, token));
        return answer.kind === 'unauthorised'
          ? judgeAnswer(await askWith(call, await tokens.renew(token)))
          : answer;
      } catch (error) {
        return explain(error);
      }
    },
    async send({ subject, permit, startWithinMs, ...call }) {
      try {
        const response = await outbound.call({
          ...shared(call, permit.token),
          subject,
          startWithinMs,
          timeoutMs: DELIVERY_TIMEOUT_MS,
          freshConnection: true,
          isSafeToRepeat: false,
        });
        return judgeAnswer(response);
      } catch (error) {
        return explain(error);
      }
    },
    async prepare() {
      try {
        return { permit: { token: await tokens.current() } };
      } catch (error) {
        return { reason: explain(error).reason };
      }
    },
  };
}
