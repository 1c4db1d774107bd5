/**
 * Couriers hand over cash. Invariant: each collection is in at most one hand-over that stands (conditional update on
 * `remittance_id`), a hand-over is exactly the sum of its collections, and it counts as money in the bank only after a
 * person has confirmed it who did not record it (the condition of the update, and a CHECK under it).
 *
 * Crash story: each verb is one transaction with its history, its audit entry and, for the confirmation, its transfer in
 * the ledger under the cause `remittance:ID`.
 */
import type { Actor } from '../../kernel/actor.ts';
import { insertRow, type Tx } from '../../kernel/db/index.ts';
import { AppError, illegalTransition, notFound } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { initialVersion, recordInitialStates, transition } from '../../kernel/states.ts';
import { writeAudit } from '../audit/index.ts';
import { bankAccount, remittedAccount } from '../ledger/index.ts';
import { secondPersonRequired } from '../payments/index.ts';
import type { CashDeps } from './deps.ts';
import { cashNotOutstanding, cashSumDiffers } from './errors.ts';
import { PROVIDER } from './record-collection.ts';
import { remittanceMachine } from './remittance-states.ts';
import type { RemittanceRow } from './tables.ts';

interface Decision {
  readonly remittanceId: string;
  readonly by: Actor;
  readonly ip: string | null;
  readonly note?: string | undefined;
}

export interface HandOver {
  readonly courier: string;
  readonly paymentIds: readonly string[];
  /** What was counted, in minor units. */
  readonly amount: number;
  readonly currency: string;
  readonly note?: string | undefined;
  readonly by: Actor;
  readonly ip: string | null;
  readonly claimId: string | null;
}

/** Records a hand-over; answers its id. Throws `cash_not_outstanding` and `cash_sum_differs` (409). */
export function recordRemittance({ db }: CashDeps, handOver: HandOver): Promise<string> {
  const { courier, amount, currency, note, by, ip, claimId } = handOver;
  const paymentIds = [...new Set(handOver.paymentIds)].sort();
  return db.tx('cash_remittance.record', async (tx) => {
    const own = claimId === null ? undefined : await findByClaim(tx, claimId);
    if (own !== undefined) {
      return own.id;
    }
    const id = newId('crm');
    const expected = await takeCollections(tx, { id, paymentIds, currency });
    if (expected !== amount) {
      throw new AppError(cashSumDiffers, { details: { expected, counted: amount, currency } });
    }
    await insertRow(tx, 'cash_remittances', {
      ...{ id, courier, amount, currency, collections: paymentIds.length },
      version: initialVersion(remittanceMachine),
      state: 'recorded',
      note: note ?? null,
      reference: null,
      claim_id: claimId,
      recorded_by: by.id,
      confirmed_by: null,
      confirmed_at: null,
      created_at: tx.now,
      updated_at: tx.now,
    });
    await recordInitialStates(tx, remittanceMachine, id, { state: 'recorded' }, { by, note });
    const after = { courier, amount, currency, paymentIds };
    const target = { type: 'cash_remittance', id };
    await writeAudit(tx, { actor: by, action: 'cash_remittance.record', target, after, ip });
    return id;
  });
}

function findByClaim(tx: Tx, claimId: string): Promise<{ id: string } | undefined> {
  return tx.query
    .selectFrom('cash_remittances')
    .select('id')
    .where('claim_id', '=', claimId)
    .executeTakeFirst();
}

interface Taking {
  readonly id: string;
  readonly paymentIds: readonly string[];
  readonly currency: string;
}

/** Puts the collections into the hand-over; answers their sum. */
async function takeCollections(tx: Tx, { id, paymentIds, currency }: Taking): Promise<number> {
  const { numUpdatedRows } = await tx.query
    .updateTable('cash_collections')
    .set({ remittance_id: id })
    .where('payment_id', 'in', [...paymentIds])
    .where('remittance_id', 'is', null)
    .where('currency', '=', currency)
    .executeTakeFirst();
  if (Number(numUpdatedRows) !== paymentIds.length) {
    throw new AppError(cashNotOutstanding, {
      details: { asked: paymentIds.length, outstanding: Number(numUpdatedRows) },
    });
  }
  const rows = await tx.query
    .selectFrom('cash_collections')
    .select('amount')
    .where('remittance_id', '=', id)
    .execute();
  return rows.reduce((sum, { amount }) => sum + amount, 0);
}

/**
 * The cash has arrived. Throws `not_found`, `illegal_transition` and `second_person_required` (409).
 */
export function confirmRemittance(
  deps: CashDeps,
  decision: Decision & { readonly reference: string },
): Promise<void> {
  const { remittanceId: id, by, ip, note, reference } = decision;
  return deps.db.tx('cash_remittance.confirm', async (tx) => {
    const { numUpdatedRows } = await tx.query
      .updateTable('cash_remittances')
      .set({ confirmed_by: by.id, confirmed_at: tx.now, reference, updated_at: tx.now })
      .where('id', '=', id)
      .where('state', '=', 'recorded')
      .where('recorded_by', '<>', by.id)
      .executeTakeFirst();
    const row = await lockRecorded(tx, id, 'confirmed');
    if (Number(numUpdatedRows) !== 1) {
      throw new AppError(secondPersonRequired);
    }
    await transition<RemittanceRow>(tx, remittanceMachine, row, { state: 'confirmed' }, { by, note });
    await tx.query
      .updateTable('cash_collections')
      .set({ remitted_at: tx.now })
      .where('remittance_id', '=', id)
      .execute();
    const { amount, currency } = row;
    await deps.ledger.postTransfer(tx, {
      cause: `remittance:${id}`,
      purpose: { type: 'remittance', id },
      entries: [
        { account: bankAccount(currency), amount },
        { account: remittedAccount(PROVIDER, deps.merchantAccount, currency), amount: 0 - amount },
      ],
    });
    await writeAudit(tx, {
      actor: by,
      action: 'cash_remittance.confirm',
      target: { type: 'cash_remittance', id },
      before: { state: row.state },
      after: { state: 'confirmed', reference, note },
      ip,
    });
  });
}

/** It was recorded wrongly: its collections are outstanding again. Throws `not_found` and `illegal_transition`. */
export function cancelRemittance({ db }: CashDeps, decision: Decision): Promise<void> {
  const { remittanceId: id, by, ip, note } = decision;
  return db.tx('cash_remittance.cancel', async (tx) => {
    const row = await lockRecorded(tx, id, 'cancelled');
    await transition<RemittanceRow>(tx, remittanceMachine, row, { state: 'cancelled' }, { by, note });
    await tx.query
      .updateTable('cash_collections')
      .set({ remittance_id: null })
      .where('remittance_id', '=', id)
      .execute();
    await writeAudit(tx, {
      actor: by,
      action: 'cash_remittance.cancel',
      target: { type: 'cash_remittance', id },
      before: { state: row.state },
      after: { state: 'cancelled', note },
      ip,
    });
  });
}

async function lockRecorded(tx: Tx, id: string, to: RemittanceRow['state']): Promise<RemittanceRow> {
  const row = await tx.lock('cash_remittances', id);
  if (row === undefined) {
    throw new AppError(notFound);
  }
  if (row.state !== 'recorded') {
    const details = { entity: remittanceMachine.entity, field: 'state', from: row.state, to };
    throw new AppError(illegalTransition, { details });
  }
  return row;
}
