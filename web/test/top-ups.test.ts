/** Phone top-ups in a real browser: ordered and followed by customers, decided on by staff where nobody knows. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { toUnitelEnvironment } from '../../server/test/harness/simulated-unitel.ts';
import { MINUTE } from '../../server/test/scenarios/stage.ts';
import { tellStaffStory } from './staff-story.ts';

const story = tellStaffStory({
  permissions: ['topups.read', 'topups.write'],
  app: { environment: { TOPUP_AUTO_REFUND: 'false' }, environmentOf: toUnitelEnvironment },
  async expectAtEnd(stage) {
    await stage.expectSound();
    expect(stage.simulators.unitel.countSends()).toMatchObject({ mostPerJournal: 1 });
  },
});

/** From the number to the page that follows the top-up, whose money has arrived but which was not sent yet. */
async function orderAndPay(msisdn: string): Promise<Page> {
  const page = await story.shopOf(story.buyer, '/top-up', { isPhone: true });
  await page.getByLabel('Phone number').fill(msisdn);
  await page.getByRole('button', { name: 'Show offers' }).click();
  await page.getByRole('button', { name: /5000 units, 30 days/ }).click();
  await page.getByRole('button', { name: /^Pay ¥/ }).click();
  await page.getByLabel('WeChat Pay, QR code').click();
  await page.getByRole('button', { name: 'Pay', exact: true }).click();
  const [phone] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('link', { name: 'Open the simulated phone' }).click(),
  ]);
  await phone.locator('#pay').click();
  await phone.getByText('Payment successful').waitFor();
  await story.stage.simulators.notifications.flush();
  await page.getByText('The top-up is on its way').waitFor();
  await page.getByRole('link', { name: 'Follow the top-up' }).click();
  await page.getByRole('heading', { name: 'Paid' }).waitFor();
  return page;
}

const planSend = (kind: string) =>
  story.stage.simulators.faults.set({
    provider: 'unitel',
    operation: 'recharge',
    kind,
    params: {},
    times: 1,
  });

test('staff sets the rate, and a customer tops up a number and sees it delivered', async () => {
  const desk = await story.consoleOf(story.clerk, '/topups?tab=rates', { locale: 'zh-CN' });
  await desk.getByRole('button', { name: '设置汇率' }).click();
  await desk.getByLabel('MNT').fill('500');
  await desk.getByLabel('CNY').fill('1');
  await desk.getByLabel('备注（选填）').fill('银行牌价');
  await desk.getByRole('button', { name: /保\s*存/ }).click();
  await desk.getByText('银行牌价').waitFor();

  const page = await orderAndPay('88000001');
  await story.stage.pass(MINUTE);
  await page.getByRole('heading', { name: 'Delivered' }).waitFor();
  await page.getByText('¥10.00').waitFor();
  await page.getByRole('link', { name: 'Another top-up' }).click();
  await page
    .getByRole('link', { name: /88000001 · 5000 units/ })
    .getByText('Delivered')
    .waitFor();

  await desk.goto(`${story.stage.url}/console/topups`);
  await desk.getByRole('link', { name: '88000001' }).click();
  await desk.getByText('500 MNT = 1 CNY').waitFor();
  await desk.getByText('增值税票据').waitFor();
  await desk.goto(`${story.stage.url}/console/topups?tab=figures`);
  await desk.getByText('已到账 · 1').first().waitFor();
  await desk.getByRole('row', { name: /Unitel.*话费.*已到账.*¥10\.00/ }).waitFor();
});

test('a number that nobody serves is refused in the words of the server', async () => {
  const page = await story.shopOf(story.buyer, '/top-up?msisdn=13800138000', { locale: 'zh-CN' });
  await page.getByRole('alert').waitFor();
  expect(await page.getByRole('button', { name: '请选择套餐' }).count()).toBe(0);
});

test('one of unknown outcome stands above all others, and a person who has asked says that it was delivered', async () => {
  planSend('error_after_commit');
  const shop = await orderAndPay('88000002');
  await story.stage.pass(MINUTE);
  await shop.getByRole('heading', { name: 'Being checked' }).waitFor();

  const desk = await story.consoleOf(story.clerk, '/topups');
  const waiting = desk.locator('.attention');
  await waiting.getByText('One top-up waits for a person').waitFor();
  await waiting.getByRole('button', { name: 'Decide' }).click();
  const dialog = desk.getByRole('dialog');
  await dialog.getByText('88000002').waitFor();
  await dialog.getByText('¥10.00').waitFor();
  await dialog.getByLabel('How you know').fill('Unitel says so, ticket 7');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByText('Please fill this in').waitFor();
  await dialog.getByLabel('Yes, the operator has delivered it').click();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await waiting.waitFor({ state: 'detached' });
  await shop.getByRole('heading', { name: 'Delivered' }).waitFor();
});

test('what waits for a person and can not be loaded is not shown as nothing', async () => {
  const page = await story.consoleOf(story.clerk, '/topups');
  await page.getByRole('table').first().waitFor();
  await page.route('**/admin/topups/waiting', (route) => route.fulfill({ status: 403, json: {} }));
  await page.reload();
  await page.getByRole('alert').waitFor();
});

test('lists and figures are no wider than a phone', async () => {
  await story.stage.call('POST /topup/orders', {
    token: story.buyer.token,
    body: { msisdn: '88000004', type: 'recharge', code: 'SD5000' },
  });
  for (const path of ['/orders', '/top-up', '/account']) {
    const page = await story.shopOf(story.buyer, path, { isPhone: true });
    await page.getByText(/Awaiting payment|Your link/).waitFor();
    const widths = await page
      .locator('.card')
      .evaluateAll((cards) =>
        cards.map((card) => [card.scrollWidth - card.clientWidth, card.getBoundingClientRect().right]),
      );
    for (const [excess, right] of widths) {
      expect(excess, path).toBe(0);
      expect(right, path).toBeLessThanOrEqual(390 - 14);
    }
  }
  const desk = await story.consoleOf(story.clerk, '/topups?tab=figures', { isPhone: true });
  await desk.getByText('This month by operator, kind and delivery').waitFor();
  expect(await desk.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});

test('the money of one that was refused is returned by staff, where that does not happen by itself', async () => {
  planSend('refused');
  const shop = await orderAndPay('88000003');
  await story.stage.pass(MINUTE);
  await shop.getByRole('heading', { name: 'Not delivered' }).waitFor();

  const desk = await story.consoleOf(story.clerk, '/topups');
  await desk.locator('.attention').getByRole('link', { name: '88000003' }).click();
  await desk.getByText('its money has not gone back yet').waitFor();
  await desk.getByRole('button', { name: 'Refund' }).click();
  const dialog = desk.getByRole('dialog');
  await dialog.getByLabel('Reason').fill('the operator refused it');
  await dialog.getByRole('button', { name: 'Refund' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await story.stage.pass(5 * MINUTE);
  await shop.getByRole('heading', { name: 'Refunded' }).waitFor();
});
