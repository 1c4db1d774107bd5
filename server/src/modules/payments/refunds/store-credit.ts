/**
 * Refunds that are not paid in money: the customer has the amount as store credit instead. Invariant: the counters of the
 * capture move as for any refund, so that nothing is given back twice; the refund is done in the transaction that promises
 * it, with one ledger transfer into the customer's wallet; no provider is asked for it.
 *
 * Crash story: one transaction. What a provider returns under its number all the same enters as money that went back
 * without us, with an alert.
 */
import type { Actor } from '../../../kernel/actor.ts';
import type { Tx } from '../../../kernel/db/index.ts';
import { AppError, illegalTransition, notFound } from '../../../kernel/errors.ts';
import { cancelJob } from '../../../kernel/jobs/index.ts';
import { writeAudit } from '../../audit/index.ts';
import type { PaymentsDeps } from '../deps.ts';
import { refundPoll, refundSend } from '../jobs.ts';
import type { RefundRow } from '../tables.ts';
import { completeRefund } from './end-refund.ts';
import { isWithPerson } from './refund.ts';
import { assertNotBeingFinished, lockRefund } from './refund-repository.ts';
import { type RefundOrder, reserveRefund } from './reserve-refund.ts';

/** Reserves refunds, and carries out at once those that are store credit. Throws like {@link reserveRefund}. */
export async function refund(
  tx: Tx,
  deps: PaymentsDeps,
  order: RefundOrder,
): Promise<{ refundIds: string[] }> {
  const reserved = await reserveRefund(tx, deps, order);
  if (order.to === 'store_credit') {
    for (const id of reserved.refundIds) {
      const row = await tx.lock('refunds', id);
      if (row?.status === 'reserved') {
        await giveCredit(tx, deps, row, order.by);
      }
    }
  }
  return reserved;
}

function giveCredit(tx: Tx, deps: PaymentsDeps, row: RefundRow, by: Actor): Promise<void> {
  // Should the provider return the money all the same, its number enters as a refund that we did not make.
  const outside = { paid_from: 'store_credit', provider_refund_id: null } as const;
  const set = { ...outside, succeeded_at: tx.now, failure: null };
  return completeRefund(tx, deps, row, { by, set });
}

/**
 * Turns a refund that waits, that its provider could not finish, or that a person would have to pay into store credit.
 * Throws `not_found`, `illegal_transition` and `refund_being_finished` (409): what is at the provider now may still be
 * carried out there.
 */
export async function creditInstead(
  tx: Tx,
  deps: PaymentsDeps,
  refundId: string,
  { by, ip }: { readonly by: Actor; readonly ip: string | null },
): Promise<void> {
  const row = await lockRefund(tx, deps, refundId);
  if (row === undefined) {
    throw new AppError(notFound);
  }
  if (row.status === 'succeeded' && row.paid_from === 'store_credit') {
    return;
  }
  if (row.status !== 'reserved' && row.status !== 'abnormal' && !isWithPerson(row)) {
    const details = { entity: 'refund', field: 'to', from: row.status, to: 'store_credit', legal: [] };
    throw new AppError(illegalTransition, { details });
  }
  assertNotBeingFinished(row);
  await cancelJob(tx, refundSend, row.id);
  await cancelJob(tx, refundPoll, row.id);
  await giveCredit(tx, deps, row, by);
  await writeAudit(tx, {
    actor: by,
    action: 'refund.store_credit',
    target: { type: 'refund', id: row.id },
    before: { status: row.status, isByHand: row.by_hand === 1 },
    after: { amount: row.amount, currency: row.currency },
    ip,
  });
}
