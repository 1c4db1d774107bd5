import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestApi, type TestApi } from '../../../test/harness/api.ts';
import { openTestIdentity, PASSWORD, type TestIdentity } from '../../../test/harness/identity.ts';
import { createSubscriberTable } from '../../kernel/events/index.ts';
import { newId, randomCode } from '../../kernel/ids.ts';
import { createInvites } from './index.ts';
import { checkInvites } from './invariants.ts';

let stage: TestIdentity;
let api: TestApi;

beforeAll(async () => {
  stage = await openTestIdentity();
  const { db, clock, identity } = stage;
  const never = async () => {
    throw new Error('no order was paid here');
  };
  const invites = createInvites({
    ...{ db, subscribers: createSubscriberTable() },
    wallets: { credit: never, takeBack: never, giveBack: never },
    config: { rewardBasisPoints: 500, rewardOn: 'first' },
  });
  const { registerRoutes } = invites;
  api = await openTestApi({ db, clock, registerRoutes, authenticate: identity.authenticate });
});

afterAll(async () => {
  expect(await checkInvites(stage.db)).toEqual([]);
  await api.close();
  await stage.close();
});

function register(inviteCode?: unknown) {
  const username = `u_${randomCode(10)}`;
  const account = { username, email: `${username}@example.com`, password: PASSWORD };
  return stage.api.call('POST /users/register', {
    body: { ...account, ...(inviteCode !== undefined && { inviteCode }) },
  });
}

interface Person {
  readonly id: string;
  readonly token: string;
}

async function newPerson(inviteCode?: string): Promise<Person> {
  const { status, body } = await register(inviteCode);
  expect(status).toBe(201);
  return { id: body.data.user.id, token: body.data.tokens.accessToken };
}

const ownInvites = async ({ token }: Person) =>
  (await api.call('GET /users/me/invites', { token })).body.data;

const login = (openid: string, inviteCode?: string, unionid?: string) => ({
  ...{ provider: 'wechat', appid: 'wx_app', openid, inviteCode, unionid },
});

function logInLinked(wanted: ReturnType<typeof login>) {
  return stage.db.tx('test.log_in', (tx) => stage.identity.findOrCreateLinkedUser(tx, wanted));
}

const inviteOf = (id: string) =>
  stage.db.query.selectFrom('invites').selectAll().where('id', '=', id).executeTakeFirst();

describe('a code', () => {
  test('is made when it is first asked for, and stays', async () => {
    const person = await newPerson();
    const first = await ownInvites(person);
    expect(first).toEqual({
      ...{ code: expect.stringMatching(/^[0-9A-Z]{8}$/), invited: 0 },
      earned: { rewards: 0, amount: 0, currency: 'COIN' },
      terms: { basisPoints: 500, on: 'first' },
    });
    expect((await ownInvites(person)).code).toBe(first.code);
  });

  test('is one, however many ask for it at once', async () => {
    const person = await newPerson();
    const answers = await Promise.all(Array.from({ length: 20 }, () => ownInvites(person)));
    expect(new Set(answers.map(({ code }) => code)).size).toBe(1);
  });

  test('is for those who are logged in', async () => {
    expect((await api.call('GET /users/me/invites')).status).toBe(401);
  });
});

describe('whoever comes by a code', () => {
  test('has its owner as inviter, who learns how many came and nothing of who they are', async () => {
    const inviter = await newPerson();
    const { code } = await ownInvites(inviter);
    const friend = await newPerson(` ${code.slice(0, 4).toLowerCase()}-${code.slice(4)}`);
    expect(await inviteOf(friend.id)).toMatchObject({ inviter_id: inviter.id, code, generation: 1 });
    const seen = await ownInvites(inviter);
    expect(seen).toMatchObject({ code, invited: 1 });
    expect(JSON.stringify(seen)).not.toContain(friend.id);
  });

  test('is refused by a code that nobody has, and has no account then', async () => {
    const before = await stage.db.query.selectFrom('users').select('id').execute();
    const { status, body } = await register('ZZZZZZZZ');
    expect([status, body.error]).toEqual([422, 'invite_code_unknown']);
    for (const odd of ['', ' ', 'x'.repeat(33), 7]) {
      expect((await register(odd)).status).toBe(400);
    }
    expect(await stage.db.query.selectFrom('users').select('id').execute()).toHaveLength(before.length);
  });

  test('is refused by the code of an account that is not active any more', async () => {
    const inviter = await newPerson();
    const { code } = await ownInvites(inviter);
    await stage.db.tx('test.suspend', (tx) =>
      tx.query.updateTable('users').set({ status: 'suspended' }).where('id', '=', inviter.id).execute(),
    );
    expect((await register(code)).body.error).toBe('invite_code_unknown');
  });

  test('comes by a linked account with the first login, and later codes are not looked at', async () => {
    const [one, other] = [await newPerson(), await newPerson()];
    const openid = newId('opn');
    const { code } = await ownInvites(one);
    const first = await logInLinked(login(openid, code));
    expect(first.isNew).toBe(true);
    await logInLinked(login(openid, (await ownInvites(other)).code));
    await logInLinked(login(openid, 'ZZZZZZZZ'));
    expect(await inviteOf(first.userId)).toMatchObject({ inviter_id: one.id });
    expect((await ownInvites(other)).invited).toBe(0);
  });

  test('has one inviter, whatever codes the first logins bring at once', async () => {
    const inviters = [await newPerson(), await newPerson()];
    const codes = await Promise.all(inviters.map(async (person) => (await ownInvites(person)).code));
    const openid = newId('opn');
    const logins = await Promise.all(
      Array.from({ length: 10 }, (_, index) => logInLinked(login(openid, codes[index % 2]))),
    );
    expect(new Set(logins.map(({ userId }) => userId)).size).toBe(1);
    expect(logins.filter(({ isNew }) => isNew)).toHaveLength(1);
    const counts = await Promise.all(inviters.map(async (person) => (await ownInvites(person)).invited));
    expect(counts.toSorted((one, other) => one - other)).toEqual([0, 1]);
  });

  test('is not created by a first login with an unknown code, and can log in without it', async () => {
    const openid = newId('opn');
    await expect(logInLinked(login(openid, 'ZZZZZZZZ'))).rejects.toMatchObject({
      code: 'invite_code_unknown',
    });
    expect((await logInLinked(login(openid))).isNew).toBe(true);
  });

  test('can not be invited by themselves in another app that has the same unionid', async () => {
    const unionid = newId('uni');
    const { userId } = await logInLinked(login(newId('opn'), undefined, unionid));
    const code = 'SELFSELF'.replaceAll('L', '1');
    await stage.db.tx('test.code', (tx) =>
      tx.insertOnce('invite_codes', { customer_id: userId, code, created_at: tx.now }),
    );
    const again = { ...login(newId('opn'), code, unionid), appid: 'wx_other' };
    expect(await logInLinked(again)).toEqual({ userId, isNew: false });
    expect(await inviteOf(userId)).toBeUndefined();
  });
});

describe('the database', () => {
  test('refuses an inviter of oneself, and a second one', async () => {
    const [one, other] = [await newPerson(), await newPerson()];
    const insert = (inviterId: string) =>
      stage.db.tx('test.invite', (tx) =>
        tx.query
          .insertInto('invites')
          .values({ id: one.id, inviter_id: inviterId, code: 'X', generation: 1, created_at: tx.now })
          .execute(),
      );
    await expect(insert(one.id)).rejects.toThrow();
    await insert(other.id);
    await expect(insert(other.id)).rejects.toThrow();
  });

  test('holds chains of invitations in which every generation is one more, and doctor sees one that is not', async () => {
    const first = await newPerson();
    const second = await newPerson((await ownInvites(first)).code);
    const third = await newPerson((await ownInvites(second)).code);
    expect(await inviteOf(third.id)).toMatchObject({ inviter_id: second.id, generation: 2 });
    // A circle, as no code path can make it.
    const row = { id: first.id, inviter_id: third.id, code: 'X', generation: 3, created_at: 0 };
    await stage.db.tx('test.circle', (tx) => tx.query.insertInto('invites').values(row).execute());
    expect(await checkInvites(stage.db)).toEqual([
      expect.objectContaining({ invariant: 'I13', subject: second.id }),
    ]);
    await stage.db.tx('test.mend', (tx) =>
      tx.query.deleteFrom('invites').where('id', '=', first.id).execute(),
    );
  });
});

describe('staff', () => {
  test('sees who has invited whom, and a customer as both; with the permission only', async () => {
    const inviter = await newPerson();
    const { code } = await ownInvites(inviter);
    const friend = await newPerson(code);
    const token = await stage.administrator();
    const call = async (path: string) => (await api.call(`GET ${path}`, { token })).body.data;
    const invite = { inviteeId: friend.id, inviterId: inviter.id, code, generation: 1 };
    expect(await call(`/admin/invites?inviterId=${inviter.id}`)).toMatchObject({
      ...{ items: [invite], pagination: { total: 1 } },
    });
    expect((await call(`/admin/invites?inviteeId=${friend.id}`)).items).toHaveLength(1);
    expect((await call(`/admin/invite-rewards?inviterId=${inviter.id}`)).items).toEqual([]);
    expect(await call(`/admin/customers/${friend.id}/invites`)).toMatchObject({ code: null, invite });
    expect(await call(`/admin/customers/${inviter.id}/invites`)).toMatchObject({
      ...{ code, invite: null, invited: 1 },
    });
    expect((await api.call('GET /admin/customers/usr_none/invites', { token })).status).toBe(404);
    expect((await api.call('GET /admin/invites', { token: inviter.token })).status).toBe(403);
  });
});
