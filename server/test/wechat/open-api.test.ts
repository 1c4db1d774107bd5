/** WeChat's server interfaces against the simulator, over real sockets. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Simulators, startSimulators } from '../../../simulators/src/index.ts';
import { createFakeClock } from '../../src/kernel/clock.ts';
import { createSealer } from '../../src/kernel/crypto.ts';
import type { Db } from '../../src/kernel/db/index.ts';
import { silentLogger } from '../../src/kernel/log/index.ts';
import { createOutbound, type Outbound } from '../../src/kernel/outbound/index.ts';
import { createWechatOpenApi, type WechatOpenApi } from '../../src/modules/wechat/index.ts';
import { openTestDb } from '../harness/database.ts';

const clock = createFakeClock(Date.parse('2026-11-20T12:00:00Z'));
let db: Db;
let outbound: Outbound;
let simulators: Simulators;
let api: WechatOpenApi;
let appid: string;
let secret: string;

beforeAll(async () => {
  db = await openTestDb({ clock });
  outbound = createOutbound({ db, clock, log: silentLogger });
  simulators = await startSimulators({ delivery: 'manual', now: clock.now });
  const { apps } = simulators.wechatPay.merchant();
  ({ appid, secret } = apps[0] ?? { appid: '', secret: '' });
  api = createWechatOpenApi({
    apps,
    baseUrl: simulators.wechatOpenUrl,
    db,
    outbound,
    clock,
    sealer: createSealer('the secret of this installation', 'wechat'),
    log: silentLogger,
  });
});
afterAll(async () => {
  await outbound.close();
  await simulators.close();
  await db.close();
});

test('a login code gives the person once', async () => {
  const payer = simulators.payers.create();
  const { code } = simulators.wechatOpen.mintLoginCode({ payerId: payer.id });
  expect(await api.exchangeLoginCode(appid, code)).toEqual({
    appid,
    openid: payer.openids[appid],
    unionid: payer.unionid,
    sessionKey: expect.any(String),
  });
  await expect(api.exchangeLoginCode(appid, code)).rejects.toMatchObject({ code: 'wechat_code_used' });
});

test('a code that is unknown, too old, or the phone button’s is not a login code', async () => {
  const old = simulators.wechatOpen.mintLoginCode().code;
  clock.advance(300_000);
  for (const code of ['nonsense', old, simulators.wechatOpen.mintPhoneCode().code]) {
    await expect(api.exchangeLoginCode(appid, code)).rejects.toMatchObject({ code: 'wechat_code_invalid' });
  }
});

test('a phone code gives the number once, also after somebody renewed the access token by force', async () => {
  const payer = simulators.payers.create({ phone: '13800138000' });
  const mint = () => simulators.wechatOpen.mintPhoneCode({ payerId: payer.id }).code;
  const first = mint();
  expect(await api.getPhoneNumber(appid, first)).toMatchObject({ purePhoneNumber: '13800138000' });
  await expect(api.getPhoneNumber(appid, first)).rejects.toMatchObject({ code: 'wechat_code_used' });

  const before = await api.getAccessToken(appid);
  const body = JSON.stringify({ grant_type: 'client_credential', appid, secret, force_refresh: true });
  await fetch(`${simulators.wechatOpenUrl}/cgi-bin/stable_token`, { method: 'POST', body });
  expect(await api.getPhoneNumber(appid, mint())).toMatchObject({ purePhoneNumber: '13800138000' });
  expect(await api.getAccessToken(appid)).not.toEqual(before);
});

test('the phone number of another person than the one logged in is refused', async () => {
  const [payer, other] = [simulators.payers.create(), simulators.payers.create()];
  const { code } = simulators.wechatOpen.mintPhoneCode({ payerId: payer.id });
  await expect(api.getPhoneNumber(appid, code, other.openids[appid])).rejects.toMatchObject({
    code: 'wechat_code_invalid',
  });
});

test('WeChat being busy, slow to everybody or gone leaves the caller to try again', async () => {
  const plan = (kind: string) =>
    simulators.faults.set({ provider: 'wechat-open', operation: 'jscode2session', kind });
  for (const [kind, code] of [
    ['error', 'provider_unavailable'],
    ['truncated_body', 'provider_unavailable'],
    ['connection_refused', 'provider_unavailable'],
    ['rate_limit', 'wechat_rate_limited'],
  ] as const) {
    plan(kind);
    const login = simulators.wechatOpen.mintLoginCode().code;
    await expect(api.exchangeLoginCode(appid, login)).rejects.toMatchObject({ code });
  }
});

test('no secret, code, token, number or person stands in the stored calls', async () => {
  await outbound.close();
  outbound = createOutbound({ db, clock, log: silentLogger });
  const rows = await db.query.selectFrom('provider_calls').selectAll().execute();
  expect(rows.length).toBeGreaterThan(5);
  const stored = JSON.stringify(rows);
  const { token } = await api.getAccessToken(appid);
  const people = simulators.payers
    .list()
    .flatMap(({ phone, openids, unionid }) => [phone, unionid, ...Object.values(openids)]);
  for (const text of [secret, token, ...people]) {
    expect(stored).not.toContain(text);
  }
  expect(stored).not.toMatch(/"code\\?":\\?"\w{30}/);
  expect(stored).not.toMatch(/js_code=\w{30}/);
});
