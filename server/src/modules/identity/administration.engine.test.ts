import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { steps as phoneSearch } from '../../../migrations/0121-phone-search.ts';
import { openTestIdentity, PASSWORD, type TestIdentity } from '../../../test/harness/identity.ts';

describe('administration', () => {
  let shop: TestIdentity;
  let admin: string;
  beforeAll(async () => {
    shop = await openTestIdentity();
    await shop.db.tx('probe', (tx) =>
      tx.query
        .insertInto('roles')
        .values({
          name: 'clerk',
          is_staff: 1,
          permissions: '["customers.read","staff.read","staff.write"]',
          description: 'Looks',
        })
        .execute(),
    );
  });
  beforeEach(async () => {
    admin = await shop.administrator();
  });
  afterAll(() => shop.close());

  async function newcomer(name: string): Promise<{ token: string; id: string; refreshToken: string }> {
    const { body } = await shop.register(name);
    const { accessToken, refreshToken } = body.data.tokens;
    return { token: accessToken, id: body.data.user.id, refreshToken };
  }

  async function newStaff(username: string, role: string, token = admin) {
    return shop.api.call('POST /admin/staff', { token, body: { username, password: PASSWORD, role } });
  }

  test('the first administrator is created once, however many nodes start', async () => {
    const created = await Promise.all(
      Array.from({ length: 5 }, () => shop.identity.ensureAdministrator('another password')),
    );
    expect(created).toEqual([false, false, false, false, false]);
    const me = await shop.api.call('GET /users/me', { token: admin });
    expect(me.body.data).toMatchObject({ username: 'admin', roles: ['administrator'], permissions: ['*'] });
  });

  test('customers are found by any part of name, address, number or id, in any case', async () => {
    const { token, id } = await newcomer('Findable_Li');
    await shop.api.call('PATCH /users/me', {
      token,
      body: { profile: { firstName: '雷', lastName: '李', phone: '+86 137 1234 5678' } },
    });
    await newcomer('FindableXLi');
    const search = async (text: string) => {
      const url = `GET /admin/customers?search=${encodeURIComponent(text)}`;
      const { body } = await shop.api.call(url, { token: admin });
      return body.data.items.map(({ username }: { username: string }) => username);
    };
    expect(await search('findable_')).toEqual(['Findable_Li']);
    expect(await search('LI@EXAMPLE')).toHaveLength(2);
    expect(await search('李雷')).toEqual(['Findable_Li']);
    expect(await search('1234')).toEqual(['Findable_Li']);
    expect(await search('13712345678')).toEqual(['Findable_Li']);
    expect(await search('(86) 137-1234-56 78')).toEqual(['Findable_Li']);
    expect(await search('13712345679')).toEqual([]);
    expect(await search('-----')).toEqual([]);
    expect(await search(id)).toEqual(['Findable_Li']);
    expect(await search('%')).toEqual([]);
    expect(await search('admin')).toEqual([]);
    const sorted = await shop.api.call('GET /admin/customers?sort=lastLoginAt&limit=1', { token: admin });
    expect(sorted.body.data.pagination).toMatchObject({ limit: 1, total: 2, pages: 2 });
    const refused = await shop.api.call('GET /admin/customers?sort=password', { token: admin });
    expect(refused.status).toBe(400);
    expect(await search(`${'x'.repeat(178)}@example.com`)).toEqual([]);
    const tooLong = await shop.api.call(`GET /admin/customers?search=${'x'.repeat(191)}`, { token: admin });
    expect(tooLong.status).toBe(400);
  });

  test('customers are read by their ids, and nobody else is', async () => {
    const [{ id: first }, { id: second }] = [await newcomer('known_one'), await newcomer('known_two')];
    await newcomer('known_three');
    const me = await shop.api.call('GET /users/me', { token: admin });
    const read = (ids: readonly string[]) =>
      shop.api.call(`GET /admin/customers?limit=100&ids=${ids.join(',')}`, { token: admin });
    const { body } = await read([second, first, me.body.data.id, 'usr_nobody']);
    expect(body.data.items.map(({ username }: { username: string }) => username).sort()).toEqual([
      'known_one',
      'known_two',
    ]);
    expect((await read(['usr_nobody'])).body.data.items).toEqual([]);
    expect((await read(Array.from({ length: 100 }, () => first))).status).toBe(200);
    expect((await read(Array.from({ length: 101 }, () => first))).status).toBe(400);
    expect((await read([])).status).toBe(400);
  });

  test('the digits of a number that was written down before they were searched are found, too', async () => {
    const { token, id } = await newcomer('early_wang');
    await shop.api.call('PATCH /users/me', { token, body: { profile: { phone: '+86 (138) 0000-1111' } } });
    const read = () =>
      shop.db.query.selectFrom('users').select('search_text').where('id', '=', id).executeTakeFirstOrThrow();
    const { search_text: text } = await read();
    const before = text.replace('\n8613800001111', '');
    expect(before).not.toBe(text);
    await shop.db.tx('probe', (tx) =>
      tx.query.updateTable('users').set({ search_text: before }).where('id', '=', id).execute(),
    );
    // A step is run again where a process died before it was written down.
    for (let run = 0; run < 2; run += 1) {
      for (const step of phoneSearch) {
        await shop.db.tx('probe', (tx) => tx.run(step.sql(shop.db.engine) ?? '', []));
      }
      expect((await read()).search_text).toBe(`${before}\n8613800001111`);
    }
  });

  test('a suspension ends the sessions at once and stands in history and audit log', async () => {
    const { token, id, refreshToken } = await newcomer('suspendable');
    expect((await shop.api.call('GET /users/me', { token })).status).toBe(200);
    const { status, body } = await shop.api.call(`PATCH /admin/customers/${id}`, {
      token: admin,
      body: { status: 'suspended', note: 'charge-backs' },
    });
    expect(status).toBe(200);
    expect(body.data.history).toMatchObject([{ to: 'active' }, { to: 'suspended', note: 'charge-backs' }]);
    expect((await shop.api.call('GET /users/me', { token })).status).toBe(401);
    const refreshed = await shop.api.call('POST /users/refresh', { body: { refreshToken } });
    expect(refreshed.status).toBe(401);
    const entry = await shop.db.query
      .selectFrom('audit_entries')
      .selectAll()
      .where('target_id', '=', id)
      .executeTakeFirstOrThrow();
    expect(entry).toMatchObject({
      action: 'customer.change_status',
      before_value: '{"status":"active"}',
      after_value: '{"status":"suspended","note":"charge-backs"}',
      ip: '127.0.0.1',
    });
    const again = await shop.api.call(`PATCH /admin/customers/${id}`, {
      token: admin,
      body: { status: 'suspended' },
    });
    expect(again.body).toMatchObject({ code: 409, error: 'illegal_transition' });
  });

  test('a deleted customer leaves no personal data behind and frees the name', async () => {
    const { token, id } = await newcomer('vanishing');
    await shop.api.call('POST /users/me/addresses', {
      token,
      body: { firstName: 'Vanya', street1: 'Vanity Lane', city: 'Shanghai', country: 'CN' },
    });
    const account = { provider: 'wechat', appid: 'wx_mini', openid: 'o-vanishing', unionid: null };
    await shop.db.tx('probe', (tx) =>
      tx.insertOnce('linked_accounts', {
        ...{ id: 'lnk_probe', user_id: id, session_key: null, ...account },
        ...{ created_at: tx.now, updated_at: tx.now },
      }),
    );
    const url = `PATCH /admin/customers/${id}`;
    expect((await shop.api.call(url, { token: admin, body: { status: 'deleted' } })).status).toBe(200);
    const user = await shop.db.query
      .selectFrom('users')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    expect(JSON.stringify(user)).not.toMatch(/vani/i);
    expect(user).toMatchObject({ status: 'deleted', address_count: 0, password_hash: null });
    for (const table of ['addresses', 'linked_accounts'] as const) {
      const rows = await shop.db.query.selectFrom(table).select('id').where('user_id', '=', id).execute();
      expect(rows).toEqual([]);
    }
    expect((await shop.register('vanishing')).status).toBe(201);
  });

  test('a lock-out of a customer is lifted by staff', async () => {
    const { id } = await newcomer('fumbling');
    for (let n = 0; n < 5; n += 1) {
      await shop.logIn('fumbling', 'wrong password');
    }
    expect((await shop.logIn('fumbling')).status).toBe(423);
    const { body } = await shop.api.call(`POST /admin/customers/${id}/unlock`, { token: admin });
    expect(body.data.lockedUntil).toBeNull();
    expect((await shop.logIn('fumbling')).status).toBe(200);
  });

  test('staff works within the permissions of its role', async () => {
    const clerk = await newStaff('clerk_one', 'clerk');
    expect(clerk.status).toBe(201);
    expect(clerk.body.data).toMatchObject({ username: 'clerk_one', email: null, roles: ['clerk'] });
    const token = (await shop.logIn('clerk_one')).body.data.tokens.accessToken;
    const { id } = await newcomer('looked_at');
    expect((await shop.api.call(`GET /admin/customers/${id}`, { token })).status).toBe(200);
    const refused = await shop.api.call(`PATCH /admin/customers/${id}`, {
      token,
      body: { status: 'suspended' },
    });
    expect(refused.body).toMatchObject({
      code: 403,
      error: 'forbidden',
      details: { permission: 'customers.write' },
    });
    const staff = await shop.api.call('GET /admin/staff', { token });
    const names = staff.body.data.items.map(({ username }: { username: string }) => username).sort();
    expect(names).toEqual(['admin', 'clerk_one']);
    const roles = await shop.api.call('GET /admin/roles', { token });
    expect(roles.body.data.items).toMatchObject([
      { name: 'administrator', isStaff: true, permissions: ['*'] },
      { name: 'clerk' },
      { name: 'customer', isStaff: false, permissions: [] },
    ]);
  });

  test('nobody gives or takes more than they have, nor changes themselves', async () => {
    const own = await newStaff('clerk_two', 'clerk');
    const token = (await shop.logIn('clerk_two')).body.data.tokens.accessToken;
    expect((await newStaff('puppet', 'administrator', token)).body).toMatchObject({
      code: 403,
      error: 'exceeds_own_permissions',
    });
    expect((await newStaff('puppet', 'clerk', token)).status).toBe(201);
    const me = await shop.api.call('GET /users/me', { token: admin });
    const adminUrl = `PATCH /admin/staff/${me.body.data.id}`;
    const suspend = { status: 'suspended' };
    expect((await shop.api.call(adminUrl, { token, body: suspend })).status).toBe(403);
    expect((await shop.api.call(adminUrl, { token: admin, body: suspend })).body.error).toBe(
      'cannot_change_yourself',
    );
    const ownUrl = `PATCH /admin/staff/${own.body.data.id}`;
    expect((await shop.api.call(ownUrl, { token: admin, body: suspend })).status).toBe(200);
    expect((await shop.api.call('GET /admin/staff', { token })).status).toBe(401);
  });

  test('a permission for customers does not reach staff, and customers can not become staff', async () => {
    const me = await shop.api.call('GET /users/me', { token: admin });
    const url = `/admin/customers/${me.body.data.id}`;
    expect((await shop.api.call(`GET ${url}`, { token: admin })).status).toBe(404);
    expect((await shop.api.call(`POST ${url}/unlock`, { token: admin })).status).toBe(404);
    expect((await newStaff('no_role', 'customer')).body).toMatchObject({ code: 422, error: 'unknown_role' });
    expect((await newStaff('no_role', 'emperor')).body.error).toBe('unknown_role');
    const { token } = await newcomer('mere_customer');
    expect((await shop.api.call('GET /admin/staff', { token })).status).toBe(403);
  });
});
