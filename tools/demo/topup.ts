/** Top-ups: a number, its tariffs, an order paid by WeChat Pay and delivered once; what is refused, and what nobody knows. */
import { logInStaff, logInThroughWechat, SOON_MS, type Stage } from './cast.ts';
import { refused, until } from './http.ts';
import type { ShopFolder } from './shop-process.ts';

interface Product {
  readonly type: string;
  readonly code: string;
  readonly name: string;
  readonly price: number;
  readonly amount: number;
}

interface Topup {
  readonly id: string;
  readonly orderId: string;
  readonly msisdn: string;
  readonly amount: number;
  readonly currency: string;
  readonly status: string;
  readonly paymentStatus: string;
  readonly rechargeStatus: string;
  readonly sequence: string | null;
  readonly vatBill: { readonly lottery?: string } | null;
}

interface Cast {
  readonly staff: string;
  readonly buyer: string;
  readonly payerId: string;
}

const NUMBER = '88001234';
const POSTPAID = '80001234';
/** How long the simulated operator says nothing before it breaks the connection. */
const SILENCE_MS = 300;

const show = ({ status, paymentStatus, rechargeStatus }: Topup) =>
  `order ${status}, ${paymentStatus}, recharge ${rechargeStatus}`;

async function prepare(stage: Stage): Promise<Cast> {
  const { shop, control, step } = stage;
  const staff = await step('staff logs in', async () => [
    await logInStaff(stage, 'admin', stage.adminPassword),
    'administrator',
  ]);
  await step('and sets the rate', async () => {
    const body = { from: 'MNT', fromUnits: 440, toUnits: 1, note: 'demo' };
    await shop('POST /admin/topups/rates', { token: staff, body });
    return [true, '440 MNT = 1 CNY'];
  });
  const { token, payerId } = await step('a customer logs in through WeChat', async () => {
    const buyer = await logInThroughWechat(stage);
    return [buyer, buyer.payerId];
  });
  await control('PATCH /wechat-pay/settings', { body: { refundSettleMs: 300 } });
  return { staff, buyer: token, payerId };
}

async function chooseProduct({ shop, step }: Stage, { buyer: token }: Cast): Promise<Product> {
  return step(`what is sold for ${NUMBER}`, async () => {
    const { plan, products } = await shop<{ plan: string; products: Product[] }>(
      `GET /topup/products?msisdn=${NUMBER}`,
      { token },
    );
    const product = products.find(({ code }) => code === 'SD5000') as Product;
    const price = `${product.name}: ${product.price / 100} MNT, ${product.amount / 100} CNY`;
    return [product, `${plan}, ${products.length} products; ${price}`];
  });
}

async function order({ shop }: Stage, { buyer: token }: Cast, body: object): Promise<Topup> {
  return shop<Topup>('POST /topup/orders', { token, body, idempotencyKey: crypto.randomUUID() });
}

async function pay({ shop, control }: Stage, { buyer: token, payerId }: Cast, topup: Topup): Promise<string> {
  const { paymentId } = await shop<{ paymentId: string }>(`POST /orders/${topup.orderId}/payments`, {
    token,
    body: { method: 'wechat_jsapi' },
  });
  await control('POST /wechat-pay/pay', { body: { outTradeNo: paymentId, payerId } });
  return paymentId;
}

function see({ shop }: Stage, { buyer: token }: Cast, { id }: Topup, isThere: (topup: Topup) => boolean) {
  return until(() => shop<Topup>(`GET /topup/orders/${id}`, { token }), isThere, SOON_MS);
}

async function countSends({ control }: Stage, { id }: Topup): Promise<number> {
  const sends = await control<unknown[]>(`GET /unitel/sends?journalId=${id}`);
  if (sends.length > 1) {
    throw new Error(`top-up ${id} was sent ${sends.length} times`);
  }
  return sends.length;
}

const plan = ({ control }: Stage, kind: string, msisdn: string, params: object = {}) =>
  control('POST /faults', {
    body: { provider: 'unitel', operation: 'recharge', kind, match: { msisdn }, params },
  });

/** Bought and paid, until the delivery stands where it is expected to. */
async function buy(
  stage: Stage,
  cast: Cast,
  body: { msisdn: string },
  rechargeStatus: string,
): Promise<Topup> {
  const placed = await order(stage, cast, body);
  await pay(stage, cast, placed);
  return see(stage, cast, placed, (topup) => topup.rechargeStatus === rechargeStatus);
}

const card = (msisdn: string) => ({ msisdn, type: 'recharge', code: 'SD5000' });

async function playDelivery(stage: Stage, cast: Cast, product: Product): Promise<void> {
  const { shop, control, step } = stage;
  await step('a price of the client is refused', async () => {
    const body = { ...card(NUMBER), totalPrice: 1 };
    return [true, await refused(order(stage, cast, body), 'price_changed')];
  });
  const placed = await step('order', async () => {
    const topup = await order(stage, cast, { ...card(NUMBER), totalPrice: product.amount });
    return [topup, `${topup.amount / 100} ${topup.currency} for ${topup.msisdn}`];
  });
  const paymentId = await step('pay by WeChat Pay', async () => [await pay(stage, cast, placed), 'SUCCESS']);
  await step('delivered, with its tax bill', async () => {
    const seen = await see(stage, cast, placed, ({ rechargeStatus }) => rechargeStatus === 'fulfilled');
    return [seen, `${show(seen)}; seq ${seen.sequence}, lottery ${seen.vatBill?.lottery}`];
  });
  await step('told of its money twice more: sent once', async () => {
    const [notification] = await control<{ id: string }[]>(`GET /notifications?subject=${paymentId}`);
    for (let copies = 0; copies < 2; copies += 1) {
      await control(`POST /notifications/${notification?.id}/resend`, { body: {} });
    }
    const { credit } = await control<{ credit: number }>(`GET /unitel/subscribers/${NUMBER}`);
    return [credit, `${await countSends(stage, placed)} request, ${credit} units of credit`];
  });
  await step("somebody else's top-up is none", async () => {
    const { token } = await logInThroughWechat(stage);
    return [true, await refused(shop(`GET /topup/orders/${placed.id}`, { token }), 'not_found')];
  });
}

async function playBill(stage: Stage, cast: Cast): Promise<void> {
  await stage.step(`the bill of ${POSTPAID}`, async () => {
    const seen = await buy(
      stage,
      cast,
      { msisdn: POSTPAID, type: 'bill' } as { msisdn: string },
      'fulfilled',
    );
    const { unpaid } = await stage.control<{ unpaid: number }>(`GET /unitel/subscribers/${POSTPAID}`);
    return [seen, `${seen.amount / 100} CNY paid, ${unpaid} MNT left to pay`];
  });
}

async function playRefusal(stage: Stage, cast: Cast): Promise<void> {
  const msisdn = '88002001';
  await plan(stage, 'refused', msisdn, { code: '207', message: 'Not enough deposit' });
  const placed = await stage.step('the operator refuses', async () => {
    const seen = await buy(stage, cast, card(msisdn), 'cancelled');
    return [seen, show(seen)];
  });
  await stage.step('and the money goes back by itself', async () => {
    const seen = await see(stage, cast, placed, ({ paymentStatus }) => paymentStatus === 'refunded');
    return [seen, `${show(seen)}; ${await countSends(stage, placed)} request`];
  });
}

/** Delivered or not, the operator does not say; a person asks it, and says what is true. */
async function playUnknown(stage: Stage, cast: Cast, outcome: 'delivered' | 'failed'): Promise<void> {
  const { shop, step } = stage;
  const msisdn = outcome === 'delivered' ? '88003001' : '88003002';
  // The connection breaks after the delivery, or before it.
  const kind = outcome === 'delivered' ? 'commit_then_timeout' : 'connection_refused';
  await plan(stage, kind, msisdn, { ms: SILENCE_MS });
  const unknown = await step(`no answer (${kind})`, async () => {
    const seen = await buy(stage, cast, card(msisdn), 'unknown');
    return [seen, `${show(seen)}; ${await countSends(stage, seen)} request`];
  });
  await step('first in the list of staff, and not refunded', async () => {
    const { items } = await shop<{ items: Topup[] }>('GET /admin/topups/waiting', { token: cast.staff });
    const route = `POST /orders/${unknown.orderId}/refunds`;
    const body = { amount: unknown.amount, reason: 'too soon' };
    const why = await refused(shop(route, { token: cast.staff, body }), 'delivery_undecided');
    return [items, `${items.length} waiting, ${items[0]?.id === unknown.id ? 'this one first' : ''}; ${why}`];
  });
  await step(`staff marks it ${outcome}`, async () => {
    await shop(`POST /admin/topups/${unknown.id}/decide`, {
      token: cast.staff,
      body: { outcome, reason: 'the operator was asked by telephone' },
    });
    const end = outcome === 'delivered' ? 'paid' : 'refunded';
    const seen = await see(stage, cast, unknown, ({ paymentStatus }) => paymentStatus === end);
    return [seen, `${show(seen)}; ${await countSends(stage, seen)} request`];
  });
}

async function playFigures({ shop, control, step }: Stage, { staff }: Cast): Promise<void> {
  await step('what the day has brought', async () => {
    interface Sum {
      readonly count: number;
      readonly amount: number;
    }
    const { today } = await shop<{ today: { revenue: { delivered: Sum; returned: Sum }[] } }>(
      'GET /admin/topups/statistics',
      { token: staff },
    );
    const [revenue] = today.revenue;
    const { delivered, returned } = revenue ?? { delivered: undefined, returned: undefined };
    return [
      today,
      `${delivered?.count} delivered for ${(delivered?.amount ?? 0) / 100} CNY, ${returned?.count} returned`,
    ];
  });
  await step('what the operator has received', async () => {
    const counts = await control<{ received: number; delivered: number; mostPerJournal: number }>(
      'GET /unitel/sends/counts',
    );
    if (counts.mostPerJournal > 1) {
      throw new Error('a top-up was sent more than once');
    }
    return [counts, `${counts.received} requests, ${counts.delivered} delivered, at most 1 for each top-up`];
  });
}

export async function playTopup(stage: Stage, folder: ShopFolder): Promise<void> {
  await folder.open();
  const cast = await prepare(stage);
  const product = await chooseProduct(stage, cast);
  await playDelivery(stage, cast, product);
  await playBill(stage, cast);
  await playRefusal(stage, cast);
  await playUnknown(stage, cast, 'delivered');
  await playUnknown(stage, cast, 'failed');
  await playFigures(stage, cast);
}
