/** The SQL on requests for refunds and on what was refunded of lines. */
import { insertRows, type Reader, statement, type Tx } from '../../../kernel/db/index.ts';
import type { OrderLineRow } from '../tables.ts';
import type { OrderLineRefundRow, RefundRequestLineRow, RefundRequestRow } from './tables.ts';

const requestById = statement<{ id: string }, RefundRequestRow>((query, p) =>
  query.selectFrom('refund_requests').selectAll().where('id', '=', p.id),
);

const requestByClaim = statement<{ claimId: string }, RefundRequestRow>((query, p) =>
  query.selectFrom('refund_requests').selectAll().where('claim_id', '=', p.claimId),
);

const requestByLiveKey = statement<{ liveKey: string }, RefundRequestRow>((query, p) =>
  query.selectFrom('refund_requests').selectAll().where('live_key', '=', p.liveKey),
);

const requestsOfOrder = statement<{ orderId: string }, RefundRequestRow>((query, p) =>
  query.selectFrom('refund_requests').selectAll().where('order_id', '=', p.orderId).orderBy('id'),
);

const lineRefundsOf = statement<{ orderId: string }, OrderLineRefundRow>((query, p) =>
  query.selectFrom('order_line_refunds').selectAll().where('order_id', '=', p.orderId).orderBy('position'),
);

interface Units {
  readonly orderId: string;
  readonly position: number;
  readonly now: number;
}

/** Counts units and money of a line as refunded, if so many and so much of it are left. */
const countRefunded = statement<Units & { quantity: number; amount: number; share: number }>((query, p) =>
  query
    .updateTable('order_line_refunds')
    .set((set) => ({
      refunded_quantity: set('refunded_quantity', '+', p.quantity),
      refunded_amount: set('refunded_amount', '+', p.amount),
      updated_at: p.now,
    }))
    .where('order_id', '=', p.orderId)
    .where('position', '=', p.position)
    .where((where) => where(where('refunded_quantity', '+', p.quantity), '<=', where.ref('quantity')))
    .where((where) => where(where('refunded_amount', '+', p.amount), '<=', p.share)),
);

/** Counts units of a line as put back onto the shelf, if so many of it are left. */
const countRestocked = statement<Units & { quantity: number }>((query, p) =>
  query
    .updateTable('order_line_refunds')
    .set((set) => ({ restocked_quantity: set('restocked_quantity', '+', p.quantity), updated_at: p.now }))
    .where('order_id', '=', p.orderId)
    .where('position', '=', p.position)
    .where((where) => where(where('restocked_quantity', '+', p.quantity), '<=', where.ref('quantity'))),
);

export const findRequest = (db: Reader, id: string) => requestById.first(db, { id });
export const findRequestByClaim = (db: Reader, claimId: string) => requestByClaim.first(db, { claimId });
export const findOpenRequest = (db: Reader, orderId: string) =>
  requestByLiveKey.first(db, { liveKey: orderId });
export const findRequestsOf = (db: Reader, orderId: string) => requestsOfOrder.all(db, { orderId });
export const findLineRefunds = (db: Reader, orderId: string) => lineRefundsOf.all(db, { orderId });

export async function findRequestLines(
  db: Reader,
  requestIds: readonly string[],
): Promise<RefundRequestLineRow[]> {
  if (requestIds.length === 0) {
    return [];
  }
  return db.query
    .selectFrom('refund_request_lines')
    .selectAll()
    .where('request_id', 'in', [...requestIds])
    .orderBy('request_id')
    .orderBy('position')
    .execute();
}

export async function insertRequestLines(tx: Tx, lines: readonly RefundRequestLineRow[]): Promise<void> {
  if (lines.length > 0) {
    await insertRows(tx, 'refund_request_lines', [...lines]);
  }
}

/** Writes what was decided on a line in the end. */
export async function updateRequestLine(tx: Tx, line: RefundRequestLineRow): Promise<void> {
  await tx.query
    .updateTable('refund_request_lines')
    .set({ amount: line.amount, restock_quantity: line.restock_quantity })
    .where('request_id', '=', line.request_id)
    .where('position', '=', line.position)
    .execute();
}

/** Counts the part of `line` as refunded; false when less than that of it is left. */
export async function countLineRefund(
  tx: Tx,
  line: OrderLineRow,
  { quantity, amount, share }: { quantity: number; amount: number; share: number },
): Promise<boolean> {
  await tx.insertOnce('order_line_refunds', {
    order_id: line.order_id,
    position: line.position,
    quantity: line.quantity,
    refunded_quantity: 0,
    refunded_amount: 0,
    restocked_quantity: 0,
    updated_at: tx.now,
  });
  const at = { orderId: line.order_id, position: line.position, now: tx.now };
  return (await countRefunded.run(tx, { ...at, quantity, amount, share })) === 1;
}

/** Counts units of the line as put back; false when fewer are left. */
export async function countLineRestock(tx: Tx, line: OrderLineRow, quantity: number): Promise<boolean> {
  const at = { orderId: line.order_id, position: line.position, now: tx.now };
  return (await countRestocked.run(tx, { ...at, quantity })) === 1;
}
