import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { BOUGHT, openRewardShop, type RewardShop } from '../../../test/harness/rewards.ts';
import { DAY_MS } from '../../kernel/clock.ts';
import { newId } from '../../kernel/ids.ts';
import type { RewardRow } from './tables.ts';

const REWARD = 500;
let shop: RewardShop;

beforeAll(async () => {
  shop = await openRewardShop();
});

afterEach(async () => {
  shop.terms.rewardOn = 'every';
  shop.terms.rewardBasisPoints = 500;
  await shop.drain(DAY_MS);
  expect(await shop.violations()).toEqual([]);
});

afterAll(() => shop.close());

const rewardsOf = (inviter: string) =>
  shop.db.query.selectFrom('invite_rewards').selectAll().where('inviter_id', '=', inviter).execute();

test('an inviter is given their part of the coins bought, as a gift, once', async () => {
  const { inviter, invitee } = await shop.newPair();
  const paid = await shop.buyCoins(invitee);
  expect(await shop.giftOf(inviter)).toEqual({ gift: REWARD, owed: 0 });
  expect(await shop.rewardOf(paid)).toMatchObject({
    ...{ status: 'granted', standing: REWARD, amount: REWARD, basis_points: 500, coins: BOUGHT },
  });
  const causes = await shop.db.query
    .selectFrom('ledger_transfers')
    .select('cause')
    .where('purpose_type', '=', 'invite_reward')
    .where('purpose_id', '=', (await shop.rewardOf(paid))?.id ?? '')
    .execute();
  expect(causes).toEqual([{ cause: `reward:${paid.id}` }]);
});

test('however often its payment and its job are told, a reward is given once', async () => {
  const { inviter, invitee } = await shop.newPair();
  const paid = await shop.payCoins(invitee);
  const tell = () => shop.receive(paid.payment_id as string);
  await Promise.all(Array.from({ length: 20 }, tell));
  const [job] = await shop.db.query
    .selectFrom('jobs')
    .selectAll()
    .where('unique_key', '=', `reward.settle:${paid.id}`)
    .execute();
  const copies = Array.from({ length: 5 }, () => ({
    ...(job as NonNullable<typeof job>),
    ...{ id: newId('job'), unique_key: null },
  }));
  await shop.db.tx('test.repeat', (tx) => tx.query.insertInto('jobs').values(copies).execute());
  await shop.drain();
  expect(await shop.giftOf(inviter)).toEqual({ gift: REWARD, owed: 0 });
});

test('every order earns a reward where the setting says so, only the first one where it says that', async () => {
  const every = await shop.newPair();
  await shop.buyCoins(every.invitee);
  await shop.buyCoins(every.invitee);
  expect(await shop.giftOf(every.inviter)).toEqual({ gift: 2 * REWARD, owed: 0 });
  shop.terms.rewardOn = 'first';
  const first = await shop.newPair();
  await shop.buyCoins(first.invitee);
  await shop.buyCoins(first.invitee);
  expect(await shop.giftOf(first.inviter)).toEqual({ gift: REWARD, owed: 0 });
  // Somebody who has brought rewards already brings no first one.
  await shop.buyCoins(every.invitee);
  expect(await shop.giftOf(every.inviter)).toEqual({ gift: 2 * REWARD, owed: 0 });
});

test('of first orders that are paid at once, one earns a reward', async () => {
  shop.terms.rewardOn = 'first';
  const { inviter, invitee } = await shop.newPair();
  const payments = await Promise.all(Array.from({ length: 6 }, () => shop.begin(invitee)));
  const answers = await Promise.all(payments.map((paymentId) => shop.receive(paymentId)));
  expect(new Set(answers)).toEqual(new Set([200]));
  await shop.drain();
  expect(await rewardsOf(inviter)).toHaveLength(1);
  expect(await shop.giftOf(inviter)).toEqual({ gift: REWARD, owed: 0 });
});

test('nobody is rewarded by whom nobody has invited, without a percentage, or of a part too small to count', async () => {
  const alone = newId('usr');
  expect(await shop.rewardOf(await shop.buyCoins(alone))).toBeUndefined();
  const { inviter, invitee } = await shop.newPair();
  shop.terms.rewardBasisPoints = 0;
  expect(await shop.rewardOf(await shop.buyCoins(invitee))).toBeUndefined();
  shop.terms.rewardBasisPoints = 500;
  const setStatus = (status: 'active' | 'suspended') =>
    shop.db.tx('test.status', (tx) =>
      tx.query.updateTable('users').set({ status }).where('id', '=', inviter).execute(),
    );
  await setStatus('suspended');
  expect(await shop.rewardOf(await shop.buyCoins(invitee))).toBeUndefined();
  await setStatus('active');
});

test('a reward keeps the terms of the day on which it was earned', async () => {
  const { inviter, invitee } = await shop.newPair();
  await shop.payCoins(invitee);
  shop.terms.rewardBasisPoints = 9_000;
  await shop.drain();
  expect(await shop.giftOf(inviter)).toEqual({ gift: REWARD, owed: 0 });
});

test('doctor sees a reward that nobody settles, and one that the wallet was not given', async () => {
  const { inviter, invitee } = await shop.newPair();
  const paid = await shop.payCoins(invitee);
  await shop.db.tx('test.lose', (tx) =>
    tx.query.deleteFrom('jobs').where('unique_key', '=', `reward.settle:${paid.id}`).execute(),
  );
  const reward = await shop.rewardOf(paid);
  expect(await shop.violations()).toEqual([
    expect.objectContaining({ invariant: 'I10', subject: reward?.id }),
  ]);
  const patch = (set: Partial<RewardRow>) =>
    shop.db.tx('test.patch', (tx) =>
      tx.query.updateTable('invite_rewards').set(set).where('inviter_id', '=', inviter).execute(),
    );
  await patch({ standing: 1, granted_at: 1 });
  expect((await shop.violations()).map(({ invariant }) => invariant).sort()).toEqual(['I10', 'I12']);
  await patch({ standing: 0, granted_at: null });
  await shop.db.tx('test.mend', (tx) =>
    tx.query
      .deleteFrom('invite_rewards')
      .where('id', '=', reward?.id ?? '')
      .execute(),
  );
  await shop.db.tx('test.mend', (tx) =>
    tx.query
      .deleteFrom('state_history')
      .where('entity_id', '=', reward?.id ?? '')
      .execute(),
  );
});

test('the database gives no more than the reward', async () => {
  const { invitee } = await shop.newPair();
  const paid = await shop.buyCoins(invitee);
  const patch = (set: Partial<RewardRow>) =>
    shop.db.tx('test.patch', (tx) =>
      tx.query.updateTable('invite_rewards').set(set).where('order_id', '=', paid.id).execute(),
    );
  await expect(patch({ standing: REWARD + 1 })).rejects.toThrow();
  await expect(patch({ standing: -1 })).rejects.toThrow();
  await expect(patch({ amount: BOUGHT + 1 })).rejects.toThrow();
});
