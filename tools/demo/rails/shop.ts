/** The shop of the rails: goods, two members of staff and a buyer. */
import { ADDRESS, logInStaff, logInThroughWechat, SOON_MS, type Stage } from '../cast.ts';
import { until } from '../http.ts';

export interface RefundView {
  readonly id: string;
  readonly status: string;
  readonly amount: number;
}

export interface Order {
  readonly id: string;
  readonly orderNumber: string;
  readonly status: string;
  readonly paymentStatus: string;
  readonly fulfilmentStatus: string;
  readonly total: number;
  readonly currency: string;
  readonly items: readonly { readonly position: number }[];
  readonly refunds: readonly RefundView[];
}

/** What the buyer's device gets when an attempt to pay is opened. */
export interface Attempt {
  readonly paymentId: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface RailsShop {
  readonly staff: string;
  /** A second person, for what one alone may not do. */
  readonly second: string;
  readonly buyer: string;
  readonly payerId: string;
  /** A variant in each currency. */
  readonly variants: Readonly<Record<string, string>>;
  place(currency: string): Promise<Order>;
  open(order: Order, method: string): Promise<Attempt>;
  /** Waits until the order is as wished. */
  see(order: Order, isThere: (order: Order) => boolean): Promise<Order>;
  advance(order: Order, status: string, more?: object): Promise<Order>;
}

/** In minor units; two are bought of it, one goes back. */
const PRICE = 1_280;

async function addVariant({ shop }: Stage, token: string, currency: string): Promise<string> {
  const body = {
    name: `Longjing tea (${currency})`,
    status: 'active',
    currency,
    variants: [{ unitPrice: PRICE, stock: { isTracked: true, onHand: 100 } }],
  };
  const product = await shop<{ variants: { id: string }[] }>('POST /products', { token, body });
  return product.variants[0]?.id ?? '';
}

async function addSecondPerson(stage: Stage, token: string): Promise<string> {
  const password = `second-${stage.adminPassword}`;
  const body = { username: 'second', password, role: 'administrator' };
  await stage.shop('POST /admin/staff', { token, body });
  return logInStaff(stage, 'second', password);
}

export async function openShop(stage: Stage): Promise<RailsShop> {
  const { shop, control, step } = stage;
  const staff = await step('staff logs in', async () => [
    await logInStaff(stage, 'admin', stage.adminPassword),
    'administrator',
  ]);
  const second = await step('and a second person', async () => [
    await addSecondPerson(stage, staff),
    'for what one alone may not do',
  ]);
  const variants = await step('goods in two currencies', async () => {
    const ids = { CNY: await addVariant(stage, staff, 'CNY'), USD: await addVariant(stage, staff, 'USD') };
    return [ids, 'CNY, USD'];
  });
  const buyer = await step('a buyer logs in through WeChat', async () => {
    const loggedIn = await logInThroughWechat(stage);
    return [loggedIn, loggedIn.payerId];
  });
  for (const provider of ['wechat-pay', 'alipay']) {
    await control(`PATCH /${provider}/settings`, { body: { refundSettleMs: 300 } });
  }
  const { token, payerId } = buyer;
  return {
    ...{ staff, second, buyer: token, payerId, variants },
    place: (currency) =>
      shop<Order>('POST /orders', {
        token,
        body: {
          items: [{ variantId: variants[currency as keyof typeof variants], quantity: 2 }],
          shippingAddress: ADDRESS,
        },
        idempotencyKey: crypto.randomUUID(),
      }),
    open: (order, method) => shop<Attempt>(`POST /orders/${order.id}/payments`, { token, body: { method } }),
    see: (order, isThere) => until(() => shop<Order>(`GET /orders/${order.id}`, { token }), isThere, SOON_MS),
    advance: (order, status, more = {}) =>
      shop<Order>(`PATCH /orders/${order.id}/status`, { token: staff, body: { status, ...more } }),
  };
}
