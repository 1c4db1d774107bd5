import { existsSync } from 'node:fs';
import { AlipaySdk } from 'alipay-sdk';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMerchant } from '../../test/merchant.ts';
import { type Simulators, startSimulators } from '../index.ts';

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

let simulators: Simulators;
let shop: ReturnType<typeof createMerchant>;
let browser: Browser;
let page: Page;
const problems: string[] = [];

beforeAll(async () => {
  if (!existsSync(CHROMIUM)) {
    throw new Error(`No browser at ${CHROMIUM}: install Chromium or set CHROMIUM_PATH.`);
  }
  simulators = await startSimulators({ delivery: 'manual' });
  shop = createMerchant(simulators);
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  page = await browser.newPage({ viewport: { width: 390, height: 800 }, locale: 'zh-CN' });
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    // A refused scan is a 404 that the browser reports by itself.
    if (message.type() === 'error' && !message.text().includes('404')) {
      problems.push(message.text());
    }
  });
});
afterAll(async () => {
  await browser.close();
  await simulators.close();
});

const native = async (outTradeNo: string) =>
  String((await shop.call('POST', '/v3/pay/transactions/native', shop.order(outTradeNo))).json.code_url);

test('a link with a code opens the cashier, and paying there pays the trade', async () => {
  const codeUrl = await native('PHONE-LINK');
  await page.goto(`${simulators.controlUrl}/phone?code_url=${encodeURIComponent(codeUrl)}`);
  await expect.poll(() => page.textContent('#amount')).toBe('¥10.00');
  expect(await page.textContent('#description')).toBe('绿茶');
  await page.click('#pay');
  await expect.poll(() => page.textContent('#outcome')).toBe('支付成功');
  expect(simulators.wechatPay.findTrade({ outTradeNo: 'PHONE-LINK' }).tradeState).toBe('SUCCESS');
});

test("a page of Alipay's leads to the cashier, where the trade begins and is paid", async () => {
  const { alipay } = simulators;
  const merchant = alipay.merchant();
  alipay.changeSettings({ keyMode: 'key' });
  const sdk = new AlipaySdk({
    appId: merchant.appId,
    privateKey: merchant.appPrivateKeyPem,
    keyType: 'PKCS8',
    gateway: merchant.gatewayUrl,
  });
  const bizContent = { out_trade_no: 'PHONE-ALIPAY', total_amount: '10.00', subject: '绿茶' };
  await page.goto(sdk.pageExecute('alipay.trade.page.pay', 'GET', { bizContent }));
  await expect.poll(() => page.textContent('#amount')).toBe('¥10.00');
  expect(await page.textContent('#merchant')).toContain(merchant.sellerId);
  await page.click('#pay');
  await expect.poll(() => page.textContent('#outcome')).toBe('支付成功');
  expect(alipay.findTrade({ outTradeNo: 'PHONE-ALIPAY' }).tradeState).toBe('TRADE_SUCCESS');
});

test('a scanned code can be refused, and the trade stays unpaid', async () => {
  const codeUrl = await native('PHONE-SCAN');
  await page.goto(`${simulators.controlUrl}/phone`);
  await page.fill('#code', codeUrl);
  await page.click('#scan button');
  await page.click('#refuse');
  await expect.poll(() => page.textContent('#outcome')).toBe('已取消支付');
  const trade = simulators.wechatPay.findTrade({ outTradeNo: 'PHONE-SCAN' });
  expect([trade.tradeState, trade.lastTry]).toEqual(['NOTPAY', 'cancelled_by_buyer']);
});

test('an open trade is picked from the list and paid later, in English', async () => {
  await native('PHONE-LIST');
  await page.goto(`${simulators.controlUrl}/phone`);
  await page.click('#language');
  await page.click('#trades li:has-text("PHONE-LIST") button');
  await page.click('#wait');
  await expect.poll(() => page.textContent('#outcome')).toBe('Will be paid in 10 seconds');
  simulators.advanceClock(10_000);
  await simulators.notifications.flush();
  expect(simulators.wechatPay.findTrade({ outTradeNo: 'PHONE-LIST' }).tradeState).toBe('SUCCESS');
});

test('a JSAPI prepay opens on the phone of the one who ordered', async () => {
  const owner = simulators.payers.create({ name: 'Owner' });
  const openid = owner.openids[shop.merchant.apps[0]?.appid ?? ''];
  const { json } = await shop.call(
    'POST',
    '/v3/pay/transactions/jsapi',
    shop.order('PHONE-JSAPI', { payer: { openid } }),
  );
  await page.goto(`${simulators.controlUrl}/phone?prepay_id=${String(json.prepay_id)}`);
  await expect.poll(() => page.inputValue('#payer')).toBe(owner.id);
  await page.click('#pay');
  await expect.poll(() => page.textContent('#outcome')).toBe('Payment successful');
});

test('an unknown code says so, and a description is shown as text', async () => {
  await shop.call(
    'POST',
    '/v3/pay/transactions/native',
    shop.order('PHONE-HTML', { description: '<b>tea</b>' }),
  );
  await page.goto(
    `${simulators.controlUrl}/phone?code_url=${encodeURIComponent('weixin://wxpay/bizpayurl?pr=none')}`,
  );
  await expect.poll(() => page.textContent('#scan-problem')).toBe('There is no such order');
  expect(await page.textContent('#trades li:has-text("PHONE-HTML")')).toContain('<b>tea</b>');
  expect(problems).toEqual([]);
});
