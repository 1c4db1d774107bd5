/**
 * Money that a dispute has moved. Invariant: each movement is recorded once, by the provider's number, with one ledger
 * transfer; what disputes have taken and not given back stands beside the guarded counter of the capture and lowers what
 * may still be refunded. They are facts: nothing here refuses them (RULES 8), in whatever order they come.
 *
 * Crash story: one transaction, that of the notification or query that told of them.
 */
import type { DisputeFacts, DisputeMovement } from '../../../gateways/gateway.ts';
import { systemActor } from '../../../kernel/actor.ts';
import type { Tx } from '../../../kernel/db/index.ts';
import { newId } from '../../../kernel/ids.ts';
import {
  accruedFeesAccount,
  clearingAccount,
  customerSurplusAccount,
  disputesAccount,
  feesAccount,
} from '../../ledger/index.ts';
import type { PaymentsDeps } from '../deps.ts';
import { purposeOf } from '../payment.ts';
import { addExternalRefundOn, refundableOf } from '../payment-repository.ts';
import { reserveOn } from '../refunds/reserve-refund.ts';
import { findMovements, patchDispute } from './dispute-repository.ts';
import type { DisputeMovementRow, DisputeRow } from './tables.ts';

/** Records those that are new; answers the dispute as it stands and how many there were. */
export async function recordMovements(
  tx: Tx,
  deps: PaymentsDeps,
  dispute: DisputeRow,
  facts: DisputeFacts,
): Promise<{ dispute: DisputeRow; recorded: number }> {
  let recorded = 0;
  for (const movement of facts.movements) {
    recorded += (await recordMovement(tx, deps, dispute, movement)) ? 1 : 0;
  }
  if (recorded === 0) {
    return { dispute, recorded };
  }
  const held = heldBy(await findMovements(tx, dispute.id), dispute.currency);
  await addExternalRefundOn(tx, dispute.capture_id, held - dispute.held_amount);
  const after = await patchDispute(tx, dispute, { held_amount: held });
  if (held < dispute.held_amount) {
    await returnSurplusAgain(tx, deps, after);
  }
  return { dispute: after, recorded };
}

async function recordMovement(
  tx: Tx,
  deps: PaymentsDeps,
  dispute: DisputeRow,
  movement: DisputeMovement,
): Promise<boolean> {
  const { provider, merchant_account: merchantAccount } = dispute;
  const row: DisputeMovementRow = {
    id: newId('dmv'),
    dispute_id: dispute.id,
    provider,
    merchant_account: merchantAccount,
    provider_movement_id: movement.id,
    type: movement.type,
    amount: movement.amount.amount,
    currency: movement.amount.currency,
    fee: movement.fee,
    moved_at: movement.movedAt,
    created_at: tx.now,
  };
  if (!(await tx.insertOnce('dispute_movements', row))) {
    return false;
  }
  const { currency, fee } = row;
  const taken = row.type === 'withdrawn' ? row.amount : 0 - row.amount;
  const from = dispute.is_surplus === 1 ? customerSurplusAccount(currency) : disputesAccount(currency);
  await deps.ledger.postTransfer(tx, {
    cause: `dispute_movement:${row.id}`,
    purpose: purposeOf(dispute),
    entries: [
      { account: from, amount: taken },
      { account: clearingAccount(provider, merchantAccount, currency), amount: 0 - taken },
      { account: feesAccount(provider, currency), amount: fee },
      { account: accruedFeesAccount(provider, merchantAccount, currency), amount: 0 - fee },
    ],
  });
  return true;
}

/** What has been taken and not given back. A return may be told of before what it returns, so it is never below zero. */
function heldBy(movements: readonly DisputeMovementRow[], currency: string): number {
  const sum = movements
    .filter((movement) => movement.currency === currency)
    .reduce((held, { type, amount }) => held + (type === 'withdrawn' ? amount : 0 - amount), 0);
  return Math.max(0, sum);
}

/** Surplus was given up for lost when the payer's bank took it; now that it is back, it is owed again. */
async function returnSurplusAgain(tx: Tx, deps: PaymentsDeps, dispute: DisputeRow): Promise<void> {
  const capture = await tx.lock('captures', dispute.capture_id);
  if (dispute.is_surplus === 0 || capture === undefined || refundableOf(capture) === 0) {
    return;
  }
  await reserveOn(tx, deps, capture, {
    amount: refundableOf(capture),
    isSurplus: true,
    origin: 'late',
    reason: null,
    by: systemActor('dispute.reinstated'),
  });
}
