import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { MERCHANT } from '../../../test/harness/fake-gateway.ts';
import { CLERK, openShop, type Shop } from '../../../test/harness/shop.ts';
import { systemActor } from '../../kernel/actor.ts';
import { DAY_MS } from '../../kernel/clock.ts';
import { createSubscriberTable } from '../../kernel/events/index.ts';
import { newId } from '../../kernel/ids.ts';
import { silentLogger } from '../../kernel/log/index.ts';
import { createIdentity, type Identity } from '../identity/index.ts';
import { createLedger } from '../ledger/index.ts';
import type { Fulfiller, OrderRow, Orders } from '../orders/index.ts';
import { COIN, createWallets, type Wallets } from '../wallet/index.ts';
import { acceptInvite, createInvites, type InvitesDeps } from './index.ts';
import { readCode } from './read-code.ts';
import type { RewardRow } from './tables.ts';

// Coins as small as can be: an order of 10.00 sells 100.00 coins, which are delivered when it is paid; the inviter is
// rewarded for them, and nobody asks what the invited does with theirs.
const PRICE = 1_000;
const BOUGHT = 10_000;
const by = systemActor('test.coins');
const terms = { rewardBasisPoints: 500, rewardOn: 'every' as 'every' | 'first' };
const REWARD = 500;

let shop: Shop;
let wallets: Wallets;
let identity: Identity;

function coins(
  orders: () => Orders,
  promise: () => ReturnType<typeof createInvites>['promiseReward'],
): Fulfiller {
  return {
    kind: 'coins',
    async onPaid(tx, { id, customer_id: customerId }) {
      await orders().delivery.claim(tx, id, by);
      await orders().delivery.settle(tx, id, 'fulfilled', { by });
      await promise()(tx, { orderId: id, customerId, coins: BOUGHT });
    },
    onRefundReserved: async () => undefined,
    onRefundChanged: async () => undefined,
    onDisputeChanged: async () => undefined,
  };
}

beforeAll(async () => {
  const subscribers = createSubscriberTable();
  let invites: ReturnType<typeof createInvites>;
  shop = await openShop({
    subscribers,
    fulfillers: (orders) => [coins(orders, () => invites.promiseReward)],
    handlers(db) {
      const clock = { now: () => shop.clock.now() };
      identity = createIdentity({
        ...{ db, clock, log: silentLogger, acceptInvite },
        config: {
          tokens: { accessMs: 60_000, refreshMs: 60_000 },
          secrets: { jwt: 'j'.repeat(32), app: 'a'.repeat(32), adminPassword: null },
          shop: { currency: 'CNY', hasDemoData: false },
        },
      });
      wallets = createWallets({
        ...{ db, clock, ledger: createLedger({ db, clock }) },
        config: { adjustLimitOf: () => 100_000, holdMs: 60_000 },
      });
      const deps: InvitesDeps = { db, subscribers, wallets, config: terms };
      invites = createInvites(deps);
      return invites.jobs;
    },
  });
});

afterEach(async () => {
  terms.rewardOn = 'every';
  terms.rewardBasisPoints = 500;
  shop.gateway.refundsAreInstant = true;
  await shop.drain(DAY_MS);
  expect(await shop.violations()).toEqual([]);
});

afterAll(() => shop.close());

const logIn = (inviteCode?: string) =>
  shop.db.tx('test.log_in', (tx) =>
    identity.findOrCreateLinkedUser(tx, {
      ...{ provider: 'wechat', appid: 'wx_app', openid: newId('opn'), inviteCode },
    }),
  );

/** Two customers, of whom the first has invited the second. */
async function newPair(): Promise<{ inviter: string; invitee: string }> {
  const { userId: inviter } = await logIn();
  const { userId: invitee } = await logIn(await readCode(shop.db, inviter));
  return { inviter, invitee };
}

async function order(customerId: string): Promise<OrderRow> {
  const placed = await shop.orders.placeVirtualOrder({
    ...{ kind: 'coins', customerId, currency: 'CNY', sameAs: [newId('x')], claimId: null },
    item: {
      ...{ id: 'pod-1', sku: 'POD', name: '100 coins', description: null, image: null },
      ...{ unitPrice: PRICE, quantity: 1 },
    },
    metadata: { source: 'web', userAgent: null, ipAddress: null, referrer: null },
    write: async () => undefined,
  });
  return placed.order;
}

/** An order that is paid; its reward is due and not settled yet. */
async function pay(customerId: string): Promise<OrderRow> {
  const placed = await order(customerId);
  await shop.receive(await shop.pay(placed));
  return shop.read(placed.id);
}

async function buy(customerId: string): Promise<OrderRow> {
  const paid = await pay(customerId);
  await shop.drain();
  return paid;
}

const refund = ({ id, currency }: OrderRow, amount: number) =>
  shop.db.tx('test.refund', (tx) =>
    shop.payments.reserveRefund(tx, {
      ...{ purpose: { type: 'order', id }, amount: { amount, currency }, reason: null },
      ...{ by: CLERK, origin: 'staff' },
    }),
  );

const rewardOf = ({ id }: OrderRow): Promise<RewardRow | undefined> =>
  shop.db.query.selectFrom('invite_rewards').selectAll().where('order_id', '=', id).executeTakeFirst();

const rewardsOf = (inviter: string) =>
  shop.db.query.selectFrom('invite_rewards').selectAll().where('inviter_id', '=', inviter).execute();

async function walletOf(customerId: string): Promise<{ gift: number; owed: number }> {
  const row = await shop.db.query
    .selectFrom('wallets')
    .select(['gift', 'owed'])
    .where('customer_id', '=', customerId)
    .where('currency', '=', COIN)
    .executeTakeFirst();
  return row ?? { gift: 0, owed: 0 };
}

const spend = (customerId: string, amount: number) =>
  shop.db.tx('test.spend', (tx) =>
    wallets.spend(tx, {
      ...{ customerId, currency: COIN, amount, reference: newId('buy'), by: CLERK, claimId: null },
    }),
  );

test('an inviter is given their part of the coins bought, as a gift, once', async () => {
  const { inviter, invitee } = await newPair();
  const paid = await buy(invitee);
  expect(await walletOf(inviter)).toEqual({ gift: REWARD, owed: 0 });
  expect(await rewardOf(paid)).toMatchObject({
    ...{ status: 'granted', standing: REWARD, amount: REWARD, basis_points: 500, coins: BOUGHT },
  });
  const causes = await shop.db.query
    .selectFrom('ledger_transfers')
    .select('cause')
    .where('purpose_type', '=', 'invite_reward')
    .where('purpose_id', '=', (await rewardOf(paid))?.id ?? '')
    .execute();
  expect(causes).toEqual([{ cause: `reward:${paid.id}` }]);
});

test('however often its payment and its job are told, a reward is given once', async () => {
  const { inviter, invitee } = await newPair();
  const paid = await pay(invitee);
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
  expect(await walletOf(inviter)).toEqual({ gift: REWARD, owed: 0 });
});

test('every order earns a reward where the setting says so, only the first one where it says that', async () => {
  const every = await newPair();
  await buy(every.invitee);
  await buy(every.invitee);
  expect(await walletOf(every.inviter)).toEqual({ gift: 2 * REWARD, owed: 0 });
  terms.rewardOn = 'first';
  const first = await newPair();
  await buy(first.invitee);
  await buy(first.invitee);
  expect(await walletOf(first.inviter)).toEqual({ gift: REWARD, owed: 0 });
  // Somebody who has brought rewards already brings no first one.
  await buy(every.invitee);
  expect(await walletOf(every.inviter)).toEqual({ gift: 2 * REWARD, owed: 0 });
});

test('of first orders that are paid at once, one earns a reward', async () => {
  terms.rewardOn = 'first';
  const { inviter, invitee } = await newPair();
  const orders = await Promise.all(Array.from({ length: 6 }, () => order(invitee)));
  const payments = await Promise.all(orders.map((placed) => shop.pay(placed)));
  const answers = await Promise.all(payments.map((paymentId) => shop.receive(paymentId)));
  expect(new Set(answers)).toEqual(new Set([200]));
  await shop.drain();
  expect(await rewardsOf(inviter)).toHaveLength(1);
  expect(await walletOf(inviter)).toEqual({ gift: REWARD, owed: 0 });
});

test('nobody is rewarded by whom nobody has invited, without a percentage, or of a part too small to count', async () => {
  const alone = newId('usr');
  expect(await rewardOf(await buy(alone))).toBeUndefined();
  const { inviter, invitee } = await newPair();
  terms.rewardBasisPoints = 0;
  expect(await rewardOf(await buy(invitee))).toBeUndefined();
  terms.rewardBasisPoints = 500;
  const setStatus = (status: 'active' | 'suspended') =>
    shop.db.tx('test.status', (tx) =>
      tx.query.updateTable('users').set({ status }).where('id', '=', inviter).execute(),
    );
  await setStatus('suspended');
  expect(await rewardOf(await buy(invitee))).toBeUndefined();
  await setStatus('active');
});

test('a reward keeps the terms of the day on which it was earned', async () => {
  const { inviter, invitee } = await newPair();
  await pay(invitee);
  terms.rewardBasisPoints = 9_000;
  await shop.drain();
  expect(await walletOf(inviter)).toEqual({ gift: REWARD, owed: 0 });
});

test('refunds take a reward back in proportion, and in full when nothing is left', async () => {
  const { inviter, invitee } = await newPair();
  const paid = await buy(invitee);
  await refund(paid, 333);
  await shop.drain();
  // 667 of 1,000 are kept: 333.5 of the 500 are left, rounded down.
  expect(await walletOf(inviter)).toEqual({ gift: 333, owed: 0 });
  expect(await rewardOf(paid)).toMatchObject({ status: 'reduced', standing: 333 });
  await refund(paid, 333);
  await shop.drain();
  expect(await rewardOf(paid)).toMatchObject({ status: 'reduced', standing: 167 });
  await refund(paid, 334);
  await shop.drain(DAY_MS);
  expect(await walletOf(inviter)).toEqual({ gift: 0, owed: 0 });
  expect(await rewardOf(paid)).toMatchObject({ status: 'withdrawn', standing: 0 });
});

test('a refund that comes before the reward leaves only what is due of it', async () => {
  const { inviter, invitee } = await newPair();
  const paid = await pay(invitee);
  await refund(paid, 400);
  await shop.drain(DAY_MS);
  expect(await walletOf(inviter)).toEqual({ gift: 300, owed: 0 });
  const other = await pay(invitee);
  await refund(other, PRICE);
  await shop.drain(DAY_MS);
  expect(await rewardOf(other)).toMatchObject({ status: 'withdrawn', standing: 0, granted_at: null });
  expect(await walletOf(inviter)).toEqual({ gift: 300, owed: 0 });
});

test('what was spent of a reward is owed when it is taken back, and never makes a wallet negative', async () => {
  const { inviter, invitee } = await newPair();
  const paid = await buy(invitee);
  await spend(inviter, 450);
  await refund(paid, PRICE);
  await shop.drain(DAY_MS);
  expect(await walletOf(inviter)).toEqual({ gift: 0, owed: 450 });
  // What is earned later is not taken for it by itself.
  await buy(invitee);
  expect(await walletOf(inviter)).toEqual({ gift: REWARD, owed: 450 });
});

test('a refund that comes to nothing gives the reward back, and nothing is owed any more', async () => {
  const { inviter, invitee } = await newPair();
  const paid = await buy(invitee);
  await spend(inviter, 200);
  shop.gateway.refundsAreInstant = false;
  const { refundIds } = await refund(paid, PRICE);
  await shop.drain();
  expect(await walletOf(inviter)).toEqual({ gift: 0, owed: 200 });
  (shop.gateway.refunds.get(refundIds[0] as string) as { state: string }).state = 'failed';
  await shop.drain(DAY_MS);
  const reward = await rewardOf(paid);
  expect(reward).toMatchObject({ status: 'granted', standing: REWARD });
  expect(await walletOf(inviter)).toEqual({ gift: 300, owed: 0 });
});

test('money that the provider gives back by itself takes the reward back too', async () => {
  const { inviter, invitee } = await newPair();
  const paid = await buy(invitee);
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
  expect(await walletOf(inviter)).toEqual({ gift: 250, owed: 0 });
});

test('a refund and the reward at once end with what is due', async () => {
  const pairs = await Promise.all(Array.from({ length: 4 }, newPair));
  for (const { inviter, invitee } of pairs) {
    const paid = await pay(invitee);
    await Promise.all([shop.drain(), refund(paid, 500), shop.drain(), refund(paid, 500)]);
    await shop.drain(DAY_MS);
    expect(await walletOf(inviter)).toEqual({ gift: 0, owed: 0 });
  }
});

test('doctor sees a reward that nobody settles, and one that the wallet was not given', async () => {
  const { inviter, invitee } = await newPair();
  const paid = await pay(invitee);
  await shop.db.tx('test.lose', (tx) =>
    tx.query.deleteFrom('jobs').where('unique_key', '=', `reward.settle:${paid.id}`).execute(),
  );
  const reward = await rewardOf(paid);
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
  const { invitee } = await newPair();
  const paid = await buy(invitee);
  const patch = (set: Partial<RewardRow>) =>
    shop.db.tx('test.patch', (tx) =>
      tx.query.updateTable('invite_rewards').set(set).where('order_id', '=', paid.id).execute(),
    );
  await expect(patch({ standing: REWARD + 1 })).rejects.toThrow();
  await expect(patch({ standing: -1 })).rejects.toThrow();
  await expect(patch({ amount: BOUGHT + 1 })).rejects.toThrow();
});
