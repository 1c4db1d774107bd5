/**
 * A shop under random buyers, random staff and a provider that fails at random, all from one seed. Several things happen
 * at once; afterwards everything heals, three days pass, and every invariant must hold here and at the provider.
 */
import { MINUTE_MS } from '../../src/kernel/clock.ts';
import { runDoctor } from '../../src/modules/doctor/index.ts';
import { startTestApp, type TestApp, type TestBuyer } from '../harness/app.ts';
import { compareWithProvider } from '../harness/provider-money.ts';
import { createRandom } from '../harness/random.ts';

const DAY_MS = 24 * 60 * MINUTE_MS;
const MAX_AT_ONCE = 4;
const VARIANTS = 3;
const BUYERS = 4;
const RECENT = 6;
/** One round in so many takes minutes, the others take seconds. */
const LONG_ROUND = 12;
const ADDRESS = {
  firstName: '晓',
  street1: '1 Abacus Road',
  city: 'Shenzhen',
  country: 'CN',
  phone: '19900000000',
};

/** Faults that a real provider shows; those that need a person to end them are left to the scenarios. */
const FAULTS = [
  ['prepay', 'error'],
  ['prepay', 'error_after_commit'],
  ['prepay', 'rate_limit'],
  ['query', 'error'],
  ['query', 'truncated_body'],
  ['query', 'wrong_signature'],
  ['close', 'error'],
  ['close', 'error_after_commit'],
  ['close', 'paid_during_close'],
  ['refund', 'error'],
  ['refund', 'error_after_commit'],
  ['refund', 'not_enough'],
  ['refund', 'refund_processing'],
  ['query_refund', 'error'],
  ['notify', 'drop'],
  ['notify', 'duplicate'],
  ['notify', 'reorder'],
  ['notify', 'forge'],
  ['notify', 'wrong_amount'],
  ['notify', 'wrong_mchid'],
  ['notify', 'stale_timestamp'],
] as const;

export interface SimulationOptions {
  readonly seed: number;
  readonly steps: number;
}

export interface SimulationReport {
  /** How often each thing was done. */
  readonly done: Readonly<Record<string, number>>;
  /** How often each status was answered; a 500 is none of them. */
  readonly answers: Readonly<Record<string, number>>;
  /** How many orders, payments and refunds ended in which state. */
  readonly ends: Readonly<Record<string, number>>;
  /** What is not as it must be. */
  readonly wrong: readonly string[];
}

interface World {
  readonly app: TestApp;
  readonly buyers: readonly TestBuyer[];
  readonly variants: readonly string[];
  readonly orders: { readonly id: string; readonly buyer: TestBuyer }[];
  readonly answers: Record<string, number>;
  pick<T>(all: readonly T[]): T | undefined;
  upTo(count: number): number;
}

async function ask(world: World, route: string, token: string, body?: unknown): Promise<unknown> {
  const answer = await world.app.call(route, { token, ...(body !== undefined && { body }) });
  world.answers[answer.status] = (world.answers[answer.status] ?? 0) + 1;
  return answer.status < 300 ? answer.body.data : undefined;
}

/** Those that something may still happen to. */
const recent = ({ orders }: World) => orders.slice(-RECENT);

type Act = (world: World) => Promise<void>;

const ACTS: Readonly<Record<string, Act>> = {
  async place(world) {
    const buyer = world.pick(world.buyers) as TestBuyer;
    const items = world.variants
      .slice(0, 1 + world.upTo(VARIANTS))
      .map((variantId) => ({ variantId, quantity: 1 + world.upTo(3) }));
    const order = await ask(world, 'POST /orders', buyer.token, { items, shippingAddress: ADDRESS });
    if (order !== undefined) {
      world.orders.push({ id: (order as { id: string }).id, buyer });
    }
  },
  async open(world) {
    const order = world.pick(recent(world));
    const method = world.pick(['wechat_jsapi', 'wechat_native']);
    if (order) {
      await ask(world, `POST /orders/${order.id}/payments`, order.buyer.token, { method });
    }
  },
  async pay({ app, pick, upTo }) {
    const trade = pick(app.simulators.wechatPay.listTrades(10));
    const payer = pick(app.simulators.payers.list());
    if (trade) {
      if (upTo(3) === 0) {
        // Money that was under way when the trade was closed: late for its order, or a second time.
        const match = { outTradeNo: trade.outTradeNo };
        app.simulators.faults.set({
          provider: 'wechat-pay',
          operation: 'pay',
          kind: 'paid_after_close',
          match,
        });
      }
      const payerId = trade.boundOpenid === null ? payer?.id : undefined;
      app.simulators.wechatPay.pay({ outTradeNo: trade.outTradeNo, payerId });
    }
  },
  async look(world) {
    const order = world.pick(recent(world));
    if (order) {
      await ask(world, `GET /orders/${order.id}`, order.buyer.token);
    }
  },
  async cancel(world) {
    const order = world.pick(recent(world));
    if (order) {
      const token = world.pick([order.buyer.token, world.app.adminToken]) as string;
      await ask(world, `POST /orders/${order.id}/cancel`, token, { reason: 'random' });
    }
  },
  async advance(world) {
    const order = world.pick(recent(world));
    const status = world.pick(['processing', 'shipped', 'delivered', 'completed', 'returned']);
    if (order) {
      await ask(world, `PATCH /orders/${order.id}/status`, world.app.adminToken, { status });
    }
  },
  async refund(world) {
    const order = world.pick(recent(world));
    if (order) {
      const body = { amount: 1 + world.upTo(1_500), reason: 'random' };
      await ask(world, `POST /orders/${order.id}/refunds`, world.app.adminToken, body);
    }
  },
  async restock(world) {
    const variantId = world.pick(world.variants);
    const body = { onHand: 20 + world.upTo(30), reason: 'counted' };
    await ask(world, `PATCH /admin/inventory/${variantId}`, world.app.adminToken, body);
  },
  async spoil({ app, pick }) {
    const [operation, kind] = pick(FAULTS) as (typeof FAULTS)[number];
    app.simulators.faults.set({ provider: 'wechat-pay', operation, kind, times: 1 });
  },
  async tell({ app }) {
    await app.simulators.notifications.flush();
  },
  async repeat({ app, pick }) {
    const notification = pick(app.simulators.notifications.list({ limit: 20 }));
    if (notification) {
      await app.simulators.notifications.resend(notification.id);
    }
  },
};

/** How often each thing happens beside the others: most buyers mean to buy. */
const WEIGHTS: Readonly<Record<keyof typeof ACTS, number>> = {
  ...{ place: 3, open: 6, pay: 7, look: 2, cancel: 1, advance: 4 },
  ...{ refund: 2, restock: 1, spoil: 3, tell: 3, repeat: 1 },
};

const DECK = Object.entries(WEIGHTS).flatMap(([name, weight]) => Array.from({ length: weight }, () => name));

async function pass({ worker, clock, simulators }: TestApp, ms: number, steps = 1): Promise<void> {
  for (let step = 0; step < steps; step += 1) {
    await worker.drain({ clock, until: clock.now() + Math.ceil(ms / steps) });
    await simulators.notifications.flush();
  }
}

async function openWorld(app: TestApp, random: () => number): Promise<World> {
  const variants: string[] = [];
  const buyers: TestBuyer[] = [];
  for (let count = 0; count < VARIANTS; count += 1) {
    const stock = { isTracked: true, onHand: 30 };
    const product = { name: `tea ${count}`, status: 'active', variants: [{ unitPrice: 500, stock }] };
    const { body } = await app.call('POST /products', { token: app.adminToken, body: product });
    variants.push(body.data.variants[0].id as string);
  }
  for (let count = 0; count < BUYERS; count += 1) {
    buyers.push(await app.newBuyer());
  }
  const upTo = (count: number) => Math.floor(random() * count);
  return { app, buyers, variants, orders: [], answers: {}, upTo, pick: (all) => all[upTo(all.length)] };
}

async function countEnds({ db }: TestApp): Promise<Record<string, number>> {
  const orders = await db.query.selectFrom('orders').select(['status', 'payment_status as detail']).execute();
  const payments = await db.query.selectFrom('payments').select(['status', 'is_surplus as detail']).execute();
  const refunds = await db.query.selectFrom('refunds').select(['status', 'origin as detail']).execute();
  const ends: Record<string, number> = {};
  for (const [kind, rows] of Object.entries({ order: orders, payment: payments, refund: refunds })) {
    for (const { status, detail } of rows) {
      const name = `${kind} ${status}/${detail}`;
      ends[name] = (ends[name] ?? 0) + 1;
    }
  }
  return ends;
}

async function findWrong({ app, answers }: World): Promise<string[]> {
  const { db, clock, simulators } = app;
  const { violations } = await runDoctor(db, clock);
  const unsettled = await db.query
    .selectFrom('orders')
    .select('id')
    .where('status', '=', 'pending')
    .execute();
  const trades = simulators.wechatPay.listTrades(10_000);
  const refunds = simulators.wechatPay.listRefunds(undefined, 10_000);
  return [
    ...violations.map(({ invariant, subject, message }) => `${invariant} ${subject}: ${message}`),
    ...unsettled.map(({ id }) => `order ${id} is still pending`),
    ...(await compareWithProvider(db, { trades, refunds })),
    ...(answers[500] === undefined ? [] : [`${answers[500]} answers were 500`]),
  ];
}

/** Plays `steps` rounds, heals everything and answers what is wrong then. */
export async function runSimulation({ seed, steps }: SimulationOptions): Promise<SimulationReport> {
  const random = createRandom(seed);
  const app = await startTestApp({ rehearse: false });
  try {
    const world = await openWorld(app, random);
    const done: Record<string, number> = {};
    for (let step = 0; step < steps; step += 1) {
      const names = Array.from({ length: 1 + world.upTo(MAX_AT_ONCE) }, () => world.pick(DECK) as string);
      for (const name of names) {
        done[name] = (done[name] ?? 0) + 1;
      }
      await Promise.all(names.map((name) => (ACTS[name] as Act)(world)));
      await pass(app, world.upTo(LONG_ROUND) === 0 ? world.upTo(8) * MINUTE_MS : world.upTo(4_000));
    }
    app.simulators.faults.clear();
    await pass(app, 3 * DAY_MS, 72);
    return { done, answers: world.answers, ends: await countEnds(app), wrong: await findWrong(world) };
  } finally {
    await app.close();
  }
}
