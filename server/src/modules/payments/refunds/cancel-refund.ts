/**
 * A reserved refund is given up before it is sent, because money has gone back without us and it has no room any more.
 * Invariant: what it had reserved is free again in the same transaction, nothing was sent under its number that could still
 * be carried out, and what is still owed of it is reserved anew.
 *
 * Crash story: one transaction, in which the refund is locked after its purpose.
 */
import type { Actor } from '../../../kernel/actor.ts';
import type { Tx } from '../../../kernel/db/index.ts';
import { publish } from '../../../kernel/events/index.ts';
import { transition } from '../../../kernel/states.ts';
import { ownerOf, type PaymentsDeps } from '../deps.ts';
import { refundCancelled } from '../events.ts';
import { releaseRefundOn } from '../payment-repository.ts';
import type { CaptureRow, RefundRow } from '../tables.ts';
import { toRefundEvent, toRefundNotice } from './refund-notice.ts';
import { refundMachine } from './refund-states.ts';
import { replaceRefund } from './replace-refund.ts';

/** Whether the provider has returned so much without us that not all of our reserved refunds have room any more. */
export function isReturnedByProvider(capture: CaptureRow): boolean {
  return capture.refund_reserved + capture.external_refunded > capture.amount;
}

export async function cancelRefund(
  tx: Tx,
  deps: PaymentsDeps,
  row: RefundRow,
  { note, by }: { readonly note: string; readonly by: Actor },
): Promise<void> {
  const options = { by, note, set: { failure: note } };
  const refund = await transition<RefundRow>(tx, refundMachine, row, { status: 'cancelled' }, options);
  await releaseRefundOn(tx, refund.capture_id, refund.amount);
  await replaceRefund(tx, deps, refund, { by, sendAt: tx.now });
  await ownerOf(deps, refund.purpose_type).onRefundChanged(tx, await toRefundNotice(tx, refund, by));
  await publish(tx, refundCancelled, refund.purpose_id, toRefundEvent(refund));
}
