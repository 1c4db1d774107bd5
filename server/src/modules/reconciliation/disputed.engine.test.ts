import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  createFakeBills,
  type FakeBills,
  honestBill,
  wireReconciliation,
} from '../../../test/harness/bills.ts';
import { MERCHANT } from '../../../test/harness/fake-gateway.ts';
import { openPaymentsBench, type PaymentsBench } from '../../../test/harness/payments.ts';
import type { BillRow, DisputeMovement } from '../../gateways/gateway.ts';
import { systemActor } from '../../kernel/actor.ts';
import { HOUR_MS } from '../../kernel/clock.ts';
import { addDays, boundsOf } from './bill-day.ts';

const DAY = '2026-07-01';
const ZONE = 'Asia/Shanghai';
const FEE = 1_500;

let bench: PaymentsBench;
let bills: FakeBills;
let wired: ReturnType<typeof wireReconciliation>;

beforeEach(async () => {
  bench = await openPaymentsBench();
  bills = createFakeBills();
  wired = wireReconciliation(bench, bills);
});

afterEach(async () => {
  expect([...(await bench.violations()), ...(await wired.violations())]).toEqual([]);
  await bench.closeBench();
});

/** A dispute over 100.00 that takes its money with a fee, and gives the money back. */
async function disputed(): Promise<string> {
  const { paymentId } = await bench.buy();
  const movement = (type: DisputeMovement['type'], amount: number, fee: number): DisputeMovement => ({
    ...{ id: `txn_${type}_${amount}_${paymentId}`, type, amount: { amount, currency: 'CNY' }, fee },
    movedAt: bench.clock.now(),
  });
  const facts = {
    ...{ disputeId: `dp_${paymentId}`, merchantAccount: MERCHANT, paymentId, captureTransactionId: null },
    ...{ stage: 'won' as const, reason: 'fraudulent', amount: { amount: 10_000, currency: 'CNY' } },
    ...{ evidenceDueAt: null, openedAt: bench.clock.now() },
    movements: [
      movement('withdrawn', 10_000, 0),
      movement('withdrawn', 0, FEE),
      movement('reinstated', 10_000, 0),
    ],
  };
  expect(await bench.notify({ eventId: `evt_${paymentId}`, subject: { type: 'dispute', facts } })).toBe(200);
  return paymentId;
}

async function reconcile(change: (rows: BillRow[]) => BillRow[]) {
  const rows = await honestBill(bench.db, boundsOf(DAY, ZONE));
  bills.files.set(DAY, change(rows));
  bench.clock.set(boundsOf(addDays(DAY, 1), ZONE).from + 10 * HOUR_MS);
  await wired.reconciliation.reconcile(bills, DAY, systemActor('test'));
  const found = await bench.db.query
    .selectFrom('bill_differences')
    .selectAll()
    .where('type', '=', 'dispute')
    .orderBy('kind')
    .execute();
  return found.map(({ kind, there_amount: there, here_amount: here }) => ({ kind, there, here }));
}

test('what a dispute has moved agrees with its bill, line by line, and with the ledger', async () => {
  await disputed();
  expect(await reconcile((rows) => rows)).toEqual([]);
  const sums = await bench.db.query
    .selectFrom('bill_sums')
    .selectAll()
    .where('type', '=', 'dispute')
    .executeTakeFirstOrThrow();
  expect(sums).toMatchObject({
    ...{ bill_count: 3, here_count: 3 },
    ...{ bill_amount: 21_500, here_amount: 21_500, ledger_amount: 21_500 },
  });
});

test('a bill that numbers the movements in its own way agrees by the payment’s number and the amounts', async () => {
  await disputed();
  const renamed = (rows: BillRow[]) =>
    rows.map((row, at) => (row.type === 'dispute' ? { ...row, transactionId: `own ${at}`, fee: null } : row));
  expect(await reconcile(renamed)).toEqual([]);
});

test('a movement that is missing here or there, and one of another amount, are differences', async () => {
  const paymentId = await disputed();
  const differing = (rows: BillRow[]) => {
    const changes: Record<string, Partial<BillRow>> = {
      [`txn_withdrawn_10000_${paymentId}`]: { amount: { amount: 9_999, currency: 'CNY' } },
      [`txn_reinstated_10000_${paymentId}`]: { number: null, transactionId: `strange ${paymentId}` },
    };
    return rows.map((row) => ({ ...row, ...changes[row.transactionId ?? ''] }));
  };
  expect(await reconcile(differing)).toEqual([
    { kind: 'amount', there: 9_999, here: 10_000 },
    { kind: 'missing_here', there: 10_000, here: null },
    { kind: 'missing_there', there: null, here: 10_000 },
  ]);
});
