/**
 * Staff puts a wallet right. Invariant: what a person adds and takes away alone stays within a limit for a day, by a
 * counter that one conditional update raises (RULES 8); whatever goes beyond it, and whatever concerns their own wallet, is
 * applied by somebody else than who has asked for it (the condition of the update, and a CHECK under it) and than whose
 * wallet it is. Nothing is taken below zero.
 *
 * Crash story: each verb is one transaction with its transfer, its history and its audit entry; the adjustment carries the
 * Idempotency-Key's claim.
 */
import type { Actor } from '../../kernel/actor.ts';
import { insertRow, statement, type Tx } from '../../kernel/db/index.ts';
import { AppError, notFound } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { initialVersion, recordInitialStates, transition } from '../../kernel/states.ts';
import { raiseAlert, resolveAlert } from '../alerts/index.ts';
import { writeAudit } from '../audit/index.ts';
import { walletAccount } from '../ledger/index.ts';
import { changeWallet, type Occasion } from './change-wallet.ts';
import { credit } from './credit.ts';
import type { WalletDeps } from './deps.ts';
import { adjustmentOwn, insufficientBalance } from './errors.ts';
import { openWallet } from './open-wallet.ts';
import type { AdjustmentRow, Bucket } from './tables.ts';
import { type Move, spendable, sumOf, takeFrom } from './wallet.ts';
import { adjustmentMachine } from './wallet-states.ts';

/** Open while an adjustment waits for a second person. */
const WAITING_ALERT = 'wallet_adjustment';

export interface AdjustmentWish {
  readonly customerId: string;
  readonly currency: string;
  readonly bucket: Bucket;
  /** Minor units; negative takes away. */
  readonly amount: number;
  /** Of a gift (ms). */
  readonly expiresAt: number | null;
  readonly reason: string;
  readonly by: Actor;
  readonly ip: string | null;
  readonly claimId: string | null;
}

interface Counting {
  readonly id: string;
  readonly amount: number;
  readonly limit: number;
  readonly now: number;
}

const addWithin = statement<Counting>((query, p) =>
  query
    .updateTable('wallet_adjustment_counts')
    .set((eb) => ({ amount: eb('amount', '+', p.amount), updated_at: p.now }))
    .where('id', '=', p.id)
    .where((eb) => eb(eb('amount', '+', p.amount), '<=', p.limit)),
);

/** Counts towards what the person may adjust alone today; answers whether it fits. */
async function countAlone(tx: Tx, deps: WalletDeps, wish: AdjustmentWish): Promise<boolean> {
  const limit = deps.config.adjustLimitOf(wish.currency);
  const amount = Math.abs(wish.amount);
  if (wish.customerId === wish.by.id) {
    return false;
  }
  if (limit === null) {
    return true;
  }
  if (amount > limit) {
    return false;
  }
  const day = new Date(tx.now).toISOString().slice(0, 10);
  const counting = { id: `${wish.by.id}:${wish.currency}:${day}`, amount, limit, now: tx.now };
  return (
    (await addWithin.run(tx, counting)) === 1 ||
    (await tx.insertOnce('wallet_adjustment_counts', { id: counting.id, amount, updated_at: tx.now })) ||
    // The row was there after all: full, or made a moment ago by another request.
    (await addWithin.run(tx, counting)) === 1
  );
}

/**
 * Applies the adjustment, or writes it down for a second person. Throws `not_found`, and `insufficient_balance` (409)
 * where more is taken away than there is.
 */
export function requestAdjustment(deps: WalletDeps, wish: AdjustmentWish): Promise<string> {
  return deps.db.tx('wallet_adjustment.request', async (tx) => {
    const own = wish.claimId === null ? undefined : await findByClaim(tx, wish.claimId);
    if (own !== undefined) {
      return own.id;
    }
    if (!(await deps.hasAccount(tx, wish.customerId))) {
      throw new AppError(notFound);
    }
    const isAlone = await countAlone(tx, deps, wish);
    const row = toRow(tx, wish, isAlone);
    await insertRow(tx, 'wallet_adjustments', row);
    const { id, status } = row;
    await recordInitialStates(tx, adjustmentMachine, id, { status }, { by: wish.by, note: wish.reason });
    const { customerId, currency, bucket, amount, reason } = wish;
    const facts = { customerId, currency, bucket, amount, reason };
    if (isAlone) {
      await apply(tx, deps, row, wish.by);
    } else {
      await raiseAlert(tx, { kind: WAITING_ALERT, subject: id, severity: 'warning', details: facts });
    }
    await writeAudit(tx, {
      actor: wish.by,
      action: 'wallet_adjustment.request',
      target: { type: 'wallet_adjustment', id },
      after: { ...facts, status },
      ip: wish.ip,
    });
    return id;
  });
}

function findByClaim(tx: Tx, claimId: string): Promise<{ id: string } | undefined> {
  return tx.query
    .selectFrom('wallet_adjustments')
    .select('id')
    .where('claim_id', '=', claimId)
    .executeTakeFirst();
}

function toRow(tx: Tx, wish: AdjustmentWish, isAlone: boolean): AdjustmentRow {
  const { customerId, currency, bucket, amount, expiresAt, reason, by, claimId } = wish;
  return {
    ...{ id: newId('wad'), version: initialVersion(adjustmentMachine) },
    status: isAlone ? 'applied' : 'requested',
    ...{ customer_id: customerId, currency, bucket, amount, expires_at: expiresAt, reason },
    needs_second_person: isAlone ? 0 : 1,
    requested_by: by.id,
    decided_by: isAlone ? by.id : null,
    decided_at: isAlone ? tx.now : null,
    decision_note: null,
    claim_id: claimId,
    ...{ created_at: tx.now, updated_at: tx.now },
  };
}

async function apply(tx: Tx, deps: WalletDeps, row: AdjustmentRow, by: Actor): Promise<void> {
  const { id, customer_id: customerId, currency, bucket, amount, expires_at: expiresAt } = row;
  const occasion: Occasion = {
    cause: `adjustment:${id}`,
    purpose: { type: 'adjustment', id },
    by,
    note: row.reason,
  };
  const shared = { ...occasion, customerId, currency, type: 'adjustment' } as const;
  if (amount > 0) {
    const gift = bucket === 'gift' ? { gift: amount, giftExpiresAt: expiresAt } : { paid: amount };
    await credit(tx, deps, { ...shared, ...gift, source: 'adjusted' });
    return;
  }
  const { wallet, lots } = await openWallet(tx, deps, customerId, currency);
  const wanted = Math.abs(amount);
  const parts = takeFrom(spendable(lots.filter((lot) => lot.bucket === bucket)), wanted);
  if (sumOf(parts) < wanted) {
    throw new AppError(insufficientBalance, { details: { available: sumOf(parts), requested: wanted } });
  }
  const outside = walletAccount('wallet_adjustments', currency);
  const moves = parts.map((part): Move => ({ ...part, from: 'available', to: 'used', outside }));
  await changeWallet(tx, deps, wallet, { ...occasion, type: 'adjustment', moves });
}

export interface AdjustmentDecision {
  readonly adjustmentId: string;
  readonly by: Actor;
  readonly ip: string | null;
  readonly note: string | null;
}

/**
 * A second person agrees, who is not the one whose wallet it is. Throws `not_found`, `illegal_transition`, `adjustment_own` and `insufficient_balance` (409).
 */
export function approveAdjustment(deps: WalletDeps, decision: AdjustmentDecision): Promise<void> {
  return decide(deps, decision, 'applied');
}

/** It is not carried out; who has asked for it may say so too. Throws `not_found` and `illegal_transition` (409). */
export function rejectAdjustment(deps: WalletDeps, decision: AdjustmentDecision): Promise<void> {
  return decide(deps, decision, 'rejected');
}

const nameDecider = statement<{ id: string; by: string; note: string | null; now: number }>((query, p) =>
  query
    .updateTable('wallet_adjustments')
    .set({ decided_by: p.by, decided_at: p.now, decision_note: p.note, updated_at: p.now })
    .where('id', '=', p.id)
    .where('status', '=', 'requested')
    .where('requested_by', '<>', p.by)
    // A customer who has become staff since has a wallet, too.
    .where('customer_id', '<>', p.by),
);

function decide(
  deps: WalletDeps,
  { adjustmentId: id, by, ip, note }: AdjustmentDecision,
  status: 'applied' | 'rejected',
): Promise<void> {
  const action = status === 'applied' ? 'wallet_adjustment.approve' : 'wallet_adjustment.reject';
  return deps.db.tx(action, async (tx) => {
    const isOthers = (await nameDecider.run(tx, { id, by: by.id, note, now: tx.now })) === 1;
    const row = await tx.lock('wallet_adjustments', id);
    if (row === undefined) {
      throw new AppError(notFound);
    }
    if (row.status === 'requested' && !isOthers && status === 'applied') {
      throw new AppError(adjustmentOwn);
    }
    const set = { decided_by: by.id, decided_at: tx.now, decision_note: note };
    const options = { by, note: note ?? undefined, set };
    const decided = await transition<AdjustmentRow>(tx, adjustmentMachine, row, { status }, options);
    if (status === 'applied') {
      await apply(tx, deps, decided, by);
    }
    await resolveAlert(tx, { kind: WAITING_ALERT, subject: id, by });
    await writeAudit(tx, {
      actor: by,
      action,
      target: { type: 'wallet_adjustment', id },
      before: { status: row.status },
      after: { status, note },
      ip,
    });
  });
}
