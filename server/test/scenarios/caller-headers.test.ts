/** Headers that say who calls, where nothing stands between the server and everybody. */
import { afterEach, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../harness/app.ts';

let app: TestApp;
afterEach(() => app.close());

const countUsers = async () => (await app.db.query.selectFrom('users').select('id').execute()).length;

test('without Cloud Hosting every header is ignored, with and without the mark', async () => {
  app = await startTestApp();
  const before = await countUsers();
  const headers = app.simulators.wechatCloud.callerHeaders();
  const { 'x-wx-source': _, ...unmarked } = headers;
  const shared = app.simulators.wechatCloud.callerHeaders({ isShared: true });
  for (const forged of [headers, unmarked, shared, { 'x-mock-openid': 'test_user' }]) {
    expect((await app.call('GET /users/me', { headers: forged })).status).toBe(401);
  }
  expect(await countUsers()).toBe(before);
});

test('a developer calls as anybody by X-Mock-Openid, and is the same user each time', async () => {
  app = await startTestApp({ hostedLogin: { isHosted: false, isMocked: true } });
  const headers = { 'x-mock-openid': 'test_user' };
  const first = await app.call('GET /users/me', { headers });
  expect(first).toMatchObject({ status: 200, body: { data: { roles: ['customer'] } } });
  expect((await app.call('GET /users/me', { headers })).body.data.id).toBe(first.body.data.id);
  expect((await app.call('GET /users/me', { headers: { 'x-mock-openid': '' } })).status).toBe(401);
});
