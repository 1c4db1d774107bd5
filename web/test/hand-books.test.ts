/** What staff does with bank statements and cash at the console, in a real browser: always two of them. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { TestBuyer } from '../../server/test/harness/app.ts';
import { newStaff, type TestStaff } from '../../server/test/harness/staff.ts';
import { MINUTE, openStage, type Seen, type Stage } from '../../server/test/scenarios/stage.ts';
import { openBrowser, type TestBrowser } from './browser.ts';
import { openPage } from './pages.ts';

const ACCOUNTS = [
  { id: 'demo', name: 'Suanpan Ltd', bank: 'Bank of Tests', number: '6222 0000 1', currency: 'CNY' },
];
const BOOKS = ['bank_statements.read', 'cash.read', 'payments.read'];

let stage: Stage;
let browser: TestBrowser;
let buyer: TestBuyer;
let one: TestStaff;
let other: TestStaff;

beforeAll(async () => {
  const environment = { BANK_TRANSFER_ACCOUNTS: JSON.stringify(ACCOUNTS), CASH_ON_DELIVERY: 'on' };
  stage = await openStage({ environment });
  browser = await openBrowser();
  buyer = await stage.newBuyer();
  one = await newStaff(stage, [...BOOKS, 'bank_statements.import', 'cash.record']);
  other = await newStaff(stage, [...BOOKS, 'bank_statements.confirm', 'cash.confirm']);
});

afterEach(() => expect(browser.takeProblems()).toEqual([]));

afterAll(async () => {
  await browser.close();
  await stage.expectSound();
  await stage.close();
});

const newPageOf = ({ token }: TestStaff, path: string): Promise<Page> =>
  openPage(browser, { url: stage.url, path: `/console${path}`, token });

async function newOrder(
  method: string,
): Promise<{ order: Seen; parameters: Readonly<Record<string, string>> }> {
  const order = await stage.place(buyer, [{ variantId: await stage.addVariant(), quantity: 1 }]);
  const { parameters } = await stage.open(buyer, order.id, method);
  return { order, parameters };
}

test('one imports a statement and assigns what has no code, another confirms both', async () => {
  const coded = await newOrder('bank_transfer');
  const lost = await newOrder('bank_transfer');
  const code = lost.parameters.remittanceCode as string;
  stage.simulators.bank.pay({ code: coded.parameters.remittanceCode as string, amount: '12.80', name: 'Li' });
  stage.simulators.bank.pay({ code, amount: '12.80', name: 'Wang', mistake: 'no_code' });

  const page = await newPageOf(one, '/bank-statements');
  await page.getByRole('button', { name: 'Import a statement' }).click();
  await page.getByRole('combobox', { name: 'Account' }).click();
  await page.getByText('demo · Bank of Tests').last().click();
  await page.locator('input[type=file]').setInputFiles({
    name: 'statement.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(stage.simulators.bank.statement()),
  });
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await page.getByText('no code of ours').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click();
  await page.getByText('Li · ').waitFor();
  expect(await page.getByRole('row').getByRole('button', { name: 'Confirm' }).count()).toBe(0);

  await page.goto(`${stage.url}/console/bank-statements?state=unmatched`);
  await page.getByRole('row', { name: /Wang/ }).getByRole('button', { name: 'Actions' }).click();
  await page.getByRole('menuitem', { name: 'Assign' }).click();
  await page.getByLabel('Payment id or remittance code').fill(code);
  await page.getByLabel('Note').fill('the buyer called');
  await page.getByRole('button', { name: 'Assign' }).click();
  await page.getByText('Nothing needs you here').waitFor();

  const second = await newPageOf(other, '/bank-statements');
  for (const name of [/Li/, /Wang/]) {
    await second.getByRole('row', { name }).getByRole('button', { name: 'Confirm' }).click();
    await second.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click();
    await second.getByRole('row', { name }).waitFor({ state: 'detached' });
  }
  for (const { order } of [coded, lost]) {
    expect(await stage.order(buyer, order.id)).toMatchObject({ paymentStatus: 'paid' });
  }
});

const importStatement = () =>
  stage.call('POST /admin/bank-statements/import?account=demo', {
    token: one.token,
    headers: { 'content-type': 'text/csv' },
    body: stage.simulators.bank.statement(),
  });

test('a payout that came back is refused as a payment, assigned to its refund instead, and confirmed by another', async () => {
  const { order, parameters } = await newOrder('bank_transfer');
  const code = parameters.remittanceCode as string;
  stage.simulators.bank.pay({ code, amount: '12.80', name: 'Zhao' });
  await importStatement();
  const { body } = await stage.call('GET /admin/bank-statement-lines?state=matched', { token: one.token });
  const paid = body.data.items[0];
  const confirm = `POST /admin/bank-statement-lines/${paid.id}/confirm`;
  expect((await stage.call(confirm, { token: other.token, body: {} })).status).toBe(200);
  const why = { reason: 'changed my mind' };
  await stage.call(`POST /orders/${order.id}/cancel`, { token: buyer.token, body: why });
  await stage.pass(MINUTE);
  const [refund] = (await stage.order(buyer, order.id)).refunds;
  const payout = { token: stage.adminToken, body: { reference: 'slip 7' } };
  expect((await stage.call(`POST /admin/refunds/${refund.id}/paid-out`, payout)).status).toBe(200);
  stage.simulators.bank.pay({ code, amount: '12.80', name: 'Account closed', mistake: 'no_code' });
  await importStatement();

  const page = await newPageOf(one, '/bank-statements?state=unmatched');
  await page
    .getByRole('row', { name: /closed/ })
    .getByRole('button', { name: 'Actions' })
    .click();
  await page.getByRole('menuitem', { name: 'Assign' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Payment id or remittance code').fill(code);
  await dialog.getByLabel('Note').fill('looks like Zhao');
  await dialog.getByRole('button', { name: 'Assign' }).click();
  await dialog.getByText('It is new money from the buyer').waitFor();
  await dialog.getByText(refund.id).waitFor();
  await dialog.getByText('A payout of ours that the bank has sent back').click();
  expect(await dialog.getByLabel('Refund id').inputValue()).toBe(refund.id);
  await dialog.getByRole('button', { name: 'Assign' }).click();
  await page.getByText('Nothing needs you here').waitFor();

  const second = await newPageOf(other, '/bank-statements');
  await second
    .getByRole('row', { name: /closed/ })
    .getByRole('button', { name: 'Confirm' })
    .click();
  await second.getByText('our own payout, which the bank has sent back').waitFor();
  await second.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click();
  await second.getByRole('row', { name: /closed/ }).waitFor({ state: 'detached' });
  await stage.pass(MINUTE);
  const { refunds } = await stage.order(buyer, order.id);
  expect(refunds.map(({ status }: Seen) => status)).toEqual(['failed', 'sent']);
});

test('one records what a courier has handed over, another that it has arrived', async () => {
  const { order } = await newOrder('cash_on_delivery');
  const toCollect = await newPageOf(one, '/cash?tab=collect');
  await toCollect.getByRole('link', { name: order.id }).waitFor();
  await stage.advance(order.id, 'processing');
  await stage.advance(order.id, 'shipped');
  await stage.advance(order.id, 'delivered', { collectedAmount: 1_280 });

  const page = await newPageOf(one, '/cash');
  await page.getByRole('row', { name: order.id }).getByRole('checkbox').click();
  await page.getByRole('button', { name: 'Record a hand-over' }).click();
  await page.getByRole('textbox', { name: 'Courier' }).fill('Fast Wheels');
  await page.getByLabel('Counted amount in CNY').fill('12.80');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Nothing needs you here').waitFor();

  const second = await newPageOf(other, '/cash?tab=handed');
  await second
    .getByRole('row', { name: /Fast Wheels/ })
    .getByRole('button', { name: 'Confirm arrival' })
    .click();
  await second.getByLabel('Number of the deposit slip or receipt').fill('SLIP-7');
  await second.getByRole('dialog').getByRole('button', { name: 'Confirm arrival' }).click();
  await second
    .getByRole('row', { name: /SLIP-7/ })
    .getByText('Arrived')
    .waitFor();
});
