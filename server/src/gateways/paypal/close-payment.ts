/**
 * Closing. PayPal can not cancel an order; it need not: nobody but us captures, and a closed attempt is never captured. So an
 * order that has taken nothing is closed by that decision alone, even if its payer approves it later. A hold is given back.
 */
import type { ClosePaymentResult, KnownPayment } from '../gateway.ts';
import type { PaypalClient } from './client.ts';
import type { LookUp } from './look-up.ts';
import type { OrderReading } from './order.ts';

export interface ClosePaymentDeps {
  readonly client: PaypalClient;
  readonly lookUp: LookUp;
}

export function createClosePayment({ client, lookUp }: ClosePaymentDeps) {
  async function look(payment: KnownPayment, reference: string) {
    return lookUp({ id: payment.id, reference });
  }

  async function letGo(
    payment: KnownPayment,
    reference: string,
    order: OrderReading,
  ): Promise<ClosePaymentResult> {
    if (order.authorisationId === null) {
      return { outcome: 'closed' };
    }
    const answer = await client.call({
      operation: 'void_authorization',
      subject: payment.id,
      method: 'POST',
      path: `/v2/payments/authorizations/${encodeURIComponent(order.authorisationId)}/void`,
      body: '{}',
      requestId: `${payment.id}.void`,
      isSafeToRepeat: true,
    });
    if (answer.kind === 'done') {
      return { outcome: 'closed' };
    }
    if (answer.kind !== 'refused') {
      return { outcome: 'unknown', reason: answer.reason };
    }
    const again = await look(payment, reference);
    const outcome = again.kind === 'found' ? again.order.result.outcome : 'unknown';
    switch (outcome) {
      case 'closed':
      case 'declined':
        return { outcome: 'closed' };
      case 'succeeded':
        return { outcome: 'already_paid' };
      default:
        return { outcome: 'unknown', reason: answer.reason };
    }
  }

  return async (payment: KnownPayment): Promise<ClosePaymentResult> => {
    if (payment.reference === null) {
      // Its id was never known here, so it was never captured, and never will be.
      return { outcome: 'abandoned' };
    }
    const found = await look(payment, payment.reference);
    if (found.kind === 'none') {
      return found.result;
    }
    const { result } = found.order;
    switch (result.outcome) {
      case 'pending':
      case 'approved':
        return { outcome: 'abandoned' };
      case 'declined':
      case 'closed':
        return { outcome: 'closed' };
      case 'authorized':
        return letGo(payment, payment.reference, found.order);
      case 'succeeded':
        return { outcome: 'already_paid' };
      case 'processing':
        return { outcome: 'not_closable' };
      case 'not_found':
      case 'unknown':
        return result;
    }
  };
}
