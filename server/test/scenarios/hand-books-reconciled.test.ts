/** Days of transfers and of cash against what payments has booked, as those of any provider. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestBuyer } from '../harness/app.ts';
import { newStaff, type TestStaff } from '../harness/staff.ts';
import { MINUTE, openStage, type Seen, type Stage } from './stage.ts';

const DAY = 24 * 60 * MINUTE;
const DATE = '2026-11-20';
const ACCOUNTS = [{ id: 'main', name: 'Suanpan', bank: 'Bank', number: '1', currency: 'CNY' }];

let stage: Stage;
let buyer: TestBuyer;
let one: TestStaff;
let other: TestStaff;

beforeAll(async () => {
  const environment = { BANK_TRANSFER_ACCOUNTS: JSON.stringify(ACCOUNTS), CASH_ON_DELIVERY: 'on' };
  stage = await openStage({ environment });
  buyer = await stage.newBuyer();
  one = await newStaff(stage, ['bank_statements.read', 'bank_statements.import', 'cash.record']);
  other = await newStaff(stage, ['bank_statements.confirm', 'cash.confirm']);
});
afterAll(() => stage.close());

async function begin(method: string): Promise<{ order: Seen; paymentId: string; code: string }> {
  const order = await stage.place(buyer, [{ variantId: await stage.addVariant(), quantity: 1 }]);
  const { paymentId, parameters } = await stage.open(buyer, order.id, method);
  return { order, paymentId, code: parameters.remittanceCode ?? '' };
}

async function differencesOf(provider: string): Promise<string[]> {
  const token = stage.adminToken;
  const run = await stage.call('POST /admin/reconciliation/runs', { token, body: { provider, date: DATE } });
  expect(run.status, JSON.stringify(run.body)).toBeLessThan(300);
  await stage.worker.drain();
  const { body } = await stage.call(`GET /admin/reconciliation/differences?provider=${provider}`, { token });
  return body.data.items.map(({ kind, number, transactionId }: Seen) =>
    [kind, number ?? transactionId].join(' '),
  );
}

test('what two people have confirmed agrees with the statement, and what nobody could match is a difference', async () => {
  const paid = await begin('bank_transfer');
  stage.simulators.bank.pay({ code: paid.code, amount: '12.80', account: 'main', bookedOn: DATE });
  const [lost] = stage.simulators.bank.pay({
    ...{ code: paid.code, amount: '5.00', account: 'main', bookedOn: DATE, mistake: 'no_code' },
  });
  stage.simulators.bank.move({ account: 'main', amount: -300, currency: 'CNY', text: 'fee', bookedOn: DATE });
  await stage.call('POST /admin/bank-statements/import?account=main', {
    token: one.token,
    headers: { 'content-type': 'text/csv' },
    body: stage.simulators.bank.statement({ account: 'main' }),
  });
  const { body } = await stage.call('GET /admin/bank-statement-lines?state=matched', { token: one.token });
  const route = `POST /admin/bank-statement-lines/${body.data.items[0].id}/confirm`;
  expect((await stage.call(route, { token: other.token, body: {} })).status).toBe(200);

  const arrived = await begin('cash_on_delivery');
  const held = await begin('cash_on_delivery');
  for (const { order } of [arrived, held]) {
    await stage.advance(order.id, 'processing');
    await stage.advance(order.id, 'shipped');
    await stage.advance(order.id, 'delivered', { collectedAmount: 1_280 });
  }
  const handedOver = await stage.call('POST /admin/cash-remittances', {
    token: one.token,
    body: { courier: 'Fast Wheels', paymentIds: [arrived.paymentId], amount: 1_280, currency: 'CNY' },
  });
  const confirm = `POST /admin/cash-remittances/${handedOver.body.data.id}/confirm`;
  expect((await stage.call(confirm, { token: other.token, body: { reference: 'S1' } })).status).toBe(200);

  await stage.pass(2 * DAY);
  expect(await differencesOf('bank_transfer')).toEqual([`missing_here main:ref:${lost?.id}#1`]);
  // What a courier still holds is pending, and waits for the next day's book.
  expect(await differencesOf('cash_on_delivery')).toEqual([]);
  await stage.expectSound();
});
