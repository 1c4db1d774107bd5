/** What happens in the program that is going to be killed: every way that an order, its money and its goods can go. */
import { playCoins } from './coins-act.ts';
import { ADMIN_PASSWORD, type Json, type Program } from './program.ts';

const MINUTE_MS = 60_000;
const ADDRESS = {
  firstName: '晓',
  lastName: '李',
  street1: '1 Abacus Road',
  city: 'Shenzhen',
  country: 'CN',
  phone: '19900000000',
};

interface Cast {
  readonly staff: string;
  readonly buyer: string;
  readonly buyerId: string;
  readonly payerId: string;
  readonly openid: string;
  readonly variants: readonly string[];
}

async function prepare({ must, control }: Program): Promise<Cast> {
  const staff = await must('POST /users/login', {
    body: { identifier: 'admin', password: ADMIN_PASSWORD },
  });
  const token = staff.tokens.accessToken as string;
  const variants: string[] = [];
  for (const [name, unitPrice] of [
    ['明前龙井', 1_280],
    ['青瓷杯', 4_500],
  ] as const) {
    const body = {
      name,
      status: 'active',
      variants: [{ unitPrice, stock: { isTracked: true, onHand: 50 } }],
    };
    variants.push((await must('POST /products', { token, body })).variants[0].id);
  }
  await must(`PATCH /admin/inventory/${variants[0]}`, { token, body: { onHand: 40, reason: 'counted' } });
  const merchant = await control('GET /wechat-pay/merchant');
  const { appid } = merchant.apps.find((app: Json) => app.kind === 'mini_program');
  const payer = await control('POST /payers', {});
  const { code } = await control('POST /wechat-open/login-codes', { payerId: payer.id, appid });
  const session = await must('POST /wechat/login', { body: { code } });
  const buyer = session.tokens.accessToken as string;
  await must('POST /users/me/addresses', {
    token: buyer,
    body: { ...ADDRESS, type: 'home', isDefault: true },
  });
  return {
    staff: token,
    buyer,
    buyerId: session.user.id,
    payerId: payer.id,
    openid: payer.openids[appid],
    variants,
  };
}

/** The acts of the play, on one stage. */
function createActs(program: Program, cast: Cast) {
  const { must, call, control, flush, pass } = program;
  const { staff, buyer, variants } = cast;
  let orders = 0;

  async function place(quantities: readonly number[]): Promise<Json> {
    orders += 1;
    const items = quantities.map((quantity, index) => ({ variantId: variants[index], quantity }));
    const headers = { 'idempotency-key': `story-order-${orders}` };
    return must('POST /orders', { token: buyer, body: { items, shippingAddress: ADDRESS }, headers });
  }
  const open = (order: Json, method = 'wechat_jsapi') =>
    must(`POST /orders/${order.id}/payments`, { token: buyer, body: { method } });
  async function pay(paymentId: string): Promise<void> {
    await control('POST /wechat-pay/pay', { outTradeNo: paymentId, payerId: cast.payerId });
    await flush();
  }
  async function buy(quantities: readonly number[] = [1]): Promise<Json> {
    const order = await place(quantities);
    await pay((await open(order)).paymentId);
    return order;
  }
  const cancel = (order: Json, token = buyer) =>
    must(`POST /orders/${order.id}/cancel`, { token, body: { reason: 'changed my mind' } });
  const advance = (order: Json, status: string, more = {}) =>
    must(`PATCH /orders/${order.id}/status`, { token: staff, body: { status, ...more } });
  const plan = (operation: string, kind: string, params = {}) =>
    control('POST /faults', { provider: 'wechat-pay', operation, kind, params });
  const refund = (order: Json, amount: number) =>
    must(`POST /orders/${order.id}/refunds`, {
      token: staff,
      body: { amount, reason: 'scratched' },
      headers: { 'idempotency-key': `story-refund-${order.id}` },
    });

  return { place, open, pay, buy, cancel, advance, plan, refund, call, pass, must, control, flush };
}

type Acts = ReturnType<typeof createActs>;

async function playDelivery({ buy, advance }: Acts): Promise<void> {
  const order = await buy([2, 1]);
  await advance(order, 'processing');
  await advance(order, 'shipped', { carrier: 'SF', trackingNumber: 'SF1' });
  await advance(order, 'delivered');
  await advance(order, 'completed');
  await advance(order, 'returned', { restock: true });
}

async function playExpiryAndLateMoney({ place, open, pass, plan, pay }: Acts): Promise<void> {
  const { paymentId } = await open(await place([1]), 'wechat_native');
  await pass(16 * MINUTE_MS);
  await plan('pay', 'paid_after_close');
  await pay(paymentId);
  await pass(2 * MINUTE_MS);
}

async function playCancelling({ place, open, cancel, buy, plan, pay, pass, advance }: Acts, staff: string) {
  const unpaid = await place([1]);
  await open(unpaid);
  await cancel(unpaid);
  await cancel(await buy());
  const packed = await buy();
  await advance(packed, 'processing');
  await cancel(packed, staff);
  const raced = await place([1]);
  const { paymentId } = await open(raced);
  await plan('notify', 'drop');
  await pay(paymentId);
  await cancel(raced);
  await pass(2 * MINUTE_MS);
}

async function playTrouble({ place, open, pay, plan, call, pass, buy, refund }: Acts, buyer: string) {
  const order = await place([1]);
  await plan('prepay', 'error_after_commit', { status: 500 });
  await call(`POST /orders/${order.id}/payments`, { token: buyer, body: { method: 'wechat_jsapi' } });
  const { paymentId } = await open(order);
  await plan('notify', 'wrong_amount', { total: 1 });
  await pay(paymentId);
  await pass(MINUTE_MS);
  const second = await place([1]);
  const replaced = await open(second, 'wechat_native');
  await pay((await open(second)).paymentId);
  await plan('pay', 'paid_after_close');
  await pay(replaced.paymentId);
  const bought = await buy();
  await plan('refund', 'error_after_commit', { status: 500 });
  await refund(bought, 300);
  await pass(5 * MINUTE_MS);
}

async function playMiniProgram({ must, pay, flush, pass }: Acts, cast: Cast): Promise<void> {
  const { buyer, buyerId, openid, variants } = cast;
  const body = { userId: buyerId, openid, productId: variants[0], productNum: 1, totalPrice: 1_280 };
  const { orderId } = await must('POST /wechat/jsapiPay', { token: buyer, body });
  const { payments } = await must(`GET /orders/${orderId}`, { token: buyer });
  await pay(payments[0].id);
  await flush();
  await must(`POST /products/${variants[1]}/reserve`, {
    token: buyer,
    body: { variantId: variants[1], quantity: 2 },
  });
  await pass(20 * MINUTE_MS);
}

/** Plays everything, one act after the other. */
export async function playStory(program: Program): Promise<void> {
  const cast = await prepare(program);
  const acts = createActs(program, cast);
  await playDelivery(acts);
  await playExpiryAndLateMoney(acts);
  await playCancelling(acts, cast.staff);
  await playTrouble(acts, cast.buyer);
  await playMiniProgram(acts, cast);
  await playCoins({ program, ...cast, pay: acts.pay });
}
