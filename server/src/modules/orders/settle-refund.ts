/**
 * What a refund makes of the order's payment status.
 *
 * Invariant: it follows the sums that payments hands over and nothing else: refunds under way, done, and what was
 * captured, none of which counts surplus. Crash story: it moves in the transaction that moves the refund.
 */
import type { Tx } from '../../kernel/db/index.ts';
import { canMove, transition } from '../../kernel/states.ts';
import type { RefundNotice } from '../payments/index.ts';
import { orderMachine, type PaymentStatus } from './order-states.ts';
import { dropOpenRequest } from './refunds/decide-request.ts';
import type { OrderRow } from './tables.ts';

/** The payment status of an order that was paid, from the sums of its money. */
export function paymentStatusAfter({
  captured,
  refundedDone,
  refundedUnderWay,
}: Pick<RefundNotice, 'captured' | 'refundedDone' | 'refundedUnderWay'>): PaymentStatus {
  if (refundedUnderWay > 0) {
    return 'refund_pending';
  }
  if (refundedDone === 0) {
    return 'paid';
  }
  return refundedDone >= captured ? 'refunded' : 'partially_refunded';
}

/** Moves the payment status to where the sums say it is. A refund that came as done passes through `refund_pending`. */
export async function settleRefund(tx: Tx, refund: RefundNotice): Promise<void> {
  const order = await tx.lock('orders', refund.purpose.id);
  const isPaid = order !== undefined && !['unpaid', 'authorized'].includes(order.payment_status);
  if (!isPaid) {
    return;
  }
  if (refund.refundedDone + refund.refundedUnderWay >= refund.captured) {
    await dropOpenRequest(tx, order.id);
  }
  const target = paymentStatusAfter(refund);
  const options = { by: refund.by, note: refund.refundId };
  let current = order;
  if (target === current.payment_status) {
    return;
  }
  if (!canMove(orderMachine.fields.payment_status, current.payment_status, target)) {
    const between = { payment_status: 'refund_pending' } as const;
    current = await transition<OrderRow>(tx, orderMachine, current, between, options);
  }
  await transition<OrderRow>(tx, orderMachine, current, { payment_status: target }, options);
}
