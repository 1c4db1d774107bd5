/** Wallets that staff finds by what people know of a customer, and puts right by two, in a real browser. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { newStaff } from '../../server/test/harness/staff.ts';
import { CURRENCIES } from '../src/money.ts';
import { tellStaffStory } from './staff-story.ts';

const ADJUSTS = ['wallet.read', 'wallet.adjust', 'wallet.approve', 'customers.read'];
const SEARCH = 'Name, e-mail, phone, id or order number';

const story = tellStaffStory({ permissions: ADJUSTS });
const { consoleOf, shopOf } = story;

async function register(username: string): Promise<string> {
  const { body } = await story.stage.call('POST /users/register', {
    body: { username, email: `${username}@example.com`, password: 'beads-rods-and-frames' },
  });
  return body.data.tokens.accessToken as string;
}

async function search(page: Page, label: string, text: string): Promise<void> {
  await page.getByRole('searchbox', { name: label }).fill(text);
  await page.keyboard.press('Enter');
}

test('a customer found by e-mail has store credit put right by two people, and the statement shows it', async () => {
  const token = await register('teacup');
  const page = await consoleOf(story.clerk, '/wallets');
  await search(page, SEARCH, 'nobody@example.com');
  await page.getByText('Nobody is found by that.').waitFor();
  await search(page, SEARCH, 'teacup@example.com');
  await page.getByRole('link', { name: 'teacup' }).click();
  await page.getByRole('heading', { name: 'teacup' }).waitFor();
  await page.getByText('teacup@example.com').waitFor();

  const dialog = page.getByRole('dialog');
  const adjust = async (amount: string, reason: string) => {
    await page.getByRole('button', { name: 'Adjust a wallet' }).click();
    await dialog.getByLabel('Which wallet').click();
    await page.getByTitle('Store credit CNY').last().click();
    await dialog.getByLabel('Which coins').waitFor({ state: 'detached' });
    await dialog.getByLabel('Amount in CNY').fill(amount);
    await dialog.getByLabel('Reason').fill(reason);
    await dialog.getByRole('button', { name: 'Save' }).click();
  };
  await adjust('12.505', 'a broken cup');
  await dialog.getByText('Not an amount').waitFor();
  await dialog.getByLabel('Amount in CNY').fill('12.5');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('row', { name: /a broken cup.*\+¥12\.50.*¥12\.50/ }).waitFor();
  await adjust('2000', 'a broken tea set');
  await page.getByText('It waits for a second person.').waitFor();
  const waiting = page.locator('.attention', { hasText: 'One adjustment waits for a second person' });
  await waiting.getByText('a broken tea set').waitFor();
  expect(await waiting.getByRole('button', { name: 'Agree' }).count()).toBe(0);

  const list = await consoleOf(story.clerk, '/wallets?tab=adjustments&status=requested');
  await list.getByRole('row', { name: /teacup.*¥2,000\.00.*a broken tea set/ }).waitFor();

  const other = await newStaff(story.stage, ['wallet.read', 'wallet.approve', 'customers.read']);
  const desk = await consoleOf(other, '/wallets?search=teacup', { locale: 'zh-CN', isPhone: true });
  await desk.getByRole('link', { name: 'teacup' }).click();
  await desk.getByRole('button', { name: /同\s*意/ }).click();
  await desk
    .getByRole('dialog')
    .getByRole('button', { name: /同\s*意/ })
    .click();
  await desk.locator('.attention').waitFor({ state: 'detached' });
  await desk.getByText('购物余额 CNY').last().click();
  await desk.getByRole('row', { name: /a broken tea set.*\+¥2,000\.00.*¥2,012\.50/ }).waitFor();

  await adjust('3000', 'too much');
  await dialog.waitFor({ state: 'hidden' });
  const shop = await shopOf({ token }, '/coins');
  await shop.locator('.balance').getByText('¥2,012.50').waitFor();
});

test('store credit is not taken below nothing, and the refusal is in words', async () => {
  const page = await consoleOf(story.clerk, `/customers/${story.buyer.userId}?currency=CNY`);
  await page.getByRole('button', { name: 'Adjust a wallet' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Take away').click();
  await dialog.getByText('There now: ¥0.00').waitFor();
  await dialog.getByLabel('Amount in CNY').fill('1');
  await dialog.getByLabel('Reason').fill('a slip of the finger');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByRole('alert').getByText('The balance does not cover this.').waitFor();
});

test('an order leads to its customer, where only somebody else agrees to what staff asks for itself', async () => {
  const { order } = await story.stage.buy(story.buyer);
  const page = await consoleOf(story.clerk, `/wallets?search=${order.orderNumber.toLowerCase()}`);
  await page.getByRole('link', { name: story.buyer.userId.slice(-6) }).waitFor();
  await page.goto(`${story.stage.url}/console/customers/${story.clerk.userId}?currency=CNY`);
  await page.getByRole('button', { name: 'Adjust a wallet' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('This is your own wallet').waitFor();
  await dialog.getByLabel('Amount in CNY').fill('0.01');
  await dialog.getByLabel('Reason').fill('my own cup');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.locator('.attention').getByText('my own cup').waitFor();
  expect(await page.getByRole('button', { name: 'Agree' }).count()).toBe(0);
  await page.getByRole('button', { name: 'Reject' }).waitFor();
});

test('who may not look at customers opens a wallet by its id, and who may not look at wallets sees nothing', async () => {
  const poor = await newStaff(story.stage, ['wallet.read']);
  const page = await consoleOf(poor, '/wallets');
  await search(page, 'Id of a customer', story.buyer.userId);
  await page.getByRole('heading', { name: story.buyer.userId }).waitFor();
  await page.getByText('Statement').waitFor();
  expect(await page.getByRole('button', { name: 'Adjust a wallet' }).count()).toBe(0);

  const stranger = await newStaff(story.stage, ['orders.read']);
  const theirs = await consoleOf(stranger, `/customers/${story.buyer.userId}`);
  await theirs.getByText('Your permissions do not cover anything of this customer.').waitFor();
  expect(await theirs.getByText('Statement').count()).toBe(0);
  await theirs.goto(`${story.stage.url}/console/wallets`);
  await theirs.getByRole('alert').getByText('not allowed').waitFor();
});

test('every currency that can be chosen is known to the server', async () => {
  const statusOf = async (currency: string) =>
    (await story.stage.call(`GET /admin/wallets?currency=${currency}`, { token: story.clerk.token })).status;
  expect(await statusOf('ZZZ')).toBe(400);
  for (const currency of CURRENCIES) {
    expect(await statusOf(currency), currency).toBe(200);
  }
});
