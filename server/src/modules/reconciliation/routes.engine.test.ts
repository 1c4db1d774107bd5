import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTestApi, type TestApi, tokenOf } from '../../../test/harness/api.ts';
import {
  createFakeBills,
  type FakeBills,
  honestBill,
  wireReconciliation,
} from '../../../test/harness/bills.ts';
import { openPaymentsBench, type PaymentsBench } from '../../../test/harness/payments.ts';
import { DAY_MS, HOUR_MS } from '../../kernel/clock.ts';
import { listOpen } from '../alerts/index.ts';
import { boundsOf } from './bill-day.ts';

const DAY = '2026-07-01';
const ROOT = '/admin/reconciliation';
const permissions = ['reconciliation.read', 'reconciliation.write'];
const staff = tokenOf({ userId: 'usr_s', kind: 'staff', permissions });
const reader = tokenOf({ userId: 'usr_r', kind: 'staff', permissions: ['reconciliation.read'] });

describe('days and differences in the hands of staff', () => {
  let bench: PaymentsBench;
  let bills: FakeBills;
  let wired: ReturnType<typeof wireReconciliation>;
  let api: TestApi;
  beforeEach(async () => {
    bench = await openPaymentsBench();
    bills = createFakeBills();
    wired = wireReconciliation(bench, bills);
    const { db, clock } = bench;
    api = await openTestApi({ db, clock, registerRoutes: wired.reconciliation.registerRoutes });
  });
  afterEach(async () => {
    await api.close();
    await bench.closeBench();
  });

  const start = (body: object, token = staff) => api.call(`POST ${ROOT}/runs`, { token, body });
  const open = async () =>
    (await api.call(`GET ${ROOT}/differences?state=open`, { token: reader })).body.data.items;

  test('a day is started, run by its job, and shows both sides and the ledger', async () => {
    await bench.buy(12_000);
    bench.clock.advance(DAY_MS);
    bills.files.set(DAY, await honestBill(bench.db, { from: 0, to: bench.clock.now() }));
    const started = await start({ provider: 'fake_pay', date: DAY });
    expect(started).toMatchObject({ status: 202, body: { data: { status: 'waiting', date: DAY } } });
    expect((await wired.drain()).failures).toEqual([]);
    const { body } = await api.call(`GET ${ROOT}/runs/${started.body.data.id}`, { token: reader });
    expect(body.data).toMatchObject({
      ...{ status: 'done', outcome: 'ready', lines: 1, differences: [] },
      sums: [
        {
          ...{ type: 'payment', currency: 'CNY', ledgerAmount: 12_000, isLedgerAgreed: true },
          ...{ bill: { count: 1, amount: 12_000, fee: 72 }, here: { count: 1, amount: 12_000, fee: 72 } },
        },
      ],
    });
    const list = await api.call(`GET ${ROOT}/runs?from=${DAY}&status=done`, { token: reader });
    expect(list.body.data.items).toMatchObject([{ date: DAY, status: 'done' }]);
    const sources = await api.call(`GET ${ROOT}/sources`, { token: reader });
    expect(sources.body.data.items).toMatchObject([{ provider: 'fake_pay', timeZone: 'Asia/Shanghai' }]);
  });

  test('a day whose bill can not be there, an unknown provider and a reader are refused', async () => {
    expect((await start({ provider: 'fake_pay', date: DAY })).body.error).toBe('no_such_bill');
    expect((await start({ provider: 'fake_pay', date: '2020-01-01' })).body.error).toBe('no_such_bill');
    expect((await start({ provider: 'nobody', date: DAY })).body.error).toBe('no_such_bill');
    expect((await start({ provider: 'fake_pay', date: '1 July' })).status).toBe(400);
    expect((await start({ provider: 'fake_pay', date: DAY }, reader)).status).toBe(403);
    expect((await api.call(`GET ${ROOT}/runs/bill_none`, { token: reader })).status).toBe(404);
  });

  test('a difference is asked about again, and settled with a note once and for all', async () => {
    const { paymentId } = await bench.buy(12_000);
    bench.clock.advance(DAY_MS);
    bills.files.set(DAY, []);
    await start({ provider: 'fake_pay', date: DAY });
    await wired.drain();
    const [difference] = await open();
    expect(difference).toMatchObject({
      ...{ kind: 'missing_there', number: paymentId, there: null, isAskable: true },
      here: { amount: 12_000, currency: 'CNY', status: 'succeeded' },
    });
    const repair = await api.call(`POST ${ROOT}/differences/${difference.id}/repair`, { token: staff });
    expect(repair.body.data).toMatchObject({ state: 'open', answer: 'succeeded' });
    const resolve = (body: object) =>
      api.call(`POST ${ROOT}/differences/${difference.id}/resolve`, { token: staff, body });
    expect((await resolve({ resolution: 'accepted' })).status).toBe(400);
    const resolved = await resolve({ resolution: 'provider_error', note: 'reported to them' });
    expect(resolved.body.data).toMatchObject({ state: 'resolved', note: 'reported to them' });
    expect((await resolve({ resolution: 'accepted', note: 'again' })).body.error).toBe('illegal_transition');
    expect(await open()).toEqual([]);
    expect(await listOpen(bench.db, [difference.runId])).toEqual([]);
    const audited = await bench.db.query.selectFrom('audit_entries').select('action').orderBy('id').execute();
    expect(audited.map(({ action }) => action).sort()).toEqual([
      'bill_difference.repair',
      'bill_difference.resolve',
      'bill_run.start',
    ]);
  });

  test('each day gets its run at its hour, waits for its bill, and what was missed is made up for', async () => {
    const tenOClock = boundsOf('2026-07-02', 'Asia/Shanghai').from + 10 * HOUR_MS;
    bench.clock.set(tenOClock);
    const { planRuns } = await import('./plan-runs.ts');
    const deps = { db: bench.db, clock: bench.clock, sources: [bills] } as unknown as Parameters<
      typeof planRuns
    >[0];
    await planRuns(deps);
    await wired.drain(HOUR_MS);
    expect(bills.asked).toEqual([DAY, DAY, DAY]);
    await wired.drain(13 * HOUR_MS);
    const runs = () => bench.db.query.selectFrom('bill_runs').selectAll().orderBy('bill_date').execute();
    const [run] = await runs();
    expect(run).toMatchObject({ status: 'waiting', outcome: 'not_ready' });
    expect(await listOpen(bench.db, [run!.id])).toMatchObject([{ kind: 'bill_late' }]);
    for (const date of [DAY, '2026-07-02', '2026-07-03', '2026-07-04']) {
      bills.files.set(date, []);
    }
    bench.clock.set(tenOClock + 3 * DAY_MS);
    await planRuns(deps);
    await wired.drain();
    expect((await runs()).map(({ bill_date: date, status }) => `${date} ${status}`)).toEqual([
      '2026-07-01 done',
      '2026-07-02 done',
      '2026-07-03 done',
      '2026-07-04 done',
    ]);
    expect(await listOpen(bench.db, [run!.id])).toEqual([]);
  });

  test('the lines of old bills are erased, and a neighbour that is run again does not miss them', async () => {
    await bench.buy(12_000);
    const rows = await honestBill(bench.db, { from: 0, to: bench.clock.now() + 1 });
    bench.clock.advance(DAY_MS);
    bills.files.set(DAY, rows);
    await start({ provider: 'fake_pay', date: DAY });
    await wired.drain();
    bench.clock.advance(91 * DAY_MS);
    const { eraseOldLines } = await import('./run-job.ts');
    await eraseOldLines({ db: bench.db, clock: bench.clock } as unknown as Parameters<
      typeof eraseOldLines
    >[0]);
    expect(await bench.db.query.selectFrom('bill_lines').select('position').execute()).toEqual([]);
    expect(await wired.violations()).toEqual([]);
    expect(await open()).toEqual([]);
  });
});
