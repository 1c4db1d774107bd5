/** What the books that people keep (bank statements, cash) ask of payments. */
import type { Reader } from '../../../kernel/db/index.ts';
import type { Money } from '../../../kernel/money.ts';
import { purposeOf } from '../payment.ts';
import type { PaymentStatus } from '../payment-states.ts';
import type { Purpose } from '../purpose.ts';
import type { RefundStatus } from '../refunds/refund-states.ts';
import type { RefundRow } from '../tables.ts';

/** An attempt of a rail by hand, as the books see it. */
export interface HandPayment {
  readonly id: string;
  readonly provider: string;
  readonly status: PaymentStatus;
  readonly purpose: Purpose;
  readonly reference: string | null;
  /** What was asked for; minor units. */
  readonly amount: number;
  readonly currency: string;
  /** What has come in for it. */
  readonly capturedAmount: number;
}

/** A refund that a person pays out. */
export interface HandRefund {
  readonly id: string;
  readonly paymentId: string;
  readonly status: RefundStatus;
  readonly amount: number;
  readonly currency: string;
  /** Whether a person has said that it was paid; one that has failed since has come back. */
  readonly isPaidOut: boolean;
}

/** Keeps each IN list short enough for every engine. */
const SLICE = 500;

async function findHandPayments(
  db: Reader,
  provider: string,
  column: 'id' | 'provider_reference',
  values: readonly string[],
): Promise<HandPayment[]> {
  const found: HandPayment[] = [];
  for (let at = 0; at < values.length; at += SLICE) {
    const rows = await db.query
      .selectFrom('payments')
      .select(['id', 'provider', 'status', 'purpose_type', 'purpose_id', 'provider_reference'])
      .select(['amount', 'currency', 'captured_amount'])
      .where('provider', '=', provider)
      .where(column, 'in', values.slice(at, at + SLICE))
      .execute();
    found.push(
      ...rows.map((row) => ({
        ...{ id: row.id, provider: row.provider, status: row.status, purpose: purposeOf(row) },
        ...{ reference: row.provider_reference, amount: row.amount, currency: row.currency },
        capturedAmount: row.captured_amount,
      })),
    );
  }
  return found;
}

/** The attempts of a rail that bear one of these references. */
export function findPaymentsByReference(
  db: Reader,
  provider: string,
  references: readonly string[],
): Promise<HandPayment[]> {
  return findHandPayments(db, provider, 'provider_reference', references);
}

/** The attempts of a rail with these ids. */
export function findPaymentsById(
  db: Reader,
  provider: string,
  ids: readonly string[],
): Promise<HandPayment[]> {
  return findHandPayments(db, provider, 'id', ids);
}

const OF_REFUND = ['id', 'payment_id', 'status', 'amount', 'currency', 'paid_out_by'] as const;

function toHandRefund({
  payment_id: paymentId,
  paid_out_by: paidOutBy,
  ...row
}: Pick<RefundRow, (typeof OF_REFUND)[number]>): HandRefund {
  return { ...row, paymentId, isPaidOut: paidOutBy !== null };
}

/** The refunds of so much of the purpose that people are to pay out or have paid out, those that came back too. */
export async function findPayouts(db: Reader, { type, id }: Purpose, amount: Money): Promise<HandRefund[]> {
  const rows = await db.query
    .selectFrom('refunds')
    .select(OF_REFUND)
    .where('purpose_type', '=', type)
    .where('purpose_id', '=', id)
    .where('amount', '=', amount.amount)
    .where('currency', '=', amount.currency)
    .where((where) =>
      where.or([
        where('paid_out_by', 'is not', null),
        where.and([where('by_hand', '=', 1), where('status', 'in', ['sent', 'abnormal'])]),
      ]),
    )
    .orderBy('id')
    .execute();
  return rows.map(toHandRefund);
}

/** The refunds of ours that return money of these attempts, or that have these ids themselves. */
export async function findHandRefunds(db: Reader, ids: readonly string[]): Promise<HandRefund[]> {
  const found: HandRefund[] = [];
  for (let at = 0; at < ids.length; at += SLICE) {
    const slice = ids.slice(at, at + SLICE);
    const rows = await db.query
      .selectFrom('refunds')
      .select(OF_REFUND)
      .where((where) => where.or([where('payment_id', 'in', slice), where('id', 'in', slice)]))
      .where('origin', '<>', 'provider')
      // Of store credit no bank tells anything.
      .where((where) => where.or([where('paid_from', 'is', null), where('paid_from', '<>', 'store_credit')]))
      .orderBy('id')
      .execute();
    found.push(...rows.map(toHandRefund));
  }
  return found;
}
