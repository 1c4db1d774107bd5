/**
 * A person tells a provider how to finish a refund that it could not carry out (the payer's account is gone).
 * Invariant: the refund keeps its number, and only the provider's own word of it moves it. While the order may have an
 * effect the refund is claimed for its provider (`finishing_at`, under a CHECK), so that nobody else pays it too; the claim
 * ends with the refund, with a refusal of the order, or with an answer to a later question that it is still abnormal.
 *
 * Crash story: claim and audit entry are committed before the call; whatever becomes of the answer, the refund's poll asks
 * for it until it is done. The card that a person entered goes to the provider and is written down nowhere.
 */
import type { AbnormalRefundRequest } from '../../../gateways/gateway.ts';
import type { Actor } from '../../../kernel/actor.ts';
import { AppError, notFound, providerUnavailable } from '../../../kernel/errors.ts';
import { enqueue, moveJob } from '../../../kernel/jobs/index.ts';
import { writeAudit } from '../../audit/index.ts';
import { type PaymentsDeps, reachGatewayOf } from '../deps.ts';
import { refundNotAccepted, refundNotFinishable } from '../errors.ts';
import { refundPoll } from '../jobs.ts';
import { pollRefundSoon } from '../notifications/apply-event.ts';
import { mayBeginCall } from '../payment.ts';
import { finishUnderWayUntil } from './refund.ts';
import { assertNotBeingFinished, findRefund, lockRefund, patchRefund } from './refund-repository.ts';
import { readKnown, recordRefundResult } from './send-refund.ts';

export interface AbnormalFinish extends Pick<AbnormalRefundRequest, 'to' | 'card'> {
  readonly refundId: string;
  readonly by: Actor;
  readonly ip: string | null;
}

/** Throws `not_found`, `refund_not_finishable`, `refund_being_finished`, `refund_not_accepted` (409) and `provider_unavailable` (502). */
export async function finishAbnormalRefund(
  deps: PaymentsDeps,
  { refundId, to, card, by, ip }: AbnormalFinish,
): Promise<void> {
  const row = await findRefund(deps.db, refundId);
  if (row === undefined) {
    throw new AppError(notFound);
  }
  const gateway = row.status === 'abnormal' && row.by_hand === 0 ? reachGatewayOf(deps, row) : undefined;
  if (gateway?.finishAbnormalRefund === undefined) {
    throw new AppError(refundNotFinishable, { details: { status: row.status } });
  }
  const refund = await readKnown(deps, row);
  const claimedAt = await claim(deps, { refundId, by, ip, to });
  if (!mayBeginCall(claimedAt, deps.clock.now())) {
    await endClaim(deps, refundId, claimedAt);
    throw new AppError(providerUnavailable);
  }
  const result = await gateway.finishAbnormalRefund({ refund, to, ...(card && { card }) });
  switch (result.outcome) {
    case 'succeeded':
    case 'pending':
    case 'abnormal':
      await recordRefundResult(deps, row, result);
      return askLater(deps, refundId, claimedAt);
    case 'by_hand':
    case 'failed':
    case 'refused_for_now':
      // It may be the order to finish that was refused, and not the refund: its own query tells.
      await endClaim(deps, refundId, claimedAt);
      throw new AppError(refundNotAccepted);
    case 'not_sent':
      await endClaim(deps, refundId, claimedAt);
      throw new AppError(providerUnavailable);
    case 'unknown':
      await askLater(deps, refundId, claimedAt);
      throw new AppError(providerUnavailable);
  }
}

/** Claims the refund for its provider; answers since when. Throws `refund_not_finishable` and `refund_being_finished` (409). */
function claim(deps: PaymentsDeps, { refundId, by, ip, to }: Omit<AbnormalFinish, 'card'>): Promise<number> {
  return deps.db.tx('refund.finish_abnormal', async (tx) => {
    const row = await lockRefund(tx, deps, refundId);
    if (row?.status !== 'abnormal' || row.by_hand === 1) {
      // Somebody has taken it out of the provider's hands meanwhile: it must not be paid twice.
      throw new AppError(refundNotFinishable, { details: { status: row?.status } });
    }
    assertNotBeingFinished(row);
    await patchRefund(tx, row, { finishing_at: tx.now });
    await writeAudit(tx, {
      actor: by,
      action: 'refund.finish_abnormal',
      target: { type: 'refund', id: refundId },
      after: { to, amount: row.amount, currency: row.currency },
      ip,
    });
    return tx.now;
  });
}

/** The order had no effect: whoever wants may see to the refund again. */
function endClaim(deps: PaymentsDeps, refundId: string, claimedAt: number): Promise<void> {
  return deps.db.tx('refund.end_finish', async (tx) => {
    const row = await lockRefund(tx, deps, refundId);
    if (row?.finishing_at === claimedAt) {
      await patchRefund(tx, row, { finishing_at: null });
    }
    await pollRefundSoon(tx, refundId);
  });
}

/** When the order can have no effect any more, the refund's own query tells what became of it. */
function askLater(deps: PaymentsDeps, refundId: string, claimedAt: number): Promise<void> {
  return deps.db.tx('refund.ask_later', async (tx) => {
    const row = await tx.lock('refunds', refundId);
    if (row?.finishing_at !== claimedAt) {
      return;
    }
    const runAt = finishUnderWayUntil(claimedAt, deps.outboundTimeoutMs);
    if (!(await enqueue(tx, refundPoll, { refundId }, { key: refundId, runAt }))) {
      await moveJob(tx, refundPoll, refundId, runAt);
    }
  });
}
