import type { KnownPayment, QueryPaymentResult } from '../gateway.ts';
import type { PaypalClient } from './client.ts';
import { type LookUp, orderPath, readOwnOrder } from './look-up.ts';

export interface AuthorisePaymentDeps {
  readonly client: PaypalClient;
  readonly lookUp: LookUp;
  readonly merchantId: string;
}

/**
 * Turns what the payer has agreed to into a hold. An order is authorised once only: a repeat, and a request that crosses
 * another one, find the hold that there is.
 */
export function createAuthorisePayment({ client, lookUp, merchantId }: AuthorisePaymentDeps) {
  return async (payment: KnownPayment): Promise<QueryPaymentResult> => {
    const { id, reference } = payment;
    if (reference === null) {
      return { outcome: 'not_found' };
    }
    const answer = await client.call({
      operation: 'authorize_order',
      subject: id,
      method: 'POST',
      path: orderPath(reference, '/authorize'),
      body: '{}',
      requestId: `${id}.authorize`,
      isSafeToRepeat: true,
    });
    if (answer.kind === 'done') {
      const found = readOwnOrder(answer.body, id, merchantId);
      return found.kind === 'found' ? found.order.result : found.result;
    }
    if (answer.kind !== 'refused' || answer.refusal === 'misconfigured' || answer.refusal === 'in_progress') {
      return { outcome: 'unknown', reason: answer.reason };
    }
    if (answer.refusal === 'payer_must_act' || answer.refusal === 'refused_for_now') {
      return { outcome: 'pending', reference, reason: answer.reason };
    }
    const looked = await lookUp({ id, reference });
    if (looked.kind === 'none') {
      return looked.result;
    }
    const { result } = looked.order;
    const isStillOpen = result.outcome === 'approved' || result.outcome === 'pending';
    return isStillOpen ? { outcome: 'declined', reason: answer.reason } : result;
  };
}
