import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openTestDb } from '../../../test/harness/database.ts';
import { createFakeClock } from '../../kernel/clock.ts';
import { createSealer } from '../../kernel/crypto.ts';
import type { Db } from '../../kernel/db/index.ts';
import { AppError } from '../../kernel/errors.ts';
import { silentLogger } from '../../kernel/log/index.ts';
import { type Outbound, OutboundError, type OutboundRequest } from '../../kernel/outbound/index.ts';
import { createWechatOpenApi, type WechatOpenApi } from './index.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const APP = 'wx2421b1c4370ec43b';
const SECRET = 'app-secret-of-the-test';
const PHONE = {
  phoneNumber: '+8613800000000',
  purePhoneNumber: '13800000000',
  countryCode: '86',
  watermark: { timestamp: 1_795_176_000, appid: APP },
};

type Reply = object | string | Error | ((request: OutboundRequest) => object);

let db: Db;
const clock = createFakeClock(NOW);
let calls: OutboundRequest[];
let replies: Record<string, Reply>;
let issued: number;

const outbound: Outbound = {
  async call(request) {
    calls.push(request);
    await new Promise((resolve) => setImmediate(resolve));
    const reply = replies[request.operation] ?? {};
    if (reply instanceof Error) {
      throw reply;
    }
    const body = typeof reply === 'function' ? reply(request) : reply;
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return { status: 200, headers: { 'content-type': 'text/plain' }, body: Buffer.from(text), durationMs: 1 };
  },
  close: () => Promise.resolve(),
};

/** A server process of its own: it shares only the database with the others. */
function startProcess(secret = 'the secret of this installation'): WechatOpenApi {
  return createWechatOpenApi({
    apps: [{ appid: APP, secret: SECRET, kind: 'mini_program' }],
    baseUrl: 'https://open.example.test/',
    db,
    outbound,
    clock,
    sealer: createSealer(secret, 'wechat'),
    log: silentLogger,
  });
}

const count = (operation: string) => calls.filter((call) => call.operation === operation).length;
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'none',
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );

beforeAll(async () => {
  db = await openTestDb({ clock });
});
beforeEach(async () => {
  clock.set(NOW);
  await db.tx('test.forget', (tx) => tx.query.deleteFrom('wechat_access_tokens').execute());
  calls = [];
  issued = 0;
  replies = {
    stable_token: () => {
      issued += 1;
      return { access_token: `token-${issued}`, expires_in: 7_200 };
    },
    getuserphonenumber: { errcode: 0, errmsg: 'ok', phone_info: PHONE },
  };
});
afterAll(() => db.close());

describe('a login code', () => {
  test('is exchanged for the person who logged in', async () => {
    replies.jscode2session = { openid: 'o1', session_key: 'c2Vzc2lvbg==', unionid: 'u1' };
    expect(await startProcess().exchangeLoginCode(APP, 'a code&b')).toEqual({
      appid: APP,
      openid: 'o1',
      unionid: 'u1',
      sessionKey: 'c2Vzc2lvbg==',
    });
    expect(calls[0]).toMatchObject({ provider: 'wechat_open', method: 'GET', isSafeToRepeat: false });
    const url = new URL(calls[0]?.url ?? '');
    expect(`${url.origin}${url.pathname}`).toBe('https://open.example.test/sns/jscode2session');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      appid: APP,
      secret: SECRET,
      js_code: 'a code&b',
      grant_type: 'authorization_code',
    });
  });

  test('of somebody without a unionid has none', async () => {
    replies.jscode2session = { openid: 'o1', session_key: 'k' };
    expect(await startProcess().exchangeLoginCode(APP, 'code')).toHaveProperty('unionid', null);
  });

  test.each([
    [40029, 'wechat_code_invalid', 400],
    [41008, 'wechat_code_invalid', 400],
    [40163, 'wechat_code_used', 409],
    [40226, 'wechat_user_blocked', 403],
    [45011, 'wechat_rate_limited', 429],
    [-1, 'provider_unavailable', 502],
    [40125, 'provider_unavailable', 502],
    [40013, 'provider_unavailable', 502],
    [45009, 'provider_unavailable', 502],
    [99999, 'provider_unavailable', 502],
  ])('that WeChat answers with %i is a %s', async (errcode, code, status) => {
    replies.jscode2session = { errcode, errmsg: 'in the words of WeChat' };
    const error: unknown = await startProcess()
      .exchangeLoginCode(APP, 'code')
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ definition: { code, status } });
    expect((error as AppError).message).not.toContain('words of WeChat');
    expect((error as AppError).retryAfterSeconds !== undefined).toBe(status === 429 || status === 502);
  });

  test('without a usable answer leaves the caller to try again', async () => {
    const answers = [
      '',
      '<html>',
      'null',
      '[]',
      {},
      { openid: 'o1' },
      new OutboundError('unknown', 'timeout', 'x'),
    ];
    for (const answer of answers) {
      replies.jscode2session = answer;
      expect(await codeOf(startProcess().exchangeLoginCode(APP, 'code'))).toBe('provider_unavailable');
    }
  });

  test('for an app that is not ours is not sent anywhere', async () => {
    const api = startProcess();
    expect(await codeOf(api.exchangeLoginCode('wxother', 'code'))).toBe('wechat_app_unknown');
    expect(await codeOf(api.getPhoneNumber('wxother', 'code'))).toBe('wechat_app_unknown');
    expect(await codeOf(api.getAccessToken('wxother'))).toBe('wechat_app_unknown');
    expect(calls).toEqual([]);
  });
});

describe('the access token', () => {
  test('is asked for once by forty askers in two processes', async () => {
    const processes = [startProcess(), startProcess()];
    const tokens = await Promise.all(
      Array.from({ length: 40 }, (_, n) => (processes[n % 2] as WechatOpenApi).getAccessToken(APP)),
    );
    expect(new Set(tokens.map(({ token }) => token))).toEqual(new Set(['token-1']));
    expect(tokens[0]?.expiresAt).toBe(NOW + 7_200_000);
    expect(count('stable_token')).toBe(1);
    expect(JSON.parse(String(calls[0]?.body))).toEqual({
      grant_type: 'client_credential',
      appid: APP,
      secret: SECRET,
      force_refresh: false,
    });
  });

  test('is taken from the database by a process that starts later, and is not readable there', async () => {
    await startProcess().getAccessToken(APP);
    expect(await startProcess().getAccessToken(APP)).toMatchObject({ token: 'token-1' });
    expect(count('stable_token')).toBe(1);
    const [row] = await db.query.selectFrom('wechat_access_tokens').selectAll().execute();
    expect(row?.sealed_token).toMatch(/^v1\./);
    expect(JSON.stringify(row)).not.toContain('token-1');
  });

  test('is renewed four and a half minutes before its end, when WeChat has its successor', async () => {
    const api = startProcess();
    await api.getAccessToken(APP);
    clock.advance(7_200_000 - 270_001);
    expect(await api.getAccessToken(APP)).toMatchObject({ token: 'token-1' });
    clock.advance(1);
    expect(await api.getAccessToken(APP)).toMatchObject({ token: 'token-2' });
  });

  test('that lives shortly is not asked for at every call', async () => {
    replies.stable_token = { access_token: 'short', expires_in: 60 };
    const api = startProcess();
    for (const elapsed of [0, 29_999, 1, 30_000]) {
      clock.advance(elapsed);
      await api.getAccessToken(APP);
    }
    expect(count('stable_token')).toBe(3);
  });

  test('is waited for while another process asks, and asked for when that process has died', async () => {
    await db.tx('lease', (tx) =>
      tx.insertOnce('wechat_access_tokens', {
        id: APP,
        sealed_token: null,
        expires_at: 0,
        fetched_at: 0,
        lease_until: NOW + 15_000,
      }),
    );
    const waiting = startProcess().getAccessToken(APP);
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(calls).toEqual([]);
    clock.advance(15_000);
    expect(await waiting).toMatchObject({ token: 'token-1' });
  });

  test('is asked for again at once after WeChat failed to give one', async () => {
    const { stable_token: giving } = replies;
    replies.stable_token = { errcode: -1, errmsg: 'system error' };
    const api = startProcess();
    expect(await codeOf(api.getAccessToken(APP))).toBe('provider_unavailable');
    replies.stable_token = giving as Reply;
    expect(await api.getAccessToken(APP)).toMatchObject({ token: 'token-1' });
  });

  test('that was sealed with a secret of the past is fetched anew', async () => {
    await startProcess('the secret of the past').getAccessToken(APP);
    expect(await startProcess().getAccessToken(APP)).toMatchObject({ token: 'token-2' });
  });

  test('is never fetched inside a transaction', async () => {
    const api = startProcess();
    await expect(db.tx('probe', () => api.getAccessToken(APP))).rejects.toThrow(/access token/);
  });
});

describe('a phone number', () => {
  test('is given for its code, under the token of the app', async () => {
    expect(await startProcess().getPhoneNumber(APP, 'code', 'o1')).toEqual(PHONE);
    expect(calls[1]).toMatchObject({
      method: 'POST',
      isSafeToRepeat: false,
      body: '{"code":"code","openid":"o1"}',
    });
    expect(calls[1]?.url).toBe(
      'https://open.example.test/wxa/business/getuserphonenumber?access_token=token-1',
    );
  });

  test('under the watermark of another app is refused', async () => {
    const watermark = { ...PHONE.watermark, appid: 'wxother' };
    replies.getuserphonenumber = { errcode: 0, errmsg: 'ok', phone_info: { ...PHONE, watermark } };
    expect(await codeOf(startProcess().getPhoneNumber(APP, 'code'))).toBe('wechat_code_invalid');
  });

  test.each([
    [40029, 'wechat_code_invalid'],
    [40013, 'wechat_code_invalid'],
    [45011, 'wechat_rate_limited'],
    [-1, 'provider_unavailable'],
  ])('that WeChat answers with %i is a %s', async (errcode, code) => {
    replies.getuserphonenumber = { errcode, errmsg: '' };
    expect(await codeOf(startProcess().getPhoneNumber(APP, 'code'))).toBe(code);
  });

  test.each([40001, 40014, 42001])(
    'after errcode %i is asked for once more, under a new token',
    async (errcode) => {
      const api = startProcess();
      replies.getuserphonenumber = ({ url }) =>
        url.endsWith('token-1') ? { errcode, errmsg: '' } : { errcode: 0, phone_info: PHONE };
      expect(await api.getPhoneNumber(APP, 'code')).toEqual(PHONE);
      expect(await api.getPhoneNumber(APP, 'code')).toEqual(PHONE);
      expect(count('stable_token')).toBe(2);
      expect(count('getuserphonenumber')).toBe(3);
    },
  );

  test('takes the token that another process has fetched meanwhile, instead of asking for one', async () => {
    const [first, second] = [startProcess(), startProcess()];
    await first.getPhoneNumber(APP, 'code');
    clock.advance(7_200_000 - 270_000);
    await second.getAccessToken(APP);
    clock.set(NOW);
    replies.getuserphonenumber = ({ url }) =>
      url.endsWith('token-1') ? { errcode: 40001, errmsg: '' } : { errcode: 0, phone_info: PHONE };
    expect(await first.getPhoneNumber(APP, 'code')).toEqual(PHONE);
    expect(count('stable_token')).toBe(2);
  });

  test('is given up when WeChat rejects the only token that it gives, and never forced', async () => {
    replies.stable_token = { access_token: 'always the same', expires_in: 7_200 };
    replies.getuserphonenumber = { errcode: 40001, errmsg: '' };
    expect(await codeOf(startProcess().getPhoneNumber(APP, 'code'))).toBe('provider_unavailable');
    expect(calls.map(({ operation }) => operation)).toEqual([
      'stable_token',
      'getuserphonenumber',
      'stable_token',
    ]);
    expect(calls.every(({ body }) => !String(body).includes('"force_refresh":true'))).toBe(true);
  });
});
