/**
 * What staff decides of top-ups: whether one of unknown outcome was delivered, and what becomes of the money of one that
 * failed.
 *
 * Invariant: a person decides once, and only what is unknown; a top-up that is said to have failed is cancelled in that
 * transaction with all of its money on the way back, and is never sent again. Crash story: one transaction, with its
 * audit entry.
 */
import type { Actor } from '../../kernel/actor.ts';
import type { Tx } from '../../kernel/db/index.ts';
import { AppError, notFound } from '../../kernel/errors.ts';
import { writeAudit } from '../audit/index.ts';
import type { OrderRow } from '../orders/index.ts';
import type { TopupsDeps } from './deps.ts';
import { topupNotFailed, topupNotUndecided } from './errors.ts';
import { findTopup, writeDecision } from './repository.ts';
import { returnMoney, settleTopup } from './settle-topup.ts';
import type { TopupRow } from './tables.ts';

interface ByPerson {
  readonly topupId: string;
  readonly reason: string;
  readonly by: Actor;
  readonly ip: string | null;
}

export interface TopupDecision extends ByPerson {
  readonly outcome: 'delivered' | 'failed';
}

/** Throws `not_found` (404). */
async function lockTopup(
  tx: Tx,
  topupId: string,
): Promise<{ readonly topup: TopupRow; readonly order: OrderRow }> {
  const seen = await findTopup(tx, topupId);
  const order = seen && (await tx.lock('orders', seen.order_id));
  const topup = order && (await findTopup(tx, topupId));
  if (!order || !topup) {
    throw new AppError(notFound);
  }
  return { topup, order };
}

/**
 * Says what became of a top-up that nobody knows it of; the same person may say the same again. Throws `not_found` (404)
 * and `topup_not_undecided` (409).
 */
export function decideTopup(deps: TopupsDeps, decision: TopupDecision): Promise<void> {
  const { topupId, outcome, reason, by, ip } = decision;
  return deps.db.tx('topup.decide', async (tx) => {
    const { topup, order } = await lockTopup(tx, topupId);
    if (topup.decision === outcome && topup.decided_by === by.id) {
      return;
    }
    const isOpen = order.fulfilment_status === 'unknown';
    if (!isOpen || !(await writeDecision(tx, topupId, { outcome, reason, decidedBy: by.id }))) {
      throw new AppError(topupNotUndecided, { details: { fulfilmentStatus: order.fulfilment_status } });
    }
    const fulfilment = outcome === 'delivered' ? 'fulfilled' : 'failed';
    await settleTopup(tx, deps, topup, { outcome: fulfilment, by, note: reason, isRefunded: true });
    await writeAudit(tx, {
      actor: by,
      action: 'topup.decide',
      target: { type: 'topup', id: topupId },
      before: { fulfilmentStatus: order.fulfilment_status, result: topup.result },
      after: { outcome, reason },
      ip,
    });
  });
}

/** Returns the money of a top-up that failed. Throws `not_found` (404) and `topup_not_failed` (409). */
export function refundTopup(deps: TopupsDeps, { topupId, reason, by, ip }: ByPerson): Promise<void> {
  return deps.db.tx('topup.refund', async (tx) => {
    const { topup, order } = await lockTopup(tx, topupId);
    if (order.fulfilment_status !== 'failed' || order.status !== 'confirmed') {
      throw new AppError(topupNotFailed, {
        details: { fulfilmentStatus: order.fulfilment_status, status: order.status },
      });
    }
    await returnMoney(tx, deps, topup, by);
    await writeAudit(tx, {
      actor: by,
      action: 'topup.refund',
      target: { type: 'topup', id: topupId },
      before: { status: order.status },
      after: { status: 'cancelled', reason },
      ip,
    });
  });
}
