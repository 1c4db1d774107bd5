/** How many orders of a customer wait for their money: a counter that one conditional update keeps under its limit. */
import { statement, type Tx } from '../../kernel/db/index.ts';
import { AppError } from '../../kernel/errors.ts';
import { tooManyUnpaidOrders } from './errors.ts';

const addOne = statement<{ customerId: string; limit: number; now: number }>((query, p) =>
  query
    .updateTable('order_counts')
    .set((eb) => ({ unpaid: eb('unpaid', '+', 1), updated_at: p.now }))
    .where('customer_id', '=', p.customerId)
    .where('unpaid', '<', p.limit),
);

const subtractOne = statement<{ customerId: string; now: number }>((query, p) =>
  query
    .updateTable('order_counts')
    .set((eb) => ({ unpaid: eb('unpaid', '-', 1), updated_at: p.now }))
    .where('customer_id', '=', p.customerId),
);

/** Counts one more. Throws `too_many_unpaid_orders` (429) at the limit, which is at least 1. */
export async function countUnpaid(tx: Tx, customerId: string, limit: number): Promise<void> {
  const values = { customerId, limit, now: tx.now };
  const isCounted =
    (await addOne.run(tx, values)) === 1 ||
    (await tx.insertOnce('order_counts', { customer_id: customerId, unpaid: 1, updated_at: tx.now })) ||
    // The row was there after all: full, or made a moment ago by somebody else.
    (await addOne.run(tx, values)) === 1;
  if (!isCounted) {
    throw new AppError(tooManyUnpaidOrders, { details: { limit } });
  }
}

/** Counts one fewer, because the order is paid, closed or cancelled. */
export async function uncountUnpaid(tx: Tx, customerId: string): Promise<void> {
  await subtractOne.send(tx, { customerId, now: tx.now });
}
