import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Simulators, startSimulators } from '../index.ts';

/** The base clock stands still, so that only the test moves time. */
const START = Date.parse('2026-05-04T12:00:00+08:00');

let simulators: Simulators;

beforeAll(async () => {
  simulators = await startSimulators({ delivery: 'manual', now: () => START });
});
afterAll(() => simulators.close());

const app = (index = 0) => simulators.wechatPay.merchant().apps[index] ?? { appid: '', secret: '' };

async function session(changes: Record<string, string> = {}): Promise<Record<string, unknown>> {
  const { appid, secret } = app();
  const query = new URLSearchParams({
    appid,
    secret,
    grant_type: 'authorization_code',
    js_code: '',
    ...changes,
  });
  const response = await fetch(`${simulators.wechatOpenUrl}/sns/jscode2session?${query.toString()}`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('text/plain');
  return (await response.json()) as Record<string, unknown>;
}

async function post(path: string, body: unknown): Promise<Record<string, unknown>> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${simulators.wechatOpenUrl}${path}`, { method: 'POST', body: text });
  expect(response.status).toBe(200);
  return (await response.json()) as Record<string, unknown>;
}

const token = (changes: Record<string, unknown> = {}) =>
  post('/cgi-bin/stable_token', { grant_type: 'client_credential', ...app(), ...changes });

describe('jscode2session', () => {
  test('a login code gives the payer’s openid of that app once', async () => {
    const payer = simulators.payers.create();
    const { code, appid } = simulators.wechatOpen.mintLoginCode({ payerId: payer.id });
    const answer = await session({ js_code: code });
    expect(answer).toMatchObject({ openid: payer.openids[appid], unionid: payer.unionid });
    expect(Buffer.from(String(answer.session_key), 'base64')).toHaveLength(16);
    expect((await session({ js_code: code })).errcode).toBe(40163);
  });

  test.each([
    ['an unknown code', { js_code: 'nonsense' }, 40029],
    ['no code', {}, 41008],
    ['another app', { appid: 'wx0000000000000000' }, 40013],
    ['a wrong secret', { secret: 'nonsense' }, 40125],
    ['no app', { appid: '' }, 41002],
    ['no secret', { secret: '' }, 41004],
    ['another grant type', { grant_type: 'password' }, 40002],
  ])('%s is its documented errcode', async (_name, changes, errcode) => {
    const answer = await session(changes);
    expect(answer.errcode).toBe(errcode);
    expect(answer.errmsg).toMatch(/, rid: [0-9a-f-]+$/);
  });

  test('a code dies after five minutes, and belongs to one app and one purpose', async () => {
    const old = simulators.wechatOpen.mintLoginCode().code;
    simulators.advanceClock(5 * 60_000);
    expect((await session({ js_code: old })).errcode).toBe(40029);
    const foreign = simulators.wechatOpen.mintLoginCode({ appid: app(1).appid }).code;
    expect((await session({ js_code: foreign })).errcode).toBe(40029);
    const phone = simulators.wechatOpen.mintPhoneCode().code;
    expect((await session({ js_code: phone })).errcode).toBe(40029);
  });

  test('a fault plan makes it busy, limited or cut', async () => {
    const arm = (kind: string) =>
      simulators.faults.set({ provider: 'wechat-open', operation: 'jscode2session', kind });
    arm('error');
    expect((await session()).errcode).toBe(-1);
    arm('rate_limit');
    expect((await session()).errcode).toBe(45011);
    arm('connection_refused');
    await expect(session()).rejects.toThrow();
  });
});

describe('oauth2/access_token', () => {
  async function webSession(changes: Record<string, string>): Promise<Record<string, unknown>> {
    const query = new URLSearchParams({ ...app(1), grant_type: 'authorization_code', ...changes });
    const response = await fetch(`${simulators.wechatOpenUrl}/sns/oauth2/access_token?${query.toString()}`);
    expect(response.status).toBe(200);
    return (await response.json()) as Record<string, unknown>;
  }

  test('the unionid joins the apps of one person, the openid does not', async () => {
    const payer = simulators.payers.create();
    const { appid } = app(1);
    const { code } = simulators.wechatOpen.mintLoginCode({ payerId: payer.id, appid });
    const answer = await webSession({ code });
    expect(answer).toMatchObject({ openid: payer.openids[appid], unionid: payer.unionid, expires_in: 7200 });
    expect(answer.session_key).toBeUndefined();
    expect(payer.openids[appid]).not.toBe(payer.openids[app().appid]);
    expect((await webSession({ code })).errcode).toBe(40163);
  });

  test('each kind of app has its own interface', async () => {
    const mini = simulators.wechatOpen.mintLoginCode().code;
    expect((await webSession({ ...app(), code: mini })).errcode).toBe(40013);
    const web = simulators.wechatOpen.mintLoginCode({ appid: app(1).appid }).code;
    expect((await session({ ...app(1), js_code: web })).errcode).toBe(40013);
    expect((await webSession({ code: web })).openid).toBeDefined();
  });
});

describe('stable_token', () => {
  test('gives the same token until five minutes before its end; then both live', async () => {
    const first = await token();
    expect(first.expires_in).toBe(7200);
    simulators.advanceClock(3600_000);
    expect(await token()).toEqual({ access_token: first.access_token, expires_in: 3600 });
    simulators.advanceClock(3600_000 - 299_000);
    const second = await token();
    expect(second.access_token).not.toBe(first.access_token);
    for (const { access_token: live } of [first, second]) {
      const answer = await post(`/wxa/business/getuserphonenumber?access_token=${String(live)}`, {
        code: 'x',
      });
      expect(answer.errcode).toBe(40029);
    }
    simulators.advanceClock(300_000);
    const dead = await post(`/wxa/business/getuserphonenumber?access_token=${String(first.access_token)}`, {
      code: 'x',
    });
    expect(dead.errcode).toBe(42001);
  });

  test('force_refresh kills the old token, keeps half a minute apart, and is limited to twenty a day', async () => {
    const before = await token();
    const forced = await token({ force_refresh: true });
    expect(forced.access_token).not.toBe(before.access_token);
    const dead = await post(`/wxa/business/getuserphonenumber?access_token=${String(before.access_token)}`, {
      code: 'x',
    });
    expect(dead.errcode).toBe(40001);
    expect((await token({ force_refresh: true })).errcode).toBe(45011);
    for (let count = 2; count <= 20; count += 1) {
      simulators.advanceClock(30_000);
      expect((await token({ force_refresh: true })).errcode).toBeUndefined();
    }
    simulators.advanceClock(30_000);
    expect((await token({ force_refresh: true })).errcode).toBe(45009);
  });

  test('wrong credentials and broken bodies are refused', async () => {
    expect((await token({ secret: 'nonsense' })).errcode).toBe(40125);
    expect((await token({ grant_type: 'nonsense' })).errcode).toBe(40002);
    expect((await post('/cgi-bin/stable_token', 'nonsense')).errcode).toBe(47001);
  });
});

describe('getuserphonenumber', () => {
  test('a phone code gives the number once, marked with the app', async () => {
    const payer = simulators.payers.create({ phone: '19900000001' });
    const { code, appid } = simulators.wechatOpen.mintPhoneCode({ payerId: payer.id });
    const { access_token: live } = await token();
    const path = `/wxa/business/getuserphonenumber?access_token=${String(live)}`;
    expect(await post(path, { code })).toMatchObject({
      errcode: 0,
      errmsg: 'ok',
      phone_info: {
        phoneNumber: '19900000001',
        purePhoneNumber: '19900000001',
        countryCode: '86',
        watermark: { appid },
      },
    });
    expect((await post(path, { code })).errcode).toBe(40163);
    expect((await post(path, { code: simulators.wechatOpen.mintLoginCode().code })).errcode).toBe(40029);
    expect((await post(path, {})).errcode).toBe(40029);
    expect((await post('/wxa/business/getuserphonenumber', { code })).errcode).toBe(41001);
    expect((await post(path.replace('access_token=', 'access_token=x'), { code })).errcode).toBe(40001);
  });
});
