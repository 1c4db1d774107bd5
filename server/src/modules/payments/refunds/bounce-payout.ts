/**
 * A payout by hand comes back: the customer's bank returns it. Invariant: it is undone like a refund that its provider
 * reverses, and whoever says so can not also confirm the next payout of that money, nor can who has confirmed it.
 *
 * Crash story: one transaction with its audit entry; a second request finds the refund failed.
 */
import type { Actor } from '../../../kernel/actor.ts';
import type { Tx } from '../../../kernel/db/index.ts';
import { AppError, notFound } from '../../../kernel/errors.ts';
import { writeAudit } from '../../audit/index.ts';
import type { PaymentsDeps } from '../deps.ts';
import { refundNotPaidOut } from '../errors.ts';
import { failRefund } from './end-refund.ts';
import { lockRefund } from './refund-repository.ts';

export interface PayoutBounce {
  readonly by: Actor;
  readonly ip: string | null;
  /** The bank's number of the transfer that came back. */
  readonly reference: string;
  /** Who has said so, where `by` confirms what another has said. */
  readonly toldBy?: string;
}

/**
 * Takes back that a person has paid the refund; what is owed of it waits for a person again. Throws `not_found` and
 * `refund_not_paid_out` (409).
 */
export async function recordPayoutBounce(
  tx: Tx,
  deps: PaymentsDeps,
  refundId: string,
  { by, ip, reference, toldBy }: PayoutBounce,
): Promise<void> {
  const row = await lockRefund(tx, deps, refundId);
  if (row === undefined) {
    throw new AppError(notFound);
  }
  if (row.status !== 'succeeded' || row.paid_out_by === null) {
    throw new AppError(refundNotPaidOut, { details: { status: row.status } });
  }
  const failure = { code: 'bounced', note: `bounced ${reference}`, retryAt: tx.now };
  const tellers =
    toldBy === undefined ? { toldBy: by.id, confirmedBy: null } : { toldBy, confirmedBy: by.id };
  await failRefund(tx, deps, row, { by, ...failure, tellers });
  await writeAudit(tx, {
    actor: by,
    action: 'refund.bounced',
    target: { type: 'refund', id: row.id },
    before: { status: row.status, paidOutBy: row.paid_out_by, paidOutReference: row.paid_out_reference },
    after: { reference, amount: row.amount, currency: row.currency },
    ip,
  });
}

/**
 * The same for a movement at the bank that two people have found: `known` where somebody has said before that the payout
 * came back, and then nothing is undone again. Throws `not_found` and `refund_not_paid_out` (409).
 */
export async function recordReturnedPayout(
  tx: Tx,
  deps: PaymentsDeps,
  refundId: string,
  bounce: PayoutBounce,
): Promise<'bounced' | 'known'> {
  const row = await lockRefund(tx, deps, refundId);
  // What a person has paid fails in no other way.
  if (row?.status === 'failed' && row.paid_out_by !== null) {
    return 'known';
  }
  await recordPayoutBounce(tx, deps, refundId, bounce);
  return 'bounced';
}
