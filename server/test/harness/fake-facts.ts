/** What the fake provider says of money. */
import type { PaymentFacts, PaymentRequest, RefundFacts } from '../../src/gateways/gateway.ts';
import type { Money } from '../../src/kernel/money.ts';

export const MERCHANT = '1900000001';

/** What the provider says of a trade that was paid as it was asked for. */
export function paymentFacts(request: PaymentRequest, paidAt: number): PaymentFacts {
  return {
    amount: request.amount,
    merchantAccount: MERCHANT,
    appId: request.appId,
    transactionId: `42${request.id}`,
    paidAt,
    payer: 'o_payer',
  };
}

/** What the provider says of a refund that was made as it was asked for. */
export function refundFacts(
  request: { readonly id: string; readonly amount: Money; readonly payment: { readonly id: string } },
  finishedAt: number,
): RefundFacts {
  return {
    amount: request.amount,
    paymentId: request.payment.id,
    merchantAccount: MERCHANT,
    providerRefundId: `50${request.id}`,
    finishedAt,
  };
}
