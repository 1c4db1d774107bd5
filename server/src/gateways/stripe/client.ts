/**
 * One exchange with Stripe, judged. Whatever is not certain, a lost answer, a 5xx, a rate limit, a body that is cut short, is
 * `unknown`, and the caller asks again: under the same key, so that the same request is carried out once.
 */
import type { Stripe } from 'stripe';
import { OutboundError } from '../../kernel/outbound/index.ts';
import type { GatewayReason } from '../gateway.ts';
import { judgeError, type Refusal } from './errors.ts';
import type { StripeCall, Transport } from './transport.ts';

export type StripeAnswer =
  /** `isReplayed`: the answer that was given to an earlier request under the same key, as things stood then. */
  | { readonly kind: 'done'; readonly body: unknown; readonly isReplayed: boolean }
  /** Certainly not done. */
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly reason: GatewayReason }
  | { readonly kind: 'not_sent' | 'unknown'; readonly reason: GatewayReason };

export interface StripeClient {
  call(call: StripeCall, ask: (sdk: Stripe) => Promise<unknown>): Promise<StripeAnswer>;
}

/** The SDK hangs the answer's headers onto what it parsed. */
function isReplay(body: unknown): boolean {
  const { lastResponse } = (body ?? {}) as { lastResponse?: { headers?: Record<string, string> } };
  return lastResponse?.headers?.['idempotent-replayed'] === 'true';
}

export function createStripeClient(transport: Transport): StripeClient {
  return {
    async call(call, ask) {
      try {
        const body = await transport.run(call, ask);
        return { kind: 'done', body, isReplayed: isReplay(body) };
      } catch (error) {
        if (error instanceof OutboundError) {
          return {
            kind: error.kind,
            reason: { code: error.reason, message: 'Stripe could not be reached.' },
          };
        }
        const judged = judgeError(error);
        if (!judged) {
          throw error;
        }
        const { refusal, reason } = judged;
        return refusal ? { kind: 'refused', refusal, reason } : { kind: 'unknown', reason };
      }
    },
  };
}
