import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Simulators, startSimulators } from '../index.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let simulators: Simulators;
let answer = 'success';
const server = createServer((request, response) => {
  request.resume();
  response.end(answer);
});

beforeEach(async () => {
  simulators = await startSimulators({ delivery: 'manual', now: () => now });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await simulators.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

let now = Date.parse('2026-11-20T04:00:00Z');

/** An order is taken over the wire elsewhere; here a page is opened that the merchant's key has signed. */
async function buy(outTradeNo: string): Promise<void> {
  const { AlipaySdk } = await import('alipay-sdk');
  simulators.alipay.changeSettings({ keyMode: 'key' });
  const { appId, appPrivateKeyPem, gatewayUrl } = simulators.alipay.merchant();
  const sdk = new AlipaySdk({ appId, privateKey: appPrivateKeyPem, keyType: 'PKCS8', gateway: gatewayUrl });
  const redirectUrl = sdk.pageExecute('alipay.trade.page.pay', 'GET', {
    notify_url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/notify`,
    bizContent: { out_trade_no: outTradeNo, total_amount: '1.00', subject: 'tea' },
  });
  expect(simulators.alipay.pay({ redirectUrl }).result).toBe('paid');
  await simulators.notifications.flush();
}

test('a notification is told until the answer is the one word, at the published times, and then given up', async () => {
  answer = 'SUCCESS';
  const start = now;
  await buy('NOTIFY-1');
  for (const wait of [4 * MINUTE, 10 * MINUTE, 10 * MINUTE, HOUR, 2 * HOUR, 6 * HOUR, 15 * HOUR, 24 * HOUR]) {
    now += wait;
    await simulators.notifications.flush();
  }
  const [told] = simulators.notifications.list();
  expect(told?.state).toBe('given_up');
  const elapsed = told?.attempts.map(({ at }) => at - start);
  expect(elapsed).toEqual([0, 4, 14, 24, 84, 204, 564, 1_464].map((minutes) => minutes * MINUTE));
  const ids = told?.attempts.map(({ body }) => new URLSearchParams(body).get('notify_id'));
  expect(new Set(ids).size).toBe(1);
});

test('the right word ends it', async () => {
  answer = 'success';
  await buy('NOTIFY-2');
  expect(simulators.notifications.list()).toMatchObject([{ state: 'acknowledged', tries: 1 }]);
});
