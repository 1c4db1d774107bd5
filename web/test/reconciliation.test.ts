/** A day's bill at the console, in a real browser: compared, its differences asked about, settled and taken along. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { MINUTE, openStage, type Stage } from '../../server/test/scenarios/stage.ts';
import { openBrowser, type TestBrowser } from './browser.ts';
import { openPage } from './pages.ts';

const DAY = 24 * 60 * MINUTE;

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

const spoil = (kind: string, paymentId?: string) =>
  stage.simulators.faults.set({
    ...{ provider: 'wechat-pay', operation: 'tradebill', kind, times: 'always' },
    ...(paymentId !== undefined && { match: { outTradeNo: paymentId } }),
  });

const cell = (page: Page, words: string) =>
  page.getByRole('button', { name: `WeChat Pay 2026-11-20 ${words}` });

test('a bill that lacks one payment and knows another is compared, asked about, settled, and stays settled', async () => {
  const buyer = await stage.newBuyer();
  const missing = await stage.buy(buyer);
  await stage.buy(buyer);
  await stage.pass(MINUTE);
  spoil('missing_row', missing.paymentId);
  spoil('extra_row');
  stage.clock.advance(DAY);

  const page = await openPage(browser, {
    ...{ url: stage.url, path: '/console/reconciliation?month=2026-11', token: stage.adminToken },
  });
  await cell(page, 'Not compared').click();
  const drawer = page.getByRole('dialog');
  await drawer.getByText('WeChat Pay 2026-11-20').waitFor();
  await drawer.getByText('Not asked for yet').waitFor();
  await stage.worker.drain();
  await drawer.getByText('Missing in the bill 1').waitFor();
  await drawer.getByText('Missing here 1').waitFor();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    drawer.getByRole('button', { name: 'Download CSV' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('wechat_pay-2026-11-20.csv');
  expect(await readFile(await download.path(), 'utf8')).toContain(missing.paymentId);
  await page.keyboard.press('Escape');
  await drawer.waitFor({ state: 'hidden' });

  const settle = async (name: string, decision: string, note: string) => {
    const row = page.getByRole('row', { name });
    await row.getByRole('button', { name: 'Settle' }).click();
    await page.getByRole('combobox', { name: 'Decision' }).click();
    await page.getByTitle(decision).click();
    await page.getByRole('dialog').getByLabel('Note').fill(note);
    await page.getByRole('dialog').getByRole('button', { name: 'Settle' }).click();
    await row.waitFor({ state: 'detached' });
  };
  await page.getByRole('row', { name: 'EXTRApay' }).getByRole('button', { name: 'Ask again' }).click();
  await page.getByText('Done').waitFor();
  await settle(missing.paymentId, 'The provider’s error', 'told to WeChat Pay');
  await settle('EXTRApay', 'Booked elsewhere', 'of the other shop');

  await cell(page, 'Agrees').click();
  await Promise.all([
    page.waitForResponse((answer) => answer.url().endsWith('/runs') && answer.ok()),
    drawer.getByRole('button', { name: 'Run again' }).click(),
  ]);
  await stage.worker.drain();
  await page.goto(`${stage.url}/console/reconciliation?state=resolved&month=2026-11`);
  await page.getByRole('row', { name: missing.paymentId }).getByText('told to WeChat Pay').waitFor();
  await cell(page, 'Agrees').waitFor();
});
