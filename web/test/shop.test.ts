/** A purchase as a buyer makes it: through the shop, the cashier and the simulated phone, in a real browser. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { TestBuyer } from '../../server/test/harness/app.ts';
import { MINUTE, openStage, type Stage } from '../../server/test/scenarios/stage.ts';
import { openBrowser, type PageOptions, type TestBrowser } from './browser.ts';
import { openPage } from './pages.ts';

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

const newPageOf = ({ token }: TestBuyer, path: string, options: PageOptions = {}): Promise<Page> =>
  openPage(browser, { url: stage.url, path, token, ...options });

async function fillAddress(page: Page): Promise<void> {
  await page.getByLabel('Last name').fill('Li');
  await page.getByLabel('First name').fill('Xiao');
  await page.getByLabel('Phone').fill('19900000000');
  await page.getByLabel('Street and number').fill('1 Abacus Road');
  await page.getByLabel('City').fill('Shenzhen');
}

async function slugOf(variantId: string): Promise<string> {
  const row = await stage.db.query
    .selectFrom('product_variants')
    .innerJoin('products', 'products.id', 'product_variants.product_id')
    .select('products.slug')
    .where('product_variants.id', '=', variantId)
    .executeTakeFirstOrThrow();
  return row.slug;
}

async function checkoutPath(variantId: string, quantity: number): Promise<string> {
  const query = new URLSearchParams({
    product: await slugOf(variantId),
    variant: variantId,
    quantity: String(quantity),
  });
  return `/shop/checkout?${query.toString()}`;
}

async function ordersOf(buyer: TestBuyer): Promise<readonly { id: string; status: string }[]> {
  const { body } = await stage.call('GET /orders', { token: buyer.token });
  return body.data.items;
}

test('a newcomer finds a product, logs in as the simulated buyer, pays by QR code and sees it paid', async () => {
  await stage.addVariant({ name: 'Longjing tea', price: 1_280 });
  const page = await browser.newPage({ isPhone: true });
  await page.goto(stage.url);
  await page.getByLabel('Search').first().fill('longjing');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByRole('link', { name: /Longjing tea/ }).click();
  await page.getByRole('button', { name: 'One more' }).click();
  await page.getByRole('button', { name: 'Buy now' }).click();

  await page.getByRole('link', { name: 'Log in as the simulated WeChat buyer' }).click();
  await page.locator('#login-payers button').first().click();

  await fillAddress(page);
  await page.locator('.summary .total').getByText('¥25.60').waitFor();
  await page.getByRole('button', { name: 'Place the order' }).click();

  await page.getByLabel('WeChat Pay, QR code').click();
  await page.getByRole('button', { name: 'Pay', exact: true }).click();
  await page.getByRole('img', { name: 'QR code of the payment' }).waitFor();
  const [phone] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('link', { name: 'Open the simulated phone' }).click(),
  ]);
  await phone.locator('#pay').click();
  await phone.getByText('Payment successful').waitFor();
  await stage.simulators.notifications.flush();

  await page.getByRole('heading', { name: 'Paid' }).waitFor();
  await page.getByRole('link', { name: 'See the order' }).click();
  await page.getByText('Confirmed').waitFor();
  expect(await page.locator('address').textContent()).toContain('1 Abacus Road');
});

test('an order that nobody pays shows as closed, and late money as on its way back and then returned', async () => {
  const buyer = await stage.newBuyer();
  const order = await stage.place(buyer, [{ variantId: await stage.addVariant(), quantity: 1 }]);
  const { paymentId } = await stage.open(buyer, order.id, 'wechat_native');
  const page = await newPageOf(buyer, `/cashier/${order.id}`);
  await page.getByRole('timer').waitFor();
  await stage.pass(16 * MINUTE);
  await page.getByRole('heading', { name: 'Order closed' }).waitFor();

  stage.plan('pay', 'paid_after_close');
  await stage.pay(paymentId);
  await page.reload();
  await page.getByText('¥12.80 is on its way back to you').waitFor();
  await stage.pass(5 * MINUTE);
  await page.reload();
  await page.getByText('¥12.80 has been returned to you').waitFor();
});

test('a form that is sent again after a lost answer makes one order', async () => {
  const buyer = await stage.newBuyer();
  const page = await newPageOf(buyer, '/shop/');
  const keys: (string | undefined)[] = [];
  await page.route('**/orders', async (route) => {
    keys.push(route.request().headers()['idempotency-key']);
    if (keys.length > 1) {
      await route.continue();
      return;
    }
    // The server has done it; only its answer is lost.
    await route.fetch();
    await route.abort('connectionreset');
  });
  await page.goto(stage.url + (await checkoutPath(await stage.addVariant(), 2)));
  await fillAddress(page);
  await page.getByRole('button', { name: 'Place the order' }).click();
  await page.getByText('The server did not answer').waitFor();
  await page.getByRole('button', { name: 'Place the order' }).click();
  await page.waitForURL('**/cashier/*');
  expect(await ordersOf(buyer)).toHaveLength(1);
  expect(keys).toHaveLength(2);
  expect(keys[0]).toBe(keys[1]);
});

test('what is sold out meanwhile is refused in the language of the page, with what is left', async () => {
  const buyer = await stage.newBuyer();
  const variantId = await stage.addVariant({ onHand: 3 });
  const page = await newPageOf(buyer, await checkoutPath(variantId, 3), { locale: 'zh-CN' });
  await stage.place(await stage.newBuyer(), [{ variantId, quantity: 2 }]);
  for (const [label, text] of [
    ['名', '晓'],
    ['电话', '19900000000'],
    ['街道及门牌号', '算盘路 1 号'],
    ['城市', '深圳'],
  ] as const) {
    await page.getByLabel(label, { exact: true }).fill(text);
  }
  await page.getByRole('button', { name: '提交订单' }).click();
  await page.getByText('库存不足').waitFor();
  await page.getByText('需要 3 件，仅剩 1 件').waitFor();
  expect(await ordersOf(buyer)).toEqual([]);
});

test('a buyer registers, sees which field is wrong, and cancels an order from its page', async () => {
  const variantId = await stage.addVariant();
  const page = await browser.newPage();
  await page.goto(stage.url + (await checkoutPath(variantId, 1)));
  await page.getByRole('button', { name: 'Create an account' }).click();
  await page.getByLabel('Username').fill('admin');
  await page.getByLabel('E-mail').fill('buyer@example.com');
  await page.getByLabel('Password').fill('beads and rods');
  await page.getByRole('button', { name: 'Create an account' }).click();
  await page.getByText('This username is taken.').waitFor();
  await page.getByLabel('Username').fill('abacus_buyer');
  await page.getByRole('button', { name: 'Create an account' }).click();

  await fillAddress(page);
  await page.getByRole('button', { name: 'Place the order' }).click();
  await page.waitForURL('**/cashier/*');
  await page.goto(`${stage.url}/shop/orders`);
  await page.getByRole('link', { name: /^ORD/ }).click();
  await page.getByRole('button', { name: 'Cancel the order' }).click();
  await page.getByRole('button', { name: 'Yes, cancel it' }).click();
  await page.getByText('Cancelled').waitFor();
  expect(await stage.stockOf(variantId)).toEqual({ on_hand: 100, reserved: 0 });
});
