import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestIdentity, PASSWORD, type TestIdentity } from '../../../test/harness/identity.ts';
import { HOUR_MS, MINUTE_MS } from '../../kernel/clock.ts';
import type { Tx } from '../../kernel/db/index.ts';
import { createAccountAdministration } from './index.ts';
import { createAccountQueue, logIn } from './log-in.ts';
import type { Passwords } from './passwords.ts';

describe('login', () => {
  let shop: TestIdentity;
  beforeAll(async () => {
    shop = await openTestIdentity();
  });
  afterAll(() => shop.close());

  async function failTimes(times: number, name: string, ip = '192.0.2.1'): Promise<number[]> {
    const statuses: number[] = [];
    for (let n = 0; n < times; n += 1) {
      statuses.push((await shop.logIn(name, 'wrong password', ip)).status);
    }
    return statuses;
  }

  test('a login keeps its time and tells a wrong name no differently from a wrong password', async () => {
    await shop.register('punctual');
    shop.clock.advance(MINUTE_MS);
    const { status, body } = await shop.logIn('punctual');
    expect(status).toBe(200);
    expect(body.data.user.lastLoginAt).toBe(new Date(shop.clock.now()).toISOString());
    const wrong = await shop.logIn('punctual', 'wrong password');
    const unknown = await shop.logIn('nobody_here', 'wrong password');
    expect(wrong.body).toMatchObject({ code: 401, error: 'invalid_credentials' });
    expect({ ...unknown.body, requestId: '' }).toEqual({ ...wrong.body, requestId: '' });
  });

  test('five failures lock the account on that network for two hours, the right password too', async () => {
    await shop.register('locked');
    expect(await failTimes(5, 'locked')).toEqual([401, 401, 401, 401, 401]);
    const refused = await shop.logIn('locked');
    expect(refused.body).toMatchObject({ code: 423, error: 'account_locked' });
    expect(refused.headers['retry-after']).toBe('7200');
    expect((await shop.logIn('LOCKED@example.com')).status).toBe(423);
    shop.clock.advance(2 * HOUR_MS - 1);
    expect((await shop.logIn('locked')).status).toBe(423);
    shop.clock.advance(1);
    expect((await shop.logIn('locked')).status).toBe(200);
  });

  test('the owner on another network is not locked out by a stranger', async () => {
    await shop.register('owner');
    await failTimes(6, 'owner', '203.0.113.66');
    expect((await shop.logIn('owner', PASSWORD, '203.0.113.66')).status).toBe(423);
    expect((await shop.logIn('owner', PASSWORD, '198.51.100.1')).status).toBe(200);
    const admin = await shop.administrator();
    const found = await shop.api.call('GET /admin/customers?search=owner', { token: admin });
    const { id } = found.body.data.items[0];
    const detail = await shop.api.call(`GET /admin/customers/${id}`, { token: admin });
    expect(detail.body.data.lockedUntil).toBe(new Date(shop.clock.now() + 2 * HOUR_MS).toISOString());
  });

  /** As if so many logins had failed already. */
  function pretend(failures: number, scope: 'account' | 'network', value: string): Promise<unknown> {
    return shop.db.tx('probe', (tx) =>
      tx.query
        .updateTable('login_failures')
        .set({ failures })
        .where('scope', '=', scope)
        .where(scope, '=', value)
        .execute(),
    );
  }

  test('guessing from many networks locks the account everywhere in the end', async () => {
    const { body } = await shop.register('guessed');
    expect(await failTimes(1, 'guessed', '198.51.100.1')).toEqual([401]);
    await pretend(48, 'account', body.data.user.id);
    expect(await failTimes(1, 'guessed', '198.51.100.2')).toEqual([401]);
    expect((await shop.logIn('guessed', PASSWORD, '198.51.100.3')).status).toBe(200);
    expect(await failTimes(1, 'guessed', '198.51.100.4')).toEqual([401]);
    expect((await shop.logIn('guessed', PASSWORD, '198.51.100.5')).status).toBe(423);
  });

  test('trying one password on everybody is stopped by the network, not by the accounts', async () => {
    const ip = '203.0.113.77';
    expect(await failTimes(1, 'first_name', ip)).toEqual([401]);
    await pretend(99, 'network', ip);
    expect(await failTimes(2, 'second_name', ip)).toEqual([401, 429]);
    expect((await shop.logIn('punctual', PASSWORD, ip)).body.error).toBe('too_many_requests');
    expect((await shop.logIn('punctual')).status).toBe(200);
  });

  test('a name that nobody has is locked like any other', async () => {
    expect(await failTimes(6, 'nobody_at_all')).toEqual([401, 401, 401, 401, 401, 423]);
  });

  test('twenty guesses at once are five guesses', async () => {
    await shop.register('hammered');
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => shop.logIn('hammered', 'wrong password')),
    );
    const statuses = answers.map(({ status }) => status).sort((a, b) => a - b);
    expect(statuses.filter((status) => status === 401)).toHaveLength(5);
    expect(statuses.filter((status) => status === 423)).toHaveLength(15);
  });

  test('eight right logins at once all succeed, and earlier failures are forgotten', async () => {
    await shop.register('busy');
    await failTimes(4, 'busy');
    const answers = await Promise.all(Array.from({ length: 8 }, () => shop.logIn('busy')));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    expect(await failTimes(4, 'busy')).toEqual([401, 401, 401, 401]);
    expect((await shop.logIn('busy')).status).toBe(200);
  });

  test('only active accounts may log in, and only who knows the password learns why not', async () => {
    const { body } = await shop.register('dormant');
    const token = await shop.administrator();
    const url = `PATCH /admin/customers/${body.data.user.id}`;
    expect((await shop.api.call(url, { token, body: { status: 'suspended' } })).status).toBe(200);
    expect((await shop.logIn('dormant')).body).toMatchObject({ code: 403, error: 'account_not_active' });
    expect((await shop.logIn('dormant', 'wrong password')).status).toBe(401);
    expect((await shop.api.call(url, { token, body: { status: 'active' } })).status).toBe(200);
    expect((await shop.logIn('dormant')).status).toBe(200);
  });

  test('a password that is changed while it is being checked opens no session', async () => {
    const { body } = await shop.register('overtaken');
    const { id } = body.data.user;
    const change = (tx: Tx) =>
      tx.query.updateTable('users').set({ password_hash: 'another' }).where('id', '=', id).execute();
    const passwords: Passwords = {
      hash: async () => 'unused',
      verify: async () => {
        await shop.db.tx('elsewhere', change);
        return true;
      },
    };
    const deps = { db: shop.db, clock: shop.clock, passwords, refreshMs: HOUR_MS };
    const credentials = { identifier: 'overtaken', password: PASSWORD };
    const origin = { ip: '192.0.2.9', userAgent: undefined };
    const login = logIn(deps, createAccountQueue(), credentials, origin);
    await expect(login).rejects.toMatchObject({ code: 'invalid_credentials' });
  });

  test('the command line unlocks an administrator, the network included', async () => {
    await shop.administrator();
    await failTimes(5, 'admin', '203.0.113.99');
    expect((await shop.logIn('admin', PASSWORD, '203.0.113.99')).status).toBe(423);
    const accounts = createAccountAdministration({ db: shop.db, currency: 'CNY' });
    await accounts.unlock('admin');
    expect((await shop.logIn('admin', PASSWORD, '203.0.113.99')).status).toBe(200);
    const entries = await shop.db.query
      .selectFrom('audit_entries')
      .select(['actor_id', 'ip'])
      .where('action', '=', 'user.unlock')
      .execute();
    expect(entries).toEqual([{ actor_id: 'command line', ip: null }]);
  });
});
