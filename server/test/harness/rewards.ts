/** The shop of {@link openCoinShop} whose customers invite others and are rewarded for it. */
import type { Schema } from '../../src/kernel/db/index.ts';
import { createSubscriberTable } from '../../src/kernel/events/index.ts';
import { newId, randomCode } from '../../src/kernel/ids.ts';
import { silentLogger } from '../../src/kernel/log/index.ts';
import { createIdentity } from '../../src/modules/identity/index.ts';
import { acceptInvite, createInvites, type InvitesDeps } from '../../src/modules/invites/index.ts';
import { findBuyers, type OrderRow } from '../../src/modules/orders/index.ts';
import { type CoinShop, openCoinShop } from './coin-shop.ts';
import type { ShopOptions } from './shop.ts';

/** What an order costs, and what it sells: hundredths of a coin. */
export const PRICE = 1_000;
export const BOUGHT = 10_000;

export interface RewardShop extends CoinShop {
  /** To be changed by tests: 5 % of every order. */
  readonly terms: { rewardBasisPoints: number; rewardOn: 'every' | 'first' };
  /** Two customers, of whom the first has invited the second. */
  newPair(): Promise<{ inviter: string; invitee: string }>;
  /** An order that is open to be paid; answers the number of its attempt. */
  begin(customerId: string): Promise<string>;
  /** An order that is paid, so that its coins are delivered; no job has run yet. */
  payCoins(customerId: string): Promise<OrderRow>;
  /** The same, and all jobs have run. */
  buyCoins(customerId: string): Promise<OrderRow>;
  rewardOf(order: OrderRow): Promise<Schema['invite_rewards'] | undefined>;
  giftOf(customerId: string): Promise<{ gift: number; owed: number }>;
}

export async function openRewardShop(options: Pick<ShopOptions, 'rehearse'> = {}): Promise<RewardShop> {
  const terms: RewardShop['terms'] = { rewardBasisPoints: 500, rewardOn: 'every' };
  const subscribers = createSubscriberTable();
  // The shop's own, which are there before anybody is rewarded.
  const wallets: InvitesDeps['wallets'] = {
    credit: (...given) => shop.wallets.credit(...given),
    takeBack: (...given) => shop.wallets.takeBack(...given),
    giveBack: (...given) => shop.wallets.giveBack(...given),
  };
  const shop = await openCoinShop({
    ...options,
    subscribers,
    handlers: (db) => createInvites({ db, subscribers, wallets, config: terms }).jobs,
  });
  const { db, clock } = shop;
  const identity = createIdentity({
    ...{ db, clock, log: silentLogger, acceptInvite, findBuyers },
    config: {
      tokens: { accessMs: 60_000, refreshMs: 60_000 },
      secrets: { jwt: 'j'.repeat(32), app: 'a'.repeat(32), adminPassword: null },
      shop: { currency: 'CNY', hasDemoData: false },
    },
  });
  const podId = await shop.newPod({ coin: BOUGHT, giftCoin: 0, price: PRICE });

  async function logIn(inviteCode?: string): Promise<string> {
    const login = { provider: 'wechat', appid: 'wx_app', openid: newId('opn'), inviteCode };
    return (await db.tx('test.log_in', (tx) => identity.findOrCreateLinkedUser(tx, login))).userId;
  }

  return {
    ...{ ...shop, terms },
    async newPair() {
      const inviter = await logIn();
      const code = randomCode(8).toUpperCase();
      await db.tx('test.code', (tx) =>
        tx.insertOnce('invite_codes', { customer_id: inviter, code, created_at: tx.now }),
      );
      return { inviter, invitee: await logIn(code) };
    },
    async begin(customerId) {
      const ownPod = await shop.newPod({ coin: BOUGHT, giftCoin: 0, price: PRICE });
      const { body } = await shop.order(customerId, { podId: ownPod, method: 'wechat_native' });
      return body.data.outTradeNo;
    },
    payCoins: (customerId) => shop.buy(customerId, podId),
    async buyCoins(customerId) {
      const paid = await shop.buy(customerId, podId);
      await shop.drain();
      return paid;
    },
    rewardOf: ({ id }) =>
      db.query.selectFrom('invite_rewards').selectAll().where('order_id', '=', id).executeTakeFirst(),
    async giftOf(customerId) {
      const { gift, owed } = await shop.walletOf(customerId);
      return { gift, owed };
    },
  };
}
