/** A shop whose customers invite others, who buy coins: what rewards are about, and nothing else. */

import { systemActor } from '../../src/kernel/actor.ts';
import { createSubscriberTable } from '../../src/kernel/events/index.ts';
import { newId } from '../../src/kernel/ids.ts';
import { silentLogger } from '../../src/kernel/log/index.ts';
import { createIdentity, type Identity } from '../../src/modules/identity/index.ts';
import { acceptInvite, createInvites } from '../../src/modules/invites/index.ts';
import { readCode } from '../../src/modules/invites/read-code.ts';
import type { RewardRow } from '../../src/modules/invites/tables.ts';
import { createLedger } from '../../src/modules/ledger/index.ts';
import type { Fulfiller, OrderRow } from '../../src/modules/orders/index.ts';
import { COIN, createWallets, type Wallets } from '../../src/modules/wallet/index.ts';
import { CLERK, openShop, type Shop } from './shop.ts';

/** What an order costs, and what it sells: hundredths of a coin. */
export const PRICE = 1_000;
export const BOUGHT = 10_000;

const by = systemActor('test.coins');

export interface RewardShop extends Shop {
  /** To be changed by tests: 5 % of every order. */
  readonly terms: { rewardBasisPoints: number; rewardOn: 'every' | 'first' };
  /** Two customers, of whom the first has invited the second. */
  newPair(): Promise<{ inviter: string; invitee: string }>;
  order(customerId: string): Promise<OrderRow>;
  /** An order that is paid, so that its coins are delivered; no job has run yet. */
  payCoins(customerId: string): Promise<OrderRow>;
  /** The same, and all jobs have run. */
  buyCoins(customerId: string): Promise<OrderRow>;
  refund(order: OrderRow, amount: number): Promise<{ refundIds: string[] }>;
  /** Spends hundredths of a coin. */
  spend(customerId: string, amount: number): Promise<unknown>;
  rewardOf(order: OrderRow): Promise<RewardRow | undefined>;
  walletOf(customerId: string): Promise<{ gift: number; owed: number }>;
}

function createAccounts(db: Shop['db'], clock: Shop['clock']): Identity {
  return createIdentity({
    ...{ db, clock, log: silentLogger, acceptInvite },
    config: {
      tokens: { accessMs: 60_000, refreshMs: 60_000 },
      secrets: { jwt: 'j'.repeat(32), app: 'a'.repeat(32), adminPassword: null },
      shop: { currency: 'CNY', hasDemoData: false },
    },
  });
}

async function openParts(terms: RewardShop['terms']) {
  const subscribers = createSubscriberTable();
  let wallets: Wallets | undefined;
  let invites: ReturnType<typeof createInvites> | undefined;
  const shop = await openShop({
    subscribers,
    // Coins as small as can be: delivered when they are paid, and nobody asks what becomes of them.
    fulfillers: (orders): readonly Fulfiller[] => [
      {
        kind: 'coins',
        async onPaid(tx, { id, customer_id: customerId }) {
          await orders().delivery.claim(tx, id, by);
          await orders().delivery.settle(tx, id, 'fulfilled', { by });
          await invites?.promiseReward(tx, { orderId: id, customerId, coins: BOUGHT });
        },
        onRefundReserved: async () => undefined,
        onRefundChanged: async () => undefined,
        onDisputeChanged: async () => undefined,
      },
    ],
    handlers(db, clock) {
      wallets = createWallets({
        ...{ db, clock, ledger: createLedger({ db, clock }), isCustomer: async () => true },
        config: { adjustLimitOf: () => 100_000, holdMs: 60_000 },
      });
      invites = createInvites({ db, subscribers, wallets, config: terms });
      return invites.jobs;
    },
  });
  return { shop, wallets: wallets as unknown as Wallets };
}

export async function openRewardShop(): Promise<RewardShop> {
  const terms: RewardShop['terms'] = { rewardBasisPoints: 500, rewardOn: 'every' };
  const { shop, wallets } = await openParts(terms);
  const { db } = shop;
  const identity = createAccounts(db, shop.clock);

  async function logIn(inviteCode?: string): Promise<string> {
    const login = { provider: 'wechat', appid: 'wx_app', openid: newId('opn'), inviteCode };
    return (await db.tx('test.log_in', (tx) => identity.findOrCreateLinkedUser(tx, login))).userId;
  }

  const reward: RewardShop = {
    ...shop,
    terms,
    async newPair() {
      const inviter = await logIn();
      return { inviter, invitee: await logIn(await readCode(db, inviter)) };
    },
    async order(customerId) {
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
    },
    async payCoins(customerId) {
      const placed = await reward.order(customerId);
      await shop.receive(await shop.pay(placed));
      return shop.read(placed.id);
    },
    async buyCoins(customerId) {
      const paid = await reward.payCoins(customerId);
      await shop.drain();
      return paid;
    },
    refund: ({ id, currency }, amount) =>
      db.tx('test.refund', (tx) =>
        shop.payments.reserveRefund(tx, {
          ...{ purpose: { type: 'order', id }, amount: { amount, currency }, reason: null },
          ...{ by: CLERK, origin: 'staff' },
        }),
      ),
    spend: (customerId, amount) =>
      db.tx('test.spend', (tx) =>
        wallets.spend(tx, {
          ...{ customerId, currency: COIN, amount, reference: newId('buy'), by: CLERK, claimId: null },
        }),
      ),
    rewardOf: ({ id }) =>
      db.query.selectFrom('invite_rewards').selectAll().where('order_id', '=', id).executeTakeFirst(),
    async walletOf(customerId) {
      const row = await db.query
        .selectFrom('wallets')
        .select(['gift', 'owed'])
        .where('customer_id', '=', customerId)
        .where('currency', '=', COIN)
        .executeTakeFirst();
      return row ?? { gift: 0, owed: 0 };
    },
  };
  return reward;
}
