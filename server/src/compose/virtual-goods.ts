/** What the program delivers by itself: made here, and registered with the order engine under its kind. */
import type { Config } from '../kernel/config/index.ts';
import { createCoins } from '../modules/coins/index.ts';
import { createInvites } from '../modules/invites/index.ts';
import type { Fulfiller, Orders, VirtualKind } from '../modules/orders/index.ts';
import type { Payments } from '../modules/payments/index.ts';
import { createTopups } from '../modules/topups/index.ts';
import type { Wallets } from '../modules/wallet/index.ts';
import type { Kernel } from '../open-kernel.ts';
import type { OperatorRegistry } from '../operators/registry.ts';

interface Parts {
  readonly kernel: Kernel;
  readonly config: Config;
  readonly wallets: Wallets;
  readonly orders: Orders;
  readonly payments: Payments;
  readonly operators: OperatorRegistry;
  /** Filled here; orders holds it too. */
  readonly fulfillers: Map<VirtualKind, Fulfiller>;
}

/** Coins, the rewards that they earn, and top-ups. */
export function createVirtualGoods(parts: Parts) {
  const { kernel, config, wallets, orders, payments, operators, fulfillers } = parts;
  const { db, clock, log, subscribers } = kernel;
  const invites = createInvites({ db, subscribers, wallets, config: config.invites });
  const coins = createCoins({
    ...{ db, clock, wallets, orders, payments },
    config: config.coins,
    currency: config.shop.currency,
  });
  const topups = createTopups({
    ...{ db, clock, log, operators, orders, ...config.topups },
    onResult: kernel.metrics.observeDelivery,
  });
  for (const { fulfiller } of [coins, topups]) {
    fulfillers.set(fulfiller.kind, fulfiller);
  }
  return [coins, invites, topups] as const;
}
