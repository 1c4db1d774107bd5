import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestIdentity, type TestIdentity } from '../../../test/harness/identity.ts';
import { createAccountAdministration } from './account-administration.ts';
import { type LinkedLogin, openidsOf } from './index.ts';

describe('accounts at other providers', () => {
  let shop: TestIdentity;
  beforeAll(async () => {
    shop = await openTestIdentity();
  });
  afterAll(() => shop.close());

  const link = (login: Omit<LinkedLogin, 'provider'>) =>
    shop.db.tx('probe', (tx) => shop.identity.findOrCreateLinkedUser(tx, { provider: 'wechat', ...login }));
  const countUsers = async () => (await shop.db.query.selectFrom('users').select('id').execute()).length;

  test('the first login creates a customer, every later one finds it', async () => {
    const first = await link({ appid: 'wx_mini', openid: 'o-1', sessionKey: 'c2Vzc2lvbg==' });
    expect(first.isNew).toBe(true);
    expect(await link({ appid: 'wx_mini', openid: 'o-1' })).toEqual({ userId: first.userId, isNew: false });
    const other = await link({ appid: 'wx_h5', openid: 'o-1' });
    expect(other.userId).not.toBe(first.userId);
    const [row] = await shop.db.query
      .selectFrom('linked_accounts')
      .selectAll()
      .where('user_id', '=', first.userId)
      .execute();
    expect(row?.session_key).toMatch(/^v1\./);
    const events = await shop.db.query
      .selectFrom('events')
      .select('name')
      .where('subject', '=', first.userId)
      .execute();
    expect(events).toEqual([{ name: 'user.registered' }]);
  });

  test('apps with one unionid lead to one user, which has an openid for each', async () => {
    const mini = await link({ appid: 'wx_mini', openid: 'o-2-mini', unionid: 'u-2' });
    const h5 = await link({ appid: 'wx_h5', openid: 'o-2-h5', unionid: 'u-2' });
    expect(h5).toEqual({ userId: mini.userId, isNew: false });
    expect(await openidsOf(shop.db, mini.userId)).toEqual([
      { provider: 'wechat', appid: 'wx_mini', openid: 'o-2-mini' },
      { provider: 'wechat', appid: 'wx_h5', openid: 'o-2-h5' },
    ]);
  });

  test('a unionid that becomes known later joins the apps that follow', async () => {
    const before = await link({ appid: 'wx_mini', openid: 'o-3-mini' });
    await link({ appid: 'wx_mini', openid: 'o-3-mini', unionid: 'u-3' });
    const after = await link({ appid: 'wx_h5', openid: 'o-3-h5', unionid: 'u-3' });
    expect(after).toEqual({ userId: before.userId, isNew: false });
  });

  test('an account kept without a login is the named user’s, one in each app however many come at once', async () => {
    const { userId } = await link({ appid: 'wx_mini', openid: 'o-keep' });
    const keep = (openid: string, appid = 'wx_h5') =>
      shop.db.tx('probe', (tx) =>
        shop.identity.keepLinkedAccount(tx, { provider: 'wechat', appid, openid }, userId),
      );
    await Promise.all(Array.from({ length: 8 }, (_, n) => keep(`o-keep-${n}`)));
    await keep('o-keep-mini', 'wx_mini');
    const accounts = await openidsOf(shop.db, userId);
    expect(accounts.map(({ appid }) => appid)).toEqual(['wx_mini', 'wx_h5']);
    expect(accounts[0]?.openid).toBe('o-keep');
  });

  test('two users that exist already are never merged', async () => {
    const mini = await link({ appid: 'wx_mini', openid: 'o-4-mini' });
    const h5 = await link({ appid: 'wx_h5', openid: 'o-4-h5' });
    await link({ appid: 'wx_mini', openid: 'o-4-mini', unionid: 'u-4' });
    const again = await link({ appid: 'wx_h5', openid: 'o-4-h5', unionid: 'u-4' });
    expect(again.userId).toBe(h5.userId);
    expect(again.userId).not.toBe(mini.userId);
  });

  test('openids that differ in capitals only are different people', async () => {
    const lower = await link({ appid: 'wx_mini', openid: 'oabc' });
    const upper = await link({ appid: 'wx_mini', openid: 'oABC' });
    expect(upper).toMatchObject({ isNew: true });
    expect(upper.userId).not.toBe(lower.userId);
  });

  test('of twenty first logins at once, in two apps of one person, one creates the user', async () => {
    const before = await countUsers();
    const found = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        link({ appid: n % 2 ? 'wx_mini' : 'wx_h5', openid: 'o-5', unionid: 'u-5' }),
      ),
    );
    expect(new Set(found.map(({ userId }) => userId)).size).toBe(1);
    expect(found.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(await countUsers()).toBe(before + 1);
    expect(await openidsOf(shop.db, found[0]!.userId)).toHaveLength(2);
  });

  test('a session begun for a linked user works like any other, unless the user is suspended', async () => {
    const origin = { ip: '192.0.2.1', userAgent: 'mini program' };
    const { userId } = await link({ appid: 'wx_mini', openid: 'o-6', preferences: { language: 'zh' } });
    const begin = () => shop.db.tx('wechat.login', (tx) => shop.identity.startSession(tx, userId, origin));
    const { user, tokens } = await shop.identity.issueTokens(await begin());
    expect(user).toMatchObject({ id: userId, username: null, preferences: { language: 'zh' } });
    const me = await shop.api.call('GET /users/me', { token: tokens.accessToken });
    expect(me.body.data).toMatchObject({ id: userId, roles: ['customer'] });
    const noPassword = await shop.api.call('POST /users/me/password', {
      token: tokens.accessToken,
      body: { currentPassword: 'anything', newPassword: 'battery staple' },
    });
    expect(noPassword.body).toMatchObject({ code: 409, error: 'no_password' });
    const token = await shop.administrator();
    await shop.api.call(`PATCH /admin/customers/${userId}`, { token, body: { status: 'suspended' } });
    expect((await shop.api.call('GET /users/me', { token: tokens.accessToken })).status).toBe(401);
    await expect(begin()).rejects.toMatchObject({ code: 'account_not_active' });
  });

  test('staff has rights in a session that began with a password, in one of a linked account they only buy', async () => {
    const { id: userId } = (await shop.register('wang')).body.data.user;
    await shop.db.tx('probe', (tx) =>
      shop.identity.keepLinkedAccount(tx, { provider: 'wechat', appid: 'wx_mini', openid: 'o-7' }, userId),
    );
    await createAccountAdministration({ db: shop.db, currency: 'CNY' }).grantRole('wang', 'administrator');
    const customers = async (token: string) =>
      (await shop.api.call('GET /admin/customers', { token })).status;
    const origin = { ip: '192.0.2.1', userAgent: 'mini program' };
    const { userId: linked } = await link({ appid: 'wx_mini', openid: 'o-7' });
    expect(linked).toBe(userId);
    const started = await shop.db.tx('wechat.login', (tx) => shop.identity.startSession(tx, userId, origin));
    const { tokens } = await shop.identity.issueTokens(started);
    expect(await customers(tokens.accessToken)).toBe(403);
    const refreshed = await shop.api.call('POST /users/refresh', {
      body: { refreshToken: tokens.refreshToken },
    });
    expect(await customers(refreshed.body.data.tokens.accessToken)).toBe(403);
    expect((await shop.api.call('GET /users/me', { token: tokens.accessToken })).status).toBe(200);
    expect(await customers((await shop.logIn('wang')).body.data.tokens.accessToken)).toBe(200);
  });
});
