import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  createFakeBills,
  type FakeBills,
  honestBill,
  tradeSome,
  wireReconciliation,
} from '../../../test/harness/bills.ts';
import { openPaymentsBench, type PaymentsBench } from '../../../test/harness/payments.ts';
import type { BillRow } from '../../gateways/gateway.ts';
import { systemActor } from '../../kernel/actor.ts';
import { HOUR_MS, MINUTE_MS } from '../../kernel/clock.ts';
import { listOpen } from '../alerts/index.ts';
import { readBalances } from '../ledger/index.ts';
import { addDays, boundsOf } from './bill-day.ts';

const ZONE = 'Asia/Shanghai';
const DAY = '2026-07-01';
const by = systemActor('test');

describe('a day against its bill', () => {
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

  const billOf = (date: string) => honestBill(bench.db, boundsOf(date, ZONE));
  const ready = (date: string) => bench.clock.set(boundsOf(addDays(date, 1), ZONE).from + 10 * HOUR_MS);
  const reconcile = async (date: string) => {
    ready(date);
    return wired.reconciliation.reconcile(bills, date, by);
  };
  const differences = () =>
    bench.db.query
      .selectFrom('bill_differences')
      .selectAll()
      .orderBy('bill_date')
      .orderBy('kind')
      .orderBy('subject')
      .execute();
  const found = async () => (await differences()).map(({ kind, type, state }) => `${kind} ${type} ${state}`);

  const trade = (purchases: number, refunded: number) => tradeSome(bench, purchases, refunded);

  test('twelve planted differences of every kind are found, exactly these, however often the day is run', async () => {
    await trade(20, 6);
    const rows = await billOf(DAY);
    const payments = rows.filter(({ type }) => type === 'payment');
    const refunds = rows.filter(({ type }) => type === 'refund');
    expect([payments.length, refunds.length]).toEqual([20, 6]);
    const at = (list: BillRow[], index: number) => list[index] as BillRow;
    const changed = new Map<BillRow, BillRow | null>([
      [at(payments, 0), null],
      [at(payments, 1), { ...at(payments, 1), amount: { amount: 1, currency: 'CNY' } }],
      [at(payments, 2), { ...at(payments, 2), amount: { ...at(payments, 2).amount, currency: 'USD' } }],
      [at(payments, 3), { ...at(payments, 3), status: 'failed' }],
      [at(payments, 4), { ...at(payments, 4), fee: 77 }],
      [at(payments, 5), { ...at(payments, 5), merchantAccount: '1999999999' }],
      [at(refunds, 0), null],
      [at(refunds, 1), { ...at(refunds, 1), status: 'failed' }],
      [at(refunds, 2), { ...at(refunds, 2), fee: -1 }],
    ]);
    const planted = rows.flatMap((row) => {
      const other = changed.get(row);
      return other === null ? [] : [other ?? row];
    });
    const strange = { ...at(payments, 9), number: 'pay_strange', transactionId: 'strange' };
    const file = [
      ...planted,
      at(payments, 6),
      strange,
      { ...at(refunds, 5), number: 'rf-strange', paymentNumber: null, transactionId: 'strange-refund' },
      // What is no money of ours is summed and never a difference.
      {
        ...strange,
        type: 'other' as const,
        transactionId: 'payout',
        amount: { amount: 5_000, currency: 'CNY' },
      },
    ];
    bills.files.set(DAY, file);
    const expected = [
      'amount payment open',
      'amount payment open',
      'duplicate payment open',
      'fee payment open',
      'fee refund open',
      'merchant payment open',
      'missing_here payment open',
      'missing_here refund open',
      'missing_there payment open',
      'missing_there refund open',
      'status payment open',
      'status refund open',
    ];
    const first = await reconcile(DAY);
    expect(first.outcome).toBe('done');
    expect(await found()).toEqual(expected);
    const ids = (await differences()).map(({ id }) => id);
    const second = await reconcile(DAY);
    expect(await found()).toEqual(expected);
    expect((await differences()).map(({ id }) => id)).toEqual(ids);
    expect(second.report.sums).toEqual(first.report.sums);
    expect(await listOpen(bench.db, [second.report.run.id])).toMatchObject([
      { kind: 'bill_differences', severity: 'warning' },
    ]);
    expect(second.report.run).toMatchObject({ status: 'done', line_count: file.length, outcome: 'ready' });
  });

  test('an honest bill leaves nothing, and both sides and the ledger agree', async () => {
    await trade(4, 2);
    bills.files.set(DAY, await billOf(DAY));
    const { report } = await reconcile(DAY);
    expect(report.counts).toEqual([]);
    expect(report.sums).toHaveLength(2);
    for (const sum of report.sums) {
      expect(sum).toMatchObject({ here_count: sum.bill_count, here_amount: sum.bill_amount });
      expect(sum).toMatchObject({ ledger_amount: sum.bill_amount, here_fee: sum.bill_fee, fee_posted: 0 });
    }
  });

  test('what happened about midnight waits for the next file, and vanishes when it stands there', async () => {
    bench.clock.set(boundsOf(DAY, ZONE).to - 10 * MINUTE_MS);
    await trade(2, 0);
    const [first, second] = (await billOf(DAY)) as [BillRow, BillRow];
    bills.files.set(DAY, []);
    await reconcile(DAY);
    expect(await found()).toEqual(['missing_there payment carried', 'missing_there payment carried']);
    bills.files.set('2026-07-02', [first]);
    const next = await reconcile('2026-07-02');
    expect(next.report.counts).toEqual([]);
    const rows = await differences();
    expect(new Map(rows.map(({ transaction_id: id, state }) => [id, state]))).toEqual(
      new Map([
        [first.transactionId, 'explained'],
        [second.transactionId, 'open'],
      ]),
    );
    await reconcile(DAY);
    await reconcile('2026-07-02');
    expect((await found()).sort()).toEqual(['missing_there payment explained', 'missing_there payment open']);
  });

  test('a line that is pending there and unknown here is carried, and gone once the next file says how it ended', async () => {
    const pending: BillRow = {
      ...{ type: 'payment', number: 'pay_none', paymentNumber: null, transactionId: 'p1', fee: null },
      ...{
        amount: { amount: 5, currency: 'CNY' },
        status: 'pending',
        merchantAccount: bills.merchantAccount,
      },
      occurredAt: boundsOf(DAY, ZONE).from,
    };
    bills.files.set(DAY, [pending]);
    bills.files.set('2026-07-02', [{ ...pending, status: 'failed' }]);
    await reconcile(DAY);
    expect(await found()).toEqual(['missing_here payment carried']);
    await reconcile('2026-07-02');
    expect(await found()).toEqual(['missing_here payment explained']);
    bills.files.set('2026-07-02', []);
    await reconcile('2026-07-02');
    await reconcile(DAY);
    expect(await found()).toEqual(['missing_here payment open']);
  });

  test('the same movement in the files of two days is a duplicate of the later one, in whatever order they are run', async () => {
    await trade(1, 0);
    const rows = await billOf(DAY);
    bills.files.set(DAY, rows);
    bills.files.set('2026-07-02', rows);
    await reconcile('2026-07-02');
    await reconcile(DAY);
    expect(await differences()).toMatchObject(
      [{ kind: 'duplicate', bill_date: '2026-07-02', state: 'open', subject: /#2$/ }].map((row) => ({
        ...row,
        subject: expect.stringMatching(row.subject),
      })),
    );
    await reconcile('2026-07-02');
    expect(await found()).toEqual(['duplicate payment open']);
  });

  test('money whose notification never came is taken by asking, and the difference is gone with its note', async () => {
    const purpose = await bench.newPurchase();
    const { paymentId } = await bench.start(purpose);
    const facts = bench.gateway.pay(paymentId);
    bills.files.set(DAY, [
      {
        ...{ type: 'payment', number: paymentId, paymentNumber: null, transactionId: facts.transactionId },
        ...{ amount: facts.amount, fee: 60, status: 'succeeded', occurredAt: facts.paidAt },
        merchantAccount: facts.merchantAccount,
      },
    ]);
    const { report } = await reconcile(DAY);
    expect(await bench.statusOf(paymentId)).toBe('succeeded');
    expect(await differences()).toMatchObject([
      { kind: 'missing_here', state: 'explained', note: 'asked again: succeeded', answer: 'succeeded' },
    ]);
    expect(report.sums).toMatchObject([{ bill_amount: 10_000, here_amount: 10_000, ledger_amount: 10_000 }]);
    expect(await listOpen(bench.db, [report.run.id])).toEqual([]);
  });

  test("a refund that was made in the provider's console enters as its own", async () => {
    const { paymentId } = await bench.buy();
    const trade = bench.gateway.trades.get(paymentId);
    bench.gateway.refunds.set('console-1', {
      request: {
        ...{ id: 'console-1', amount: { amount: 300, currency: 'CNY' }, total: trade!.request.amount },
        ...{
          payment: { ...trade!.request, reference: null, transactionId: null },
          reason: null,
          notifyUrl: '',
        },
        captureTransactionId: '',
      },
      state: 'succeeded',
    });
    const rows = await billOf(DAY);
    bills.files.set(DAY, [
      ...rows,
      {
        ...{ type: 'refund', number: 'console-1', paymentNumber: paymentId, transactionId: '50console-1' },
        ...{ amount: { amount: 300, currency: 'CNY' }, fee: null, status: 'succeeded' },
        ...{ occurredAt: bench.clock.now(), merchantAccount: bills.merchantAccount },
      },
    ]);
    await reconcile(DAY);
    expect(await found()).toEqual(['missing_here refund explained']);
    const refunds = await bench.db.query.selectFrom('refunds').select(['origin', 'amount']).execute();
    expect(refunds).toEqual([{ origin: 'provider', amount: 300 }]);
  });

  test('fees are corrected to what the bill says, once, and again only by what another bill says', async () => {
    await trade(3, 1);
    const rows = await billOf(DAY);
    const feesNow = async () =>
      (await readBalances(bench.db)).filter(({ kind }) => kind.endsWith('fees')).map(({ amount }) => amount);
    const before = await feesNow();
    bills.files.set(
      DAY,
      rows.map((row) => ({ ...row, fee: (row.fee ?? 0) + 2 })),
    );
    await reconcile(DAY);
    await reconcile(DAY);
    expect(await feesNow()).toEqual(before.map((amount) => amount + Math.sign(amount) * 8));
    bills.files.set(DAY, rows);
    const { report } = await reconcile(DAY);
    expect(await feesNow()).toEqual(before);
    expect(report.sums.every(({ fee_posted: posted }) => posted === 0)).toBe(true);
    expect((await found()).every((one) => one.endsWith('explained'))).toBe(true);
  });

  test('what a person has resolved stays resolved when the day is run again', async () => {
    await trade(1, 0);
    bills.files.set(DAY, []);
    await reconcile(DAY);
    const [row] = await differences();
    const { resolveDifference } = await import('./resolve-difference.ts');
    await bench.db.tx('test.resolve', (tx) =>
      resolveDifference(tx, row!.id, { resolution: 'accepted', note: 'agreed by mail', by, ip: null }),
    );
    await reconcile(DAY);
    expect(await differences()).toMatchObject([{ state: 'resolved', note: 'agreed by mail' }]);
  });

  test('a bill whose stream breaks leaves the file before it in force, and the next try is whole', async () => {
    await trade(2, 0);
    const rows = await billOf(DAY);
    bills.files.set(DAY, rows);
    await reconcile(DAY);
    bills.files.set(DAY, {
      outcome: 'ready',
      rows: (async function* () {
        yield rows[0] as BillRow;
        throw new Error('the connection was lost');
      })(),
    });
    await expect(reconcile(DAY)).rejects.toThrow('the connection was lost');
    const [run] = await bench.db.query.selectFrom('bill_runs').selectAll().execute();
    expect(run).toMatchObject({ status: 'waiting', line_count: 2 });
    bills.files.set(DAY, rows);
    await reconcile(DAY);
    expect(await found()).toEqual([]);
  });
});
