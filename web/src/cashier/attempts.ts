/** What of an order's attempts to pay the payer can go on with. */
import type { Order } from '../types/orders.ts';

const OPEN = ['created', 'pending', 'unknown'];

/** The attempt that the payer has begun and can go on with. */
export function liveAttempt(order: Pick<Order, 'payments'>): Order['payments'][number] | undefined {
  return order.payments.findLast(({ status }) => OPEN.includes(status));
}

/** Whether a try came to nothing and the order still waits for its money. */
export function hasFailedTry(order: Pick<Order, 'payments'>): boolean {
  const last = order.payments.at(-1);
  return last?.status === 'failed';
}

/** What is shown again by itself when the page is opened anew: nothing of it takes the payer away. */
export function isShownAgain(method: string): boolean {
  return ['bank_transfer', 'wechat_native', 'alipay_qr'].includes(method);
}
