/** The pure rules of an order: what it costs, what it is called, what staff may do with it next. */
import { AppError } from '../../kernel/errors.ts';
import { randomCode } from '../../kernel/ids.ts';
import { orderTooLarge } from './errors.ts';
import type { OrderStatus } from './order-states.ts';
import type { OrderRow } from './tables.ts';

export const MAX_LINES = 100;
export const MAX_QUANTITY = 9_999;
const NUMBER_CHARACTERS = 8;

export interface PricedLine {
  readonly unitPrice: number;
  /** What a unit costs while it is on sale. */
  readonly salePrice: number | null;
  readonly quantity: number;
}

export interface Totals {
  readonly subtotal: number;
  readonly discount: number;
  readonly tax: number;
  readonly shipping: number;
  readonly total: number;
}

/** What a line costs, in minor units. Throws `order_too_large` (422) beyond 2^53. */
export function priceLine({ unitPrice, salePrice, quantity }: PricedLine): number {
  return assertPayable((salePrice ?? unitPrice) * quantity);
}

/**
 * The invariant of every order: total = lines − discount + tax that the prices do not contain + shipping, in integers.
 * Throws `order_too_large` (422) beyond 2^53, and a RangeError when more is taken off than there is.
 */
export function computeTotals(
  lines: readonly PricedLine[],
  extras: { readonly discount: number; readonly tax: number; readonly shipping: number },
): Totals {
  const { discount, tax, shipping } = extras;
  const subtotal = lines.reduce((sum, line) => assertPayable(sum + priceLine(line)), 0);
  if ([discount, tax, shipping].some((amount) => amount < 0) || discount > subtotal) {
    throw new RangeError(
      'discount, tax and shipping are not negative, and a discount is not above the lines',
    );
  }
  return { subtotal, discount, tax, shipping, total: assertPayable(subtotal - discount + tax + shipping) };
}

function assertPayable(amount: number): number {
  if (!Number.isSafeInteger(amount)) {
    throw new AppError(orderTooLarge);
  }
  return amount;
}

/** `ORD`, the day (UTC) and eight random characters: unique by constraint, and nobody can count our orders by it. */
export function makeOrderNumber(now: number): string {
  const [year, month, day] = new Date(now).toISOString().slice(2, 10).split('-');
  return `ORD${year}${month}${day}${randomCode(NUMBER_CHARACTERS).toUpperCase()}`;
}

/** What a member of staff may make of an order. */
export type StaffTarget = 'processing' | 'shipped' | 'delivered' | 'completed' | 'returned' | 'cancelled';

const STAFF_ARROWS: Readonly<Record<OrderStatus, readonly StaffTarget[]>> = {
  pending: ['cancelled'],
  confirmed: ['processing', 'cancelled'],
  processing: ['shipped', 'cancelled'],
  shipped: ['delivered', 'returned'],
  delivered: ['completed', 'returned'],
  completed: ['returned'],
  returned: [],
  cancelled: [],
  closed: [],
};

/**
 * The statuses that staff may choose next. Coins and top-ups are delivered by the program alone; goods that nobody ships
 * (collected, or sent by e-mail) are completed from processing.
 */
export function staffTargets(order: Pick<OrderRow, 'kind' | 'status' | 'requires_shipping'>): StaffTarget[] {
  const targets = STAFF_ARROWS[order.status];
  if (order.kind !== 'goods') {
    return targets.filter((target) => target === 'cancelled' && order.status !== 'processing');
  }
  const isHandedOver = order.status === 'processing' && order.requires_shipping === 0;
  return isHandedOver ? ['completed', 'cancelled'] : [...targets];
}

/** Whether the order takes a payment now: pending, unpaid, not being closed and not expired. */
export function isPayable(order: OrderRow, now: number): boolean {
  return isAwaitingPayment(order) && order.closing_at === null && order.expires_at > now;
}

/** Whether nobody has paid the order and it has not ended: money that comes is still welcome. */
export function isAwaitingPayment(order: Pick<OrderRow, 'status' | 'payment_status'>): boolean {
  return order.status === 'pending' && order.payment_status === 'unpaid';
}
