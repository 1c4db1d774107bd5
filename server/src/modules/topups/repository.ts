/** The SQL on `topups` that verbs decide on; lists for people are in queries.ts. */
import { type Reader, statement, type Tx } from '../../kernel/db/index.ts';
import type { DeliveryResult } from '../../operators/operator.ts';
import type { TopupRow } from './tables.ts';

const byId = statement<{ id: string }, TopupRow>((query, p) =>
  query.selectFrom('topups').selectAll().where('id', '=', p.id),
);

const byOrder = statement<{ orderId: string }, TopupRow>((query, p) =>
  query.selectFrom('topups').selectAll().where('order_id', '=', p.orderId),
);

const setPaid = statement<{ orderId: string; now: number }>((query, p) =>
  query
    .updateTable('topups')
    .set({ paid_at: p.now, updated_at: p.now })
    .where('order_id', '=', p.orderId)
    .where('paid_at', 'is', null),
);

const claim = statement<{ id: string; token: string; now: number; sendUntil: number }>((query, p) =>
  query
    .updateTable('topups')
    .set({ recharge_at: p.now, send_until: p.sendUntil, claim_token: p.token, updated_at: p.now })
    .where('id', '=', p.id)
    .where('recharge_at', 'is', null)
    .where('result', 'is', null),
);

const release = statement<{ id: string; token: string; now: number }>((query, p) =>
  query
    .updateTable('topups')
    .set({ recharge_at: null, send_until: null, claim_token: null, updated_at: p.now })
    .where('id', '=', p.id)
    .where('claim_token', '=', p.token)
    .where('result', 'is', null),
);

export const findTopup = (reader: Reader, id: string) => byId.first(reader, { id });
export const findTopupOfOrder = (reader: Reader, orderId: string) => byOrder.first(reader, { orderId });

/** Its order is paid, since now or since it first was. */
export async function markPaid(tx: Tx, orderId: string): Promise<void> {
  await setPaid.send(tx, { orderId, now: tx.now });
}

/** Writes down which run will send it; answers whether nobody had before. The caller has won the order's claim. */
export async function claimTopup(tx: Tx, id: string, token: string, sendUntil: number): Promise<boolean> {
  return (await claim.run(tx, { id, token, now: tx.now, sendUntil })) === 1;
}

/** Takes the claim of this run away again; answers whether it was its own, and without a result. */
export async function releaseTopup(tx: Tx, id: string, token: string): Promise<boolean> {
  return (await release.run(tx, { id, token, now: tx.now })) === 1;
}

/** What is known of a delivery beside its outcome. */
function factsOf(result: DeliveryResult) {
  if (result.outcome === 'delivered') {
    const { sequence, serviceId, vatBill } = result.receipt;
    return { sequence, service_id: serviceId, vat_bill: vatBill, result_code: null, result_message: null };
  }
  return { result_code: result.reason.code, result_message: result.reason.message };
}

/**
 * Records the operator's word under the claim that it belongs to: once, except that what was unknown may become known.
 * Answers whether it was recorded.
 */
export async function writeResult(
  tx: Tx,
  { id, token }: { readonly id: string; readonly token: string },
  result: DeliveryResult,
): Promise<boolean> {
  const { numUpdatedRows } = await tx.query
    .updateTable('topups')
    .set({ result: result.outcome, result_at: tx.now, ...factsOf(result), updated_at: tx.now })
    .where('id', '=', id)
    .where('claim_token', '=', token)
    .where((where) => where.or([where('result', 'is', null), where('result', '=', 'unknown')]))
    .executeTakeFirst();
  return Number(numUpdatedRows) === 1;
}

/** Shows to staff what they are waited for to decide, or that they are not. */
export async function setAwaits(tx: Tx, id: string, awaits: TopupRow['awaits_person']): Promise<void> {
  await tx.query
    .updateTable('topups')
    .set({ awaits_person: awaits, updated_at: tx.now })
    .where('id', '=', id)
    .execute();
}

export interface Decision {
  readonly outcome: 'delivered' | 'failed';
  readonly reason: string;
  readonly decidedBy: string;
}

/** Writes a person's word down, once; answers whether there was none before. */
export async function writeDecision(tx: Tx, id: string, decision: Decision): Promise<boolean> {
  const { numUpdatedRows } = await tx.query
    .updateTable('topups')
    .set({
      decision: decision.outcome,
      decision_reason: decision.reason,
      decided_by: decision.decidedBy,
      decided_at: tx.now,
      updated_at: tx.now,
    })
    .where('id', '=', id)
    .where('decision', 'is', null)
    .executeTakeFirst();
  return Number(numUpdatedRows) === 1;
}
