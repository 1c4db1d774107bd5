/** The SQL on `payments` and `captures` that changes them or that other verbs decide on; lists for people are in queries.ts. */
import { type Reader, statement, type Tx, updateVersioned } from '../../kernel/db/index.ts';
import { ownerOf, type PaymentsDeps } from './deps.ts';
import { OPEN_STATUSES } from './payment-states.ts';
import type { Purpose } from './purpose.ts';
import type { CaptureRow, PaymentRow } from './tables.ts';

const byId = statement<{ id: string }, PaymentRow>((query, p) =>
  query.selectFrom('payments').selectAll().where('id', '=', p.id),
);

const purposeById = statement<{ id: string }, Pick<PaymentRow, 'purpose_type' | 'purpose_id'>>((query, p) =>
  query.selectFrom('payments').select(['purpose_type', 'purpose_id']).where('id', '=', p.id),
);

const byLiveKey = statement<{ liveKey: string }, PaymentRow>((query, p) =>
  query.selectFrom('payments').selectAll().where('live_key', '=', p.liveKey),
);

const byClaim = statement<{ claimId: string }, PaymentRow>((query, p) =>
  query.selectFrom('payments').selectAll().where('claim_id', '=', p.claimId),
);

const openOfPurpose = statement<Purpose, PaymentRow>((query, p) =>
  query
    .selectFrom('payments')
    .selectAll()
    .where('purpose_type', '=', p.type)
    .where('purpose_id', '=', p.id)
    .where('status', 'in', OPEN_STATUSES)
    .orderBy('id'),
);

const paidOfPurpose = statement<Purpose, { id: string }>((query, p) =>
  query
    .selectFrom('payments')
    .select('id')
    .where('purpose_type', '=', p.type)
    .where('purpose_id', '=', p.id)
    .where('status', 'in', ['succeeded', 'authorized'])
    .where('is_surplus', '=', 0)
    .limit(1),
);

const claimQueryOfPayment = statement<{ id: string; now: number; before: number }>((query, p) =>
  query
    .updateTable('payments')
    .set({ last_queried_at: p.now })
    .where('id', '=', p.id)
    .where('last_queried_at', '<=', p.before),
);

const capturesOfPurpose = statement<Purpose, CaptureRow>((query, p) =>
  query
    .selectFrom('captures')
    .selectAll()
    .where('purpose_type', '=', p.type)
    .where('purpose_id', '=', p.id)
    .where('status', '=', 'succeeded')
    .orderBy('id'),
);

const capturesOfPayment = statement<{ paymentId: string }, CaptureRow>((query, p) =>
  query
    .selectFrom('captures')
    .selectAll()
    .where('payment_id', '=', p.paymentId)
    .where('status', '=', 'succeeded')
    .orderBy('id'),
);

const captureById = statement<{ id: string }, CaptureRow>((query, p) =>
  query.selectFrom('captures').selectAll().where('id', '=', p.id),
);

const unfinishedOfPayment = statement<{ paymentId: string }, CaptureRow>((query, p) =>
  query
    .selectFrom('captures')
    .selectAll()
    .where('payment_id', '=', p.paymentId)
    .where('status', 'in', ['requested', 'unknown'])
    .orderBy('id'),
);

const authorisedOfPurpose = statement<Purpose, PaymentRow>((query, p) =>
  query
    .selectFrom('payments')
    .selectAll()
    .where('purpose_type', '=', p.type)
    .where('purpose_id', '=', p.id)
    .where('status', '=', 'authorized')
    .where('is_surplus', '=', 0),
);

const reserveOnHold = statement<{ id: string; amount: number; now: number }>((query, p) =>
  query
    .updateTable('payments')
    .set((set) => ({ capture_requested: set('capture_requested', '+', p.amount), updated_at: p.now }))
    .where('id', '=', p.id)
    .where((where) =>
      where(
        where(where('capture_requested', '+', where.ref('captured_amount')), '+', p.amount),
        '<=',
        where.ref('authorised_amount'),
      ),
    ),
);

const reserveOnCapture = statement<{ id: string; amount: number; now: number }>((query, p) =>
  query
    .updateTable('captures')
    .set((set) => ({ refund_reserved: set('refund_reserved', '+', p.amount), updated_at: p.now }))
    .where('id', '=', p.id)
    .where((where) =>
      where(
        where(where('refund_reserved', '+', where.ref('external_refunded')), '+', p.amount),
        '<=',
        where.ref('amount'),
      ),
    ),
);

const releaseOnCapture = statement<{ id: string; amount: number; now: number }>((query, p) =>
  query
    .updateTable('captures')
    .set((set) => ({ refund_reserved: set('refund_reserved', '-', p.amount), updated_at: p.now }))
    .where('id', '=', p.id),
);

const addExternalOnCapture = statement<{ id: string; amount: number; now: number }>((query, p) =>
  query
    .updateTable('captures')
    .set((set) => ({ external_refunded: set('external_refunded', '+', p.amount), updated_at: p.now }))
    .where('id', '=', p.id),
);

export const findPayment = (db: Reader, id: string) => byId.first(db, { id });
export const findLivePayment = (db: Reader, liveKey: string) => byLiveKey.first(db, { liveKey });
export const findPaymentByClaim = (db: Reader, claimId: string) => byClaim.first(db, { claimId });

/** Every attempt of the purpose that may still take money. */
export const findOpenPayments = (db: Reader, { type, id }: Purpose) => openOfPurpose.all(db, { type, id });

/** Whether a payment, captured or authorised, pays the purpose; surplus does not count. */
export async function isPaid(db: Reader, { type, id }: Purpose): Promise<boolean> {
  return (await paidOfPurpose.first(db, { type, id })) !== undefined;
}

export const findCapturesOfPurpose = (db: Reader, { type, id }: Purpose) =>
  capturesOfPurpose.all(db, { type, id });
export const findCapturesOfPayment = (db: Reader, paymentId: string) =>
  capturesOfPayment.all(db, { paymentId });

/**
 * Locks what the payment pays for and then the payment itself, in the order of RULES 19; answers the row as it stands,
 * or `undefined` when there is none.
 */
export async function lockPayment(tx: Tx, deps: PaymentsDeps, id: string): Promise<PaymentRow | undefined> {
  const seen = await purposeById.first(tx, { id });
  if (seen === undefined) {
    return undefined;
  }
  await ownerOf(deps, seen.purpose_type).lock(tx, seen.purpose_id);
  return tx.lock('payments', id);
}

/** Changes columns that are no status. Throws a TransactionConflict when the row has moved since it was read. */
export async function patchPayment(
  tx: Tx,
  row: PaymentRow,
  set: Partial<Omit<PaymentRow, 'id' | 'version' | 'status'>>,
): Promise<PaymentRow> {
  await updateVersioned(tx, 'payments', row, { ...set, updated_at: tx.now });
  return { ...row, ...set, updated_at: tx.now };
}

const allOfPayment = statement<{ paymentId: string }, CaptureRow>((query, p) =>
  query.selectFrom('captures').selectAll().where('payment_id', '=', p.paymentId).orderBy('id'),
);

/** Whatever became of them. */
export const findAllCapturesOfPayment = (db: Reader, paymentId: string) =>
  allOfPayment.all(db, { paymentId });

export const findCapture = (db: Reader, id: string) => captureById.first(db, { id });

/** Those whose provider has not said yet what became of them. */
export const findUnfinishedCaptures = (db: Reader, paymentId: string) =>
  unfinishedOfPayment.all(db, { paymentId });

/** The attempt that holds money for the purpose. */
export const findAuthorised = (db: Reader, { type, id }: Purpose) =>
  authorisedOfPurpose.first(db, { type, id });

/** Reserves a capture on what is held; false when less than `amount` is left (RULES 8). */
export async function reserveCaptureOn(tx: Tx, paymentId: string, amount: number): Promise<boolean> {
  return (await reserveOnHold.run(tx, { id: paymentId, amount, now: tx.now })) === 1;
}

/** Changes columns that are no status. Throws a TransactionConflict when the row has moved since it was read. */
export async function patchCapture(
  tx: Tx,
  row: CaptureRow,
  set: Partial<Omit<CaptureRow, 'id' | 'version' | 'status'>>,
): Promise<CaptureRow> {
  await updateVersioned(tx, 'captures', row, { ...set, updated_at: tx.now });
  return { ...row, ...set, updated_at: tx.now };
}

/** Takes the right to ask the provider about the attempt; false when somebody did so after `before` (ms). */
export async function claimPaymentQuery(tx: Tx, id: string, before: number): Promise<boolean> {
  return (await claimQueryOfPayment.run(tx, { id, now: tx.now, before })) === 1;
}

/** Reserves a refund on the capture; false when less than `amount` is left (RULES 8). */
export async function reserveRefundOn(tx: Tx, captureId: string, amount: number): Promise<boolean> {
  return (await reserveOnCapture.run(tx, { id: captureId, amount, now: tx.now })) === 1;
}

/** Gives back what a refund that did not come about had reserved. */
export async function releaseRefundOn(tx: Tx, captureId: string, amount: number): Promise<void> {
  await releaseOnCapture.send(tx, { id: captureId, amount, now: tx.now });
}

/** Records that the provider returned money without us: a fact, which no guard may refuse. */
export async function addExternalRefundOn(tx: Tx, captureId: string, amount: number): Promise<void> {
  await addExternalOnCapture.send(tx, { id: captureId, amount, now: tx.now });
}

/** What may still be reserved for refunds. */
export function refundableOf(capture: CaptureRow): number {
  return Math.max(0, capture.amount - capture.refund_reserved - capture.external_refunded);
}
