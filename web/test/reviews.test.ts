/** Payments that look risky, and the person who decides on them, in a real browser. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { TestBuyer } from '../../server/test/harness/app.ts';
import { newStaff, type TestStaff } from '../../server/test/harness/staff.ts';
import { openStage, type Seen, type Stage } from '../../server/test/scenarios/stage.ts';
import { openBrowser, type PageOptions, type TestBrowser } from './browser.ts';
import { openPage } from './pages.ts';

/** How long the page may take to show what it was told; the machine may be busy. */
const SOON = { timeout: 15_000 };

let stage: Stage;
let browser: TestBrowser;
let clerk: TestStaff;
let buyer: TestBuyer;

beforeAll(async () => {
  stage = await openStage({ environment: { RISK_HIGH_RISK_COUNTRIES: 'KP' } });
  browser = await openBrowser();
  clerk = await newStaff(stage, ['payments.read', 'risk.read', 'risk.write']);
});

beforeEach(async () => {
  stage.simulators.faults.clear();
  buyer = await stage.newBuyer();
});

afterEach(() => expect(browser.takeProblems()).toEqual([]));

afterAll(async () => {
  await browser.close();
  await stage.expectSound();
  await stage.close();
});

const consoleOf = ({ token }: TestStaff, path: string, options: PageOptions = {}): Promise<Page> =>
  openPage(browser, { url: stage.url, path: `/console${path}`, token, ...options });

/** The order once it is as wished; it is looked at from outside the page. */
const expectOrder = (id: string, wished: object) =>
  expect.poll(() => stage.order(buyer, id), SOON).toMatchObject(wished);

async function placeRisky(): Promise<{ order: Seen; paymentId: string }> {
  const variantId = await stage.addVariant({ price: 200_000 });
  const order = await stage.place(buyer, [{ variantId, quantity: 1 }]);
  const { status, body } = await stage.call(`POST /orders/${order.id}/payments`, {
    token: buyer.token,
    body: { method: 'wechat_jsapi', billingCountry: 'KP' },
  });
  expect(status).toBe(202);
  return { order, paymentId: body.data.paymentId };
}

test('of two risky payments one is let through and the other refused with a reason', async () => {
  const good = await placeRisky();
  buyer = await stage.newBuyer();
  const bad = await placeRisky();
  const page = await consoleOf(clerk, '/reviews', { locale: 'zh-CN' });
  const rowOf = ({ order }: typeof good) => page.getByRole('row', { name: order.id.slice(-6) });
  await rowOf(good).getByText('金额较大 +20').waitFor();
  await rowOf(good).click();
  const drawer = page.getByRole('dialog');
  await drawer.getByRole('link', { name: good.paymentId }).waitFor();
  await drawer.getByText('高风险国家 +30').waitFor();
  await page.keyboard.press('Escape');
  await drawer.waitFor({ state: 'hidden' });

  await rowOf(good)
    .getByRole('button', { name: /通\s*过/ })
    .click();
  await page.getByLabel('备注（选填）').fill('已电话核实');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /通\s*过/ })
    .click();
  await rowOf(good).waitFor({ state: 'detached' });

  await rowOf(bad)
    .getByRole('button', { name: /拒\s*绝/ })
    .click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: /拒\s*绝/ }).click();
  await dialog.getByText('请填写此项').waitFor();
  await dialog.getByLabel('原因').fill('冒用他人证件');
  await dialog.getByRole('button', { name: /拒\s*绝/ }).click();
  await page.getByText('暂无需要处理的事项').waitFor();

  await page.getByRole('combobox', { name: '显示' }).click();
  await page.getByTitle('全部').click();
  await rowOf(bad).getByText('已拒绝').waitFor();
  await rowOf(good).getByText('已通过').waitFor();
  await expectOrder(bad.order.id, { status: 'pending', payments: [{ status: 'closed' }] });
});
