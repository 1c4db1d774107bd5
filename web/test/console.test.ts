/** What staff does at the console, in a real browser. */
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { MINUTE, openStage, type Stage } from '../../server/test/scenarios/stage.ts';
import { openBrowser, type TestBrowser } from './browser.ts';
import { openPage } from './pages.ts';

const PASSWORD = 'beads-rods-and-frames';
const APPAREL = fileURLToPath(
  new URL('../../server/test/fixtures/shopify/shopify-apparel.csv', import.meta.url),
);

/** How long the page may take to show what it was told; the machine may be busy. */
const SOON = { timeout: 15_000 };

let stage: Stage;
let browser: TestBrowser;

beforeAll(async () => {
  stage = await openStage();
  browser = await openBrowser();
});

afterEach(() => expect(browser.takeProblems()).toEqual([]));

afterAll(async () => {
  await browser.close();
  await stage.expectSound();
  await stage.close();
});

/** A page of the console on which the administrator is logged in. */
const newStaffPage = (path = ''): Promise<Page> =>
  openPage(browser, { url: stage.url, path: `/console/${path}`, token: stage.adminToken });

async function auditActions(targetId: string): Promise<string[]> {
  const { body } = await stage.call(`GET /admin/audit?targetId=${targetId}`, { token: stage.adminToken });
  return body.data.items.map(({ action }: { action: string }) => action);
}

test('a wrong password is refused in the language of the page, and the right one leads to the orders', async () => {
  const { order } = await stage.buy(await stage.newBuyer());
  const page = await browser.newPage({ locale: 'zh-CN' });
  await page.goto(`${stage.url}/console/`);
  await page.getByLabel('用户名或邮箱').fill('admin');
  await page.getByLabel('密码').fill('wrong password');
  await page.getByRole('button', { name: /登\s*录/ }).click();
  await page.getByText('用户名或密码错误').waitFor();
  await page.getByLabel('密码').fill('abacus-beads-and-rods');
  await page.getByRole('button', { name: /登\s*录/ }).click();
  await page.getByRole('heading', { name: '订单' }).waitFor();
  await page.getByRole('link', { name: order.orderNumber }).waitFor();
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByRole('heading', { name: 'Orders' }).waitFor();
});

test('a customer is let in nowhere', async () => {
  await stage.call('POST /users/register', {
    body: { username: 'curious', email: 'curious@example.com', password: PASSWORD },
  });
  const page = await browser.newPage();
  await page.goto(`${stage.url}/console/`);
  await page.getByLabel('Username or e-mail').fill('curious');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByText('This account is not a member of staff.').waitFor();
  await page.goto(`${stage.url}/console/alerts`);
  await page.getByLabel('Username or e-mail').waitFor();
});

test('an order is found by its number, shows everything that happened, and is shipped and partly refunded', async () => {
  const buyer = await stage.newBuyer();
  const { order } = await stage.buy(buyer);
  const page = await newStaffPage();
  await page.getByLabel('Order number, tracking number or id').fill(order.orderNumber);
  await page.keyboard.press('Enter');
  await expect.poll(() => page.locator('tr.opens').count(), SOON).toBe(1);
  await page.getByRole('link', { name: order.orderNumber }).click();

  const timeline = page.locator('.ant-timeline');
  for (const text of ['order.placed', 'payment.succeeded', 'TRANSACTION.SUCCESS', 'Confirmed', 'prepay']) {
    await timeline.getByText(text).first().waitFor();
  }
  await page.getByRole('button', { name: 'Start processing' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'OK' }).click();
  await page.getByRole('button', { name: 'Ship' }).click();
  await page.getByLabel('Carrier').fill('SF Express');
  await page.getByLabel('Tracking number').fill('SF123');
  await page.getByRole('dialog').getByRole('button', { name: 'Ship' }).click();
  await page.getByText('SF Express · SF123').waitFor();

  await page.getByRole('button', { name: 'Actions' }).click();
  await page.getByRole('menuitem', { name: 'Refund', exact: true }).click();
  await page.getByLabel('A part').click();
  await page.getByLabel('Reason').fill('a scratch');
  await page.getByLabel('Amount in CNY').fill('0.999');
  await page.getByRole('dialog').getByRole('button', { name: 'Refund' }).click();
  await page.getByText('Not an amount').waitFor();
  await page.getByLabel('Amount in CNY').fill('2.50');
  await page.getByRole('dialog').getByRole('button', { name: 'Refund' }).click();
  await page.getByText('a scratch').first().waitFor();
  await stage.pass(5 * MINUTE);
  expect(await stage.order(buyer, order.id)).toMatchObject({
    status: 'shipped',
    paymentStatus: 'partially_refunded',
    trackingNumber: 'SF123',
    refunds: [{ amount: 250, status: 'succeeded' }],
  });
  expect(await auditActions(order.id)).toEqual(['refund.create', 'order.advance', 'order.advance']);
});

test('a notification that does not match stands in quarantine with its alert, and is replayed from there', async () => {
  const buyer = await stage.newBuyer();
  const order = await stage.place(buyer, [{ variantId: await stage.addVariant(), quantity: 1 }]);
  const { paymentId } = await stage.open(buyer, order.id, 'wechat_native');
  stage.plan('notify', 'wrong_amount');
  await stage.pay(paymentId);
  const page = await newStaffPage('notifications');
  await page.getByText('TRANSACTION.SUCCESS').click();
  const drawer = page.getByRole('dialog');
  await drawer.getByText('"outcome": "succeeded"').waitFor();
  const id = (await drawer.locator('.ant-drawer-title').textContent()) ?? '';
  await drawer.getByRole('button', { name: 'Replay' }).click();
  await page.locator('.ant-popconfirm').getByRole('button', { name: 'Replay' }).click();
  await expect.poll(() => auditActions(id), SOON).toEqual(['provider_event.replay']);

  await page.goto(`${stage.url}/console/alerts`);
  await page.getByRole('row', { name: id }).getByRole('button', { name: 'Resolve' }).click();
  await page.getByRole('dialog').getByLabel('Note (optional)').fill('asked the provider');
  await page.getByRole('dialog').getByRole('button', { name: 'Resolve' }).click();
  await page.getByRole('row', { name: id }).waitFor({ state: 'hidden' });
  await stage.pass(MINUTE);
  expect(await stage.order(buyer, order.id)).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' });
});

test('money that does not match what was asked for waits for a person, who sends it back', async () => {
  const buyer = await stage.newBuyer();
  const order = await stage.place(buyer, [{ variantId: await stage.addVariant(), quantity: 1 }]);
  const { paymentId } = await stage.open(buyer, order.id, 'wechat_native');
  stage.plan('notify', 'drop', {}, 'always');
  stage.plan('query', 'wrong_appid', {}, 'always');
  stage.simulators.wechatPay.pay({ outTradeNo: paymentId });
  await stage.pass(MINUTE);
  const page = await newStaffPage('payments?status=unknown');
  await page.getByText('Needs a decision').waitFor();
  await page.getByRole('link', { name: paymentId }).click();
  await page.getByRole('button', { name: 'Refund all of it' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'OK' }).click();
  await expect.poll(() => auditActions(paymentId), SOON).toEqual(['payment.resolve_mismatch']);
  await page.getByText('The money does not match').waitFor({ state: 'hidden' });
});

test('a job that gave up is started again', async () => {
  const buyer = await stage.newBuyer();
  const order = await stage.place(buyer, [{ variantId: await stage.addVariant(), quantity: 1 }]);
  await stage.db.tx('test.let_die', (tx) =>
    tx.query
      .updateTable('jobs')
      .set({ state: 'dead', last_error: 'the wire was cut' })
      .where('unique_key', '=', `order.close:${order.id}`)
      .execute(),
  );
  const page = await newStaffPage('jobs');
  const row = page.getByRole('row', { name: order.id });
  await row.getByText('the wire was cut').waitFor();
  await row.getByRole('button', { name: 'Replay' }).click();
  await page.locator('.ant-popconfirm').getByRole('button', { name: 'Replay' }).click();
  await row.waitFor({ state: 'hidden' });
  await stage.pass(20 * MINUTE);
  expect(await stage.order(buyer, order.id)).toMatchObject({ status: 'closed' });
});

test('products are imported with a report for each line, and their stock is counted from then on', async () => {
  const page = await newStaffPage('products');
  await page.getByRole('button', { name: 'Import' }).click();
  await page.locator('input[type=file]').setInputFiles(APPAREL);
  await page.getByLabel('Check without writing').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Import' }).click();
  await page.getByText('Checked only: nothing was written.').waitFor();
  await page.getByRole('button', { name: 'Another file' }).click();
  await page.locator('input[type=file]').setInputFiles(APPAREL);
  await page.getByLabel('Check without writing').uncheck();
  await page.getByRole('dialog').getByRole('button', { name: 'Import' }).click();
  await page.getByText('Created 20').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click();

  await page.getByRole('link', { name: 'Ocean Blue Shirt' }).click();
  await page.getByRole('button', { name: 'Edit stock' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('switch').click();
  await dialog.getByLabel('On hand').fill('7');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'hidden' });
  const { body } = await stage.call('GET /products?search=ocean+blue+shirt');
  const product = await stage.call(`GET /products/${body.data.items[0].id}`);
  expect(product.body.data.variants[0].availableQuantity).toBe(7);
});

test('an access token that has run out is renewed once, and whoever was logged out elsewhere logs in again', async () => {
  const short = await openStage({ environment: { JWT_EXPIRES_IN: '5m' } });
  const page = await browser.newPage();
  await page.goto(`${short.url}/console/`);
  await page.getByLabel('Username or e-mail').fill('admin');
  await page.getByLabel('Password').fill('abacus-beads-and-rods');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('heading', { name: 'Orders' }).waitFor();

  const refreshes: string[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/users/refresh')) {
      refreshes.push(request.url());
    }
  });
  short.clock.advance(10 * MINUTE);
  await page.getByRole('link', { name: 'Audit log' }).click();
  await page.getByRole('columnheader', { name: 'Action' }).waitFor();
  await page.locator('.ant-spin-spinning').waitFor({ state: 'hidden' });
  expect(refreshes).toHaveLength(1);

  short.clock.advance(30 * 24 * 60 * MINUTE);
  await page.getByRole('link', { name: 'Products' }).click();
  await page.getByLabel('Username or e-mail').waitFor();
  await short.close();
});
