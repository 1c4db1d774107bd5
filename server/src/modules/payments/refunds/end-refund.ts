/**
 * How a refund ends. Invariant: one that succeeded has exactly one ledger transfer of its amount; one that failed gives back
 * what it had reserved, a booking that it had is undone by a transfer of its own, and where the money is owed another takes
 * its place in the same transaction, under a number of its own (RULES 11).
 *
 * Crash story: runs in one transaction, that of the caller, who has locked the refund after its purpose.
 */
import type { Actor } from '../../../kernel/actor.ts';
import type { Tx } from '../../../kernel/db/index.ts';
import { publish } from '../../../kernel/events/index.ts';
import { transition } from '../../../kernel/states.ts';
import { raiseAlert, resolveAlert } from '../../alerts/index.ts';
import { ownerOf, type PaymentsDeps } from '../deps.ts';
import { refundFailed, refundSucceeded } from '../events.ts';
import { releaseRefundOn } from '../payment-repository.ts';
import type { RefundRow } from '../tables.ts';
import { postRefund, postRefundReversal } from './post-refund.ts';
import type { BounceTellers } from './refund.ts';
import { toRefundEvent, toRefundNotice } from './refund-notice.ts';
import { refundMachine } from './refund-states.ts';
import { replaceRefund } from './replace-refund.ts';

/** Of one that was refused for now and has reached its provider, or a person, all the same. */
export async function toSent(tx: Tx, row: RefundRow, by: Actor): Promise<RefundRow> {
  return row.status === 'reserved'
    ? transition<RefundRow>(tx, refundMachine, row, { status: 'sent' }, { by })
    : row;
}

export async function tellOwner(tx: Tx, deps: PaymentsDeps, refund: RefundRow, by: Actor): Promise<void> {
  const notice = await toRefundNotice(tx, refund, by);
  await ownerOf(deps, refund.purpose_type).onRefundChanged(tx, notice);
}

/** The money is back: books it, tells its owner and ends what people were alerted to. */
export async function completeRefund(
  tx: Tx,
  deps: PaymentsDeps,
  row: RefundRow,
  { by, set }: { readonly by: Actor; readonly set: Partial<RefundRow> },
): Promise<void> {
  const sent = await toSent(tx, row, by);
  const options = { by, set: { ...set, finishing_at: null } };
  const refund = await transition<RefundRow>(tx, refundMachine, sent, { status: 'succeeded' }, options);
  await postRefund(tx, deps, refund, by);
  await tellOwner(tx, deps, refund, by);
  await publish(tx, refundSucceeded, refund.purpose_id, toRefundEvent(refund));
  if (row.failure !== null || row.status === 'abnormal') {
    for (const kind of ['refund_abnormal', 'refund_refused', 'refund_mismatch', 'refund_by_hand']) {
      await resolveAlert(tx, { kind, subject: refund.id, by });
    }
  }
  if (refund.replaces !== null) {
    await resolveAlert(tx, { kind: 'refund_failed', subject: refund.replaces, by });
  }
}

export interface Failure {
  readonly by: Actor;
  /** A provider's code, or ours. */
  readonly code: string;
  readonly note?: string;
  /** When what is still owed is begun anew (ms). */
  readonly retryAt: number;
  /** Of a payout that came back. */
  readonly tellers?: BounceTellers;
}

/** The money is not back, or is here again: undoes what was booked, with an alert, and begins anew what is owed. */
export async function failRefund(
  tx: Tx,
  deps: PaymentsDeps,
  row: RefundRow,
  { by, code, note = code, retryAt, tellers }: Failure,
): Promise<void> {
  const wasSucceeded = row.status === 'succeeded';
  const sent = await toSent(tx, row, by);
  // Should the provider return the money all the same, its number enters as a refund that we did not make.
  const numberless = !wasSucceeded && { provider_refund_id: null };
  const options = { by, note, set: { failure: code, finishing_at: null, ...numberless } };
  const refund = await transition<RefundRow>(tx, refundMachine, sent, { status: 'failed' }, options);
  await releaseRefundOn(tx, refund.capture_id, refund.amount);
  if (wasSucceeded) {
    await postRefundReversal(tx, deps, refund);
  }
  const { amount, currency, origin } = refund;
  const details = { code, amount, currency, origin };
  await raiseAlert(tx, { kind: 'refund_failed', subject: refund.id, severity: 'critical', details });
  await replaceRefund(tx, deps, refund, { by, sendAt: retryAt, tellers });
  await tellOwner(tx, deps, refund, by);
  await publish(tx, refundFailed, refund.purpose_id, toRefundEvent(refund));
}
