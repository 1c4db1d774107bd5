import type { KnownPayment, QueryPaymentResult } from '../gateway.ts';
import type { PaypalClient } from './client.ts';
import { FOREIGN_ANSWER, MALFORMED_ANSWER } from './issues.ts';
import { type OrderReading, readOrder } from './order.ts';

export type LookedUp =
  | { readonly kind: 'found'; readonly order: OrderReading }
  /** Why there is no order to look at, in the words of a query. */
  | {
      readonly kind: 'none';
      readonly result: Extract<QueryPaymentResult, { outcome: 'not_found' | 'unknown' }>;
    };

/** Reads the order of an attempt as PayPal has it now. */
export type LookUp = (
  payment: Pick<KnownPayment, 'id'> & { readonly reference: string },
  deadlineMs?: number,
) => Promise<LookedUp>;

export const orderPath = (reference: string, verb = '') =>
  `/v2/checkout/orders/${encodeURIComponent(reference)}${verb}`;

/** Whether the body is this attempt's order. */
export function readOwnOrder(body: unknown, paymentId: string, merchantId: string): LookedUp {
  const order = readOrder(body, merchantId);
  if (!order) {
    return { kind: 'none', result: { outcome: 'unknown', reason: MALFORMED_ANSWER } };
  }
  return order.paymentId === paymentId
    ? { kind: 'found', order }
    : { kind: 'none', result: { outcome: 'unknown', reason: FOREIGN_ANSWER } };
}

export function createLookUp(client: PaypalClient, merchantId: string): LookUp {
  return async ({ id, reference }, deadlineMs) => {
    const answer = await client.call({
      operation: 'get_order',
      subject: id,
      method: 'GET',
      path: orderPath(reference),
      isSafeToRepeat: true,
      ...(deadlineMs !== undefined && { timeoutMs: deadlineMs }),
    });
    if (answer.kind === 'done') {
      return readOwnOrder(answer.body, id, merchantId);
    }
    return answer.kind === 'refused' && answer.refusal === 'not_found'
      ? { kind: 'none', result: { outcome: 'not_found' } }
      : { kind: 'none', result: { outcome: 'unknown', reason: answer.reason } };
  };
}
