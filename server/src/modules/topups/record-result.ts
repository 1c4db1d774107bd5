/**
 * Writes down what the operator said of a delivery.
 *
 * Invariant: only the run that holds the claim records the answer to its request, once (RULES 20: whatever has become of
 * its lease), and the order moves in the same transaction. What comes after somebody else has decided moves nothing any
 * more; where it contradicts them, a person is told.
 *
 * Crash story: before the commit the claim stands without a result, and is given up as unknown in time.
 */
import { providerActor, systemActor } from '../../kernel/actor.ts';
import type { Tx } from '../../kernel/db/index.ts';
import type { DeliveryResult } from '../../operators/operator.ts';
import { raiseAlert } from '../alerts/index.ts';
import type { DeliveryOutcome, OrderRow } from '../orders/index.ts';
import type { TopupsDeps } from './deps.ts';
import { topupSend } from './jobs.ts';
import { findTopup, releaseTopup, writeResult } from './repository.ts';
import { isUndecided, settleTopup } from './settle-topup.ts';
import type { TopupRow } from './tables.ts';

/** The operator and the order say different things: money or a delivery is lost. */
export const CONTRADICTED_ALERT = 'topup_contradicted';

/** Which request the answer belongs to. */
export interface Claim {
  readonly topupId: string;
  readonly orderId: string;
  readonly token: string;
}

/** What was not sent and can not be given back any more has failed. */
const OUTCOMES: Readonly<Record<DeliveryResult['outcome'], DeliveryOutcome>> = {
  delivered: 'fulfilled',
  refused: 'failed',
  not_sent: 'failed',
  unknown: 'unknown',
};

function noteOf(result: DeliveryResult): string | undefined {
  return result.outcome === 'delivered' ? (result.receipt.sequence ?? undefined) : result.reason.code;
}

/** Records the result under its claim, and lets the order follow. Repeating it is harmless. */
export async function recordResult(
  tx: Tx,
  deps: TopupsDeps,
  { topupId, orderId, token }: Claim,
  result: DeliveryResult,
): Promise<void> {
  // The order's row comes first in the order of locks.
  const order = await tx.lock('orders', orderId);
  const isRecorded = await writeResult(tx, { id: topupId, token }, result);
  const topup = await findTopup(tx, topupId);
  if (!isRecorded || order === undefined || topup === undefined) {
    return;
  }
  tx.afterCommit(() => deps.onResult?.({ operator: topup.operator, outcome: result.outcome }));
  const outcome = OUTCOMES[result.outcome];
  if (isUndecided(order)) {
    const by = providerActor(topup.operator);
    const settlement = { outcome, by, note: noteOf(result), isRefunded: deps.hasAutoRefund };
    await settleTopup(tx, deps, topup, settlement);
  } else if (contradicts(order, outcome)) {
    await tellOfContradiction(tx, topup, order, result);
  }
}

/** Whether a person has decided otherwise. */
function contradicts({ fulfilment_status: status }: OrderRow, outcome: DeliveryOutcome): boolean {
  const isFulfilled = status === 'fulfilled';
  return outcome === 'fulfilled' ? !isFulfilled : outcome === 'failed' && isFulfilled;
}

async function tellOfContradiction(
  tx: Tx,
  topup: TopupRow,
  order: OrderRow,
  result: DeliveryResult,
): Promise<void> {
  await raiseAlert(tx, {
    kind: CONTRADICTED_ALERT,
    subject: topup.id,
    severity: 'critical',
    details: {
      orderId: order.id,
      fulfilmentStatus: order.fulfilment_status,
      operatorSays: result.outcome,
      note: noteOf(result),
    },
  });
}

/**
 * Gives the claim back, when nothing was sent: the top-up is as it was before. Answers whether it could; where somebody has
 * given it up as unknown meanwhile, it has failed instead, for certain.
 */
export async function giveBack(
  tx: Tx,
  deps: TopupsDeps,
  claim: Claim,
  result: Extract<DeliveryResult, { readonly outcome: 'not_sent' }>,
): Promise<boolean> {
  const order = await tx.lock('orders', claim.orderId);
  if (order?.fulfilment_status !== 'in_progress') {
    await recordResult(tx, deps, claim, result);
    return false;
  }
  if (!(await releaseTopup(tx, claim.topupId, claim.token))) {
    return false;
  }
  const by = systemActor(topupSend.name);
  await deps.orders.delivery.giveBack(tx, claim.orderId, { by, note: result.reason.code });
  return true;
}
