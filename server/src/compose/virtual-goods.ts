/** What the program delivers by itself: made here, and registered with the order engine under its kind. */
import type { Config } from '../kernel/config/index.ts';
import { createCoins } from '../modules/coins/index.ts';
import { createInvites } from '../modules/invites/index.ts';
import type { Fulfiller, Orders, VirtualKind } from '../modules/orders/index.ts';
import type { Payments } from '../modules/payments/index.ts';
import type { Wallets } from '../modules/wallet/index.ts';
import type { Kernel } from '../open-kernel.ts';

interface Parts {
  readonly kernel: Kernel;
  readonly config: Config;
  readonly wallets: Wallets;
  readonly orders: Orders;
  readonly payments: Payments;
  /** Filled here; orders holds it too. */
  readonly fulfillers: Map<VirtualKind, Fulfiller>;
}

/** Coins, and the rewards that they earn. */
export function createVirtualGoods({ kernel, config, wallets, orders, payments, fulfillers }: Parts) {
  const { db, clock, subscribers } = kernel;
  const invites = createInvites({ db, subscribers, wallets, config: config.invites });
  const coins = createCoins({
    ...{ db, clock, wallets, orders, payments, onCredited: invites.promiseReward },
    config: config.coins,
    currency: config.shop.currency,
  });
  fulfillers.set(coins.fulfiller.kind, coins.fulfiller);
  return [coins, invites] as const;
}
