/** The run of the job `order.close`: at the expiry, and again for whatever closing a crash or a provider interrupted. */
import { systemActor } from '../../kernel/actor.ts';
import { handleJob, type JobHandler, type JobRun } from '../../kernel/jobs/index.ts';
import { raiseAlert } from '../alerts/index.ts';
import { type CloseJob, orderClose } from './close-job.ts';
import { beginClosing, NOT_CLOSING_ALERT, runClosing } from './closing.ts';
import { type OrdersDeps, toPurpose } from './deps.ts';
import { isAwaitingPayment } from './order.ts';

const ALERT_FROM_RUN = 3;

type Step = 'close' | 'ended';

async function closeExpired(deps: OrdersDeps, job: JobRun<CloseJob>): Promise<void> {
  if ((await begin(deps, job)) === 'ended') {
    return;
  }
  const { orderId } = job.payload;
  const { isSettled, waitUntil } = await runClosing(deps, orderId, (tx) => job.complete(tx));
  if (isSettled) {
    return;
  }
  if (waitUntil !== null) {
    await deps.db.tx('order.wait_to_close', (tx) => job.reschedule(tx, waitUntil));
    return;
  }
  if (job.attempt >= ALERT_FROM_RUN) {
    const alert = { kind: NOT_CLOSING_ALERT, subject: orderId, severity: 'warning' as const };
    await deps.db.tx('order.alert_not_closing', (tx) =>
      raiseAlert(tx, { ...alert, details: { runs: job.attempt } }),
    );
  }
  throw new Error(`order ${orderId} still has an attempt that its provider has not closed`);
}

/** tx A. An order that is not due yet keeps its job for then, one that has ended loses it. */
function begin(deps: OrdersDeps, job: JobRun<CloseJob>): Promise<Step> {
  const { orderId } = job.payload;
  return deps.db.tx('order.begin_closing', async (tx) => {
    const order = await tx.lock('orders', orderId);
    if (order?.closing_at) {
      return 'close';
    }
    if (!order || !isAwaitingPayment(order)) {
      await job.complete(tx);
      return 'ended';
    }
    if (order.expires_at > tx.now) {
      await job.reschedule(tx, order.expires_at);
      return 'ended';
    }
    const held = await deps.payments.heldUntil(tx, toPurpose(orderId));
    if (held !== null && held > tx.now) {
      await job.reschedule(tx, held);
      return 'ended';
    }
    await beginClosing(tx, order, { to: 'closed', by: systemActor('order.close'), reason: null });
    return 'close';
  });
}

/** The handler of the job that closes unpaid orders. */
export function handleOrderClose(deps: OrdersDeps): JobHandler {
  return handleJob(orderClose, (job) => closeExpired(deps, job));
}
