/** The rails with a provider: each order is paid as its payer would, and one of its two units goes back. */

import type { Stage } from '../cast.ts';
import type { Call } from '../http.ts';
import type { Attempt, Order, RailsShop } from './shop.ts';

interface Rail {
  readonly method: string;
  readonly provider: string;
  readonly currency: string;
  /** What the payer does; `control` plays them. */
  pay(control: Call, attempt: Attempt, payerId: string): Promise<unknown>;
  /** What the shop does where the money is only held. */
  capture?(stage: Stage, shop: RailsShop, sale: Sale): Promise<string>;
}

export interface Sale {
  readonly method: string;
  readonly provider: string;
  readonly order: Order;
  readonly paymentId: string;
}

export interface AskedRefund {
  readonly sale: Sale;
  readonly amount: number;
}

/** Less than was held; the rest is let go. */
const PART_IS_LESS_BY = 280;

const payAtWechat: Rail['pay'] = (control, { paymentId }, payerId) =>
  control('POST /wechat-pay/pay', { body: { outTradeNo: paymentId, payerId } });

const payInCloud: Rail['pay'] = async (control, { paymentId }, payerId) => {
  // Where a query is silent about a refund, the bill of the next morning tells: too late for this day.
  await control('PATCH /wechat-cloud/settings', { body: { refundLists: 'filled' } });
  return control('POST /wechat-cloud/pay', { body: { outTradeNo: paymentId, payerId } });
};

const payAtAlipay: Rail['pay'] = (control, { parameters: { qrCode, redirectUrl } }) =>
  control('POST /alipay/pay', { body: qrCode === undefined ? { redirectUrl } : { qrCode } });

const payAtStripe: Rail['pay'] = (control, { paymentId }) =>
  control('POST /stripe/pay', { body: { paymentId } });

const agreeAtPaypal: Rail['pay'] = (control, { parameters: { orderId } }) =>
  control('POST /paypal/approve', { body: { orderId } });

async function captureByStaff({ shop }: Stage, { staff }: RailsShop, { paymentId }: Sale): Promise<string> {
  await shop(`POST /admin/payments/${paymentId}/captures`, { token: staff, body: {} });
  return 'held, captured by staff';
}

async function captureInPart({ shop }: Stage, { staff }: RailsShop, { paymentId, order }: Sale) {
  const amount = order.total - PART_IS_LESS_BY;
  await shop(`POST /admin/payments/${paymentId}/captures`, { token: staff, body: { amount } });
  return `held, ${amount} of ${order.total} captured by staff`;
}

async function captureByShipping(_stage: Stage, { advance }: RailsShop, { order }: Sale): Promise<string> {
  await advance(order, 'processing');
  await advance(order, 'shipped', { carrier: 'SF Express', trackingNumber: 'SF1234567890' });
  return 'held, captured by shipping';
}

const wechat = { provider: 'wechat_pay', currency: 'CNY', pay: payAtWechat };
const alipay = { provider: 'alipay', currency: 'CNY', pay: payAtAlipay };
const stripe = { provider: 'stripe', currency: 'USD', pay: payAtStripe };

const RAILS: readonly Rail[] = [
  { ...wechat, method: 'wechat_jsapi' },
  { ...wechat, method: 'wechat_native' },
  { ...wechat, method: 'wechat_h5' },
  { ...wechat, method: 'wechat_app' },
  { method: 'wechat_cloud', provider: 'wechat_cloud', currency: 'CNY', pay: payInCloud },
  { ...alipay, method: 'alipay_qr' },
  { ...alipay, method: 'alipay_page' },
  { ...alipay, method: 'alipay_wap' },
  { ...stripe, method: 'credit_card', capture: captureByStaff },
  { ...stripe, method: 'debit_card', capture: captureByShipping },
  { ...stripe, method: 'stripe', capture: captureInPart },
  { method: 'paypal', provider: 'paypal', currency: 'USD', pay: agreeAtPaypal },
];

const yes = (wished: string) => (order: Order) => order.paymentStatus === wished;

async function buy(stage: Stage, shop: RailsShop, rail: Rail): Promise<readonly [Sale, string]> {
  const order = await shop.place(rail.currency);
  const attempt = await shop.open(order, rail.method);
  await rail.pay(stage.control, attempt, shop.payerId);
  const sale = { method: rail.method, provider: rail.provider, order, paymentId: attempt.paymentId };
  let how = 'paid';
  if (rail.capture !== undefined) {
    await shop.see(order, yes('authorized'));
    how = await rail.capture(stage, shop, sale);
  }
  const paid = await shop.see(order, yes('paid'));
  return [sale, `${paid.orderNumber} ${paid.total} ${paid.currency}, ${how}`];
}

/** One order on each rail, paid. */
export async function buyEverywhere(stage: Stage, shop: RailsShop): Promise<Sale[]> {
  const sales: Sale[] = [];
  for (const rail of RAILS) {
    sales.push(await stage.step(`buy by ${rail.method}`, () => buy(stage, shop, rail)));
  }
  return sales;
}

/** One of the two units of an order goes back, by its line. */
export async function refundOneUnit({ shop }: Stage, { staff }: RailsShop, order: Order): Promise<number> {
  const items = [{ position: order.items[0]?.position, quantity: 1 }];
  const { amount } = await shop<{ amount: number }>(`POST /orders/${order.id}/refunds`, {
    token: staff,
    body: { items, reason: 'one tin is dented' },
  });
  return amount;
}

export async function askForRefunds(stage: Stage, shop: RailsShop, sales: readonly Sale[]) {
  return stage.step('refund one unit of each, by its line', async () => {
    const asked: AskedRefund[] = [];
    for (const sale of sales) {
      asked.push({ sale, amount: await refundOneUnit(stage, shop, sale.order) });
    }
    return [asked, `${asked.length} promised`];
  });
}

export async function seeRefundsEnd(stage: Stage, shop: RailsShop, asked: readonly AskedRefund[]) {
  for (const { sale, amount } of asked) {
    await stage.step(`${sale.method} has refunded`, async () => {
      const isDone = ({ refunds }: Order) => refunds.some(({ status }) => status === 'succeeded');
      const seen = await shop.see(sale.order, isDone);
      const refunded = seen.refunds.reduce((sum, refund) => sum + refund.amount, 0);
      if (refunded !== amount || seen.paymentStatus !== 'partially_refunded') {
        throw new Error(
          `${refunded} was refunded instead of ${amount}, and the order is ${seen.paymentStatus}`,
        );
      }
      return [seen, `${refunded} of ${seen.total} ${seen.currency}`];
    });
  }
}
