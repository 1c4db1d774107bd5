import type { Clock } from '../clock.ts';
import { randomText } from '../random.ts';
import type { Store } from '../store.ts';
import { notFound } from './errors.ts';
import type { Amount } from './money.ts';

const HOUR_MS = 60 * 60 * 1000;
/** An order that nobody has paid is forgotten after this. */
const LAPSES_AFTER_MS = 6 * HOUR_MS;

export type OrderStatus = 'CREATED' | 'PAYER_ACTION_REQUIRED' | 'APPROVED' | 'VOIDED' | 'COMPLETED';
export type CaptureStatus =
  | 'COMPLETED'
  | 'DECLINED'
  | 'PARTIALLY_REFUNDED'
  | 'PENDING'
  | 'REFUNDED'
  | 'FAILED';
export type AuthorisationStatus =
  | 'CREATED'
  | 'CAPTURED'
  | 'DENIED'
  | 'PARTIALLY_CAPTURED'
  | 'VOIDED'
  | 'PENDING';
export type RefundStatus = 'CANCELLED' | 'FAILED' | 'PENDING' | 'COMPLETED';

export interface Authorisation {
  id: string;
  status: AuthorisationStatus;
  createdAt: number;
  updatedAt: number;
  expiresAt: number;
}

export interface Capture {
  id: string;
  status: CaptureStatus;
  /** Why it is PENDING or DECLINED. */
  reason: string | null;
  units: number;
  fee: number;
  invoiceId: string;
  isFinal: boolean;
  createdAt: number;
  updatedAt: number;
}

export interface Refund {
  id: string;
  captureId: string;
  status: RefundStatus;
  /** How it will end while it is PENDING. */
  outcome: 'COMPLETED' | 'FAILED' | 'CANCELLED';
  units: number;
  customId: string;
  invoiceId: string;
  note: string | null;
  createdAt: number;
  updatedAt: number;
}

/** A number of PayPal's, for whatever it is. */
export const newNumber = () => randomText(17, '0123456789ABCDEFGHJKLMNPQRSTUVWXYZ');

/** What a fault plan may be narrowed to. */
export const subjectOf = (order: Order) => ({ orderId: order.id, outTradeNo: order.customId });

/** One order with all that came of it. */
export interface Order {
  id: string;
  intent: 'CAPTURE' | 'AUTHORIZE';
  status: OrderStatus;
  referenceId: string;
  description: string | null;
  customId: string;
  invoiceId: string | null;
  amount: Amount;
  returnUrl: string;
  cancelUrl: string;
  /** Who has approved it. */
  payerId: string | null;
  authorisation: Authorisation | null;
  captures: Capture[];
  refunds: Refund[];
  createdAt: number;
  updatedAt: number;
}

export interface Orders {
  insert(order: Order): void;
  /** Writes it down with the numbers of what is in it. */
  save(order: Order): Order;
  /** By its own number or that of anything in it; throws RESOURCE_NOT_FOUND. */
  require(number: string): Order;
  find(number: string): Order | undefined;
  list(limit: number): Order[];
  /** Everything, oldest first; for reports. */
  all(): Order[];
}

export const ORDER_TABLES = ['paypal_orders', 'paypal_numbers'] as const;

const SCHEMA = `CREATE TABLE IF NOT EXISTS paypal_orders (id TEXT PRIMARY KEY, content TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS paypal_numbers (number TEXT PRIMARY KEY, order_id TEXT NOT NULL) STRICT;`;

export function createOrders(store: Store, clock: Clock): Orders {
  store.define(SCHEMA);
  const parse = (row: { content: string }) => JSON.parse(row.content) as Order;

  function numbersOf(order: Order): string[] {
    const inside = [
      ...order.captures,
      ...order.refunds,
      ...(order.authorisation ? [order.authorisation] : []),
    ];
    return [order.id, ...inside.map(({ id }) => id)];
  }

  function hasLapsed(order: Order): boolean {
    const isUnpaid = order.authorisation === null && order.captures.length === 0;
    return isUnpaid && clock.now() >= order.createdAt + LAPSES_AFTER_MS;
  }

  function save(order: Order): Order {
    store.run('UPDATE paypal_orders SET content = ? WHERE id = ?', JSON.stringify(order), order.id);
    for (const number of numbersOf(order)) {
      store.run('INSERT INTO paypal_numbers VALUES (?, ?) ON CONFLICT (number) DO NOTHING', number, order.id);
    }
    return order;
  }

  function find(number: string): Order | undefined {
    const row = store.get<{ content: string }>(
      'SELECT content FROM paypal_orders WHERE id = (SELECT order_id FROM paypal_numbers WHERE number = ?)',
      number,
    );
    const order = row && parse(row);
    return order && !hasLapsed(order) ? order : undefined;
  }

  return {
    insert(order) {
      store.run('INSERT INTO paypal_orders VALUES (?, ?)', order.id, JSON.stringify(order));
      save(order);
    },
    save,
    find,
    require(number) {
      const order = find(number);
      if (order === undefined) {
        throw notFound();
      }
      return order;
    },
    list: (limit) =>
      store
        .all<{ content: string }>('SELECT content FROM paypal_orders ORDER BY rowid DESC LIMIT ?', limit)
        .map(parse),
    all: () => store.all<{ content: string }>('SELECT content FROM paypal_orders ORDER BY rowid').map(parse),
  };
}
