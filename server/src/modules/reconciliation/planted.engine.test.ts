import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  createFakeBills,
  type FakeBills,
  honestBill,
  wireReconciliation,
} from '../../../test/harness/bills.ts';
import { openPaymentsBench, type PaymentsBench } from '../../../test/harness/payments.ts';
import type { BillRow } from '../../gateways/gateway.ts';
import { systemActor } from '../../kernel/actor.ts';
import { DAY_MS, MINUTE_MS } from '../../kernel/clock.ts';
import type { ReconciledDay } from './index.ts';

const DAY = '2026-07-01';
const by = systemActor('test');

/** What a faulty bill does to an honest line, and what must be found for it. */
const FAULTS: Readonly<Record<string, (row: BillRow) => { rows: BillRow[]; kinds: string[] }>> = {
  honest: (row) => ({ rows: [row], kinds: [] }),
  left_out: () => ({ rows: [], kinds: ['missing_there'] }),
  more: (row) => ({
    rows: [{ ...row, amount: { ...row.amount, amount: row.amount.amount + 7 } }],
    kinds: ['amount'],
  }),
  other_currency: (row) => ({
    rows: [{ ...row, amount: { ...row.amount, currency: 'EUR' } }],
    kinds: ['amount'],
  }),
  failed: (row) => ({ rows: [{ ...row, status: 'failed' }], kinds: ['status'] }),
  still_pending: (row) => ({ rows: [{ ...row, status: 'pending' }], kinds: [] }),
  other_fee: (row) => ({ rows: [{ ...row, fee: (row.fee ?? 0) + 1 }], kinds: ['fee'] }),
  without_fee: (row) => ({ rows: [{ ...row, fee: null }], kinds: [] }),
  other_merchant: (row) => ({ rows: [{ ...row, merchantAccount: '1999' }], kinds: ['merchant'] }),
  twice: (row) => ({ rows: [row, row], kinds: ['duplicate'] }),
  three_times: (row) => ({ rows: [row, row, row], kinds: ['duplicate', 'duplicate'] }),
  without_number: (row) => ({ rows: [{ ...row, number: null }], kinds: [] }),
  other_transaction: (row) => ({
    rows: [{ ...row, transactionId: `other-${row.transactionId}` }],
    kinds: [],
  }),
  invented: (row) => ({
    rows: [row, { ...row, number: null, transactionId: `new-${row.transactionId}` }],
    kinds: ['missing_here'],
  }),
};

/** What the sums of both sides must differ by: the lines' differences and nothing else. */
function gapOf({ report }: ReconciledDay): number {
  return report.sums.reduce((gap, sum) => gap + sum.bill_amount - sum.here_amount, 0);
}

describe('any set of faults in a bill', () => {
  let bench: PaymentsBench;
  let bills: FakeBills;
  let wired: ReturnType<typeof wireReconciliation>;
  let honest: BillRow[];
  beforeAll(async () => {
    bench = await openPaymentsBench();
    bills = createFakeBills();
    wired = wireReconciliation(bench, bills);
    for (let index = 0; index < 8; index += 1) {
      const { purpose } = await bench.buy(5_000 + index);
      await bench.db.tx('test.refund', (tx) =>
        bench.payments.reserveRefund(tx, {
          ...{ purpose, amount: { amount: 100 + index, currency: 'CNY' }, reason: null, by, origin: 'staff' },
        }),
      );
    }
    await bench.drain(5 * MINUTE_MS);
    honest = await honestBill(bench.db, { from: 0, to: bench.clock.now() });
    bench.clock.advance(DAY_MS);
  });
  afterEach(async () => {
    expect([...(await bench.violations()), ...(await wired.violations())]).toEqual([]);
  });
  afterAll(() => bench.closeBench());

  test('is found, exactly it, in whatever order the lines stand, and the sums differ by just that', async () => {
    expect(honest).toHaveLength(16);
    const anyFaults = fc.array(fc.constantFrom(...Object.keys(FAULTS)), { minLength: 16, maxLength: 16 });
    await fc.assert(
      fc.asyncProperty(anyFaults, fc.infiniteStream(fc.nat()), async (faults, order) => {
        const made = honest.map((row, index) => FAULTS[faults[index] as string]!(row));
        const rows = made
          .flatMap((one) => one.rows)
          .map((row) => [order.next().value as number, row] as const);
        bills.files.set(
          DAY,
          rows.sort(([a], [b]) => a - b).map(([, row]) => row),
        );
        const day = await wired.reconciliation.reconcile(bills, DAY, by);
        const found = await bench.db.query
          .selectFrom('bill_differences')
          .selectAll()
          .where('state', '=', 'open')
          .execute();
        const expected = honest.flatMap((row, index) =>
          made[index]!.kinds.map((kind) => `${kind} ${row.type}`),
        );
        expect(found.map(({ kind, type }) => `${kind} ${type}`).sort()).toEqual(expected.sort());
        const side = (status: string | null, amount: number | null) =>
          status === 'succeeded' ? (amount ?? 0) : 0;
        const explained = found
          .filter(({ kind }) => kind !== 'missing_there')
          .reduce(
            (sum, row) =>
              sum + side(row.there_status, row.there_amount) - side(row.here_status, row.here_amount),
            0,
          );
        expect(gapOf(day)).toBe(explained);
      }),
      { numRuns: 12 },
    );
  });
});
