/** Logins, openids, phone numbers and access tokens over HTTP, with WeChat played by the simulator. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWechatShop, type WechatShop } from '../harness/wechat-shop.ts';

let shop: WechatShop;
beforeAll(async () => {
  shop = await openWechatShop();
});
afterAll(() => shop.close());

const newPayer = () => shop.simulators.payers.create();
const accountsOf = (userId: string) =>
  shop.db.query.selectFrom('linked_accounts').selectAll().where('user_id', '=', userId).execute();

async function register(name: string): Promise<{ userId: string; token: string }> {
  const { body } = await shop.call('POST /users/register', {
    body: { username: name, email: `${name}@example.com`, password: 'correct horse' },
  });
  return { userId: body.data.user.id, token: body.data.tokens.accessToken };
}

describe('POST /wechat/login', () => {
  test('creates the account at first, finds it afterwards, and gives tokens that work', async () => {
    const payer = newPayer();
    const code = shop.codeOf(payer);
    const first = await shop.call('POST /wechat/login', {
      body: { code },
      headers: { 'accept-language': 'zh-CN' },
    });
    expect(first.status).toBe(200);
    expect(first.body.data).toMatchObject({
      isNew: true,
      user: { username: null, status: 'active', roles: ['customer'], preferences: { language: 'zh' } },
    });
    const { accessToken } = first.body.data.tokens;
    const me = await shop.call('GET /users/me', { token: accessToken });
    expect(me.body.data.id).toBe(first.body.data.user.id);

    const second = await shop.logIn(payer);
    expect(second.body.data).toMatchObject({ isNew: false, user: { id: first.body.data.user.id } });
    expect(JSON.stringify(second.body)).not.toMatch(/session_?key|openid/i);
  });

  test('takes the code of whoever has invited the person at the first login, and none later', async () => {
    const inviter = await register('inviter');
    const ownInvites = () => shop.call('GET /users/me/invites', { token: inviter.token });
    const { code: inviteCode } = (await ownInvites()).body.data;
    const payer = newPayer();
    const logIn = (invited: object) =>
      shop.call('POST /wechat/login', { body: { code: shop.codeOf(payer), ...invited } });
    const unknown = await logIn({ inviteCode: 'NOBODY77' });
    expect(unknown).toMatchObject({ status: 422, body: { error: 'invite_code_unknown' } });
    expect((await logIn({ inviteCode })).body.data.isNew).toBe(true);
    expect((await logIn({ inviteCode: 'NOBODY77' })).status).toBe(200);
    expect((await ownInvites()).body.data.invited).toBe(1);
    expect((await shop.call('POST /wechat/getOpenId', { body: { code: 'x', inviteCode } })).status).toBe(400);
  });

  test('of one person in two apps is one account, joined by the unionid', async () => {
    const payer = newPayer();
    const mini = await shop.logIn(payer, shop.miniProgram);
    const web = await shop.logIn(payer, shop.officialAccount);
    expect(web.body.data).toMatchObject({ isNew: false, user: { id: mini.body.data.user.id } });
    const accounts = await accountsOf(mini.body.data.user.id);
    const used = [shop.miniProgram, shop.officialAccount];
    expect(accounts).toHaveLength(used.length);
    for (const appid of used) {
      expect(accounts).toContainEqual(expect.objectContaining({ appid, openid: payer.openids[appid] }));
    }
  });

  test('ten times at once is one account', async () => {
    const payer = newPayer();
    const answers = await Promise.all(Array.from({ length: 10 }, () => shop.logIn(payer)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    expect(new Set(answers.map(({ body }) => body.data.user.id)).size).toBe(1);
    expect(answers.filter(({ body }) => body.data.isNew)).toHaveLength(1);
  });

  test('takes a code once, and only one of its own app', async () => {
    const payer = newPayer();
    const code = shop.codeOf(payer);
    const send = (body: object) => shop.call('POST /wechat/login', { body });
    expect((await send({ code })).status).toBe(200);
    expect(await send({ code })).toMatchObject({ status: 409, body: { error: 'wechat_code_used' } });
    for (const body of [
      { code: 'nonsense' },
      { code: shop.codeOf(payer), appid: shop.officialAccount },
      { code: shop.codeOf(payer, shop.officialAccount) },
    ]) {
      expect(await send(body)).toMatchObject({ status: 400, body: { error: 'wechat_code_invalid' } });
    }
    expect(await send({ code: shop.codeOf(payer), appid: 'wx0000000000000000' })).toMatchObject({
      status: 400,
      body: { error: 'wechat_app_unknown' },
    });
  });

  test.each([
    [{}, 'code'],
    [{ code: '' }, 'code'],
    [{ code: 7 }, 'code'],
    [{ code: 'x'.repeat(600) }, 'code'],
    [{ code: 'x', openid: 'o1' }, 'openid'],
  ])('with the body %j names the field that is wrong', async (body, field) => {
    const answer = await shop.call('POST /wechat/login', { body });
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request', errors: [{ field }] } });
  });

  test('of a suspended user is refused', async () => {
    const { payer, userId } = await shop.newCustomer();
    await shop.call(`PATCH /admin/customers/${userId}`, {
      token: shop.adminToken,
      body: { status: 'suspended' },
    });
    expect(await shop.logIn(payer)).toMatchObject({ status: 403, body: { error: 'account_not_active' } });
  });

  test('while WeChat is away leaves nothing behind and asks to try again', async () => {
    const payer = newPayer();
    const code = shop.codeOf(payer);
    shop.simulators.faults.set({ provider: 'wechat-open', operation: 'jscode2session', kind: 'error' });
    const answer = await shop.call('POST /wechat/login', { body: { code } });
    expect(answer).toMatchObject({ status: 502, body: { error: 'provider_unavailable' } });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect((await shop.logIn(payer)).body.data.isNew).toBe(true);
  });
});

describe('POST /wechat/getOpenId', () => {
  const ask = (body: object, token?: string) =>
    shop.call('POST /wechat/getOpenId', { body, ...(token !== undefined && { token }) });

  test('tells a stranger who they are and keeps nothing', async () => {
    const payer = newPayer();
    const answer = await ask({ code: shop.codeOf(payer) });
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.body.data).toEqual({ openid: payer.openids[shop.miniProgram], unionid: payer.unionid });
    expect((await shop.logIn(payer)).body.data.isNew).toBe(true);
  });

  test('keeps the newest session key of an account that exists, sealed', async () => {
    const { payer, userId } = await shop.newCustomer();
    const [before] = await accountsOf(userId);
    await ask({ code: shop.codeOf(payer) });
    const [after] = await accountsOf(userId);
    expect(after?.session_key).toMatch(/^v1\./);
    expect(after?.session_key).not.toBe(before?.session_key);
  });

  test('links the account to the customer who is logged in, who can then also log in by it', async () => {
    const { userId, token } = await register('linker');
    const payer = newPayer();
    const web = { code: shop.codeOf(payer, shop.officialAccount), appid: shop.officialAccount };
    await ask(web, token);
    expect(await accountsOf(userId)).toMatchObject([
      { appid: shop.officialAccount, openid: payer.openids[shop.officialAccount], session_key: null },
    ]);
    const login = await shop.logIn(payer, shop.miniProgram);
    expect(login.body.data).toMatchObject({ isNew: false, user: { id: userId } });
  });

  test('takes no account from another user, not even in an app where that one has none yet', async () => {
    const owner = await shop.newCustomer();
    const { userId, token } = await register('grabber');
    await ask({ code: shop.codeOf(owner.payer) }, token);
    const inOtherApp = { code: shop.codeOf(owner.payer, shop.officialAccount), appid: shop.officialAccount };
    await ask(inOtherApp, token);
    expect(await accountsOf(userId)).toEqual([]);
    expect((await shop.logIn(owner.payer)).body.data.user.id).toBe(owner.userId);
  });

  test('gives one user no second account in an app, also when several come at once', async () => {
    const { userId, token } = await register('many_phones');
    const codes = Array.from({ length: 6 }, () => shop.codeOf(newPayer()));
    const answers = await Promise.all(codes.map((code) => ask({ code }, token)));
    expect(answers.map(({ status }) => status)).toEqual(codes.map(() => 200));
    expect(await accountsOf(userId)).toHaveLength(1);
  });

  test('links nothing to staff, whose accounts are reached by password alone', async () => {
    const payer = newPayer();
    expect((await ask({ code: shop.codeOf(payer) }, shop.adminToken)).status).toBe(200);
    expect((await shop.logIn(payer)).body.data.isNew).toBe(true);
  });

  test('with a token that is none is refused, not taken for a stranger', async () => {
    expect((await ask({ code: shop.codeOf(newPayer()) }, 'nonsense')).status).toBe(401);
  });
});

test('the session key is answered only where the setting says so', async () => {
  const open = await openWechatShop({ WX_EXPOSE_SESSION_KEY: 'true' });
  const payer = open.simulators.payers.create();
  const mini = await open.call('POST /wechat/getOpenId', { body: { code: open.codeOf(payer) } });
  expect(Buffer.from(mini.body.data.session_key, 'base64')).toHaveLength(16);
  const appid = open.officialAccount;
  const web = await open.call('POST /wechat/getOpenId', { body: { code: open.codeOf(payer, appid), appid } });
  expect(web.body.data).toEqual({ openid: payer.openids[appid], unionid: payer.unionid });
  await open.close();
});

describe('POST /wechat/getAccessToken', () => {
  const ask = (token?: string, body: object = {}) =>
    shop.call('POST /wechat/getAccessToken', { body, ...(token !== undefined && { token }) });

  test('gives administrators the token of the server, and writes down who asked', async () => {
    const first = await ask(shop.adminToken);
    expect(first.status).toBe(200);
    expect(first.headers['cache-control']).toBe('no-store');
    const { access_token: token, expires_in: seconds } = first.body.data;
    expect(token.length).toBeGreaterThan(100);
    expect(seconds).toBe(7_200);
    shop.clock.advance(60_000);
    expect((await ask(shop.adminToken)).body.data).toEqual({ access_token: token, expires_in: 7_140 });
    const other = await ask(shop.adminToken, { appid: shop.officialAccount });
    expect(other.body.data.access_token).not.toBe(token);

    const audited = await shop.db.query
      .selectFrom('audit_entries')
      .selectAll()
      .where('action', '=', 'wechat_token.read')
      .execute();
    expect(audited.map(({ target_id: appid }) => appid).sort()).toEqual(
      [shop.miniProgram, shop.miniProgram, shop.officialAccount].sort(),
    );
    expect(JSON.stringify(audited)).not.toContain(token);
  });

  test('gives nobody else anything', async () => {
    const { token } = await shop.newCustomer();
    expect((await ask()).status).toBe(401);
    expect(await ask(token)).toMatchObject({ status: 403, body: { error: 'forbidden' } });
  });

  test('of an app that is not ours is refused', async () => {
    const answer = await ask(shop.adminToken, { appid: 'wx0000000000000000' });
    expect(answer).toMatchObject({ status: 400, body: { error: 'wechat_app_unknown' } });
  });
});

describe('POST /wechat/getUserPhoneNumber', () => {
  const ask = (token: string | undefined, body: object) =>
    shop.call('POST /wechat/getUserPhoneNumber', { body, ...(token !== undefined && { token }) });
  const phoneCode = (payerId: string) => shop.simulators.wechatOpen.mintPhoneCode({ payerId }).code;

  test('answers as WeChat does and makes the number the verified one', async () => {
    const { payer, token } = await shop.newCustomer();
    const answer = await ask(token, { code: phoneCode(payer.id) });
    expect(answer.status).toBe(200);
    expect(answer.body.data).toEqual({
      errcode: 0,
      errmsg: 'ok',
      phone_info: {
        phoneNumber: payer.phone,
        purePhoneNumber: payer.phone,
        countryCode: '86',
        watermark: { timestamp: expect.any(Number), appid: shop.miniProgram },
      },
    });
    const me = await shop.call('GET /users/me', { token });
    expect(me.body.data).toMatchObject({ phoneVerified: true, profile: { phone: `+86${payer.phone}` } });
  });

  test('takes a code once, not that of somebody else, and no login code', async () => {
    const { payer, token } = await shop.newCustomer();
    const code = phoneCode(payer.id);
    await ask(token, { code });
    expect(await ask(token, { code })).toMatchObject({ status: 409, body: { error: 'wechat_code_used' } });
    for (const wrong of [phoneCode(newPayer().id), shop.codeOf(payer), 'nonsense']) {
      expect(await ask(token, { code: wrong })).toMatchObject({
        status: 400,
        body: { error: 'wechat_code_invalid' },
      });
    }
  });

  test('may verify one number for two accounts, and gives strangers nothing', async () => {
    const { payer } = await shop.newCustomer();
    const { token } = await register('shares_a_phone');
    expect((await ask(token, { code: phoneCode(payer.id) })).status).toBe(200);
    expect((await ask(undefined, { code: phoneCode(payer.id) })).status).toBe(401);
    const noMiniProgram = { code: phoneCode(payer.id), appid: shop.officialAccount };
    expect(await ask(token, noMiniProgram)).toMatchObject({
      status: 400,
      body: { error: 'wechat_app_unknown' },
    });
  });
});
