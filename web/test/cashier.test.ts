/** The cashier with several rails, in a real browser: codes, transfers with instructions, cash, and changing one's mind. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { TestBuyer } from '../../server/test/harness/app.ts';
import { newStaff } from '../../server/test/harness/staff.ts';
import { openStage, type Seen, type Stage } from '../../server/test/scenarios/stage.ts';
import { openBrowser, type PageOptions, type TestBrowser } from './browser.ts';
import { openPage } from './pages.ts';

const ACCOUNTS = [
  { id: 'demo', name: 'Suanpan Ltd', bank: 'Bank of Tests', number: '6222 0000 1', currency: 'CNY' },
];

let stage: Stage;
let browser: TestBrowser;
let buyer: TestBuyer;
let order: Seen;

beforeAll(async () => {
  const environment = { BANK_TRANSFER_ACCOUNTS: JSON.stringify(ACCOUNTS), CASH_ON_DELIVERY: 'on' };
  stage = await openStage({ environment });
  browser = await openBrowser();
});

beforeEach(async () => {
  buyer = await stage.newBuyer();
  order = await stage.place(buyer, [{ variantId: await stage.addVariant(), quantity: 1 }]);
});

afterEach(() => expect(browser.takeProblems()).toEqual([]));

afterAll(async () => {
  await browser.close();
  await stage.expectSound();
  await stage.close();
});

const openCashier = (options: PageOptions = {}): Promise<Page> =>
  openPage(browser, { url: stage.url, path: `/cashier/${order.id}`, token: buyer.token, ...options });

test('who transfers gets account and code, at the simulated bank too, and sees it paid once it is confirmed', async () => {
  const page = await openCashier();
  await page.getByLabel(/Bank transfer/).click();
  await page.getByRole('button', { name: 'Pay', exact: true }).click();
  await page.getByText('6222 0000 1').waitFor();
  const code = await page
    .locator('.copy-row', { hasText: 'Code for the purpose' })
    .locator('.copy-text')
    .textContent();
  expect(code).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  await page.getByRole('button', { name: 'Copy: Code for the purpose' }).click();
  await page.reload();
  await page.getByText(code as string).waitFor();

  const [bank] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('link', { name: 'Open the simulated bank' }).click(),
  ]);
  await bank.getByRole('button', { name: /Transfer/ }).click();
  await bank.getByText('Transferred').waitFor();

  const importer = await newStaff(stage, ['bank_statements.import']);
  const confirmer = await newStaff(stage, ['bank_statements.confirm']);
  const imported = await stage.call('POST /admin/bank-statements/import?account=demo', {
    token: importer.token,
    headers: { 'content-type': 'text/csv' },
    body: stage.simulators.bank.statement(),
  });
  // The simulated bank books on the day of this machine's clock in tests; only its text and amount matter here.
  expect(imported.body.data.totals.matched, JSON.stringify(imported.body)).toBe(1);
  const line = await stage.db.query
    .selectFrom('bank_statement_lines')
    .select('id')
    .where('state', '=', 'matched')
    .executeTakeFirstOrThrow();
  await stage.call(`POST /admin/bank-statement-lines/${line.id}/confirm`, {
    token: confirmer.token,
    body: {},
  });
  await page.getByRole('heading', { name: 'Paid' }).waitFor({ timeout: 15_000 });
});

test('whoever changes their mind goes from a transfer to a code, and pays by that', async () => {
  const page = await openCashier({ locale: 'zh-CN', isPhone: true });
  await page.getByLabel(/银行转账/).click();
  await page.getByRole('button', { name: '去支付' }).click();
  await page.getByText('汇款码（填入附言）').waitFor();
  await page.getByRole('button', { name: '更换支付方式' }).click();
  await page.getByLabel('微信支付（扫码）').click();
  await page.getByRole('button', { name: '去支付' }).click();
  await page.getByRole('img', { name: '支付二维码' }).waitFor();
  const { payments } = await stage.order(buyer, order.id);
  expect(payments.map(({ method, status }: Seen) => [method, status])).toEqual([
    ['bank_transfer', 'closed'],
    ['wechat_native', 'pending'],
  ]);
  await stage.pay(payments[1].id);
  await page.getByRole('heading', { name: '支付成功' }).waitFor();
});

test('an order by cash is confirmed without anything being paid', async () => {
  const page = await openCashier({ isPhone: true });
  await page.getByLabel(/Cash on delivery/).click();
  await page.getByRole('button', { name: 'Order, and pay in cash on delivery' }).click();
  await page.getByRole('heading', { name: 'Order confirmed' }).waitFor();
  await page.getByText('Please have the amount ready in cash').waitFor();
});
