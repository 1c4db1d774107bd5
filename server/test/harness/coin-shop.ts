/** The shop of {@link openShop} selling coins: packages, wallets and the fulfiller between them, over the provider in memory. */
import type { DisputeFacts, DisputeMovement, DisputeStage } from '../../src/gateways/gateway.ts';
import { DAY_MS } from '../../src/kernel/clock.ts';
import { newId, randomCode } from '../../src/kernel/ids.ts';
import { createCoins } from '../../src/modules/coins/index.ts';
import type { Fulfiller, OrderRow } from '../../src/modules/orders/index.ts';
import type { Wallets } from '../../src/modules/wallet/index.ts';
import { openTestApi, type TestAnswer, type TestApi, tokenOf } from './api.ts';
import { MERCHANT } from './fake-gateway.ts';
import { CLERK, openShop, type Shop, type ShopOptions } from './shop.ts';
import { createTestWallets } from './wallet.ts';

export const coinStaff = tokenOf({
  userId: 'usr_pods',
  kind: 'staff',
  permissions: ['coins.read', 'coins.write', 'wallet.spend', 'refunds.write'],
});

export interface CoinShop extends Shop {
  readonly wallets: Wallets;
  /** The routes of coins and wallets beside those of orders and payments. */
  readonly coinApi: TestApi;
  /** A package of 100 coins and 20 given ones for 99.00, unless it is said otherwise; answers its id. */
  newPod(changes?: object): Promise<string>;
  /** What `POST /coin/order` answers. */
  order(customerId: string, body: object): Promise<TestAnswer>;
  /** A package that is bought and paid; answers the order. */
  buy(customerId: string, podId: string): Promise<OrderRow>;
  spend(customerId: string, amount: number): Promise<unknown>;
  refund(order: OrderRow, amount: number | 'all'): Promise<unknown>;
  /** The provider has returned money by itself. */
  returnInConsole(order: OrderRow, amount: number): Promise<void>;
  /** A payer's bank takes the whole amount, and the dispute stands at this stage. */
  dispute(order: OrderRow, stage: DisputeStage, movements: readonly DisputeMovement['type'][]): Promise<void>;
  walletOf(customerId: string): Promise<{ paid: number; gift: number; held: number; owed: number }>;
}

type CoinShopOptions = Pick<ShopOptions, 'rehearse' | 'subscribers' | 'handlers'>;

export async function openCoinShop(options: CoinShopOptions = {}): Promise<CoinShop> {
  let fulfiller: Fulfiller;
  const late: Fulfiller = {
    kind: 'coins',
    onPaid: (...given) => fulfiller.onPaid(...given),
    onRefundReserved: (...given) => fulfiller.onRefundReserved(...given),
    onRefundChanged: (...given) => fulfiller.onRefundChanged(...given),
    onDisputeChanged: (...given) => fulfiller.onDisputeChanged(...given),
  };
  const shop = await openShop({ ...options, fulfillers: () => [late] });
  const { db, clock, orders, payments } = shop;
  const wallets = createTestWallets(db, clock);
  const config = { payExpireMs: 30 * 60_000 };
  const coins = createCoins({ db, clock, wallets, orders, payments, config, currency: 'CNY' });
  fulfiller = coins.fulfiller;
  const coinApi = await openTestApi({
    ...{ db, clock },
    registerRoutes(router) {
      coins.registerRoutes(router);
      wallets.registerRoutes(router);
    },
  });
  return { ...shop, ...createActs(shop, wallets, coinApi), wallets, coinApi };
}

type Acts = Omit<CoinShop, keyof Shop | 'wallets' | 'coinApi'> & Pick<Shop, 'close'>;

function createActs(shop: Shop, wallets: Wallets, coinApi: TestApi): Acts {
  const { db, clock } = shop;
  const acts: Acts = {
    async newPod(changes = {}) {
      const body = { name: '一百金币', coin: 10_000, giftCoin: 2_000, price: 9_900, ...changes };
      return (await coinApi.call('POST /admin/coin-pods', { token: coinStaff, body })).body.data.id;
    },
    order: (customerId, body) =>
      coinApi.call('POST /coin/order', { token: tokenOf({ userId: customerId }), body }),
    async buy(customerId, podId) {
      const { body } = await acts.order(customerId, { podId, method: 'wechat_native' });
      await shop.receive(body.data.outTradeNo);
      return shop.read(body.data.orderId);
    },
    spend: (customerId, amount) =>
      db.tx('test.spend', (tx) =>
        wallets.spend(tx, {
          ...{ customerId, currency: 'COIN', amount, reference: newId('buy'), by: CLERK, claimId: null },
        }),
      ),
    refund: ({ id, currency }, amount) =>
      db.tx('test.refund', (tx) =>
        shop.payments.reserveRefund(tx, {
          purpose: { type: 'order', id },
          amount: amount === 'all' ? 'all' : { amount, currency },
          ...{ reason: null, by: CLERK, origin: 'staff' },
        }),
      ),
    async returnInConsole(order, amount) {
      const paymentId = order.payment_id as string;
      const facts = {
        amount: { amount, currency: order.currency },
        ...{ paymentId, merchantAccount: MERCHANT, providerRefundId: `50${randomCode(8)}` },
        finishedAt: clock.now(),
      };
      const result = { outcome: 'succeeded', facts };
      await notify(shop, { type: 'refund', refundId: `console-${randomCode(6)}`, paymentId, result });
    },
    async dispute(order, stage, movements) {
      const amount = { amount: order.total, currency: order.currency };
      const facts: DisputeFacts = {
        ...{ disputeId: `dp_${order.id}`, merchantAccount: MERCHANT, paymentId: order.payment_id },
        ...{ captureTransactionId: null, stage, reason: 'fraudulent', amount },
        ...{ evidenceDueAt: clock.now() + 7 * DAY_MS, openedAt: clock.now() },
        movements: movements.map((type) => ({
          ...{ id: `txn_${type}_${order.id}`, type, amount, fee: 0, movedAt: clock.now() },
        })),
      };
      shop.gateway.disputes.set(facts.disputeId, facts);
      await notify(shop, { type: 'dispute', facts });
      await shop.drain();
    },
    async walletOf(customerId) {
      const row = await db.query
        .selectFrom('wallets')
        .select(['paid', 'gift', 'held', 'owed'])
        .where('customer_id', '=', customerId)
        .where('currency', '=', 'COIN')
        .executeTakeFirst();
      return row ?? { paid: 0, gift: 0, held: 0, owed: 0 };
    },
    async close() {
      await coinApi.close();
      await shop.close();
    },
  };
  return acts;
}

async function notify(shop: Shop, subject: object): Promise<void> {
  const body = { eventId: `evt_${randomCode(8)}`, subject };
  const headers = { 'content-type': 'application/json' };
  const answer = await shop.api.call('POST /payments/notify/fake_pay', { body, headers });
  if (answer.status !== 200) {
    throw new Error(`the notification was answered ${answer.status}`);
  }
}
