import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openTestDb } from '../../../test/harness/database.ts';
import { createFakeClock, DAY_MS, HOUR_MS } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/db/index.ts';
import { createWorker } from '../../kernel/jobs/index.ts';
import { silentLogger } from '../../kernel/log/index.ts';
import {
  type Account,
  checkLedger,
  clearingAccount,
  createLedger,
  customerSurplusAccount,
  type Ledger,
  readBalances,
  refundsAccount,
  revenueAccount,
} from './index.ts';

const clearing = clearingAccount('wechat_pay', '1900000001', 'CNY');
const revenue = revenueAccount('CNY');
const purpose = { type: 'order', id: 'ord_1' };

function sale(cause: string, amount: number) {
  return {
    cause,
    purpose,
    entries: [
      { account: clearing, amount },
      { account: revenue, amount: -amount },
    ],
  };
}

describe('the ledger', () => {
  const clock = createFakeClock(Date.UTC(2026, 5, 1));
  let db: Db;
  let ledger: Ledger;
  beforeAll(async () => {
    db = await openTestDb({ clock });
  });
  afterAll(() => db.close());
  beforeEach(() => {
    ledger = createLedger({ db, clock });
  });
  const post = (transfer: Parameters<Ledger['postTransfer']>[1]) =>
    db.tx('test.post', (tx) => ledger.postTransfer(tx, transfer));
  const balanceOf = async (account: Account) =>
    (await readBalances(db)).find((balance) => balance.account === account.code)?.amount ?? 0;

  test('a cause is posted once, however many ask at once', async () => {
    const before = await balanceOf(clearing);
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(sale('capture:once', 1_999))));
    expect(answers.filter(Boolean)).toHaveLength(1);
    expect((await balanceOf(clearing)) - before).toBe(1_999);
  });

  test('a transfer that does not sum to zero in each currency is refused', async () => {
    const dollars = customerSurplusAccount('USD');
    const entries = [
      { account: clearing, amount: 5 },
      { account: dollars, amount: -5 },
    ];
    await expect(post({ cause: 'capture:mixed', purpose, entries })).rejects.toThrow('sum to 5');
    expect(
      await db.query
        .selectFrom('ledger_transfers')
        .select('id')
        .where('cause', '=', 'capture:mixed')
        .execute(),
    ).toEqual([]);
  });

  test('a transfer of nothing is not written', async () => {
    expect(await post(sale('fee:zero', 0))).toBe(false);
    expect(await checkLedger(db)).toEqual([]);
  });

  test('whatever is posted, all accounts together sum to zero', async () => {
    let number = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 }), { maxLength: 6 }),
        async (amounts) => {
          const accounts = [clearing, refundsAccount('CNY')];
          const entries = amounts.map((amount, index) => ({
            account: accounts[index % 2] as Account,
            amount,
          }));
          const rest = amounts.reduce((sum, amount) => sum + amount, 0);
          number += 1;
          await post({
            cause: `property:${number}`,
            purpose,
            entries: [...entries, { account: revenue, amount: rest === 0 ? 0 : -rest }],
          });
          const total = (await readBalances(db)).reduce((sum, { amount }) => sum + amount, 0);
          expect(total).toBe(0);
        },
      ),
      { numRuns: 25 },
    );
    expect(await checkLedger(db)).toEqual([]);
  });

  test('rolling up moves the cut-off and changes no balance', async () => {
    await post(sale('capture:old', 700));
    const before = await readBalances(db);
    clock.advance(HOUR_MS);
    const worker = createWorker({ db, clock, log: silentLogger, handlers: ledger.jobs, crons: ledger.crons });
    await worker.start();
    await worker.stop();
    expect((await worker.drain({ clock, until: clock.now() + DAY_MS })).ran.length).toBeGreaterThan(20);
    expect(await readBalances(db)).toEqual(before);
    const rows = await db.query.selectFrom('ledger_balances').selectAll().execute();
    expect(rows.find(({ id }) => id === clearing.code)?.amount).toBe(await balanceOf(clearing));
    await post(sale('capture:new', 300));
    expect(
      (await balanceOf(clearing)) - (before.find(({ account }) => account === clearing.code)?.amount ?? 0),
    ).toBe(300);
    expect(await checkLedger(db)).toEqual([]);
  });

  test('an entry that was lost is found', async () => {
    await post(sale('capture:damaged', 900));
    await db.tx('test.damage', (tx) =>
      tx.query.deleteFrom('ledger_entries').where('amount', '=', -900).execute(),
    );
    const found = await checkLedger(db);
    expect(found).toContainEqual(
      expect.objectContaining({ invariant: 'I1', message: expect.stringContaining('900') }),
    );
  });
});
