/**
 * Refunds that a person pays: on rails without a provider, beyond a provider's limits, and where a provider needs a person.
 * Invariant: such a refund stays `sent` (or `abnormal`) and nobody asks a provider about it; it is done once, with a
 * reference, by somebody who has neither promised it nor taken it out of its provider's hands, nor said or confirmed that a
 * payout of this money came back before. The update that names
 * this person carries the condition, so that two requests at once can not get around it.
 *
 * Crash story: each step is one transaction with its audit entry. What the provider returns all the same is found by its
 * notification and enters as money that went back without us, with an alert.
 */
import { type Actor, systemActor } from '../../../kernel/actor.ts';
import { statement, type Tx } from '../../../kernel/db/index.ts';
import { AppError, illegalTransition, notFound } from '../../../kernel/errors.ts';
import { cancelJob } from '../../../kernel/jobs/index.ts';
import { transition } from '../../../kernel/states.ts';
import { resolveAlert } from '../../alerts/index.ts';
import { writeAudit } from '../../audit/index.ts';
import { alertPerson } from '../by-hand/await-person.ts';
import type { PaymentsDeps } from '../deps.ts';
import { refundNotByHand, secondPersonRequired } from '../errors.ts';
import { refundPoll, refundSend } from '../jobs.ts';
import { findPayment } from '../payment-repository.ts';
import type { RefundRow } from '../tables.ts';
import { cancelRefund, isReturnedByProvider } from './cancel-refund.ts';
import { completeRefund } from './end-refund.ts';
import { isWithPerson } from './refund.ts';
import { assertNotBeingFinished, lockRefund, patchRefund } from './refund-repository.ts';
import { refundMachine } from './refund-states.ts';

interface Decision {
  readonly by: Actor;
  readonly ip: string | null;
}

const claimPayout = statement<{
  id: string;
  version: number;
  by: string;
  reference: string;
  from: 'payouts' | null;
}>((query, p) =>
  query
    .updateTable('refunds')
    .set({ paid_out_by: p.by, paid_out_reference: p.reference, paid_from: p.from })
    .where('id', '=', p.id)
    .where('version', '=', p.version)
    .where('paid_out_by', 'is', null)
    .where((where) => where.or([where('prepared_by', 'is', null), where('prepared_by', '<>', p.by)]))
    .where((where) => where.or([where('handed_by', 'is', null), where('handed_by', '<>', p.by)]))
    .where((where) =>
      where.or([where('bounce_confirmed_by', 'is', null), where('bounce_confirmed_by', '<>', p.by)]),
    ),
);

/** What `refund.send` does with a refund that was promised as one to be paid by hand. */
export async function handToPerson(tx: Tx, deps: PaymentsDeps, refundId: string): Promise<void> {
  const row = await lockRefund(tx, deps, refundId);
  if (row?.status !== 'reserved' || row.by_hand === 0) {
    return;
  }
  const by = systemActor('refund.send');
  const capture = await tx.lock('captures', row.capture_id);
  if (capture !== undefined && isReturnedByProvider(capture)) {
    await cancelRefund(tx, deps, row, { note: 'returned_by_provider', by });
    return;
  }
  await sendToPerson(tx, row, by, {});
}

async function sendToPerson(tx: Tx, row: RefundRow, by: Actor, set: Partial<RefundRow>): Promise<void> {
  const all = { ...set, sent_at: tx.now, by_hand: 1, failure: 'by_hand' };
  await transition<RefundRow>(tx, refundMachine, row, { status: 'sent' }, { by, note: 'by_hand', set: all });
  await alertPerson(tx, row);
}

/**
 * A person takes a refund out of its provider's hands: one that waits, or one that the provider could not finish. Throws
 * `not_found`, `illegal_transition` and `refund_being_finished` (409): what is at the provider now may still be carried out
 * there.
 */
export async function takeByHand(
  tx: Tx,
  deps: PaymentsDeps,
  refundId: string,
  { by, ip }: Decision,
): Promise<void> {
  const row = await lockRefund(tx, deps, refundId);
  if (row === undefined) {
    throw new AppError(notFound);
  }
  if (isWithPerson(row)) {
    return;
  }
  assertNotBeingFinished(row);
  if (row.status === 'reserved') {
    await sendToPerson(tx, row, by, { handed_by: by.id });
  } else if (row.status === 'abnormal') {
    await patchRefund(tx, row, { by_hand: 1, handed_by: by.id });
    await alertPerson(tx, row);
    await resolveAlert(tx, { kind: 'refund_abnormal', subject: row.id, by, note: 'by_hand' });
  } else {
    const details = { entity: 'refund', field: 'by_hand', from: row.status, to: 'by_hand', legal: [] };
    throw new AppError(illegalTransition, { details });
  }
  await cancelJob(tx, refundSend, row.id);
  await cancelJob(tx, refundPoll, row.id);
  const after = { amount: row.amount, currency: row.currency };
  await writeAudit(tx, {
    actor: by,
    action: 'refund.by_hand',
    target: { type: 'refund', id: row.id },
    before: { status: row.status },
    after,
    ip,
  });
}

export interface Payout extends Decision {
  readonly reference: string;
  /** When the money left (ms). */
  readonly paidAt: number;
}

/**
 * Somebody else says that the money was paid. Throws `not_found`, `refund_not_by_hand` and `second_person_required` (409).
 */
export async function recordPayout(
  tx: Tx,
  deps: PaymentsDeps,
  refundId: string,
  { by, ip, reference, paidAt }: Payout,
): Promise<void> {
  const row = await lockRefund(tx, deps, refundId);
  if (row === undefined) {
    throw new AppError(notFound);
  }
  if (!isWithPerson(row)) {
    throw new AppError(refundNotByHand, { details: { status: row.status } });
  }
  const payment = await findPayment(tx, row.payment_id);
  // Money of a rail with a provider can not be paid out from there by hand: it comes from an account of the shop.
  const from = payment?.settlement === 'online' ? ('payouts' as const) : null;
  const { id, version } = row;
  if ((await claimPayout.run(tx, { id, version, by: by.id, reference, from })) !== 1) {
    throw new AppError(secondPersonRequired);
  }
  const claimed = { ...row, paid_out_by: by.id, paid_out_reference: reference, paid_from: from };
  const set = { provider_refund_id: null, succeeded_at: paidAt, failure: null };
  await completeRefund(tx, deps, claimed, { by, set });
  await writeAudit(tx, {
    actor: by,
    action: 'refund.paid_out',
    target: { type: 'refund', id },
    before: { status: row.status },
    after: { reference, amount: row.amount, currency: row.currency },
    ip,
  });
}
