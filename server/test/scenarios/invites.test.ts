import { afterAll, beforeAll, expect, test } from 'vitest';
import { MINUTE, openStage, type Seen, type Stage } from './stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage({ environment: { INVITE_REWARD_BASIS_POINTS: '500', INVITE_REWARD_ON: 'first' } });
});

afterAll(() => stage.close());

interface Person {
  readonly id: string;
  readonly token: string;
  readonly payerId: string;
}

async function logIn(inviteCode?: string): Promise<Person> {
  const payer = stage.simulators.payers.create();
  const { code } = stage.simulators.wechatOpen.mintLoginCode({ payerId: payer.id });
  const { status, body } = await stage.call('POST /wechat/login', {
    body: { code, ...(inviteCode !== undefined && { inviteCode }) },
  });
  expect(status).toBe(200);
  return { id: body.data.user.id, token: body.data.tokens.accessToken, payerId: payer.id };
}

const read = async ({ token }: Pick<Person, 'token'>, path: string): Promise<Seen> =>
  (await stage.call(`GET ${path}`, { token })).body.data;

const noticesOf = async (person: Person): Promise<string[]> =>
  (await read(person, '/notifications')).items.map(({ type }: { type: string }) => type);

async function buyCoins(person: Person, podId: string): Promise<{ orderId: string; outTradeNo: string }> {
  const { status, body } = await stage.call('POST /coin/order', {
    ...{ token: person.token, body: { podId, method: 'wechat_native' } },
  });
  expect(status).toBe(200);
  await stage.pay(body.data.outTradeNo, person.payerId);
  await stage.pass(MINUTE);
  return body.data;
}

test('a friend’s first coins earn their inviter a part, which goes when the money does', async () => {
  const staff = { token: stage.adminToken };
  const pod = await stage.call('POST /admin/coin-pods', {
    ...staff,
    body: { name: '一百金币', coin: 10_000, giftCoin: 500, price: 9_900 },
  });
  const podId = pod.body.data.id as string;
  const inviter = await logIn();
  const { code } = await read(inviter, '/users/me/invites');
  const friend = await logIn(code.toLowerCase());

  const first = await buyCoins(friend, podId);
  await buyCoins(friend, podId);
  expect(await read(inviter, '/users/me/invites')).toEqual({
    ...{ code, invited: 1, terms: { basisPoints: 500, on: 'first' } },
    earned: { rewards: 1, amount: 500, currency: 'COIN' },
  });
  const statement = await read(inviter, '/wallet/transactions');
  expect(statement.items).toMatchObject([{ type: 'reward' }]);
  expect(await noticesOf(inviter)).toEqual(['reward.credited']);
  expect(await noticesOf(friend)).toEqual(['coins.credited', 'coins.credited']);

  const refund = await stage.call(`POST /orders/${first.orderId}/refunds`, {
    ...staff,
    body: { reason: 'bought twice' },
  });
  expect(refund.status).toBeLessThan(300);
  await stage.pass(10 * MINUTE);
  expect((await read(inviter, '/users/me/invites')).earned).toMatchObject({ rewards: 1, amount: 0 });
  expect((await noticesOf(inviter))[0]).toBe('reward.taken_back');
  expect(await noticesOf(friend)).toContain('refund.succeeded');
  expect(await read(staff, `/admin/invite-rewards?inviterId=${inviter.id}`)).toMatchObject({
    items: [{ status: 'withdrawn', orderId: first.orderId, inviteeId: friend.id, amount: 500, standing: 0 }],
  });
  expect(await read(staff, `/admin/customers/${friend.id}/invites`)).toMatchObject({
    invite: { inviterId: inviter.id, code },
  });
  await stage.expectSound();
});
