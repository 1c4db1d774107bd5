/** A day of so many payments, and its bill: the same on both sides but for twelve planted differences. */
import type { BillRow } from '../../../server/src/gateways/gateway.ts';
import { HOUR_MS } from '../../../server/src/kernel/clock.ts';
import { takeBasisPoints } from '../../../server/src/kernel/money.ts';

export const PROVIDER = 'bench_pay';
export const ACCOUNT = '1900000001';
export const DATE = '2026-07-01';
export const PLANTED = 12;

const CURRENCY = 'CNY';
const FEE_BASIS_POINTS = 60;
const FROM = Date.UTC(2026, 6, 1);

/** One payment of the day. */
export interface DayPayment {
  readonly captureId: string;
  readonly paymentId: string;
  readonly transactionId: string;
  readonly amount: number;
  readonly currency: string;
  readonly fee: number;
  readonly at: number;
}

/** The payment at `index` of `count`, spread over the middle of the day so that nothing is carried over midnight. */
export function paymentAt(index: number, count: number): DayPayment {
  const number = String(index).padStart(8, '0');
  const amount = 1_000 + (index % 9_000);
  return {
    captureId: `cap_bench${number}`,
    paymentId: `pay_bench${number}`,
    transactionId: `42000${number}`,
    amount,
    currency: CURRENCY,
    fee: takeBasisPoints(amount, FEE_BASIS_POINTS),
    at: FROM + 2 * HOUR_MS + Math.floor((index * 20 * HOUR_MS) / count),
  };
}

function toRow(payment: DayPayment): BillRow {
  const { paymentId, transactionId, amount, currency, fee, at } = payment;
  return {
    ...{ type: 'payment', number: paymentId, paymentNumber: null, transactionId, fee, status: 'succeeded' },
    ...{ amount: { amount, currency }, occurredAt: at, merchantAccount: ACCOUNT },
  };
}

/** What the bill has instead of an honest line; every kind twice. */
const PLANTS: readonly ((row: BillRow) => BillRow[])[] = [
  () => [],
  (row) => [{ ...row, amount: { ...row.amount, amount: row.amount.amount + 1 } }],
  (row) => [{ ...row, status: 'failed' }],
  (row) => [{ ...row, fee: (row.fee ?? 0) + 1 }],
  (row) => [row, row],
  (row) => [row, { ...row, number: `${row.number}x`, transactionId: `${row.transactionId}x` }],
];

/** The bill as a gateway streams it. */
export async function* billOf(count: number): AsyncGenerator<BillRow> {
  const every = Math.floor(count / PLANTED);
  for (let index = 0; index < count; index += 1) {
    const row = toRow(paymentAt(index, count));
    const plant = index % every === 0 ? PLANTS[(index / every) % PLANTS.length] : undefined;
    yield* index / every < PLANTED && plant !== undefined ? plant(row) : [row];
  }
}
