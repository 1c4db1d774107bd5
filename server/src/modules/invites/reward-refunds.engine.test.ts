import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { MERCHANT } from '../../../test/harness/fake-gateway.ts';
import { openRewardShop, PRICE, type RewardShop } from '../../../test/harness/rewards.ts';
import type { DisputeFacts, DisputeMovement } from '../../gateways/gateway.ts';
import { DAY_MS, HOUR_MS } from '../../kernel/clock.ts';

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
  expect(await shop.walletOf(inviter)).toEqual({ gift: 333, owed: 0 });
  expect(await shop.rewardOf(paid)).toMatchObject({ status: 'reduced', standing: 333 });
  await shop.refund(paid, 333);
  await shop.drain();
  expect(await shop.rewardOf(paid)).toMatchObject({ status: 'reduced', standing: 167 });
  await shop.refund(paid, 334);
  await shop.drain(DAY_MS);
  expect(await shop.walletOf(inviter)).toEqual({ gift: 0, owed: 0 });
  expect(await shop.rewardOf(paid)).toMatchObject({ status: 'withdrawn', standing: 0 });
});

test('a refund that comes before the reward leaves only what is due of it', async () => {
  const { inviter, invitee } = await shop.newPair();
  const paid = await shop.payCoins(invitee);
  await shop.refund(paid, 400);
  await shop.drain(DAY_MS);
  expect(await shop.walletOf(inviter)).toEqual({ gift: 300, owed: 0 });
  const other = await shop.payCoins(invitee);
  await shop.refund(other, PRICE);
  await shop.drain(DAY_MS);
  expect(await shop.rewardOf(other)).toMatchObject({ status: 'withdrawn', standing: 0, granted_at: null });
  expect(await shop.walletOf(inviter)).toEqual({ gift: 300, owed: 0 });
});

test('what was spent of a reward is owed when it is taken back, and never makes a wallet negative', async () => {
  const { inviter, invitee } = await shop.newPair();
  const paid = await shop.buyCoins(invitee);
  await shop.spend(inviter, 450);
  await shop.refund(paid, PRICE);
  await shop.drain(DAY_MS);
  expect(await shop.walletOf(inviter)).toEqual({ gift: 0, owed: 450 });
  // What is earned later is not taken for it by itself.
  await shop.buyCoins(invitee);
  expect(await shop.walletOf(inviter)).toEqual({ gift: REWARD, owed: 450 });
});

test('a refund that comes to nothing gives the reward back, and nothing is owed any more', async () => {
  const { inviter, invitee } = await shop.newPair();
  const paid = await shop.buyCoins(invitee);
  await shop.spend(inviter, 200);
  shop.gateway.refundsAreInstant = false;
  const { refundIds } = await shop.refund(paid, PRICE);
  await shop.drain();
  expect(await shop.walletOf(inviter)).toEqual({ gift: 0, owed: 200 });
  (shop.gateway.refunds.get(refundIds[0] as string) as { state: string }).state = 'failed';
  await shop.drain(DAY_MS);
  const reward = await shop.rewardOf(paid);
  expect(reward).toMatchObject({ status: 'granted', standing: REWARD });
  expect(await shop.walletOf(inviter)).toEqual({ gift: 300, owed: 0 });
});

test('money that the provider gives back by itself takes the reward back too', async () => {
  const { inviter, invitee } = await shop.newPair();
  const paid = await shop.buyCoins(invitee);
  const paymentId = paid.payment_id as string;
  const facts = {
    ...{ amount: { amount: 500, currency: 'CNY' }, paymentId, merchantAccount: MERCHANT },
    ...{ providerRefundId: `50console_${paymentId}`, finishedAt: shop.clock.now() },
  };
  const subject = {
    type: 'refund',
    refundId: 'console-1',
    paymentId,
    result: { outcome: 'succeeded', facts },
  };
  const answer = await shop.api.call('POST /payments/notify/fake_pay', {
    body: { eventId: `evt_${paymentId}`, subject },
    headers: { 'content-type': 'application/json' },
  });
  expect(answer.status).toBe(200);
  await shop.drain();
  expect(await shop.walletOf(inviter)).toEqual({ gift: 250, owed: 0 });
});

test('a refund and the reward at once end with what is due', async () => {
  const pairs = await Promise.all(Array.from({ length: 4 }, () => shop.newPair()));
  for (const { inviter, invitee } of pairs) {
    const paid = await shop.payCoins(invitee);
    await Promise.all([shop.drain(), shop.refund(paid, 500), shop.drain(), shop.refund(paid, 500)]);
    await shop.drain(DAY_MS);
    expect(await shop.walletOf(inviter)).toEqual({ gift: 0, owed: 0 });
  }
});

test('a dispute that is lost takes the reward back, and gives it back when an appeal is won', async () => {
  const { inviter, invitee } = await shop.newPair();
  const paid = await shop.buyCoins(invitee);
  const amount = { amount: PRICE, currency: 'CNY' };
  const movement = (type: DisputeMovement['type']): DisputeMovement => ({
    ...{ id: `txn_${type}_${paid.id}`, type, amount, fee: 0, movedAt: shop.clock.now() },
  });
  const facts: DisputeFacts = {
    ...{ disputeId: `dp_${paid.id}`, merchantAccount: MERCHANT, paymentId: paid.payment_id },
    ...{ captureTransactionId: null, stage: 'needs_response', reason: 'fraudulent', amount },
    ...{ evidenceDueAt: shop.clock.now() + DAY_MS, openedAt: shop.clock.now() },
    movements: [movement('withdrawn')],
  };
  const lost: DisputeFacts = { ...facts, stage: 'lost' };
  const body = { eventId: `evt_${paid.id}`, subject: { type: 'dispute', facts: lost } };
  const headers = { 'content-type': 'application/json' };
  expect((await shop.api.call('POST /payments/notify/fake_pay', { body, headers })).status).toBe(200);
  // The provider can not be asked yet.
  await shop.drain();
  expect(await shop.walletOf(inviter)).toEqual({ gift: 0, owed: 0 });
  shop.gateway.disputes.set(facts.disputeId, {
    ...{ ...facts, stage: 'won', movements: [...facts.movements, movement('reinstated')] },
  });
  await shop.drain(HOUR_MS);
  expect(await shop.walletOf(inviter)).toEqual({ gift: REWARD, owed: 0 });
});
