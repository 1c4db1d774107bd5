/**
 * Money that is owed and did not go back under one number is begun anew under another (RULES 11). Invariant: what has gone
 * back without us is not returned a second time, and the rest is not forgotten because of it.
 *
 * Crash story: runs in the transaction that ends the old refund, after what that had reserved was given back.
 */
import type { Actor } from '../../../kernel/actor.ts';
import type { Tx } from '../../../kernel/db/index.ts';
import type { PaymentsDeps } from '../deps.ts';
import { refundableOf } from '../payment-repository.ts';
import type { RefundRow } from '../tables.ts';
import { type BounceTellers, isOwed } from './refund.ts';
import { reserveOn } from './reserve-refund.ts';

/** Reserves what is still owed of the ended `refund`; nothing where it was nobody's due, or the provider has returned all of it. */
export async function replaceRefund(
  tx: Tx,
  deps: PaymentsDeps,
  refund: RefundRow,
  {
    by,
    sendAt,
    tellers,
  }: { readonly by: Actor; readonly sendAt: number; readonly tellers?: BounceTellers | undefined },
): Promise<void> {
  if (!isOwed(refund)) {
    return;
  }
  const capture = await tx.lock('captures', refund.capture_id);
  if (capture === undefined) {
    throw new Error(`capture ${refund.capture_id} has disappeared`);
  }
  // Of what the provider has returned without us meanwhile, an alert tells already.
  const amount = Math.min(refund.amount, refundableOf(capture));
  if (amount === 0) {
    return;
  }
  await reserveOn(tx, deps, capture, {
    amount,
    isSurplus: refund.is_surplus === 1,
    origin: refund.origin,
    reason: refund.reason,
    by,
    requestId: refund.request_id,
    byHand: refund.by_hand === 1,
    replaces: {
      id: refund.id,
      generation: refund.generation + 1,
      sendAt,
      preparedBy: refund.prepared_by,
      tellers,
    },
  });
}
