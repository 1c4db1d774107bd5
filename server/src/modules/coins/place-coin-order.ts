/**
 * A customer buys a package: the order with its copy of the package in one transaction, then the attempt to pay it. What it
 * costs and brings is decided by the package alone.
 *
 * Crash story: as with any order. A repeat, by its key or by the same package within a minute, finds the order and goes on.
 */
import type { Tx } from '../../kernel/db/index.ts';
import { insertRow } from '../../kernel/db/index.ts';
import { AppError, notFound } from '../../kernel/errors.ts';
import type { OrderRow, PayRequest, VirtualOrderRequest } from '../orders/index.ts';
import type { PaymentStarted } from '../payments/index.ts';
import { describeCoins } from './coins.ts';
import type { CoinsDeps } from './deps.ts';
import { readPod } from './pods.ts';
import type { CoinOrderRow, PodRow } from './tables.ts';

/** The names that the first callers of this route gave two methods of Alipay. */
const ALIASES: Readonly<Record<string, string>> = { native: 'alipay_qr', web: 'alipay_page' };

export interface CoinPurchase extends Omit<PayRequest, 'orderId'> {
  readonly podId: string;
  readonly quantity: number;
  /** What the customer believes it costs; compared, never used. */
  readonly expectedTotal?: number | undefined;
  readonly metadata: VirtualOrderRequest['metadata'];
}

export interface CoinOrderStarted {
  readonly orderId: string;
  readonly started: PaymentStarted;
  /** Whether the order was there already. */
  readonly isRepeat: boolean;
}

/**
 * Places the order and opens the attempt. Throws `not_found` for a package that is not for sale, and what placing and
 * paying an order throw.
 */
export async function buyCoins(deps: CoinsDeps, purchase: CoinPurchase): Promise<CoinOrderStarted> {
  const { podId, quantity, expectedTotal, metadata, ...pay } = purchase;
  const method = ALIASES[pay.method] ?? pay.method;
  const pod = await readPod(deps.db, podId);
  if (pod.status !== 'active') {
    throw new AppError(notFound);
  }
  const { order, repeatOf } = await deps.orders.placeVirtualOrder({
    ...{ kind: 'coins', customerId: pay.customerId, currency: pod.currency, paidBy: method, expectedTotal },
    ...{ metadata, claimId: pay.claimId, expiresInMs: deps.config.payExpireMs },
    item: {
      ...{ id: pod.id, sku: pod.id, name: pod.name, image: null, unitPrice: pod.price, quantity },
      description: describeCoins(pod.coins * quantity, pod.gift_coins * quantity),
    },
    sameAs: [pod.coins, pod.gift_coins, pod.gift_days ?? 0].map(String),
    write: (tx, placed) => insertSnapshot(tx, placed, pod, quantity),
  });
  const started = await deps.orders.payOrder({ ...pay, method, orderId: order.id });
  return { orderId: order.id, started, isRepeat: repeatOf !== null };
}

async function insertSnapshot(tx: Tx, order: OrderRow, pod: PodRow, quantity: number): Promise<void> {
  const coins = pod.coins * quantity;
  const giftCoins = pod.gift_coins * quantity;
  const row: CoinOrderRow = {
    ...{ id: order.id, customer_id: order.customer_id, pod_id: pod.id },
    subject: pod.name,
    body: pod.description ?? describeCoins(coins, giftCoins),
    ...{ unit_price: pod.price, quantity, amount: order.total, currency: order.currency },
    ...{ coins, gift_coins: giftCoins, gift_days: pod.gift_days },
    ...{ out_trade_no: null, paid_at: null, credited_at: null },
    ...{ returned_coins: 0, returned_gift_coins: 0, returns: 0 },
    ...{ created_at: tx.now, updated_at: tx.now },
  };
  await insertRow(tx, 'coin_orders', row);
}
