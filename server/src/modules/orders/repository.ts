/** The SQL on `orders` and `order_lines` that verbs decide on; lists for people are in queries.ts. */
import { type Reader, statement, type Tx } from '../../kernel/db/index.ts';
import type { OrderLineRow, OrderRow } from './tables.ts';

const byId = statement<{ id: string }, OrderRow>((query, p) =>
  query.selectFrom('orders').selectAll().where('id', '=', p.id),
);

const byClaim = statement<{ claimId: string }, OrderRow>((query, p) =>
  query.selectFrom('orders').selectAll().where('claim_id', '=', p.claimId),
);

const byDuplicateKey = statement<{ duplicateKey: string }, OrderRow>((query, p) =>
  query.selectFrom('orders').selectAll().where('duplicate_key', '=', p.duplicateKey),
);

const linesOf = statement<{ orderId: string }, OrderLineRow>((query, p) =>
  query.selectFrom('order_lines').selectAll().where('order_id', '=', p.orderId).orderBy('position'),
);

const dropDuplicateKey = statement<{ id: string; duplicateKey: string }>((query, p) =>
  query
    .updateTable('orders')
    .set({ duplicate_key: null })
    .where('id', '=', p.id)
    .where('duplicate_key', '=', p.duplicateKey),
);

/** Counts an attempt of an order that can still be paid: 1 when it could. */
const countAttempt = statement<{ id: string; now: number; latestExpiry: number }>((query, p) =>
  query
    .updateTable('orders')
    .set((eb) => ({ attempts: eb('attempts', '+', 1), updated_at: p.now }))
    .where('id', '=', p.id)
    .where('status', '=', 'pending')
    .where('payment_status', '=', 'unpaid')
    .where('closing_at', 'is', null)
    .where('expires_at', '>', p.latestExpiry),
);

/** Moves the expiry of an order that can still be paid, whether it has passed or not; never nearer. */
const moveExpiry = statement<{ id: string; until: number; now: number }>((query, p) =>
  query
    .updateTable('orders')
    .set({ expires_at: p.until, updated_at: p.now })
    .where('id', '=', p.id)
    .where('status', '=', 'pending')
    .where('payment_status', '=', 'unpaid')
    .where('closing_at', 'is', null)
    .where('expires_at', '<', p.until),
);

/** Lets nobody open an attempt any more. */
const setClosing = statement<{ id: string; since: number; request: string; now: number }>((query, p) =>
  query
    .updateTable('orders')
    .set({ closing_at: p.since, closing_request: p.request, updated_at: p.now })
    .where('id', '=', p.id)
    .where('status', 'in', ['pending', 'confirmed', 'processing'])
    .where('payment_status', 'in', ['unpaid', 'authorized']),
);

export const findOrder = (reader: Reader, id: string) => byId.first(reader, { id });
export const findOrderByClaim = (reader: Reader, claimId: string) => byClaim.first(reader, { claimId });
export const findOrderByDuplicateKey = (reader: Reader, duplicateKey: string) =>
  byDuplicateKey.first(reader, { duplicateKey });
export const findLines = (reader: Reader, orderId: string) => linesOf.all(reader, { orderId });

/** Lets another order take the place of this one under the fingerprint of its cart. */
export async function releaseDuplicateKey(tx: Tx, id: string, duplicateKey: string): Promise<void> {
  await dropDuplicateKey.send(tx, { id, duplicateKey });
}

/**
 * Makes room for one attempt by a conditional update (RULES 4); answers whether the order is pending, unpaid, not being
 * closed and expires after `latestExpiry` (ms).
 */
export async function claimAttempt(tx: Tx, id: string, latestExpiry: number): Promise<boolean> {
  return (await countAttempt.run(tx, { id, now: tx.now, latestExpiry })) === 1;
}

/** Gives the payer until `until` (ms), where they have less and the order can be paid; answers whether it moved. */
export async function extendExpiry(tx: Tx, id: string, until: number): Promise<boolean> {
  return (await moveExpiry.run(tx, { id, until, now: tx.now })) === 1;
}

/** Marks an order that is not paid as being closed, since now or since it first was. The caller has locked it. */
export async function markClosing(tx: Tx, order: OrderRow, request: string): Promise<void> {
  await setClosing.send(tx, { id: order.id, since: order.closing_at ?? tx.now, request, now: tx.now });
}

/** Changes what staff has noted beside the order. */
export async function setInternalNote(tx: Tx, id: string, note: string | null): Promise<void> {
  await tx.query
    .updateTable('orders')
    .set({ internal_note: note, updated_at: tx.now })
    .where('id', '=', id)
    .execute();
}

/** Shows on the order where the disputes about its money stand. */
export async function setDisputeStatus(
  tx: Tx,
  id: string,
  status: OrderRow['dispute_status'],
): Promise<void> {
  await tx.query
    .updateTable('orders')
    .set({ dispute_status: status, updated_at: tx.now })
    .where('id', '=', id)
    .execute();
}
