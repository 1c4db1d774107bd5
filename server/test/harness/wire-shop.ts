/** Orders, inventory and payments as compose wires them, over a provider in memory, and with what delivers virtual goods. */

import type { FakeClock } from '../../src/kernel/clock.ts';
import type { Config } from '../../src/kernel/config/index.ts';
import type { Db } from '../../src/kernel/db/index.ts';
import type { Router } from '../../src/kernel/http/index.ts';
import type { JobHandler } from '../../src/kernel/jobs/index.ts';
import { silentLogger } from '../../src/kernel/log/index.ts';
import type { Sellable } from '../../src/modules/catalog/index.ts';
import type { Address } from '../../src/modules/identity/index.ts';
import { createInventory } from '../../src/modules/inventory/index.ts';
import { createLedger } from '../../src/modules/ledger/index.ts';
import { createOrders, type Fulfiller, type Orders } from '../../src/modules/orders/index.ts';
import { createPayments, isOffered } from '../../src/modules/payments/index.ts';
import { APP, createFakeGateway, type FakeGateway } from './fake-gateway.ts';
import { testPaymentSettings } from './payments.ts';
import { createTestWallets } from './wallet.ts';

export const OUTBOUND_TIMEOUT_MS = 10_000;

/** A module that delivers one kind of virtual goods. */
export interface Deliverer {
  readonly fulfiller: Fulfiller;
  readonly jobs: readonly JobHandler[];
  registerRoutes(router: Router): void;
}

export interface DelivererParts {
  readonly db: Db;
  readonly clock: FakeClock;
  /** There once the shop is open. */
  readonly orders: Pick<Orders, 'placeVirtualOrder' | 'delivery'>;
}

/** What a shop stands on; what is left out is empty, or there is none. */
export interface ShopParts {
  readonly db: Db;
  readonly clock: FakeClock;
  readonly config: Config['orders'];
  /** One that outlives this process, as a provider does. */
  readonly gateway?: FakeGateway | undefined;
  readonly variants?: ReadonlyMap<string, Sellable>;
  readonly homes?: ReadonlyMap<string, Address>;
  readonly fulfillers?: ((orders: () => Orders) => readonly Fulfiller[]) | undefined;
  readonly deliverer?: ((parts: DelivererParts) => Deliverer) | undefined;
}

/** One process of a shop. */
export function wireShop(parts: ShopParts) {
  const { db, clock, config, variants = new Map(), homes = new Map<string, Address>() } = parts;
  const gateway = parts.gateway ?? createFakeGateway(clock);
  const owners = new Map();
  const payments = createPayments({
    ...{ db, clock, owners },
    log: silentLogger,
    ledger: createLedger({ db, clock }),
    gateways: {
      byProvider: (provider) => (provider === 'fake_pay' ? gateway : undefined),
      byMethod: () => gateway,
    },
    creditCustomer: (tx, credit) => createTestWallets(db, clock).creditRefund(tx, credit),
    publicUrl: 'https://shop.example.com',
    outboundTimeoutMs: OUTBOUND_TIMEOUT_MS,
    ...testPaymentSettings,
  });
  const readSellable = async (_reader: unknown, ids: readonly string[]) =>
    new Map(
      ids.flatMap((id): [string, Sellable][] => {
        const variant = variants.get(id);
        return variant ? [[id, variant]] : [];
      }),
    );
  const deliverer = parts.deliverer?.({
    ...{ db, clock },
    orders: {
      placeVirtualOrder: (request) => orders.placeVirtualOrder(request),
      get delivery() {
        return orders.delivery;
      },
    },
  });
  const fulfillers = [
    ...(parts.fulfillers?.(() => orders) ?? []),
    ...(deliverer ? [deliverer.fulfiller] : []),
  ];
  const orders: Orders = createOrders({
    ...{ db, clock, config, payments },
    originKeptMs: testPaymentSettings.originKeptMs,
    fulfillers: new Map(fulfillers.map((fulfiller) => [fulfiller.kind, fulfiller])),
    catalog: { readSellable },
    addresses: {
      readAddress: async (_reader, userId, id) =>
        homes.get(userId)?.id === id ? homes.get(userId) : undefined,
      readDefaultAddress: async (_reader, userId) => homes.get(userId),
      openidsOf: async () => [{ provider: 'wechat', appid: APP, openid: 'o_payer' }],
    },
    methodsFor: ({ kind, currency, total }) =>
      gateway.capabilities.methods.filter((method) =>
        isOffered(method, { kind, currency, ...(total !== undefined && { amount: total }) }),
      ),
  });
  owners.set(orders.purposeOwner.type, orders.purposeOwner);
  const inventory = createInventory({
    ...{ db, clock },
    config: { reservationMs: 15 * 60_000, maxReservations: 5, maxReservedUnits: 50 },
    catalog: { readSellable, resolveVariant: async (_reader, id) => id },
  });
  const modules = [orders, payments, inventory, ...(deliverer ? [deliverer] : [])];
  return { gateway, payments, orders, modules };
}
