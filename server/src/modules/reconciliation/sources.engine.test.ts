/** What a source says of its bills changes what counts as a difference. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFakeBills, honestBill, tradeSome, wireReconciliation } from '../../../test/harness/bills.ts';
import { openPaymentsBench, type PaymentsBench } from '../../../test/harness/payments.ts';
import type { BillRow } from '../../gateways/gateway.ts';
import { systemActor } from '../../kernel/actor.ts';
import { HOUR_MS } from '../../kernel/clock.ts';
import { addDays, boundsOf } from './bill-day.ts';
import type { BillSource } from './index.ts';

const ZONE = 'Asia/Shanghai';
const DAY = '2026-07-01';

let bench: PaymentsBench;
let rows: BillRow[];

beforeEach(async () => {
  bench = await openPaymentsBench();
  await tradeSome(bench, 3, 2);
  rows = await honestBill(bench.db, boundsOf(DAY, ZONE));
  bench.clock.set(boundsOf(addDays(DAY, 1), ZONE).from + 10 * HOUR_MS);
});
afterEach(() => bench.closeBench());

async function reconcile(file: readonly BillRow[], source: Partial<BillSource> = {}) {
  const bills = createFakeBills(source);
  bills.files.set(DAY, file);
  const wired = wireReconciliation(bench, bills);
  const { report } = await wired.reconciliation.reconcile(bills, DAY, systemActor('test'));
  return report;
}

const kindsOf = ({ counts }: Awaited<ReturnType<typeof reconcile>>) =>
  counts.map(({ kind, count }) => `${count} ${kind}`);

test('where the share of the provider varies another fee is no difference, and the books take it over', async () => {
  const dearer = rows.map((row) => ({ ...row, fee: (row.fee ?? 0) + 49 }));
  const report = await reconcile(dearer, { doFeesVary: true });
  expect(kindsOf(report)).toEqual([]);
  expect(report.sums.reduce((sum, { fee_posted: posted }) => sum + posted, 0)).toBe(5 * 49);
});

test('where it does not each is one', async () => {
  const dearer = rows.map((row) => ({ ...row, fee: (row.fee ?? 0) + 49 }));
  expect(kindsOf(await reconcile(dearer))).toEqual(['5 fee']);
});

test('a bill that tells of payments only leaves refunds alone', async () => {
  const payments = rows.filter(({ type }) => type === 'payment');
  expect(kindsOf(await reconcile(payments, { tellsOnly: 'payment' }))).toEqual([]);
  expect(kindsOf(await reconcile(payments))).toEqual(['2 missing_there']);
});

test('a refund that a person has paid from another account is not missing in the bill', async () => {
  const payments = rows.filter(({ type }) => type === 'payment');
  await bench.db.tx('test.paid_by_hand', (tx) =>
    tx.query
      .updateTable('refunds')
      .set({ paid_from: 'payouts', paid_out_by: 'usr_second', paid_out_reference: 'SLIP-1' })
      .execute(),
  );
  expect(kindsOf(await reconcile(payments))).toEqual([]);
});
