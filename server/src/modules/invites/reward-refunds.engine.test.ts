import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openRewardShop, PRICE, type RewardShop } from '../../../test/harness/rewards.ts';
import { CLERK } from '../../../test/harness/shop.ts';
import { DAY_MS } from '../../kernel/clock.ts';

const REWARD = 500;
let shop: RewardShop;

beforeAll(async () => {
  shop = await openRewardShop();
});

afterEach(async () => {
  shop.gateway.refundsAreInstant = true;
  await shop.drain(DAY_MS);
  expect(await shop.violations()).toEqual([]);
});

afterAll(() => shop.close());

test('refunds take a reward back in proportion, and in full when nothing is left', async () => {
  const { inviter, invitee } = await shop.newPair();
  const paid = await shop.buyCoins(invitee);
  await shop.refund(paid, 333);
  await shop.drain();
  // 667 of 1,000 are kept: 333.5 of the 500 are left, rounded down.
  expect(await shop.giftOf(inviter)).toEqual({ gift: 333, owed: 0 });
  expect(await shop.rewardOf(paid)).toMatchObject({ status: 'reduced', standing: 333 });
  await shop.refund(paid, 333);
  await shop.drain();
  expect(await shop.rewardOf(paid)).toMatchObject({ status: 'reduced', standing: 167 });
  await shop.refund(paid, 334);
  await shop.drain(DAY_MS);
  expect(await shop.giftOf(inviter)).toEqual({ gift: 0, owed: 0 });
  expect(await shop.rewardOf(paid)).toMatchObject({ status: 'withdrawn', standing: 0 });
});

test('a refund that comes before the reward leaves only what is due of it', async () => {
  const { inviter, invitee } = await shop.newPair();
  const paid = await shop.payCoins(invitee);
  await shop.refund(paid, 400);
  await shop.drain(DAY_MS);
  expect(await shop.giftOf(inviter)).toEqual({ gift: 300, owed: 0 });
  const other = await shop.payCoins(invitee);
  await shop.refund(other, PRICE);
  await shop.drain(DAY_MS);
  expect(await shop.rewardOf(other)).toMatchObject({ status: 'withdrawn', standing: 0, granted_at: null });
  expect(await shop.giftOf(inviter)).toEqual({ gift: 300, owed: 0 });
});

test('what was spent of a reward is owed when it is taken back, and never makes a wallet negative', async () => {
  const { inviter, invitee } = await shop.newPair();
  const paid = await shop.buyCoins(invitee);
  await shop.spend(inviter, 450);
  await shop.refund(paid, PRICE);
  await shop.drain(DAY_MS);
  expect(await shop.giftOf(inviter)).toEqual({ gift: 0, owed: 450 });
  // What is earned later is not taken for it by itself.
  await shop.buyCoins(invitee);
  expect(await shop.giftOf(inviter)).toEqual({ gift: REWARD, owed: 450 });
});

test('a refund that comes to nothing gives the reward back, and nothing is owed any more', async () => {
  const { inviter, invitee } = await shop.newPair();
  const paid = await shop.buyCoins(invitee);
  await shop.spend(inviter, 200);
  shop.gateway.refundsAreInstant = false;
  await shop.refund(paid, PRICE);
  await shop.drain();
  expect(await shop.giftOf(inviter)).toEqual({ gift: 0, owed: 200 });
  const [sent] = [...shop.gateway.refunds.values()].filter(
    ({ request }) => request.payment.id === paid.payment_id,
  );
  (sent as { state: string }).state = 'failed';
  await shop.drain(DAY_MS);
  const reward = await shop.rewardOf(paid);
  expect(reward).toMatchObject({ status: 'granted', standing: REWARD });
  expect(await shop.giftOf(inviter)).toEqual({ gift: 300, owed: 0 });
});

test('money that the provider gives back by itself takes the reward back too', async () => {
  const { inviter, invitee } = await shop.newPair();
  const paid = await shop.buyCoins(invitee);
  await shop.returnInConsole(paid, 500);
  await shop.drain();
  expect(await shop.giftOf(inviter)).toEqual({ gift: 250, owed: 0 });
});

test('a refund and the reward at once end with what is due', async () => {
  const pairs = await Promise.all(Array.from({ length: 4 }, () => shop.newPair()));
  for (const { inviter, invitee } of pairs) {
    const paid = await shop.payCoins(invitee);
    await Promise.all([shop.drain(), shop.refund(paid, 500), shop.drain(), shop.refund(paid, 500)]);
    await shop.drain(DAY_MS);
    expect(await shop.giftOf(inviter)).toEqual({ gift: 0, owed: 0 });
  }
});

test('a dispute that is lost takes the reward back, an open one does not', async () => {
  const { inviter, invitee } = await shop.newPair();
  const paid = await shop.buyCoins(invitee);
  await shop.dispute(paid, 'needs_response', ['withdrawn']);
  expect(await shop.giftOf(inviter)).toEqual({ gift: REWARD, owed: 0 });
  await shop.dispute(paid, 'lost', ['withdrawn']);
  expect(await shop.giftOf(inviter)).toEqual({ gift: 0, owed: 0 });
});

test('a refund that is being reserved while the reward is settled is not overlooked', async () => {
  // Not rehearsed, because the refund tells the worker when to begin.
  const live = await openRewardShop({ rehearse: false });
  // It stays under way, so that nothing tells of it again.
  live.gateway.refundsAreInstant = false;
  const { inviter, invitee } = await live.newPair();
  const paid = await live.payCoins(invitee);
  let begin: () => void = () => undefined;
  const reserved = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const refunding = live.db.tx('test.refund', async (tx) => {
    await live.payments.reserveRefund(tx, {
      ...{ purpose: { type: 'order', id: paid.id }, amount: { amount: 500, currency: 'CNY' } },
      ...{ reason: null, by: CLERK, origin: 'staff' },
    });
    begin();
    // The worker reads meanwhile what it decides on, unless it waits for the order.
    for (let turn = 0; turn < 200; turn += 1) {
      await tx.query.selectFrom('orders').select('id').where('id', '=', paid.id).execute();
    }
  });
  await reserved;
  await Promise.all([live.drain(), refunding]);
  await live.drain();
  expect(await live.giftOf(inviter)).toEqual({ gift: 250, owed: 0 });
  expect(await live.violations()).toEqual([]);
  await live.close();
});
