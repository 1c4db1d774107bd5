import { afterAll, beforeAll, expect, test } from 'vitest';
import { CLERK, openShop, type Shop } from '../../../test/harness/shop.ts';
import { MINUTE_MS } from '../../kernel/clock.ts';
import { AppError, illegalTransition } from '../../kernel/errors.ts';
import { setStock, stockNotOnHand } from '../inventory/index.ts';
import type { Step } from './advance-order.ts';
import { orderClosing, orderRefunded } from './errors.ts';
import type { OrderRow } from './tables.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});

afterAll(async () => {
  await shop.drain(60 * MINUTE_MS);
  expect(await shop.violations()).toEqual([]);
  await shop.close();
});

function advance(order: OrderRow, to: Step, facts: object = {}): Promise<OrderRow> {
  return shop.orders.advanceOrder({ orderId: order.id, to, by: CLERK, ...facts });
}

async function refusalOf(promise: Promise<unknown>): Promise<AppError> {
  const error = await promise.catch((reason: unknown) => reason);
  if (!(error instanceof AppError)) {
    throw new Error(`expected a refusal, got ${String(error)}`);
  }
  return error;
}

test('a paid order is packed, shipped, delivered and completed, and its goods leave the shelf once', async () => {
  const order = await shop.newPaidOrder();
  expect(await advance(order, 'processing')).toMatchObject({ fulfilment_status: 'in_progress' });
  expect(await shop.stockOf(order)).toMatchObject({ onHand: 100, reserved: 1 });
  const shipped = await advance(order, 'shipped', { carrier: '顺丰', trackingNumber: 'SF123' });
  expect(shipped).toMatchObject({
    fulfilment_status: 'fulfilled',
    carrier: '顺丰',
    tracking_number: 'SF123',
  });
  expect(await shop.stockOf(order)).toMatchObject({ onHand: 99, reserved: 0 });
  await advance(order, 'delivered');
  const completed = await advance(order, 'completed');
  const now = shop.clock.now();
  expect(completed).toMatchObject({ shipped_at: now, delivered_at: now, completed_at: now });
  const events = await shop.db.query
    .selectFrom('events')
    .selectAll()
    .where('subject', '=', order.id)
    .execute();
  expect(events.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['order.processing', 'order.shipped', 'order.delivered', 'order.completed']),
  );
});

test('five clerks who ship at once ship once', async () => {
  const order = await shop.newPaidOrder();
  await advance(order, 'processing');
  const results = await Promise.allSettled(Array.from({ length: 5 }, () => advance(order, 'shipped')));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await shop.stockOf(order)).toMatchObject({ onHand: 99, reserved: 0 });
});

test('a step that is no arrow is refused with the legal ones', async () => {
  const pending = await shop.newOrder();
  const early = await refusalOf(advance(pending, 'shipped'));
  expect(early.definition).toBe(illegalTransition);
  expect(early.details).toMatchObject({ from: 'pending', to: 'shipped', legal: ['cancelled'] });
  const paid = await shop.newPaidOrder();
  expect((await refusalOf(advance(paid, 'delivered'))).details).toMatchObject({
    legal: ['processing', 'cancelled'],
  });
  await advance(paid, 'processing');
  expect((await refusalOf(advance(paid, 'completed'))).details).toMatchObject({
    legal: ['shipped', 'cancelled'],
  });
});

test('goods whose money is on its way back are not sent', async () => {
  const order = await shop.newPaidOrder();
  await advance(order, 'processing');
  const purpose = { type: 'order', id: order.id };
  await shop.db.tx('test.refund', (tx) =>
    shop.payments.reserveRefund(tx, { purpose, amount: 'all', reason: null, by: CLERK, origin: 'staff' }),
  );
  expect((await refusalOf(advance(order, 'shipped'))).definition).toBe(orderRefunded);
  await shop.drain(MINUTE_MS);
  expect((await refusalOf(advance(order, 'shipped'))).details).toEqual({ paymentStatus: 'refunded' });
  await shop.orders.cancelOrder({ orderId: order.id, by: CLERK, reason: null, customerId: null });
  expect(await shop.stockOf(order)).toMatchObject({ onHand: 100, reserved: 0 });
});

test('a shipment and a cancellation at once have one winner', async () => {
  for (let round = 0; round < 5; round += 1) {
    const order = await shop.newPaidOrder();
    await advance(order, 'processing');
    const cancelled = shop.orders.cancelOrder({
      orderId: order.id,
      by: CLERK,
      reason: null,
      customerId: null,
    });
    const results = await Promise.allSettled([advance(order, 'shipped'), cancelled]);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const { status } = await shop.read(order.id);
    expect(await shop.stockOf(order)).toMatchObject({ onHand: status === 'shipped' ? 99 : 100, reserved: 0 });
  }
});

test('goods that are not on the shelf can not be shipped, and nothing of the order moves', async () => {
  const order = await shop.newPaidOrder();
  await advance(order, 'processing');
  const { variantId } = await shop.stockOf(order);
  await shop.db.tx('test.count', (tx) => setStock(tx, { variantId, onHand: 0, by: CLERK }));
  const refusal = await refusalOf(advance(order, 'shipped'));
  expect(refusal.definition).toBe(stockNotOnHand);
  expect(await shop.read(order.id)).toMatchObject({ status: 'processing', fulfilment_status: 'in_progress' });
  await shop.db.tx('test.count', (tx) => setStock(tx, { variantId, onHand: 1, by: CLERK }));
  await advance(order, 'shipped');
});

test('a return goes back to the shelf only if it is fit for sale', async () => {
  const fit = await shop.newPaidOrder();
  const broken = await shop.newPaidOrder();
  for (const order of [fit, broken]) {
    await advance(order, 'processing');
    await advance(order, 'shipped');
  }
  expect(await advance(fit, 'returned', { restock: true })).toMatchObject({ fulfilment_status: 'fulfilled' });
  await advance(broken, 'returned', { restock: false });
  expect(await shop.stockOf(fit)).toMatchObject({ onHand: 100, reserved: 0 });
  expect(await shop.stockOf(broken)).toMatchObject({ onHand: 99, reserved: 0 });
});

test('goods that nobody ships are completed from processing', async () => {
  const voucher = await shop.addVariant({ requiresShipping: false });
  const { order } = await shop.place([voucher], { shippingAddress: undefined });
  await shop.receive(await shop.pay(order));
  await advance(order, 'processing');
  expect((await refusalOf(advance(order, 'shipped'))).details).toMatchObject({
    legal: ['completed', 'cancelled'],
  });
  expect(await advance(order, 'completed')).toMatchObject({ fulfilment_status: 'fulfilled' });
  expect(await shop.stockOf(order)).toMatchObject({ onHand: 99, reserved: 0 });
});

test('customers may not cancel what is being packed, and nobody what has left', async () => {
  const order = await shop.newPaidOrder();
  await advance(order, 'processing');
  const { id: orderId, customer_id: customerId } = order;
  const asCustomer = { orderId, customerId, by: { type: 'customer', id: customerId }, reason: null } as const;
  expect((await refusalOf(shop.orders.cancelOrder(asCustomer))).details).toMatchObject({ legal: [] });
  await advance(order, 'shipped');
  const asStaff = { orderId, customerId: null, by: CLERK, reason: null };
  expect((await refusalOf(shop.orders.cancelOrder(asStaff))).details).toMatchObject({
    legal: ['delivered', 'returned'],
  });
});

test('an order that is being cancelled is not packed', async () => {
  const order = await shop.newPaidOrder();
  const setClosing = (closing_at: number | null) =>
    shop.db.tx('test.close', (tx) =>
      tx.query.updateTable('orders').set({ closing_at }).where('id', '=', order.id).execute(),
    );
  await setClosing(shop.clock.now());
  expect((await refusalOf(advance(order, 'processing'))).definition).toBe(orderClosing);
  await setClosing(null);
  expect(await advance(order, 'processing')).toMatchObject({ status: 'processing' });
});
