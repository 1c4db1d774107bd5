/** The job that ends an unpaid order. It is written with the order, moved by a cancellation and removed by a payment. */
import { z } from 'zod';
import { SECOND_MS } from '../../kernel/clock.ts';
import type { Tx } from '../../kernel/db/index.ts';
import { cancelJob, defineJob, enqueue, moveJob } from '../../kernel/jobs/index.ts';

const payload = z.object({ orderId: z.string() });

export type CloseJob = z.infer<typeof payload>;

/** Never given up while the order is pending: three runs from 2 s on, doubling, then ever more rarely with an alert. */
export const orderClose = defineJob<CloseJob>({
  name: 'order.close',
  version: 1,
  payload,
  isMoney: true,
  firstBackoffMs: 2 * SECOND_MS,
});

/** Lets the order be closed at `runAt` (ms), whether or not it had a time for that before. */
export async function planClose(tx: Tx, orderId: string, runAt: number): Promise<void> {
  if (!(await enqueue(tx, orderClose, { orderId }, { runAt, key: orderId }))) {
    await moveJob(tx, orderClose, orderId, runAt);
  }
}

/** The order is paid or has ended: there is nothing left to close. */
export async function dropClose(tx: Tx, orderId: string): Promise<void> {
  await cancelJob(tx, orderClose, orderId);
}
