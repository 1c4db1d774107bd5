import type { Clock } from '../../kernel/clock.ts';
import type { KnownPayment, QueryPaymentResult } from '../gateway.ts';
import type { PaypalClient } from './client.ts';
import { CREATION_REPEATABLE_MS, callForOrder } from './create-payment.ts';
import { type LookUp, readOwnOrder } from './look-up.ts';

export interface QueryPaymentDeps {
  readonly client: PaypalClient;
  readonly lookUp: LookUp;
  readonly clock: Clock;
  readonly merchantId: string;
}

export type QueryPayment = (payment: KnownPayment, deadlineMs?: number) => Promise<QueryPaymentResult>;

/**
 * Reads the attempt's order. Where the answer to the creation was lost, the creation is repeated under its PayPal-Request-Id,
 * which finds the order; it may as well make it now, which moves nothing. After PayPal has forgotten the id there is no order
 * that anybody could have been led to.
 */
export function createQueryPayment({ client, lookUp, clock, merchantId }: QueryPaymentDeps): QueryPayment {
  async function findReference(
    payment: KnownPayment,
    deadlineMs?: number,
  ): Promise<string | QueryPaymentResult> {
    if (clock.now() >= payment.createdAt + CREATION_REPEATABLE_MS) {
      return { outcome: 'not_found' };
    }
    const answer = await callForOrder(client, payment, deadlineMs);
    if (answer.kind !== 'done') {
      return { outcome: 'unknown', reason: answer.reason };
    }
    const found = readOwnOrder(answer.body, payment.id, merchantId);
    return found.kind === 'found' ? found.order.orderId : found.result;
  }

  return async (payment, deadlineMs) => {
    const reference = payment.reference ?? (await findReference(payment, deadlineMs));
    if (typeof reference !== 'string') {
      return reference;
    }
    // What a repeated creation answers is the order as it was then.
    const found = await lookUp({ id: payment.id, reference }, deadlineMs);
    return found.kind === 'found' ? found.order.result : found.result;
  };
}
