import type { PaymentMethod } from '../../src/gateways/gateway.ts';
import { type Actor, systemActor } from '../../src/kernel/actor.ts';
import { createFakeClock, type FakeClock } from '../../src/kernel/clock.ts';
import type { Config } from '../../src/kernel/config/index.ts';
import type { Db } from '../../src/kernel/db/index.ts';
import type { SubscriberTable } from '../../src/kernel/events/index.ts';
import type { Router } from '../../src/kernel/http/index.ts';
import { newId, randomCode } from '../../src/kernel/ids.ts';
import { createWorker, type DrainReport, type JobHandler } from '../../src/kernel/jobs/index.ts';
import { silentLogger } from '../../src/kernel/log/index.ts';
import type { Sellable } from '../../src/modules/catalog/index.ts';
import { runDoctor, type Violation } from '../../src/modules/doctor/index.ts';
import type { Address } from '../../src/modules/identity/index.ts';
import { createStock, readStockOf, type Stock } from '../../src/modules/inventory/index.ts';
import type {
  Fulfiller,
  OrderRequest,
  OrderRow,
  Orders,
  PlacedOrder,
} from '../../src/modules/orders/index.ts';
import type { Payments } from '../../src/modules/payments/index.ts';
import { openTestApi, type TestApi } from './api.ts';
import { openTestDb } from './database.ts';
import type { FakeGateway } from './fake-gateway.ts';
import { type Deliverer, type DelivererParts, type ShopParts, wireShop } from './wire-shop.ts';

export { type Deliverer, type DelivererParts, OUTBOUND_TIMEOUT_MS } from './wire-shop.ts';

const START = Date.UTC(2026, 10, 20, 9, 0);
export const CLERK: Actor = { type: 'staff', id: 'usr_clerk' };

export const HOME: Address = {
  id: 'adr_home',
  type: 'home',
  firstName: '小明',
  lastName: null,
  company: null,
  street1: '南京路 1 号',
  street2: null,
  city: '上海',
  state: null,
  zipCode: null,
  country: 'CN',
  phone: '13800000000',
  isDefault: true,
};

export interface ShopOptions {
  readonly config?: Config['orders'];
  /** What delivers virtual goods; nothing without it. */
  readonly fulfillers?: (orders: () => Orders) => readonly Fulfiller[];
  /** Who is told of events; nobody without it. */
  readonly subscribers?: SubscriberTable;
  /** Of further modules. */
  readonly handlers?: (db: Db, clock: FakeClock) => readonly JobHandler[];
  /** A whole module that does. */
  readonly deliverer?: (parts: DelivererParts) => Deliverer;
  /** Off for tests that measure. */
  readonly rehearse?: boolean;
}

/** Orders, inventory, payments and ledger on a database of their own, with catalogue, addresses and provider in memory. */
export interface Shop {
  readonly db: Db;
  readonly clock: FakeClock;
  readonly gateway: FakeGateway;
  readonly payments: Payments;
  readonly orders: Orders;
  readonly api: TestApi;
  readonly variants: Map<string, Sellable>;
  /** The default addresses, by customer. */
  readonly homes: Map<string, Address>;
  /** A variant for sale, 19.99 CNY, with stock that is tracked unless `onHand` is null. */
  addVariant(changes?: Partial<Sellable> & { readonly onHand?: number | null }): Promise<string>;
  place(variantIds: readonly string[], changes?: Partial<OrderRequest>): Promise<PlacedOrder>;
  /** Places an order of one unit of a new variant. */
  newOrder(changes?: Partial<OrderRequest>): Promise<OrderRow>;
  /** Opens an attempt; answers its id. */
  pay(order: OrderRow, method?: PaymentMethod): Promise<string>;
  /** The buyer pays, and the provider tells of it. */
  receive(paymentId: string): Promise<number>;
  /** An order that is paid. */
  newPaidOrder(): Promise<OrderRow>;
  read(orderId: string): Promise<OrderRow>;
  /** Of the first line's variant. */
  stockOf(order: OrderRow): Promise<Stock>;
  drain(ms?: number): Promise<DrainReport>;
  /** Everything that doctor would say. */
  violations(): Promise<readonly Violation[]>;
  close(): Promise<void>;
}

async function openDatabase({ subscribers, rehearse = true }: ShopOptions) {
  const clock = createFakeClock(START);
  return { clock, db: await openTestDb({ clock, rehearse, ...(subscribers && { subscribers }) }) };
}

function registerAll(modules: readonly Pick<Deliverer, 'registerRoutes'>[], router: Router): void {
  for (const module of modules) {
    module.registerRoutes(router);
  }
}

export async function openShop(options: ShopOptions = {}): Promise<Shop> {
  const config = options.config ?? { payExpireMs: 15 * 60_000, maxUnpaid: 1_000 };
  const { clock, db } = await openDatabase(options);
  const variants = new Map<string, Sellable>();
  const homes = new Map<string, Address>();
  const { fulfillers, deliverer } = options;
  const wired = wireShop({ db, clock, config, variants, homes, fulfillers, deliverer });
  const { gateway, payments, orders, modules } = wired;
  const handlers = [...modules.flatMap(({ jobs }) => jobs), ...(options.handlers?.(db, clock) ?? [])];
  const worker = createWorker({ db, clock, log: silentLogger, handlers });
  const api = await openTestApi({ db, clock, registerRoutes: (router) => registerAll(modules, router) });

  const read = (id: string): Promise<OrderRow> =>
    db.query.selectFrom('orders').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

  const shop: Shop = {
    ...{ db, clock, gateway, payments, orders, api, variants, homes, read },
    addVariant: (changes) => addVariant({ db, variants }, changes),
    place: (variantIds, changes = {}) => orders.placeOrder(toRequest(variantIds, changes)),
    async newOrder(changes) {
      const { order } = await shop.place([await shop.addVariant()], changes);
      return order;
    },
    async pay(order, method = 'wechat_native') {
      const { id: orderId, customer_id: customerId } = order;
      const started = await orders.payOrder({ orderId, customerId, method, ip: null, claimId: null });
      return started.paymentId;
    },
    async receive(paymentId) {
      const facts = gateway.trades.get(paymentId)?.facts ?? gateway.pay(paymentId);
      const answer = await api.call('POST /payments/notify/fake_pay', {
        body: {
          eventId: `evt_${randomCode(8)}`,
          subject: { type: 'payment', paymentId, result: { outcome: 'succeeded', facts } },
        },
        headers: { 'content-type': 'application/json' },
      });
      return answer.status;
    },
    async newPaidOrder() {
      const order = await shop.newOrder();
      await shop.receive(await shop.pay(order));
      return read(order.id);
    },
    async stockOf(order) {
      const line = await db.query
        .selectFrom('order_lines')
        .select('variant_id')
        .where('order_id', '=', order.id)
        .orderBy('position')
        .executeTakeFirstOrThrow();
      return (await readStockOf(db, line.variant_id)) as Stock;
    },
    drain: (ms) => (ms === undefined ? worker.drain() : worker.drain({ clock, until: clock.now() + ms })),
    violations: async () => (await runDoctor(db, clock)).violations,
    async close() {
      await api.close();
      await db.close();
    },
  };
  return shop;
}

async function addVariant(
  { db, variants }: Pick<ShopParts, 'db'> & { readonly variants: Map<string, Sellable> },
  { onHand = 100, ...changes }: Partial<Sellable> & { readonly onHand?: number | null } = {},
): Promise<string> {
  const variantId = newId('var');
  const variant: Sellable = {
    variantId,
    productId: newId('prod'),
    sku: `SKU-${randomCode(6)}`,
    name: '龙井茶 (250 g)',
    description: '明前龙井',
    image: 'https://img.example.com/tea.jpg',
    unitPrice: 1_999,
    salePrice: null,
    currency: 'CNY',
    requiresShipping: true,
    isTaxable: true,
    isSellable: true,
    ...changes,
  };
  variants.set(variantId, variant);
  await db.tx('test.stock', (tx) =>
    createStock(tx, {
      variantId,
      sku: variant.sku,
      isTracked: onHand !== null,
      onHand: onHand ?? 0,
      backorderAllowance: 0,
      by: systemActor('test'),
    }),
  );
  return variantId;
}

function toRequest(variantIds: readonly string[], changes: Partial<OrderRequest>): OrderRequest {
  return {
    customerId: newId('usr'),
    items: variantIds.map((variantId) => ({ variantId, quantity: 1 })),
    shippingAddress: HOME,
    metadata: { source: 'web', userAgent: null, ipAddress: '203.0.113.7', referrer: null },
    claimId: null,
    repeats: 'within_a_minute',
    ...changes,
  };
}
