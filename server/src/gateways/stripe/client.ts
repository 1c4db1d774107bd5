/**
 * One exchange with Stripe, judged. Whatever is not certain, a lost answer, a 5xx, a rate limit, a body that is cut short, is
 * `unknown`, and the caller asks again: under the same key, so that the same request is carried out once.
 */
import type { Stripe } from 'stripe';
import { OutboundError } from '../../kernel/outbound/index.ts';
import type { GatewayReason } from '../gateway.ts';
import { judgeError, type Refusal } from './errors.ts';
import type { Answered, StripeCall, Transport } from './transport.ts';

export type StripeAnswer =
  | ({ readonly kind: 'done' } & Answered<unknown>)
  /** Certainly not done. */
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly reason: GatewayReason }
  | { readonly kind: 'not_sent' | 'unknown'; readonly reason: GatewayReason };

export interface StripeClient {
  call(call: StripeCall, ask: (sdk: Stripe) => Promise<unknown>): Promise<StripeAnswer>;
}

export function createStripeClient(transport: Transport): StripeClient {
  return {
    async call(call, ask) {
      try {
        return { kind: 'done', ...(await transport.run(call, ask)) };
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
