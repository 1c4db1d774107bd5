/** The shop's main job: a purchase, an order that expires, one whose money comes too late; over HTTP only. */
import { readFile } from 'node:fs/promises';
import { ADDRESS, logInStaff, logInThroughWechat, SOON_MS, type Stage } from './cast.ts';
import { until } from './http.ts';

const FIXTURES = new URL('../../server/test/fixtures/shopify/', import.meta.url);
const FILES = ['shopify-apparel.csv', 'shopify-home-and-garden.csv'];
/** The parts of the answers that the stories read. */
interface List {
  readonly items: readonly { readonly id: string }[];
}
interface Variant {
  readonly id: string;
}
interface Order {
  readonly id: string;
  readonly orderNumber: string;
  readonly status: string;
  readonly paymentStatus: string;
  readonly fulfilmentStatus: string;
  readonly refunds: readonly { readonly status: string }[];
}
interface Attempt {
  readonly paymentId: string;
  readonly parameters: { readonly package: string };
}
interface Trade {
  readonly tradeState: string;
}

interface Actors {
  readonly staff: string;
  readonly buyer: string;
  readonly payerId: string;
  readonly variants: readonly Variant[];
}

/** The wait for an order to expire and to be closed on both sides. */
const EXPIRY_MS = 60_000;

/** Nearly everything in the files is untracked; the demo counts stock, so that every sale moves it. */
async function trackStock(stage: Stage, staff: string): Promise<Variant[]> {
  const { items } = await stage.shop<List>('GET /products?limit=100');
  const details = await Promise.all(
    items.slice(0, 4).map((item) => stage.shop<{ variants: Variant[] }>(`GET /products/${item.id}`)),
  );
  const variants = details.flatMap((product) => product.variants.slice(0, 1));
  for (const variant of variants) {
    await stage.shop(`PATCH /admin/inventory/${variant.id}`, {
      token: staff,
      body: { isTracked: true, onHand: 20, reason: 'demo stock' },
    });
  }
  return variants;
}

/** Everything that the stories share: products, stock, a member of staff and a buyer. */
async function prepare(stage: Stage): Promise<Actors> {
  const { shop, step } = stage;
  const staff = await step('staff logs in', async () => {
    return [await logInStaff(stage, 'admin', stage.adminPassword), 'administrator'];
  });
  for (const file of FILES) {
    await step(`import ${file}`, async () => {
      const report = await shop<{ totals: object }>('POST /products/import', {
        token: staff,
        csv: await readFile(new URL(file, FIXTURES), 'utf8'),
      });
      return [report, JSON.stringify(report.totals)];
    });
  }
  const variants = await step('switch stock tracking on', async () => {
    const tracked = await trackStock(stage, staff);
    return [tracked, `${tracked.length} variants, 20 each`];
  });
  const { token, payerId } = await step('log in through WeChat', async () => {
    const buyer = await logInThroughWechat(stage);
    return [buyer, buyer.payerId];
  });
  return { staff, buyer: token, payerId, variants };
}

async function placeOrder(
  { shop }: Stage,
  { buyer, variants }: Actors,
  quantities: readonly number[],
): Promise<Order> {
  const items = quantities.map((quantity, index) => ({ variantId: variants[index]?.id, quantity }));
  return shop<Order>('POST /orders', { token: buyer, body: { items, shippingAddress: ADDRESS } });
}

function readOrder({ shop }: Stage, { buyer }: Actors, order: Order): () => Promise<Order> {
  return () => shop<Order>(`GET /orders/${order.id}`, { token: buyer });
}

/** A purchase from search to completion. */
async function playPurchase(stage: Stage, actors: Actors): Promise<void> {
  const { shop, control, step } = stage;
  await step('search "sofa"', async () => {
    const found = await shop<List>('GET /products?search=sofa');
    return [found, `${found.items.length} products`];
  });
  const order = await step('order two lines', async () => {
    const placed = await placeOrder(stage, actors, [2, 1]);
    return [placed, `${placed.orderNumber} ${placed.status}`];
  });
  const payment = await step('open a WeChat Pay attempt', async () => {
    const started = await shop<Attempt>(`POST /orders/${order.id}/payments`, {
      token: actors.buyer,
      body: { method: 'wechat_jsapi' },
    });
    return [started, started.parameters.package];
  });
  await step('pay at the simulated phone', async () => {
    const paid = await control('POST /wechat-pay/pay', {
      body: { outTradeNo: payment.paymentId, payerId: actors.payerId },
    });
    return [paid, 'SUCCESS'];
  });
  await step('notification confirms the order', async () => {
    const seen = await until(
      readOrder(stage, actors, order),
      ({ status }) => status === 'confirmed',
      SOON_MS,
    );
    return [seen, `${seen.status}, ${seen.paymentStatus}`];
  });
  for (const [status, body] of [
    ['processing', {}],
    ['shipped', { carrier: 'SF Express', trackingNumber: 'SF1234567890' }],
    ['delivered', {}],
    ['completed', {}],
  ] as const) {
    await step(`staff: ${status}`, async () => {
      const moved = await shop<Order>(`PATCH /orders/${order.id}/status`, {
        token: actors.staff,
        body: { status, ...body },
      });
      return [moved, `${moved.status}, ${moved.fulfilmentStatus}`];
    });
  }
}

/** An order that nobody pays: closed here and at the provider, its stock free again. */
async function playExpiry(stage: Stage, actors: Actors): Promise<void> {
  const { shop, control, step } = stage;
  const { order, payment } = await step('second order, payment opened, not paid', async () => {
    const placed = await placeOrder(stage, actors, [3]);
    const started = await shop<Attempt>(`POST /orders/${placed.id}/payments`, {
      token: actors.buyer,
      body: { method: 'wechat_native' },
    });
    return [{ order: placed, payment: started }, placed.orderNumber];
  });
  await step('it expires and closes here', async () => {
    const seen = await until(readOrder(stage, actors, order), ({ status }) => status === 'closed', EXPIRY_MS);
    return [seen, `${seen.status}, ${seen.paymentStatus}`];
  });
  await step('and at WeChat Pay', async () => {
    const trade = await control<Trade>('POST /wechat-pay/trades/find', {
      body: { outTradeNo: payment.paymentId },
    });
    if (trade.tradeState !== 'CLOSED') {
      throw new Error(`the trade is ${trade.tradeState}`);
    }
    return [trade, trade.tradeState];
  });
}

/** Money that arrives after closing: taken, booked as surplus and refunded by itself. */
async function playLateMoney(stage: Stage, actors: Actors): Promise<void> {
  const { shop, control, step } = stage;
  const { order, payment } = await step('third order, closed unpaid', async () => {
    const placed = await placeOrder(stage, actors, [1]);
    const started = await shop<Attempt>(`POST /orders/${placed.id}/payments`, {
      token: actors.buyer,
      body: { method: 'wechat_native' },
    });
    await until(readOrder(stage, actors, placed), ({ status }) => status === 'closed', EXPIRY_MS);
    return [{ order: placed, payment: started }, placed.orderNumber];
  });
  await step('a truly closed trade refuses payment', async () => {
    const refusal = await control('POST /wechat-pay/pay', { body: { outTradeNo: payment.paymentId } }).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (refusal === undefined) {
      throw new Error('the closed trade took money');
    }
    return [refusal, 'refused'];
  });
  await step('its money arrives all the same (fault plan)', async () => {
    await control('POST /faults', {
      body: {
        provider: 'wechat-pay',
        operation: 'pay',
        kind: 'paid_after_close',
        times: 1,
        match: { outTradeNo: payment.paymentId },
      },
    });
    const paid = await control('POST /wechat-pay/pay', { body: { outTradeNo: payment.paymentId } });
    return [paid, 'SUCCESS after CLOSED'];
  });
  await step('and is refunded by itself', async () => {
    const isRefunded = ({ refunds }: Order) => refunds.some((refund) => refund.status === 'succeeded');
    const seen = await until(readOrder(stage, actors, order), isRefunded, EXPIRY_MS);
    return [seen, `order ${seen.status}, refund ${seen.refunds[0]?.status ?? ''}`];
  });
}

/** Everything, one after the other. */
export async function playMain(stage: Stage): Promise<void> {
  const actors = await prepare(stage);
  await playPurchase(stage, actors);
  await playExpiry(stage, actors);
  await playLateMoney(stage, actors);
}
