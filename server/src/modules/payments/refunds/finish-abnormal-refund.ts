/**
 * A person tells a provider how to finish a refund that it could not carry out (the payer's account is gone).
 * Invariant: the refund keeps its number, and only the provider's own word of it moves it.
 *
 * Crash story: the audit entry is committed before the call; whatever becomes of the answer, the refund's poll asks for
 * it until it is done. The card that a person entered goes to the provider and is written down nowhere.
 */
import type { AbnormalRefundRequest } from '../../../gateways/gateway.ts';
import type { Actor } from '../../../kernel/actor.ts';
import { AppError, notFound, providerUnavailable } from '../../../kernel/errors.ts';
import { writeAudit } from '../../audit/index.ts';
import { type PaymentsDeps, reachGatewayOf } from '../deps.ts';
import { refundNotAccepted, refundNotFinishable } from '../errors.ts';
import { pollRefundSoon } from '../notifications/apply-event.ts';
import { findRefund, lockRefund } from './refund-repository.ts';
import { readKnown, recordRefundResult } from './send-refund.ts';

export interface AbnormalFinish extends Pick<AbnormalRefundRequest, 'to' | 'card'> {
  readonly refundId: string;
  readonly by: Actor;
  readonly ip: string | null;
}

/** Throws `not_found`, `refund_not_finishable`, `refund_not_accepted` (409) and `provider_unavailable` (502). */
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
  await deps.db.tx('refund.finish_abnormal', async (tx) => {
    const locked = await lockRefund(tx, deps, refundId);
    if (locked?.status !== 'abnormal' || locked.by_hand === 1) {
      // Somebody has taken it out of the provider's hands meanwhile: it must not be paid twice.
      throw new AppError(refundNotFinishable, { details: { status: locked?.status } });
    }
    await writeAudit(tx, {
      actor: by,
      action: 'refund.finish_abnormal',
      target: { type: 'refund', id: refundId },
      after: { to, amount: row.amount, currency: row.currency },
      ip,
    });
  });
  const refund = await readKnown(deps, row);
  const result = await gateway.finishAbnormalRefund({ refund, to, ...(card && { card }) });
  switch (result.outcome) {
    case 'succeeded':
    case 'pending':
    case 'abnormal':
      return recordRefundResult(deps, row, result);
    case 'by_hand':
    case 'failed':
    case 'refused_for_now':
      // It may be the order to finish that was refused, and not the refund: its own query tells.
      await deps.db.tx('refund.ask_soon', (tx) => pollRefundSoon(tx, refundId));
      throw new AppError(refundNotAccepted);
    case 'not_sent':
    case 'unknown':
      await deps.db.tx('refund.ask_soon', (tx) => pollRefundSoon(tx, refundId));
      throw new AppError(providerUnavailable);
  }
}
