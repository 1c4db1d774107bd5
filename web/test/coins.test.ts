/** Coins in a real browser: packages that staff makes, customers who buy, invite and are told, wallets put right by two. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { TestBuyer } from '../../server/test/harness/app.ts';
import { newStaff, type TestStaff } from '../../server/test/harness/staff.ts';
import { MINUTE, openStage, type Stage } from '../../server/test/scenarios/stage.ts';
import { openBrowser, type PageOptions, type TestBrowser } from './browser.ts';
import { openPage } from './pages.ts';

const PASSWORD = 'beads-rods-and-frames';

let stage: Stage;
let browser: TestBrowser;

beforeAll(async () => {
  stage = await openStage({ withStripe: true, environment: { INVITE_REWARD_BASIS_POINTS: '1000' } });
  browser = await openBrowser();
});

afterEach(() => expect(browser.takeProblems()).toEqual([]));

afterAll(async () => {
  await browser.close();
  await stage.expectSound();
  await stage.close();
});

const consoleOf = ({ token }: Pick<TestStaff, 'token'>, path: string, options: PageOptions = {}) =>
  openPage(browser, { url: stage.url, path: `/console${path}`, token, ...options });

const shopOf = ({ token }: Pick<TestBuyer, 'token'>, path: string, options: PageOptions = {}) =>
  openPage(browser, { url: stage.url, path: `/shop${path}`, token, ...options });

const newPod = async (name: string, price: number, more: object = {}): Promise<string> => {
  const { body } = await stage.call('POST /admin/coin-pods', {
    token: stage.adminToken,
    body: { name, coin: price * 10, price, ...more },
  });
  return body.data.id as string;
};

/** Pays at the simulated phone what the cashier shows. */
async function payWithPhone(page: Page): Promise<void> {
  const [phone] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('link', { name: 'Open the simulated phone' }).click(),
  ]);
  await phone.locator('#pay').click();
  await phone.getByText('Payment successful').waitFor();
  await stage.simulators.notifications.flush();
}

test('staff makes a package, changes it, moves it up and takes another one off sale', async () => {
  await newPod('小包', 600);
  const page = await consoleOf({ token: stage.adminToken }, '/coins', { locale: 'zh-CN' });
  await page.getByRole('button', { name: '新建套餐' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('名称').fill('大包');
  await dialog.getByLabel('价格（CNY）').fill('30.001');
  await dialog.getByLabel('金币', { exact: true }).fill('300');
  await dialog.getByLabel('赠送金币').fill('30');
  await dialog.getByLabel('赠送有效天数').fill('30');
  await dialog.getByRole('button', { name: /保\s*存/ }).click();
  await dialog.getByText('金额格式不正确').waitFor();
  await dialog.getByLabel('价格（CNY）').fill('30');
  await dialog.getByRole('button', { name: /保\s*存/ }).click();
  await page.getByRole('row', { name: /大包.*300 金币.*30 金币.*¥30\.00/ }).waitFor();

  await page.getByRole('button', { name: '上移： 大包' }).click();
  await expect.poll(() => page.getByRole('row').nth(1).textContent()).toContain('大包');
  await page.getByRole('switch', { name: '上架 小包' }).click();
  await page.getByText('操作成功').first().waitFor();
  await page
    .getByRole('row', { name: /大包/ })
    .getByRole('button', { name: /修\s*改/ })
    .click();
  await dialog.getByLabel('描述（选填）').fill('最受欢迎');
  await dialog.getByRole('button', { name: /保\s*存/ }).click();
  await page.getByText('最受欢迎').waitFor();

  const { body } = await stage.call('GET /coin/pods', { token: (await stage.newBuyer()).token });
  expect(body.data).toMatchObject([
    { name: '大包', description: '最受欢迎', coin: 30_000, giftCoin: 3_000, giftDays: 30, price: 3_000 },
  ]);
});

test('whoever comes by an invitation buys coins by a code, and the inviter is rewarded and told', async () => {
  await newPod('Fifty', 500, { giftCoin: 1_000, giftDays: 7 });
  const inviter = await stage.newBuyer();
  const own = await shopOf(inviter, '/account');
  const row = own.locator('.copy-row', { hasText: 'Your link' });
  const link = (await row.locator('.copy-text').textContent()) ?? '';

  const page = await browser.newPage({ isPhone: true });
  await page.goto(`${link}&next=${encodeURIComponent('/shop/coins')}`);
  await page.getByLabel('Username').fill('invited_by_a_friend');
  await page.getByLabel('E-mail').fill('invited@example.com');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByLabel('Code of an invitation').fill('NOBODYS1');
  await page.getByRole('button', { name: 'Create an account' }).click();
  await page.getByRole('alert').waitFor();
  await page.getByLabel('Code of an invitation').fill(new URL(link).searchParams.get('invite') ?? '');
  await page.getByRole('button', { name: 'Create an account' }).click();

  await page.getByRole('button', { name: /Fifty.*50 coins.*\+ 10 coins given · for 7 days/ }).click();
  await page.getByLabel('WeChat Pay, QR code').click();
  await page.getByRole('button', { name: 'Pay ¥5.00' }).click();
  await page.getByRole('img', { name: 'QR code of the payment' }).waitFor();
  await payWithPhone(page);
  await page.getByText('The coins are yours').waitFor();
  await page.getByRole('link', { name: 'See your coins' }).click();
  await page.locator('.balance .amount').getByText('60 coins').waitFor();
  await page.getByText('10 coins end on').waitFor();
  await page.locator('.statement').getByText('+60 coins').waitFor();

  await stage.pass(5 * MINUTE);
  await own.reload();
  await own.getByRole('link', { name: 'Notices, one unread' }).click();
  await own.getByRole('link', { name: /Coins for an invitation/ }).click();
  await own.getByText('One has come by it').waitFor();
  await own.getByText('5 coins', { exact: true }).waitFor();
  await own.getByRole('link', { name: 'Notices, 0 unread' }).waitFor();

  const staff = await newStaff(stage, ['invites.read', 'wallet.read']);
  const desk = await consoleOf(staff, '/invites?tab=rewards');
  await desk.getByRole('row', { name: /10 %.*5 coins.*Granted/ }).waitFor();
  await desk.getByRole('link', { name: inviter.userId.slice(-6) }).click();
  await desk.getByRole('row', { name: /Reward.*\+5 coins/ }).waitFor();
});

test('a wallet is put right at once by a little, and by much once a second person agrees', async () => {
  const customer = await stage.newBuyer();
  const one = await newStaff(stage, ['wallet.read', 'wallet.adjust', 'wallet.approve']);
  const other = await newStaff(stage, ['wallet.read', 'wallet.approve']);
  const page = await consoleOf(one, `/customers/${customer.userId}`);
  const adjust = async (amount: string, reason: string) => {
    await page.getByRole('button', { name: 'Adjust a wallet' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('A gift').click();
    await dialog.getByLabel('How many coins').fill(amount);
    await dialog.getByLabel('Reason').fill(reason);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'hidden' });
  };
  await adjust('12.5', 'a late answer');
  await page.getByRole('row', { name: /a late answer.*\+12\.5 coins/ }).waitFor();
  await adjust('20000', 'a whole day without service');

  await page.goto(`${stage.url}/console/wallets?tab=adjustments&status=requested`);
  const mine = page.getByRole('row', { name: /whole day/ });
  await mine.getByRole('button', { name: 'Reject' }).waitFor();
  expect(await mine.getByRole('button', { name: 'Agree' }).count()).toBe(0);
  const second = await consoleOf(other, '/wallets?tab=adjustments&status=requested');
  await second
    .getByRole('row', { name: /whole day/ })
    .getByRole('button', { name: 'Agree' })
    .click();
  await second.getByRole('dialog').getByRole('button', { name: 'Agree' }).click();
  await second.getByRole('row', { name: /whole day/ }).waitFor({ state: 'detached' });

  const shop = await shopOf(customer, '/coins');
  await shop.locator('.balance .amount').getByText('20,012.5 coins').waitFor();
});

test('coins that were spent before a dispute was lost are a receivable, which staff gives up', async () => {
  const customer = await stage.newBuyer();
  const podId = await newPod('Hundred', 1_000);
  const { body } = await stage.call('POST /coin/order', {
    token: customer.token,
    body: { podId, method: 'credit_card' },
  });
  const paymentId = body.data.outTradeNo;
  stage.simulators.stripe.pay({ paymentId });
  await stage.simulators.notifications.flush();
  const service = await newStaff(stage, ['wallet.spend']);
  await stage.call('POST /wallet/spend', {
    token: service.token,
    body: { customerId: customer.userId, amount: 9_000, reference: 'game-1' },
  });
  const dispute = stage.simulators.stripe.dispute({ paymentId });
  stage.simulators.stripe.closeDispute(dispute.id, 'lost');
  await stage.simulators.notifications.flush();
  await stage.pass(MINUTE);

  const staff = await newStaff(stage, ['wallet.read', 'wallet.write']);
  const page = await consoleOf(staff, '/wallets?tab=receivables');
  await page.getByRole('link', { name: /^dsp_…/ }).waitFor();
  await page
    .getByRole('row', { name: /90 coins/ })
    .getByRole('button', { name: 'Give up' })
    .click();
  await page.getByRole('dialog').getByText('90 coins').waitFor();
  await page.getByRole('dialog').getByLabel('Note').fill('goodwill');
  await page.getByRole('dialog').getByRole('button', { name: 'Give up' }).click();
  await page.getByText('Nothing needs you here').waitFor();
  await page.goto(`${stage.url}/console/wallets`);
  await page.getByRole('row', { name: new RegExp(`${customer.userId.slice(-6)}.*Coins.*0 coins`) }).waitFor();

  const shop = await shopOf(customer, '/coins');
  const statement = shop.locator('.statement');
  await statement.getByText('Taken back').waitFor();
  expect(await statement.textContent()).not.toContain('dsp_');
});
