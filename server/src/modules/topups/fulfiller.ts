/**
 * What the money of an order makes of its top-up, inside the transactions of payments.
 *
 * Invariant: a paid top-up has the job that sends it, written in the transaction that recorded its money. What was
 * delivered can not be taken back from a phone: a refund of it is a gift of staff, and a dispute of it is theirs to answer.
 */
import type { Tx } from '../../kernel/db/index.ts';
import { enqueue } from '../../kernel/jobs/index.ts';
import type { Fulfiller, OrderRow } from '../orders/index.ts';
import { topupSend } from './jobs.ts';
import { findTopupOfOrder, markPaid } from './repository.ts';

async function onPaid(tx: Tx, { id: orderId }: OrderRow): Promise<void> {
  await markPaid(tx, orderId);
  const topup = await findTopupOfOrder(tx, orderId);
  if (topup === undefined) {
    throw new Error(`order ${orderId} is a top-up without a row of its own`);
  }
  await planSend(tx, topup.id);
}

/** Lets a worker send it, if nobody has begun to. */
export async function planSend(tx: Tx, topupId: string): Promise<boolean> {
  return enqueue(tx, topupSend, { topupId }, { key: topupId });
}

export const topupFulfiller: Fulfiller = {
  kind: 'topup',
  onPaid,
  onRefundReserved: async () => undefined,
  onRefundChanged: async () => undefined,
  onDisputeChanged: async () => undefined,
};
