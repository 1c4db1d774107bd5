/** What the scenarios have in common: a shop with goods, buyers who order and pay, and a look at everything afterwards. */
import { expect } from 'vitest';
import { runDoctor } from '../../src/modules/doctor/index.ts';
import { startTestApp, type TestApp, type TestAppOptions, type TestBuyer } from '../harness/app.ts';
import { compareWithProvider } from '../harness/provider-money.ts';

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

/** The order as its buyer sees it; the tests read what they need of it. */
// biome-ignore lint/suspicious/noExplicitAny: tests read the JSON of answers as it comes.
export type Seen = any;

export interface Line {
  readonly variantId: string;
  readonly quantity: number;
}

export interface Attempt {
  readonly paymentId: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly expiresAt: string;
}

export interface Stage extends TestApp {
  /** A product with one tracked variant; answers the variant's id. */
  addVariant(content?: { price?: number; onHand?: number; name?: string }): Promise<string>;
  stockOf(variantId: string): Promise<{ on_hand: number; reserved: number }>;
  place(buyer: TestBuyer, lines: readonly Line[]): Promise<Seen>;
  open(buyer: TestBuyer, orderId: string, method?: string): Promise<Attempt>;
  /** Pays at the simulated phone, and lets the notification through. */
  pay(paymentId: string, payerId?: string): Promise<void>;
  /** Orders one unit for 1,280 and pays for it. */
  buy(buyer: TestBuyer): Promise<{ order: Seen; paymentId: string; variantId: string }>;
  order(buyer: TestBuyer, id: string): Promise<Seen>;
  /** Staff takes the order further. */
  advance(orderId: string, status: string, more?: object): Promise<Seen>;
  /** Runs what becomes due within so many milliseconds, and delivers what the provider has to say meanwhile. */
  pass(ms: number): Promise<void>;
  /** Arms one fault of the simulated WeChat Pay. */
  plan(operation: string, kind: string, params?: Record<string, unknown>, times?: number | 'always'): void;
  openAlerts(): Promise<string[]>;
  /** Every row that money or goods stand in, to be compared before and after. */
  dump(): Promise<Record<string, unknown[]>>;
  /** Every invariant holds, and the provider holds exactly the money of each payment that we say it holds. */
  expectSound(): Promise<void>;
}

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

export async function openStage(options: TestAppOptions = {}): Promise<Stage> {
  const app = await startTestApp(options);
  const { call, adminToken, simulators, db, clock } = app;
  let products = 0;

  async function expectOk(route: string, answer: Promise<{ status: number; body: Seen }>): Promise<Seen> {
    const { status, body } = await answer;
    expect(status, `${route}: ${JSON.stringify(body)}`).toBeLessThan(300);
    return body.data;
  }

  const stage: Stage = {
    ...app,
    async addVariant({ price = 1_280, onHand = 100, name = '龙井茶' } = {}) {
      products += 1;
      const product = await expectOk(
        'POST /products',
        call('POST /products', {
          token: adminToken,
          body: {
            name: `${name} ${products}`,
            status: 'active',
            variants: [{ unitPrice: price, stock: { isTracked: true, onHand } }],
          },
        }),
      );
      return product.variants[0].id as string;
    },
    stockOf: (variantId) =>
      db.query
        .selectFrom('stock_items')
        .select(['on_hand', 'reserved'])
        .where('variant_id', '=', variantId)
        .executeTakeFirstOrThrow(),
    place: ({ token }, items) =>
      expectOk('POST /orders', call('POST /orders', { token, body: { items, shippingAddress: ADDRESS } })),
    open: ({ token }, orderId, method = 'wechat_jsapi') =>
      expectOk(
        'POST /orders/:id/payments',
        call(`POST /orders/${orderId}/payments`, { token, body: { method } }),
      ),
    async pay(paymentId, payerId) {
      expect(simulators.wechatPay.pay({ outTradeNo: paymentId, payerId })).toMatchObject({ result: 'paid' });
      await simulators.notifications.flush();
    },
    async buy(buyer) {
      const variantId = await stage.addVariant();
      const order = await stage.place(buyer, [{ variantId, quantity: 1 }]);
      const { paymentId } = await stage.open(buyer, order.id);
      await stage.pay(paymentId);
      return { order, paymentId, variantId };
    },
    order: ({ token }, id) => expectOk('GET /orders/:id', call(`GET /orders/${id}`, { token })),
    advance: (orderId, status, more = {}) =>
      expectOk(
        'PATCH /orders/:id/status',
        call(`PATCH /orders/${orderId}/status`, { token: adminToken, body: { status, ...more } }),
      ),
    async pass(ms) {
      const until = clock.now() + ms;
      while (clock.now() < until) {
        await app.worker.drain({ clock, until: Math.min(until, clock.now() + Math.max(STEP, ms / 50)) });
        await simulators.notifications.flush();
      }
      await app.worker.drain();
    },
    plan: (operation, kind, params = {}, times = 1) =>
      void simulators.faults.set({ provider: 'wechat-pay', operation, kind, params, times }),
    async openAlerts() {
      const rows = await db.query
        .selectFrom('alerts')
        .select('kind')
        .where('state', '=', 'open')
        .orderBy('kind')
        .execute();
      return rows.map(({ kind }) => kind);
    },
    async dump() {
      const dumped: Record<string, unknown[]> = {};
      for (const table of DUMPED) {
        const rows = await db.query.selectFrom(table).selectAll().execute();
        dumped[table] = rows.map((row) => JSON.stringify(row)).sort();
      }
      return dumped;
    },
    async expectSound() {
      expect((await runDoctor(db, clock)).violations).toEqual([]);
      const { wechatPay } = simulators;
      const books = {
        trades: wechatPay.listTrades(10_000),
        refunds: wechatPay.listRefunds(undefined, 10_000),
      };
      expect(await compareWithProvider(db, books)).toEqual([]);
    },
  };
  return stage;
}
