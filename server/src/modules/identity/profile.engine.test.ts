import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestIdentity, type TestIdentity } from '../../../test/harness/identity.ts';
import { readAddress, readDefaultAddress } from './index.ts';

const HOME = {
  firstName: '三',
  lastName: '张',
  street1: '1 Example Road',
  city: 'Shanghai',
  country: 'cn',
  phone: '138 0000 0000',
};

describe("one's own account", () => {
  let shop: TestIdentity;
  beforeAll(async () => {
    shop = await openTestIdentity();
  });
  afterAll(() => shop.close());

  async function newcomer(name: string): Promise<{ token: string; userId: string }> {
    const { body } = await shop.register(name);
    return { token: body.data.tokens.accessToken, userId: body.data.user.id };
  }

  test('what is left out stays, null takes a field back, a new number is unverified', async () => {
    const { token, userId } = await newcomer('changing');
    await shop.db.tx('probe', (tx) => shop.identity.setVerifiedPhone(tx, userId, '+86 138 0000 0000'));
    const patch = (body: object) => shop.api.call('PATCH /users/me', { token, body });
    const first = await patch({
      profile: { firstName: '三', lastName: '张', dateOfBirth: '1990-02-28', gender: 'other' },
      preferences: { language: 'zh', notifications: { sms: true } },
    });
    expect(first.body.data).toMatchObject({
      phoneVerified: true,
      profile: { firstName: '三', phone: '+86 138 0000 0000', dateOfBirth: '1990-02-28' },
      preferences: { language: 'zh', notifications: { email: true, sms: true, push: true } },
    });
    const second = await patch({ profile: { dateOfBirth: null, phone: '+86 139 0000 0000' } });
    expect(second.body.data).toMatchObject({
      phoneVerified: false,
      profile: { firstName: '三', phone: '+86 139 0000 0000', dateOfBirth: null, gender: 'other' },
    });
    expect((await shop.api.call('GET /users/me', { token })).body.data).toEqual(second.body.data);
  });

  test('status, roles and verification are not the client’s to change', async () => {
    const { token } = await newcomer('ambitious');
    const body = { status: 'active', roles: ['administrator'], emailVerified: true };
    const { status, body: answer } = await shop.api.call('PATCH /users/me', { token, body });
    expect(status).toBe(400);
    expect(answer.errors.map(({ field }: { field: string }) => field).sort()).toEqual([
      'emailVerified',
      'roles',
      'status',
    ]);
    const future = { profile: { dateOfBirth: '2026-03-02' } };
    const refused = await shop.api.call('PATCH /users/me', { token, body: future });
    expect(refused.body).toMatchObject({ code: 400, errors: [{ field: 'profile.dateOfBirth' }] });
  });

  test('the first address becomes the default, and there is always exactly one', async () => {
    const { token, userId } = await newcomer('moving');
    const add = (body: object) => shop.api.call('POST /users/me/addresses', { token, body });
    const defaults = async () => {
      const { body } = await shop.api.call('GET /users/me/addresses', { token });
      return body.data.items.map(({ isDefault }: { isDefault: boolean }) => isDefault);
    };
    const home = await add(HOME);
    expect(home.status).toBe(201);
    expect(home.body.data).toMatchObject({ type: 'home', country: 'CN', state: null, isDefault: true });
    const work = await add({ ...HOME, type: 'work', company: 'Example Ltd.' });
    expect(work.body.data.isDefault).toBe(false);
    expect(await defaults()).toEqual([true, false]);
    const url = `/users/me/addresses/${work.body.data.id}`;
    const changed = await shop.api.call(`PATCH ${url}`, {
      token,
      body: { isDefault: true, zipCode: '200000' },
    });
    expect(changed.body.data).toMatchObject({ company: 'Example Ltd.', zipCode: '200000', isDefault: true });
    expect(await defaults()).toEqual([false, true]);
    expect((await readDefaultAddress(shop.db, userId))?.id).toBe(work.body.data.id);
    expect((await shop.api.call(`DELETE ${url}`, { token })).status).toBe(200);
    expect(await defaults()).toEqual([true]);
    expect((await shop.api.call(`DELETE ${url}`, { token })).status).toBe(404);
    await shop.api.call(`DELETE /users/me/addresses/${home.body.data.id}`, { token });
    expect(await defaults()).toEqual([]);
    expect(await readDefaultAddress(shop.db, userId)).toBeUndefined();
  });

  test('thirty addresses added at once are twenty', async () => {
    const { token, userId } = await newcomer('collector');
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => shop.api.call('POST /users/me/addresses', { token, body: HOME })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(20);
    const refused = answers.filter(({ status }) => status === 409);
    expect(refused).toHaveLength(10);
    expect(refused[0]?.body.error).toBe('too_many_addresses');
    const rows = await shop.db.query
      .selectFrom('addresses')
      .select('id')
      .where('user_id', '=', userId)
      .execute();
    expect(rows).toHaveLength(20);
    await shop.api.call(`DELETE /users/me/addresses/${rows[0]!.id}`, { token });
    expect((await shop.api.call('POST /users/me/addresses', { token, body: HOME })).status).toBe(201);
  });

  test("somebody else's address does not exist", async () => {
    const owner = await newcomer('address_owner');
    const stranger = await newcomer('address_stranger');
    const { body } = await shop.api.call('POST /users/me/addresses', { token: owner.token, body: HOME });
    const url = `/users/me/addresses/${body.data.id}`;
    const { token } = stranger;
    expect((await shop.api.call(`GET ${url}`, { token })).status).toBe(404);
    expect((await shop.api.call(`PATCH ${url}`, { token, body: { city: 'Beijing' } })).status).toBe(404);
    expect((await shop.api.call(`DELETE ${url}`, { token })).status).toBe(404);
    expect(await readAddress(shop.db, stranger.userId, body.data.id)).toBeUndefined();
    expect(await readAddress(shop.db, owner.userId, body.data.id)).toMatchObject({ city: 'Shanghai' });
    expect((await shop.api.call(`GET ${url}`)).status).toBe(401);
  });
});
