import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestIdentity, PASSWORD, type TestIdentity } from '../../../test/harness/identity.ts';
import { readHistory } from '../../kernel/history.ts';

describe('registration', () => {
  let shop: TestIdentity;
  beforeAll(async () => {
    shop = await openTestIdentity();
  });
  afterAll(() => shop.close());

  test('a new account answers 201 with the user and tokens that work at once', async () => {
    const { status, body } = await shop.api.call('POST /users/register', {
      body: {
        username: 'Zhang_San',
        email: 'Zhang.San@Example.com',
        password: PASSWORD,
        profile: { firstName: '三', lastName: '张', phone: '+86 138 0000 0000' },
        metadata: { source: 'mobile', utmCampaign: 'spring' },
      },
      headers: { 'accept-language': 'zh-CN' },
    });
    expect(status).toBe(201);
    expect(Object.keys(body.data)).toEqual(['user', 'tokens']);
    expect(Object.keys(body.data.tokens)).toEqual(['accessToken', 'refreshToken']);
    expect(body.data.user).toMatchObject({
      username: 'Zhang_San',
      email: 'zhang.san@example.com',
      status: 'active',
      emailVerified: false,
      profile: { firstName: '三', lastName: '张', gender: null },
      preferences: {
        language: 'zh',
        currency: 'CNY',
        timezone: 'UTC',
        notifications: { email: true, sms: false, push: true },
      },
      roles: ['customer'],
    });
    expect(JSON.stringify(body)).not.toMatch(/argon2|password/);
    const me = await shop.api.call('GET /users/me', { token: body.data.tokens.accessToken });
    expect(me.body.data).toMatchObject({ id: body.data.user.id, permissions: [], addresses: [] });
    const events = await shop.db.query.selectFrom('events').select(['name', 'subject']).execute();
    expect(events).toEqual([{ name: 'user.registered', subject: body.data.user.id }]);
    expect(await readHistory(shop.db, [body.data.user.id])).toMatchObject([{ from: null, to: 'active' }]);
  });

  test('a name or an address that differs in capitals only is taken', async () => {
    await shop.register('Case_Test');
    const sameName = await shop.api.call('POST /users/register', {
      body: { username: 'cASE_tEST', email: 'other@example.com', password: PASSWORD },
    });
    expect(sameName.body).toMatchObject({ code: 409, error: 'username_taken' });
    const sameEmail = await shop.api.call('POST /users/register', {
      body: { username: 'somebody_else', email: 'CASE_TEST@EXAMPLE.COM', password: PASSWORD },
    });
    expect(sameEmail.body).toMatchObject({ code: 409, error: 'email_taken' });
    expect((await shop.logIn('CASE_TEST')).status).toBe(200);
    expect((await shop.logIn('Case_Test@Example.Com')).status).toBe(200);
  });

  test('of twenty registrations of one name at once, one succeeds and the rest are refused', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        shop.api.call('POST /users/register', {
          body: {
            username: n % 2 ? 'racer' : 'RACER',
            email: `racer${n}@example.com`,
            password: PASSWORD,
          },
          ip: `198.51.100.${n}`,
        }),
      ),
    );
    const statuses = answers.map(({ status }) => status).sort((a, b) => a - b);
    expect(statuses).toEqual([201, ...Array.from({ length: 19 }, () => 409)]);
    const rows = await shop.db.query
      .selectFrom('users')
      .select('id')
      .where('username_key', '=', 'racer')
      .execute();
    expect(rows).toHaveLength(1);
    const roles = await shop.db.query.selectFrom('user_roles').selectAll().execute();
    const users = await shop.db.query.selectFrom('users').select('id').execute();
    expect(roles).toHaveLength(users.length);
  });

  test('every field that is wrong is named, in the language that was asked for', async () => {
    const { status, body } = await shop.api.call('POST /users/register', {
      body: { username: 'a b', email: 'nobody', password: 'short', role: 'administrator' },
      headers: { 'accept-language': 'zh' },
    });
    expect(status).toBe(400);
    expect(body.error).toBe('invalid_request');
    expect(body.message).toBe('请求参数不正确。');
    const fields = body.errors.map(({ field }: { field: string }) => field).sort();
    expect(fields).toEqual(['email', 'password', 'role', 'username']);
  });

  test('the names of operators can not be registered', async () => {
    expect((await shop.register('Admin')).body).toMatchObject({ code: 409, error: 'username_taken' });
  });
});
