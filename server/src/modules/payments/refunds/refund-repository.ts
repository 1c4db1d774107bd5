/** The SQL on `refunds` that changes them or that other verbs decide on. */
import { toIso } from '../../../kernel/clock.ts';
import { type Reader, statement, type Tx, updateVersioned } from '../../../kernel/db/index.ts';
import { AppError } from '../../../kernel/errors.ts';
import { ownerOf, type PaymentsDeps } from '../deps.ts';
import { refundBeingFinished } from '../errors.ts';
import { findCapturesOfPurpose, refundableOf } from '../payment-repository.ts';
import type { Purpose } from '../purpose.ts';
import type { RefundRow } from '../tables.ts';
import { UNDER_WAY_STATUSES } from './refund-states.ts';

const byId = statement<{ id: string }, RefundRow>((query, p) =>
  query.selectFrom('refunds').selectAll().where('id', '=', p.id),
);

const capturedOfPurpose = statement<Purpose, { amount: number | null; surplus: number | null }>((query, p) =>
  query
    .selectFrom('captures')
    .select((select) => [
      select.fn.sum<number | null>('amount').as('amount'),
      select.fn.sum<number | null>('surplus_amount').as('surplus'),
    ])
    .where('purpose_type', '=', p.type)
    .where('purpose_id', '=', p.id)
    .where('status', '=', 'succeeded'),
);

const refundedOfPurpose = statement<Purpose, { status: string; amount: number }>((query, p) =>
  query
    .selectFrom('refunds')
    .select((select) => ['status', select.fn.sum<number>('amount').as('amount')])
    .where('purpose_type', '=', p.type)
    .where('purpose_id', '=', p.id)
    .where('is_surplus', '=', 0)
    .groupBy('status'),
);

const countOfPayment = statement<{ paymentId: string }, { count: number }>((query, p) =>
  query
    .selectFrom('refunds')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('payment_id', '=', p.paymentId)
    .where('status', 'in', [...UNDER_WAY_STATUSES, 'succeeded']),
);

const lastSentOfPayment = statement<{ paymentId: string; id: string }, { sent_at: number | null }>(
  (query, p) =>
    query
      .selectFrom('refunds')
      .select((select) => select.fn.max('sent_at').as('sent_at'))
      .where('payment_id', '=', p.paymentId)
      .where('id', '<>', p.id),
);

const claimQueryOfRefund = statement<{ id: string; now: number }>((query, p) =>
  query.updateTable('refunds').set({ last_queried_at: p.now }).where('id', '=', p.id),
);

export const findRefund = (db: Reader, id: string) => byId.first(db, { id });

/** Locks what the refund belongs to and then the refund; answers the row as it stands. */
export async function lockRefund(tx: Tx, deps: PaymentsDeps, id: string): Promise<RefundRow | undefined> {
  const seen = await findRefund(tx, id);
  if (seen === undefined) {
    return undefined;
  }
  await ownerOf(deps, seen.purpose_type).lock(tx, seen.purpose_id);
  return tx.lock('refunds', id);
}

/** Throws `refund_being_finished` (409) while its provider may be carrying out an order to finish it. */
export function assertNotBeingFinished(row: RefundRow): void {
  if (row.finishing_at !== null) {
    throw new AppError(refundBeingFinished, { details: { since: toIso(row.finishing_at) } });
  }
}

/** Changes columns that are no status. Throws a TransactionConflict when the row has moved since it was read. */
export async function patchRefund(
  tx: Tx,
  row: RefundRow,
  set: Partial<Omit<RefundRow, 'id' | 'version' | 'status'>>,
): Promise<RefundRow> {
  await updateVersioned(tx, 'refunds', row, { ...set, updated_at: tx.now });
  return { ...row, ...set, updated_at: tx.now };
}

/** Sums over a purpose in minor units, surplus not counted. */
export interface RefundSums {
  readonly captured: number;
  readonly refundedDone: number;
  readonly refundedUnderWay: number;
}

export async function readRefundSums(db: Reader, { type, id }: Purpose): Promise<RefundSums> {
  const captured = await capturedOfPurpose.first(db, { type, id });
  const byStatus = await refundedOfPurpose.all(db, { type, id });
  const sumOf = (statuses: readonly string[]) =>
    byStatus.filter(({ status }) => statuses.includes(status)).reduce((sum, { amount }) => sum + amount, 0);
  return {
    captured: (captured?.amount ?? 0) - (captured?.surplus ?? 0),
    refundedDone: sumOf(['succeeded']),
    refundedUnderWay: sumOf(UNDER_WAY_STATUSES),
  };
}

/** What may still be reserved of what has paid the purpose; surplus goes back by itself. */
export async function readRefundable(db: Reader, purpose: Purpose): Promise<number> {
  const captures = await findCapturesOfPurpose(db, purpose);
  return captures
    .filter((capture) => capture.surplus_amount < capture.amount)
    .reduce((sum, capture) => sum + refundableOf(capture), 0);
}

/** How many refunds of the payment its provider has carried out or may yet. */
export async function countRefundsOfPayment(db: Reader, paymentId: string): Promise<number> {
  return (await countOfPayment.first(db, { paymentId }))?.count ?? 0;
}

/** When another refund of the payment was sent last (ms); providers want a pause between two. */
export async function lastRefundSentAt(db: Reader, paymentId: string, exceptId: string): Promise<number> {
  return (await lastSentOfPayment.first(db, { paymentId, id: exceptId }))?.sent_at ?? 0;
}

export async function markRefundQueried(tx: Tx, id: string): Promise<void> {
  await claimQueryOfRefund.send(tx, { id, now: tx.now });
}
