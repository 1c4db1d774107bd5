import { describe, expect, test, vi } from 'vitest';
import type { RequestHeaders } from '../../kernel/http/index.ts';
import { createHostedAuthenticate, readHostedLogin } from './hosted-login.ts';

const OWN = 'wx1111111111111111';
const SHARING = 'wx2222222222222222';

const knownApps = [
  { appid: OWN, kind: 'mini_program' },
  { appid: SHARING, kind: 'mini_program' },
] as const;
const hosted = { knownApps, hostedLogin: { isHosted: true, isMocked: false } };
const elsewhere = { knownApps, hostedLogin: { isHosted: false, isMocked: false } };
const mocked = { knownApps, hostedLogin: { isHosted: false, isMocked: true } };

const mark = { 'x-wx-source': 'wx_client' };
const own = { 'x-wx-openid': 'o-own', 'x-wx-appid': OWN };
const from = { 'x-wx-from-openid': 'o-from', 'x-wx-from-appid': SHARING };

describe('the headers of Cloud Hosting', () => {
  test('name the caller where flag and mark are both there', () => {
    expect(readHostedLogin({ ...mark, ...own, 'x-wx-unionid': 'u-1' }, hosted)).toEqual({
      ...{ provider: 'wechat', appid: OWN, openid: 'o-own', unionid: 'u-1' },
      preferences: { language: expect.any(String) },
    });
  });

  const nobody: readonly (readonly [string, RequestHeaders, typeof hosted])[] = [
    ['without the flag', { ...mark, ...own }, elsewhere],
    ['without the mark', own, hosted],
    ['with an empty mark', { ...own, 'x-wx-source': '' }, hosted],
    ['with neither', own, elsewhere],
    ['of an app that is not ours', { ...mark, ...own, 'x-wx-appid': 'wx9' }, hosted],
    ['without an app', { ...mark, 'x-wx-openid': 'o-own' }, hosted],
    ['without an openid', { ...mark, 'x-wx-appid': OWN }, hosted],
    ['that were sent twice', { ...mark, ...own, 'x-wx-openid': ['o-own', 'o-other'] }, hosted],
    ['that were sent twice and joined', { ...mark, ...own, 'x-wx-openid': 'o-own, o-other' }, hosted],
    ['with an openid in another form', { ...mark, ...own, 'x-wx-openid': "o' or 1=1" }, hosted],
    ['of a mocked caller', { ...mark, 'x-mock-openid': 'test_user' }, hosted],
  ];
  test.each(nobody)('%s name nobody', (_name, headers, config) => {
    expect(readHostedLogin(headers, config)).toBeNull();
  });

  test('of a sharing app name its user, only where that app was configured beside our own', () => {
    expect(readHostedLogin({ ...mark, ...from }, hosted)).toMatchObject({ appid: SHARING, openid: 'o-from' });
    expect(readHostedLogin({ ...mark, ...from, 'x-wx-from-appid': OWN }, hosted)).toBeNull();
    expect(readHostedLogin({ ...mark, ...from, 'x-wx-from-appid': 'wx9' }, hosted)).toBeNull();
    expect(readHostedLogin(from, hosted)).toBeNull();
  });

  test('of a sharing app can not speak for somebody beside those of our own', () => {
    expect(readHostedLogin({ ...mark, ...own, ...from }, hosted)).toMatchObject({ openid: 'o-own' });
    // Somebody outside writes what the gateway did not: the own openid still goes first, and must be in order itself.
    const strange = { ...mark, 'x-wx-openid': 'o-own', 'x-wx-appid': 'wx9', ...from };
    expect(readHostedLogin(strange, hosted)).toBeNull();
  });
});

describe('X-Mock-Openid', () => {
  test('names a caller at the mini program where it is switched on', () => {
    expect(readHostedLogin({ 'x-mock-openid': 'test_user' }, mocked)).toMatchObject({
      ...{ provider: 'wechat', appid: OWN, openid: 'test_user' },
    });
  });

  test('names nobody anywhere else, and brings no other header into force', () => {
    expect(readHostedLogin({ 'x-mock-openid': 'test_user' }, elsewhere)).toBeNull();
    expect(readHostedLogin({ ...mark, ...own }, mocked)).toBeNull();
  });
});

describe('who calls', () => {
  const caller = { userId: 'usr_1', kind: 'customer', roles: [], permissions: [] } as const;

  test('is said by a token where there is one, also by one that is not valid', async () => {
    const identity = { authenticate: vi.fn(async () => null), authenticateLinked: vi.fn() };
    const authenticate = createHostedAuthenticate(identity, hosted);
    expect(await authenticate({ authorization: 'Bearer nonsense', ...mark, ...own })).toBeNull();
    expect(identity.authenticateLinked).not.toHaveBeenCalled();
  });

  test('is said by the headers where there is no token, and by nobody else', async () => {
    const identity = { authenticate: vi.fn(), authenticateLinked: vi.fn(async () => caller) };
    const authenticate = createHostedAuthenticate(identity, hosted);
    expect(await authenticate({ ...mark, ...own })).toEqual(caller);
    expect(await authenticate(own)).toBeNull();
    expect(identity.authenticate).not.toHaveBeenCalled();
  });
});
