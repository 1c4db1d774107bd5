import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestIdentity, type TestIdentity } from '../../../test/harness/identity.ts';
import { DAY_MS, SECOND_MS } from '../../kernel/clock.ts';

describe('callers whom another provider vouches for', () => {
  let shop: TestIdentity;
  beforeAll(async () => {
    shop = await openTestIdentity();
  });
  afterAll(() => shop.close());

  const call = (openid: string, unionid?: string, appid = 'wx_mini') =>
    shop.identity.authenticateLinked({
      ...{ provider: 'wechat', appid, openid, unionid },
      preferences: { language: 'zh' },
    });
  const countUsers = async () => (await shop.db.query.selectFrom('users').select('id').execute()).length;
  const lastLoginOf = async (userId: string) =>
    (
      await shop.db.query
        .selectFrom('users')
        .select('last_login_at')
        .where('id', '=', userId)
        .executeTakeFirstOrThrow()
    ).last_login_at;

  test('are created by their first call, once however many come together', async () => {
    const before = await countUsers();
    const callers = await Promise.all(Array.from({ length: 20 }, () => call('o-first')));
    expect(new Set(callers.map(({ userId }) => userId)).size).toBe(1);
    expect(await countUsers()).toBe(before + 1);
    expect(callers[0]).toMatchObject({ kind: 'customer', roles: [], permissions: [] });
  });

  test('have no session, and no row more for any call of the same day', async () => {
    const { userId } = await call('o-calm');
    const sessions = () =>
      shop.db.query.selectFrom('sessions').select('id').where('user_id', '=', userId).execute();
    expect(await sessions()).toEqual([]);
    const firstLogin = await lastLoginOf(userId);
    shop.clock.advance(31 * SECOND_MS);
    await call('o-calm');
    expect(await lastLoginOf(userId)).toBe(firstLogin);
    shop.clock.advance(DAY_MS);
    await call('o-calm');
    expect(await lastLoginOf(userId)).toBe(shop.clock.now());
  });

  test('with one unionid are one user in every app', async () => {
    const { userId } = await call('o-mini', 'u-1');
    expect(await call('o-h5', 'u-1', 'wx_h5')).toMatchObject({ userId });
    const before = await call('o-late');
    await call('o-late', 'u-2');
    expect(await call('o-late-h5', 'u-2', 'wx_h5')).toMatchObject({ userId: before.userId });
  });

  test('who are suspended do not come in from that moment, not even under another openid of theirs', async () => {
    const { userId } = await call('o-bad', 'u-bad');
    const answer = await shop.api.call(`PATCH /admin/customers/${userId}`, {
      token: await shop.administrator(),
      body: { status: 'suspended', note: 'charge-backs' },
    });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    await expect(call('o-bad', 'u-bad')).rejects.toMatchObject({ definition: { status: 401 } });
    await expect(call('o-bad-h5', 'u-bad', 'wx_h5')).rejects.toMatchObject({ definition: { status: 401 } });
  });
});
