/** The cashier with one way to pay of each provider, in a real browser: a code, and pages that lead back. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { TestBuyer } from '../../server/test/harness/app.ts';
import { paypalBooks } from '../../server/test/harness/provider-money.ts';
import { toPaypalEnvironment } from '../../server/test/harness/simulated-paypal.ts';
import { MINUTE, openStage, type Seen, type Stage } from '../../server/test/scenarios/stage.ts';
import { openBrowser, type PageOptions, type TestBrowser } from './browser.ts';
import { openPage } from './pages.ts';

let stage: Stage;
let browser: TestBrowser;
let buyer: TestBuyer;
let order: Seen;

beforeAll(async () => {
  stage = await openStage({ withStripe: true, environmentOf: toPaypalEnvironment });
  stage.simulators.paypal.changeSettings({ webhookUrl: `${stage.url}/payments/notify/paypal` });
  browser = await openBrowser();
});

beforeEach(async () => {
  buyer = await stage.newBuyer();
});

afterEach(() => expect(browser.takeProblems()).toEqual([]));

afterAll(async () => {
  await browser.close();
  await stage.expectSound();
  expect(paypalBooks(stage.simulators.paypal).trades).toMatchObject([{ total: 2_560 }]);
  await stage.close();
});

async function openCashier(currency: string, options: PageOptions = {}): Promise<Page> {
  const variantId = await stage.addVariant({ price: 2_560, currency });
  order = await stage.place(buyer, [{ variantId, quantity: 1 }]);
  return openPage(browser, { url: stage.url, path: `/cashier/${order.id}`, token: buyer.token, ...options });
}

async function choose(page: Page, label: string): Promise<void> {
  await page.getByLabel(label, { exact: true }).click();
  await page.getByRole('button', { name: 'Pay', exact: true }).click();
}

test('a code of Alipay is scanned with the simulated phone', async () => {
  const page = await openCashier('CNY');
  await choose(page, 'Alipay, QR code');
  await page.getByRole('img', { name: 'QR code of the payment' }).waitFor();
  await page.getByText('Scan this code with Alipay').waitFor();
  const [phone] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('link', { name: 'Open the simulated phone' }).click(),
  ]);
  await phone.locator('#pay').click();
  await phone.getByText('Payment successful').waitFor();
  await stage.simulators.notifications.flush();
  await page.getByRole('heading', { name: 'Paid' }).waitFor();
});

test('the page of Stripe refuses one card, takes another and leads back to an order that is paid', async () => {
  const page = await openCashier('USD');
  await choose(page, 'Stripe');
  await page.getByLabel(/Card/).selectOption('4000000000000002');
  await page.getByRole('button', { name: /Pay/ }).click();
  await page.getByText('Refused').waitFor();
  await page.getByLabel(/Card/).selectOption('4242424242424242');
  await page.getByRole('button', { name: /Pay/ }).click();
  await page.waitForURL(`**/cashier/${order.id}*`);
  await stage.simulators.notifications.flush();
  await page.getByRole('heading', { name: 'Paid' }).waitFor();
});

test('whoever goes away from PayPal can still choose it again, and pays there', async () => {
  const page = await openCashier('USD', { isPhone: true });
  await choose(page, 'PayPal');
  await page.getByRole('button', { name: /Cancel/ }).click();
  await page.waitForURL(`**/cashier/${order.id}*`);
  await choose(page, 'PayPal');
  await page.getByRole('button', { name: /Agree and pay/ }).click();
  await page.waitForURL(`**/cashier/${order.id}*`);
  await stage.simulators.notifications.flush();
  await stage.pass(MINUTE);
  await page.getByRole('heading', { name: 'Paid' }).waitFor();
});
