import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDb } from '../../test/harness/database.ts';
import type { BillRow } from '../gateways/gateway.ts';
import { createFakeClock } from '../kernel/clock.ts';
import type { Db } from '../kernel/db/index.ts';
import { importStatement } from '../modules/bank-statements/index.ts';
import { handBills } from './hand-books.ts';

const clock = createFakeClock(Date.parse('2026-11-22T08:00:00Z'));
const account = { id: 'main', name: 'Suanpan', bank: 'Bank', number: '1', currency: 'CNY' };
const RAILS = {
  bankTransfer: { accounts: [account], windowDays: 3 },
  cashOnDelivery: { currency: 'CNY', maxAmount: 500_000 },
};
let db: Db;

beforeAll(async () => {
  db = await openTestDb({ clock });
});
afterAll(() => db.close());

async function billOf(provider: string, date: string): Promise<string | readonly BillRow[]> {
  const bill = await handBills(db, RAILS)
    .find((candidate) => candidate.provider === provider)
    ?.downloadBill({ date });
  if (bill?.outcome !== 'ready') {
    return bill?.outcome ?? 'nothing';
  }
  const rows: BillRow[] = [];
  for await (const row of bill.rows) {
    rows.push(row);
  }
  return rows;
}

test('a day of transfers is a bill once statements reach it, and one without any is empty', async () => {
  expect(await billOf('bank_transfer', '2026-11-20')).toBe('empty');
  const lines = Array.from({ length: 1_100 }, (_, n) => `2026-11-20,${n + 1}.00,tea,R${n}`);
  const rows = [
    'Date,Amount,Description,Bank reference',
    '2026-11-18,1.00,milk,M',
    ...lines,
    '2026-11-20,-2.00,fee,F',
  ];
  await importStatement(
    { db, clock, accounts: [account], findCodes: () => [] },
    {
      ...{ accountId: 'main', bytes: Buffer.from(rows.join('\n')), fileName: null, preset: 'international' },
      ...{ columns: {}, by: { type: 'staff', id: 'usr_clerk' }, ip: null },
    },
  );
  expect(await billOf('bank_transfer', '2026-11-19')).toBe('empty');
  expect(await billOf('bank_transfer', '2026-11-21')).toBe('not_ready');
  const bill = (await billOf('bank_transfer', '2026-11-20')) as readonly BillRow[];
  expect(bill).toHaveLength(1_101);
  expect(new Set(bill.map(({ transactionId }) => transactionId)).size).toBe(1_101);
  expect(bill.find(({ transactionId }) => transactionId === 'main:ref:R0#1')).toEqual({
    type: 'payment',
    number: null,
    paymentNumber: null,
    transactionId: 'main:ref:R0#1',
    amount: { amount: 100, currency: 'CNY' },
    fee: null,
    status: 'succeeded',
    occurredAt: Date.parse('2026-11-20T12:00:00Z'),
    merchantAccount: 'bank',
  });
  expect(bill.find(({ transactionId }) => transactionId === 'main:ref:F#1')).toMatchObject({
    type: 'other',
    amount: { amount: 200 },
  });
});

test('cash that a courier still holds is pending, and counts once it has arrived', async () => {
  const collectedAt = Date.parse('2026-11-20T23:59:59Z');
  await db.tx('test.collect', (tx) =>
    tx.insertOnce('cash_collections', {
      ...{ id: 'ccl_1', payment_id: 'pay_1', purpose_id: 'ord_1', amount: 1_280, currency: 'CNY' },
      ...{ remittance_id: null, collected_at: collectedAt, remitted_at: null },
    }),
  );
  const row = { type: 'payment', number: 'pay_1', transactionId: 'cash:pay_1', occurredAt: collectedAt };
  expect(await billOf('cash_on_delivery', '2026-11-20')).toMatchObject([{ ...row, status: 'pending' }]);
  await db.tx('test.remit', (tx) =>
    tx.query.updateTable('cash_collections').set({ remitted_at: tx.now }).execute(),
  );
  expect(await billOf('cash_on_delivery', '2026-11-20')).toMatchObject([{ ...row, status: 'succeeded' }]);
  expect(await billOf('cash_on_delivery', '2026-11-21')).toBe('empty');
});
