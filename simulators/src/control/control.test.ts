import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMerchant } from '../../test/merchant.ts';
import { type Simulators, startSimulators } from '../index.ts';

// The control API as a stranger drives it: over HTTP, knowing only the README.

let simulators: Simulators;
let shop: ReturnType<typeof createMerchant>;

beforeAll(async () => {
  simulators = await startSimulators({ delivery: 'manual' });
  shop = createMerchant(simulators);
});
afterAll(() => simulators.close());

/** What a stranger reads from one answer or another. */
interface Told {
  error: string;
  message: string;
  verbs: { method: string; path: string }[];
  apps: { kind: string }[];
  platformCertificates: { serialNo: string }[];
  apiV3Key: string;
  publicKeyId: string;
  apiBaseUrl: string;
  openApiBaseUrl: string;
  id: string;
  appid: string;
  openid: string;
  openids: Record<string, string>;
  outRefundNo: string;
  status: string;
  headers: Record<string, string>;
  body: string;
  ran: number;
  now: string;
}

async function control<Answer = Told>(method: string, path: string, body?: unknown) {
  const response = await fetch(`${simulators.controlUrl}/control${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  return { status: response.status, json: (await response.json()) as Answer };
}

test('the index lists every verb', async () => {
  const { json } = await control('GET', '');
  expect(json).toMatchObject({ wechatPay: simulators.wechatPayUrl, wechatOpen: simulators.wechatOpenUrl });
  const verbs = json.verbs.map(({ method, path }) => `${method} ${path}`);
  expect(verbs).toContain('POST /control/wechat-pay/pay');
  expect(new Set(verbs).size).toBe(verbs.length);
});

test('the merchant is everything a client has to be configured with', async () => {
  const { json } = await control('GET', '/wechat-pay/merchant');
  expect(json).toEqual(simulators.wechatPay.merchant());
  expect(json.apiV3Key).toHaveLength(32);
  expect(json.publicKeyId).toMatch(/^PUB_KEY_ID_\d+$/);
  expect(json.platformCertificates[0]?.serialNo).toMatch(/^[0-9A-F]{40}$/);
  expect(json.apps.map(({ kind }) => kind)).toEqual(['mini_program', 'official_account', 'mobile_app']);
  expect([json.apiBaseUrl, json.openApiBaseUrl]).toEqual([simulators.wechatPayUrl, simulators.wechatOpenUrl]);
});

test('a stranger creates a payer, pays, refunds in the console and sees what was received and sent', async () => {
  const payer = (await control('POST', '/payers', { name: '测试', phone: '19900000002' })).json;
  expect(Object.keys(payer.openids)).toHaveLength(3);
  const code = await control('POST', '/wechat-open/login-codes', { payerId: payer.id });
  expect(code.json.openid).toBe(payer.openids[code.json.appid]);

  await shop.call('POST', '/v3/pay/transactions/native', shop.order('STRANGER-1'));
  const paid = await control('POST', '/wechat-pay/pay', { outTradeNo: 'STRANGER-1', payerId: payer.id });
  expect(paid.json).toMatchObject({ result: 'paid', trade: { tradeState: 'SUCCESS', total: 1000 } });
  const refund = await control('POST', '/wechat-pay/console-refunds', {
    outTradeNo: 'STRANGER-1',
    amount: 100,
  });
  const settled = await control('POST', `/wechat-pay/refunds/${refund.json.outRefundNo}/settle`, {
    outcome: 'ABNORMAL',
  });
  expect(settled.json.status).toBe('ABNORMAL');

  expect((await control('POST', '/notifications/flush', {})).json.ran).toBeGreaterThan(0);
  const sent = (await control<Told[]>('GET', '/notifications?subject=STRANGER-1')).json;
  expect(sent[0]).toMatchObject({ eventType: 'TRANSACTION.SUCCESS', attempts: [{ status: null }] });
  const composed = await control('POST', `/notifications/${sent[0]?.id}/compose`, {
    kind: 'stale_timestamp',
  });
  expect(composed.json.headers['wechatpay-serial']).toBeTruthy();
  const received = (await control<Told[]>('GET', '/requests?provider=wechat-pay&operation=prepay')).json;
  expect(received[0]).toMatchObject({ method: 'POST', status: 200, fault: null });
  expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({ out_trade_no: 'STRANGER-1' });
});

test('signatures and secrets are not shown in what was received', async () => {
  const { appid, secret } = shop.merchant.apps[0] ?? { appid: '', secret: '' };
  await fetch(`${simulators.wechatOpenUrl}/sns/jscode2session?appid=${appid}&secret=${secret}&js_code=x`);
  const body = JSON.stringify({ grant_type: 'client_credential', appid, secret });
  await fetch(`${simulators.wechatOpenUrl}/cgi-bin/stable_token`, { method: 'POST', body });
  await shop.query('REDACTED');
  const shown = JSON.stringify((await control('GET', '/requests')).json);
  expect(shown).not.toContain(secret);
  expect(shown).toMatch(/signature=\\"[^"\\]{12}…\\"/);
});

test('the clock moves forward by advanceMs and anywhere by setTo', async () => {
  const moved = await control('POST', '/clock', { setTo: '2027-01-01T00:00:00+08:00' });
  expect(moved.json.now).toMatch(/^2026-12-31T16:00:00/);
  const later = await control('POST', '/clock', { advanceMs: 3600_000 });
  expect(later.json.now).toMatch(/^2026-12-31T17:00:00/);
  expect((await control('POST', '/clock', { advanceMs: -1 })).status).toBe(422);
});

test('with the system signature clock, programs that keep real time go on working after a jump', async () => {
  simulators.setClock(Date.now() + 30 * 24 * 3600_000);
  const realTime = { timestamp: Math.floor(Date.now() / 1000) };
  expect((await shop.call('GET', '/v3/certificates', undefined, realTime)).status).toBe(401);
  await control('PATCH', '/settings', { signatureClock: 'system' });
  const answer = await shop.call('GET', '/v3/certificates', undefined, realTime);
  expect(answer.status).toBe(200);
  expect(Math.abs(Number(answer.headers['wechatpay-timestamp']) - realTime.timestamp)).toBeLessThan(5);
  await control('PATCH', '/settings', { signatureClock: 'simulated' });
});

test('a buyer whom WeChat refuses is a 409 with the reason', async () => {
  await shop.buy('STRANGER-2');
  const again = await control('POST', '/wechat-pay/pay', { outTradeNo: 'STRANGER-2' });
  expect([again.status, again.json.error]).toEqual([409, 'already_paid']);
});

describe('refusals say what to do', () => {
  test.each([
    ['POST', '/wechat-pay/pay', {}, 422, 'trade_reference_required'],
    ['POST', '/wechat-pay/pay', { outTradeNo: 'NOWHERE' }, 404, 'trade_not_found'],
    ['POST', '/wechat-pay/pay', { prepayId: 'wx-none' }, 404, 'trade_not_found'],
    ['POST', '/wechat-pay/pay', { outTradeNo: 'X', unknown: 1 }, 422, 'invalid_input'],
    [
      'POST',
      '/faults',
      { provider: 'wechat-pay', operation: 'close', kind: 'none' },
      422,
      'unknown_fault_kind',
    ],
    ['POST', '/faults', { provider: 'wechat-pay' }, 422, 'invalid_input'],
    ['PATCH', '/settings', { timeScale: 0 }, 422, 'invalid_input'],
    ['PATCH', '/wechat-pay/settings', { greyPercent: 101 }, 422, 'invalid_input'],
    ['GET', '/notifications/none', undefined, 404, 'notification_not_found'],
    ['POST', '/wechat-open/login-codes', { appid: 'none' }, 404, 'app_not_found'],
    ['POST', '/wechat-open/login-codes', { payerId: 'none' }, 404, 'payer_not_found'],
    ['GET', '/nothing', undefined, 404, 'not_found'],
  ])('%s %s %o', async (method, path, body, status, error) => {
    const answer = await control(method, path, body);
    expect([answer.status, answer.json.error]).toEqual([status, error]);
    expect(answer.json.message).toBeTruthy();
  });

  test('a text/plain body, which any web page could post, is not read', async () => {
    const response = await fetch(`${simulators.controlUrl}/control/reset`, { method: 'POST', body: '{}' });
    expect(response.status).toBe(415);
  });
});

test('a reset forgets everything but the merchant', async () => {
  const before = simulators.wechatPay.merchant();
  simulators.faults.set({ provider: 'wechat-pay', operation: 'prepay', kind: 'error' });
  await control('POST', '/reset', {});
  expect(simulators.wechatPay.merchant()).toEqual(before);
  expect(simulators.wechatPay.listTrades()).toEqual([]);
  expect(simulators.notifications.list()).toEqual([]);
  expect(simulators.requests.list()).toEqual([]);
  expect(simulators.payers.list()).toEqual([]);
  expect(simulators.faults.list()).toEqual([]);
  expect(simulators.clockView().offsetMs).toBe(0);
});
