import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openTestDb } from '../../../test/harness/database.ts';
import { createFakeClock } from '../../kernel/clock.ts';
import { createSealer } from '../../kernel/crypto.ts';
import type { Db } from '../../kernel/db/index.ts';
import { silentLogger } from '../../kernel/log/index.ts';
import type { OutboundRequest } from '../../kernel/outbound/index.ts';
import { createWechatOpenApi, type WechatOpenApi } from './index.ts';

const APP = 'wxd678efh567hg6787';
const SECRET = 'app-secret-of-the-test';
const TOKENS = { access_token: 'a', expires_in: 7_200, refresh_token: 'r', scope: 'snsapi_base' };

describe('the code of a web page in an official account', () => {
  const clock = createFakeClock(Date.parse('2026-11-20T12:00:00Z'));
  let db: Db;
  let api: WechatOpenApi;
  let calls: OutboundRequest[];
  let reply: object;

  beforeAll(async () => {
    db = await openTestDb({ clock });
    api = createWechatOpenApi({
      apps: [{ appid: APP, secret: SECRET, kind: 'official_account' }],
      baseUrl: 'https://open.example.test',
      ...{ db, clock, log: silentLogger },
      outbound: {
        async call(request) {
          calls.push(request);
          return { status: 200, headers: {}, body: Buffer.from(JSON.stringify(reply)), durationMs: 1 };
        },
        close: () => Promise.resolve(),
      },
      sealer: createSealer('the secret of this installation', 'wechat'),
    });
  });
  beforeEach(() => {
    calls = [];
  });
  afterAll(() => db.close());

  test('is exchanged by the interface for web pages, and has no session key', async () => {
    reply = { ...TOKENS, openid: 'o1' };
    expect(await api.exchangeLoginCode(APP, 'a code&b')).toEqual({
      appid: APP,
      openid: 'o1',
      unionid: null,
      sessionKey: null,
    });
    const url = new URL(calls[0]?.url ?? '');
    expect(url.pathname).toBe('/sns/oauth2/access_token');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      appid: APP,
      secret: SECRET,
      code: 'a code&b',
      grant_type: 'authorization_code',
    });
    expect(calls[0]).toMatchObject({ method: 'GET', isSafeToRepeat: false });
  });

  test('tells the unionid where the page asked for it', async () => {
    reply = { ...TOKENS, openid: 'o1', unionid: 'u1', scope: 'snsapi_userinfo' };
    expect(await api.exchangeLoginCode(APP, 'code')).toMatchObject({ unionid: 'u1' });
  });

  test('of a snapshot is nobody’s: WeChat has made the openid up', async () => {
    reply = { ...TOKENS, openid: 'o1', is_snapshotuser: 1 };
    await expect(api.exchangeLoginCode(APP, 'code')).rejects.toMatchObject({ code: 'wechat_snapshot_user' });
  });

  test.each([
    [40029, 'wechat_code_invalid'],
    [40163, 'wechat_code_used'],
    [-1, 'provider_unavailable'],
  ])('that WeChat answers with %i is a %s', async (errcode, code) => {
    reply = { errcode, errmsg: 'in the words of WeChat' };
    await expect(api.exchangeLoginCode(APP, 'code')).rejects.toMatchObject({ code });
  });
});
