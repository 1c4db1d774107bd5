/**
 * A person lets held money go. Invariant: the wish stands in the attempt's row before its provider is told, so that nothing
 * is captured any more; what the attempt was for ends in the transaction that records the void.
 *
 * Crash story: the poll job finds the wish and closes the attempt at its provider.
 */
import type { Actor } from '../../../kernel/actor.ts';
import type { Tx } from '../../../kernel/db/index.ts';
import { AppError, notFound } from '../../../kernel/errors.ts';
import { closeAttempt } from '../attempts/close-attempts.ts';
import { pollSoon } from '../attempts/poll-payment.ts';
import type { PaymentsDeps } from '../deps.ts';
import { voidNotPossible } from '../errors.ts';
import { VOID_REQUESTED } from '../payment.ts';
import { lockPayment, patchPayment } from '../payment-repository.ts';

export interface VoidOrder {
  readonly paymentId: string;
  readonly by: Actor;
  /** Runs in the transaction that writes the wish down, such as for the audit log. */
  record(tx: Tx): Promise<void>;
}

/** Call it outside any transaction. Throws `not_found` and `void_not_possible` (409). */
export async function voidAuthorisation(deps: PaymentsDeps, order: VoidOrder): Promise<void> {
  const row = await deps.db.tx('payment.void', async (tx) => {
    const locked = await lockPayment(tx, deps, order.paymentId);
    if (locked === undefined) {
      throw new AppError(notFound);
    }
    if (locked.status !== 'authorized' || locked.capture_requested > 0) {
      throw new AppError(voidNotPossible, { details: { status: locked.status } });
    }
    await order.record(tx);
    await pollSoon(tx, locked.id);
    return patchPayment(tx, locked, { reason: VOID_REQUESTED });
  });
  await closeAttempt(deps, row);
}
