/**
 * Money that is handed over with the goods. Invariant: goods that are paid on delivery are handed over only together with
 * what was collected for them, in one transaction; nobody collects for goods that are paid already.
 *
 * Crash story: runs in the transaction of the arrow that hands the goods over.
 */
import type { Actor } from '../../kernel/actor.ts';
import type { Tx } from '../../kernel/db/index.ts';
import { AppError } from '../../kernel/errors.ts';
import type { OrdersDeps } from './deps.ts';
import { collectedAmountRequired, nothingToCollect } from './errors.ts';
import type { OrderRow } from './tables.ts';

export interface Collection {
  readonly by: Actor;
  /** What was handed over, in minor units: for the step that hands over goods which are paid on delivery. */
  readonly collectedAmount?: number | undefined;
  /** Whether another amount than what is owed is booked: a person has decided so. */
  readonly acceptsDifference?: boolean | undefined;
}

/** Whether the order was confirmed without its money, which is still to be collected. */
export function isPaidOnDelivery(order: OrderRow): order is OrderRow & { payment_id: string } {
  return order.payment_id !== null && order.payment_status === 'unpaid';
}

/**
 * Books what was handed over; answers the order as it stands then. Throws `collected_amount_required`,
 * `nothing_to_collect` (422) and `amount_differs` (409).
 */
export async function collect(
  tx: Tx,
  { payments }: OrdersDeps,
  order: OrderRow,
  request: Collection,
): Promise<OrderRow> {
  const { collectedAmount, acceptsDifference = false, by } = request;
  if (!isPaidOnDelivery(order)) {
    if (collectedAmount !== undefined) {
      throw new AppError(nothingToCollect, { details: { paymentStatus: order.payment_status } });
    }
    return order;
  }
  if (collectedAmount === undefined) {
    throw new AppError(collectedAmountRequired, {
      details: { amount: order.total, currency: order.currency },
    });
  }
  await payments.recordByHand(tx, {
    paymentId: order.payment_id,
    amount: { amount: collectedAmount, currency: order.currency },
    reference: `cash:${order.payment_id}`,
    receivedAt: tx.now,
    by,
    accepts: acceptsDifference ? 'any' : 'exact',
  });
  return (await tx.lock('orders', order.id)) ?? order;
}
