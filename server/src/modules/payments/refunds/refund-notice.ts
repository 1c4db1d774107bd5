import type { Actor } from '../../../kernel/actor.ts';
import type { Tx } from '../../../kernel/db/index.ts';
import type { RefundEvent } from '../events.ts';
import { purposeOf } from '../payment.ts';
import type { RefundNotice } from '../purpose.ts';
import type { RefundRow } from '../tables.ts';
import { targetOf } from './refund.ts';
import { readRefundSums } from './refund-repository.ts';

/** What the owner is told of a refund, with the sums as they stand after the change. */
export async function toRefundNotice(tx: Tx, refund: RefundRow, by: Actor): Promise<RefundNotice> {
  const purpose = purposeOf(refund);
  return {
    refundId: refund.id,
    paymentId: refund.payment_id,
    purpose,
    amount: { amount: refund.amount, currency: refund.currency },
    isSurplus: refund.is_surplus === 1,
    state: refund.status,
    ...(await readRefundSums(tx, purpose)),
    at: tx.now,
    by,
  };
}

export function toRefundEvent(refund: RefundRow): RefundEvent {
  return {
    refundId: refund.id,
    paymentId: refund.payment_id,
    purpose: purposeOf(refund),
    amount: { amount: refund.amount, currency: refund.currency },
    isSurplus: refund.is_surplus === 1,
    to: targetOf(refund),
  };
}
