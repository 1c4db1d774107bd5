/** What the scenarios have in common: a shop with goods, buyers who order and pay, and a look at everything afterwards. */
import { expect } from 'vitest';
import { runDoctor } from '../../src/modules/doctor/index.ts';
import type { TestAnswer } from '../harness/api.ts';
import { startTestApp, type TestApp, type TestAppOptions, type TestBuyer } from '../harness/app.ts';
import { compareWithProvider, type ProviderBooks, stripeBooks } from '../harness/provider-money.ts';

export const ADDRESS = {
  firstName: '晓',
  lastName: '李',
  street1: '1 Abacus Road',
  city: 'Shenzhen',
  state: 'Guangdong',
  zipCode: '518000',
  country: 'CN',
  phone: '19900000000',
};

export const MINUTE = 60_000;

/** The data of an answer; the tests read what they need of it. */
export type Seen = TestAnswer['body'];

interface Line {
  readonly variantId: string;
  readonly quantity: number;
}

interface Attempt {
  readonly paymentId: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly expiresAt: string;
}

/** What people do. */
interface Actions {
  /** A product with one tracked variant; answers the variant's id. */
  addVariant(content?: {
    price?: number;
    onHand?: number;
    name?: string;
    currency?: string;
  }): Promise<string>;
  place(buyer: TestBuyer, lines: readonly Line[]): Promise<Seen>;
  open(buyer: TestBuyer, orderId: string, method?: string): Promise<Attempt>;
  /** Pays at the simulated phone, and lets the notification through. */
  pay(paymentId: string, payerId?: string): Promise<void>;
  /** Orders one unit for 1,280 and pays for it. */
  buy(buyer: TestBuyer): Promise<{ order: Seen; paymentId: string; variantId: string }>;
  order(buyer: TestBuyer, id: string): Promise<Seen>;
  /** Staff takes the order further. */
  advance(orderId: string, status: string, more?: object): Promise<Seen>;
}

/** What the world does. */
interface World {
  /** Runs what becomes due within so many milliseconds, and delivers what the provider has to say meanwhile. */
  pass(ms: number): Promise<void>;
  /** Arms one fault of the simulated WeChat Pay. */
  plan(operation: string, kind: string, params?: Record<string, unknown>, times?: number | 'always'): void;
}

/** What tests look at. */
interface Sight {
  stockOf(variantId: string): Promise<{ on_hand: number; reserved: number }>;
  openAlerts(): Promise<string[]>;
  /** Every row that money or goods stand in, to be compared before and after. */
  dump(): Promise<Record<string, unknown[]>>;
  /** Every invariant of the doctor holds. */
  expectInvariants(): Promise<void>;
  /** Every invariant holds, and the provider holds exactly the money of each payment that we say it holds. */
  expectSound(): Promise<void>;
}

export interface Stage extends TestApp, Actions, World, Sight {}

const DUMPED = [
  'orders',
  'order_lines',
  'payments',
  'captures',
  'refunds',
  'stock_items',
  'stock_reservations',
  'stock_movements',
  'ledger_transfers',
  'ledger_entries',
] as const;

/** How long a step lasts while time passes: the provider speaks in between. */
const STEP = 10_000;
const STEPS = 50;

function createActions({ call, adminToken, simulators }: TestApp): Actions {
  let products = 0;

  async function must(route: string, token: string, body?: unknown): Promise<Seen> {
    const answer = await call(route, { token, ...(body !== undefined && { body }) });
    expect(answer.status, `${route}: ${JSON.stringify(answer.body)}`).toBeLessThan(300);
    return answer.body.data;
  }

  const actions: Actions = {
    async addVariant({ price = 1_280, onHand = 100, name = '龙井茶', currency } = {}) {
      products += 1;
      const product = await must('POST /products', adminToken, {
        name: `${name} ${products}`,
        status: 'active',
        ...(currency !== undefined && { currency }),
        variants: [{ unitPrice: price, stock: { isTracked: true, onHand } }],
      });
      return product.variants[0].id as string;
    },
    place: ({ token }, items) => must('POST /orders', token, { items, shippingAddress: ADDRESS }),
    open: ({ token }, orderId, method = 'wechat_jsapi') =>
      must(`POST /orders/${orderId}/payments`, token, { method }),
    async pay(paymentId, payerId) {
      expect(simulators.wechatPay.pay({ outTradeNo: paymentId, payerId })).toMatchObject({ result: 'paid' });
      await simulators.notifications.flush();
    },
    async buy(buyer) {
      const variantId = await actions.addVariant();
      const order = await actions.place(buyer, [{ variantId, quantity: 1 }]);
      const { paymentId } = await actions.open(buyer, order.id);
      await actions.pay(paymentId);
      return { order, paymentId, variantId };
    },
    order: ({ token }, id) => must(`GET /orders/${id}`, token),
    advance: (orderId, status, more = {}) =>
      must(`PATCH /orders/${orderId}/status`, adminToken, { status, ...more }),
  };
  return actions;
}

function createWorld({ clock, worker, simulators }: TestApp): World {
  return {
    async pass(ms) {
      const until = clock.now() + ms;
      while (clock.now() < until) {
        await worker.drain({ clock, until: Math.min(until, clock.now() + Math.max(STEP, ms / STEPS)) });
        await simulators.notifications.flush();
      }
      await worker.drain();
    },
    plan: (operation, kind, params = {}, times = 1) =>
      void simulators.faults.set({ provider: 'wechat-pay', operation, kind, params, times }),
  };
}

function createSight({ db, clock, simulators }: TestApp): Sight {
  async function expectInvariants(): Promise<void> {
    expect((await runDoctor(db, clock)).violations).toEqual([]);
  }
  return {
    stockOf: (variantId) =>
      db.query
        .selectFrom('stock_items')
        .select(['on_hand', 'reserved'])
        .where('variant_id', '=', variantId)
        .executeTakeFirstOrThrow(),
    async openAlerts() {
      const alerts = db.query.selectFrom('alerts').select('kind').where('state', '=', 'open');
      return (await alerts.orderBy('kind').execute()).map(({ kind }) => kind);
    },
    async dump() {
      const dumped: Record<string, unknown[]> = {};
      for (const table of DUMPED) {
        const rows = await db.query.selectFrom(table).selectAll().execute();
        dumped[table] = rows.map((row) => JSON.stringify(row)).sort();
      }
      return dumped;
    },
    expectInvariants,
    async expectSound() {
      await expectInvariants();
      const { wechatPay, wechatCloud, alipay } = simulators;
      const stripe = stripeBooks(simulators.stripe);
      const books: ProviderBooks = {
        trades: [
          ...wechatPay.listTrades(10_000),
          ...wechatCloud.listTrades(10_000),
          ...alipay.listTrades(10_000),
          ...stripe.trades,
        ],
        refunds: [
          ...wechatPay.listRefunds(undefined, 10_000),
          ...wechatCloud.listRefunds(undefined, 10_000),
          ...alipay.listRefunds(undefined, 10_000),
          ...stripe.refunds,
        ],
      };
      expect(await compareWithProvider(db, books)).toEqual([]);
    },
  };
}

export async function openStage(options: TestAppOptions = {}): Promise<Stage> {
  const app = await startTestApp(options);
  return { ...app, ...createActions(app), ...createWorld(app), ...createSight(app) };
}
