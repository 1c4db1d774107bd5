import { SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestAnswer } from '../../../test/harness/api.ts';
import { openTestIdentity, PASSWORD, type TestIdentity } from '../../../test/harness/identity.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../kernel/clock.ts';
import { listOpen } from '../alerts/index.ts';
import { pruneFailures, pruneSessions, pruneTokens } from './prune.ts';

describe('sessions', () => {
  let shop: TestIdentity;
  beforeAll(async () => {
    shop = await openTestIdentity();
  });
  afterAll(() => shop.close());

  interface Tokens {
    readonly accessToken: string;
    readonly refreshToken: string;
  }

  async function newcomer(name: string): Promise<Tokens & { userId: string }> {
    const { body } = await shop.register(name);
    return { ...(body.data.tokens as Tokens), userId: body.data.user.id as string };
  }

  const refresh = (refreshToken: string): Promise<TestAnswer> =>
    shop.api.call('POST /users/refresh', { body: { refreshToken } });
  const tokensIn = (answer: TestAnswer): Tokens => answer.body.data.tokens as Tokens;
  const me = (token: string) => shop.api.call('GET /users/me', { token });

  test('a refresh token gives new tokens, and the session lives on for another week', async () => {
    let { refreshToken } = await newcomer('steady');
    for (let n = 0; n < 3; n += 1) {
      shop.clock.advance(6 * DAY_MS);
      const answer = await refresh(refreshToken);
      expect(answer.status).toBe(200);
      expect((await me(tokensIn(answer).accessToken)).status).toBe(200);
      expect(tokensIn(answer).refreshToken).not.toBe(refreshToken);
      refreshToken = tokensIn(answer).refreshToken;
    }
    shop.clock.advance(7 * DAY_MS);
    expect((await refresh(refreshToken)).body).toMatchObject({ code: 401, error: 'invalid_refresh_token' });
  });

  test('ten tabs that refresh at the same moment get the same successor', async () => {
    const { refreshToken } = await newcomer('many_tabs');
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(refreshToken)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    expect(new Set(answers.map((answer) => tokensIn(answer).refreshToken)).size).toBe(1);
    shop.clock.advance(10 * SECOND_MS);
    const late = await refresh(refreshToken);
    expect(tokensIn(late).refreshToken).toBe(tokensIn(answers[0]!).refreshToken);
    expect((await refresh(tokensIn(late).refreshToken)).status).toBe(200);
  });

  test('a refresh token used again later is theft: both holders are out, and staff is told', async () => {
    const { userId, refreshToken } = await newcomer('robbed');
    const next = tokensIn(await refresh(refreshToken));
    expect((await me(next.accessToken)).status).toBe(200);
    const other = tokensIn(await shop.logIn('robbed'));
    shop.clock.advance(10 * SECOND_MS + 1);
    expect((await refresh(refreshToken)).body).toMatchObject({ code: 401, error: 'invalid_refresh_token' });
    expect((await refresh(next.refreshToken)).status).toBe(401);
    expect((await me(next.accessToken)).status).toBe(401);
    expect((await me(other.accessToken)).status).toBe(200);
    expect(await listOpen(shop.db, [userId])).toMatchObject([
      { kind: 'refresh_token_reused', severity: 'warning' },
    ]);
  });

  test('the database holds neither a refresh token nor its successor in the clear', async () => {
    const { refreshToken } = await newcomer('sealed');
    const next = tokensIn(await refresh(refreshToken));
    const rows = await shop.db.query.selectFrom('refresh_tokens').selectAll().execute();
    const stored = JSON.stringify(rows);
    expect(stored).not.toContain(refreshToken);
    expect(stored).not.toContain(next.refreshToken);
  });

  test('a logout ends the session of either token and can be repeated', async () => {
    const byAccess = await newcomer('leaves');
    expect((await shop.api.call('POST /users/logout', { token: byAccess.accessToken })).status).toBe(200);
    expect((await me(byAccess.accessToken)).status).toBe(401);
    expect((await refresh(byAccess.refreshToken)).status).toBe(401);
    const byRefresh = await newcomer('leaves_too');
    const body = { refreshToken: byRefresh.refreshToken };
    expect((await shop.api.call('POST /users/logout', { body })).status).toBe(200);
    expect((await shop.api.call('POST /users/logout', { body })).status).toBe(200);
    expect((await me(byRefresh.accessToken)).status).toBe(401);
    expect((await shop.api.call('POST /users/logout')).status).toBe(401);
  });

  test('a changed password ends all other sessions and is the one that counts', async () => {
    const first = await newcomer('careful');
    const second = tokensIn(await shop.logIn('careful'));
    const change = (token: string, currentPassword: string) =>
      shop.api.call('POST /users/me/password', {
        token,
        body: { currentPassword, newPassword: 'battery staple' },
      });
    expect((await change(second.accessToken, 'wrong password')).body).toMatchObject({
      code: 422,
      error: 'wrong_current_password',
    });
    expect((await change(second.accessToken, PASSWORD)).status).toBe(200);
    expect((await me(first.accessToken)).status).toBe(401);
    expect((await refresh(first.refreshToken)).status).toBe(401);
    expect((await me(second.accessToken)).status).toBe(200);
    expect((await refresh(second.refreshToken)).status).toBe(200);
    expect((await shop.logIn('careful')).status).toBe(401);
    expect((await shop.logIn('careful', 'battery staple')).status).toBe(200);
  });

  test('a stolen session is no way to guess the password', async () => {
    const { accessToken } = await newcomer('hijacked');
    const guess = () =>
      shop.api.call('POST /users/me/password', {
        token: accessToken,
        body: { currentPassword: 'wrong password', newPassword: 'battery staple' },
      });
    const statuses: number[] = [];
    for (let n = 0; n < 6; n += 1) {
      statuses.push((await guess()).status);
    }
    expect(statuses).toEqual([422, 422, 422, 422, 422, 423]);
  });

  test('a logout on another node takes effect within 30 seconds', async () => {
    const { accessToken, userId } = await newcomer('elsewhere');
    expect((await me(accessToken)).status).toBe(200);
    await shop.db.tx('on another node', (tx) =>
      tx.query.updateTable('sessions').set({ revoked_at: tx.now }).where('user_id', '=', userId).execute(),
    );
    shop.clock.advance(30 * SECOND_MS);
    expect((await me(accessToken)).status).toBe(401);
  });

  test('an access token ends after its 15 minutes, remembered or not', async () => {
    const { accessToken } = await newcomer('brief');
    shop.clock.advance(15 * MINUTE_MS - SECOND_MS);
    expect((await me(accessToken)).status).toBe(200);
    shop.clock.advance(SECOND_MS);
    expect((await me(accessToken)).status).toBe(401);
  });

  test('no other kind of token is taken for an access token', async () => {
    const { accessToken, userId, refreshToken } = await newcomer('genuine');
    const [, payload = ''] = accessToken.split('.');
    const { sid } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sid: string };
    const now = Math.floor(shop.clock.now() / 1_000);
    const secret = Buffer.from('j'.repeat(32));
    const signed = (header: { alg: string; typ?: string }, audience = 'suanpan-api', key = secret) =>
      new SignJWT({ sid })
        .setProtectedHeader(header)
        .setSubject(userId)
        .setIssuer('suanpan')
        .setAudience(audience)
        .setIssuedAt(now)
        .setExpirationTime(now + 600)
        .sign(key);
    expect((await me(await signed({ alg: 'HS256', typ: 'at+jwt' }))).status).toBe(200);
    const forged = [
      new UnsecuredJWT({ sid, sub: userId, iss: 'suanpan', aud: 'suanpan-api', exp: now + 600 }).encode(),
      await signed({ alg: 'HS512', typ: 'at+jwt' }, 'suanpan-api', Buffer.alloc(64, 'j')),
      await signed({ alg: 'HS256', typ: 'at+jwt' }, 'suanpan-api', Buffer.from('k'.repeat(32))),
      await signed({ alg: 'HS256', typ: 'at+jwt' }, 'somebody-else'),
      await signed({ alg: 'HS256', typ: 'JWT' }),
      refreshToken,
      `${accessToken}x`,
    ];
    for (const token of forged) {
      expect((await me(token)).body).toMatchObject({ code: 401, error: 'unauthenticated' });
    }
    const basic = await shop.api.call('GET /users/me', { headers: { authorization: 'Basic abc' } });
    expect(basic.status).toBe(401);
  });

  test('what ended long ago is deleted, what still counts is not', async () => {
    await newcomer('forgotten');
    shop.clock.advance(15 * DAY_MS);
    const { refreshToken } = await newcomer('remembered');
    const next = tokensIn(await refresh(refreshToken));
    await shop.logIn('remembered', 'wrong password');
    const now = shop.clock.now();
    expect(await pruneSessions(shop.db, now)).toBeGreaterThan(0);
    expect(await pruneSessions(shop.db, now)).toBe(0);
    expect(await pruneTokens(shop.db, now)).toBe(0);
    await pruneFailures(shop.db, now);
    expect(await shop.db.query.selectFrom('login_failures').select('id').execute()).toHaveLength(3);
    expect(await shop.db.query.selectFrom('refresh_tokens').select('id').execute()).toHaveLength(2);
    expect((await refresh(next.refreshToken)).status).toBe(200);
    expect(await pruneTokens(shop.db, now + 1)).toBe(2);
    await pruneFailures(shop.db, now + DAY_MS);
    expect(await shop.db.query.selectFrom('login_failures').select('id').execute()).toEqual([]);
  });
});
