import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { readRefunds } from '../../../test/harness/read-refunds.ts';
import { CLERK, OUTBOUND_TIMEOUT_MS, openShop, type Shop } from '../../../test/harness/shop.ts';
import { MINUTE_MS, SECOND_MS } from '../../kernel/clock.ts';
import { isError } from '../../kernel/errors.ts';
import { moveJob } from '../../kernel/jobs/index.ts';
import { listOpen } from '../alerts/index.ts';
import { orderClose } from './close-job.ts';
import { orderAlreadyPaid, orderClosed, orderExpiring } from './errors.ts';
import type { OrderRow } from './tables.ts';

const EXPIRY_MS = 15 * MINUTE_MS;

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});

beforeEach(async () => {
  await shop.drain(60 * MINUTE_MS);
});

afterAll(async () => {
  await shop.drain(24 * 60 * MINUTE_MS);
  expect(await shop.violations()).toEqual([]);
  await shop.close();
});

function cancel(order: OrderRow): Promise<'cancelled' | 'closing'> {
  const { id: orderId, customer_id: customerId } = order;
  return shop.orders.cancelOrder({
    orderId,
    customerId,
    by: { type: 'customer', id: customerId },
    reason: '不想要了',
  });
}

async function closeJobOf(order: OrderRow) {
  return shop.db.query
    .selectFrom('jobs')
    .selectAll()
    .where('unique_key', '=', `order.close:${order.id}`)
    .executeTakeFirst();
}

const refundsOf = (order: OrderRow) => readRefunds(shop.db, order);

test('an order that nobody pays is closed at its expiry, and its stock is free again', async () => {
  const order = await shop.newOrder();
  await shop.drain(EXPIRY_MS - 1);
  expect(await shop.read(order.id)).toMatchObject({ status: 'pending', closing_at: null });
  await shop.drain(1);
  expect(await shop.read(order.id)).toMatchObject({
    ...{ status: 'closed', payment_status: 'unpaid', fulfilment_status: 'unfulfilled' },
    ...{ closing_at: null, closed_at: shop.clock.now() },
  });
  expect(await shop.stockOf(order)).toMatchObject({ reserved: 0 });
  expect(await closeJobOf(order)).toBeUndefined();
});

test('a close job that runs too early changes nothing and waits for the expiry', async () => {
  const order = await shop.newOrder();
  await shop.db.tx('test.hurry', (tx) => moveJob(tx, orderClose, order.id, tx.now));
  await shop.drain();
  expect(await shop.read(order.id)).toMatchObject({ status: 'pending', closing_at: null });
  expect(await closeJobOf(order)).toMatchObject({ run_at: order.expires_at });
});

test('the open attempt of an order that expires is closed at its provider first', async () => {
  const order = await shop.newOrder();
  const paymentId = await shop.pay(order);
  await shop.drain(EXPIRY_MS);
  expect(await shop.read(order.id)).toMatchObject({ status: 'closed' });
  expect(shop.gateway.trades.get(paymentId)?.state).toBe('closed');
  const calls = shop.gateway.calls.filter((call) => call.endsWith(paymentId));
  expect(calls.slice(-3)).toEqual([`query ${paymentId}`, `close ${paymentId}`, `query ${paymentId}`]);
});

test('a provider that does not close holds the order and its stock, with an alert, until it does', async () => {
  const order = await shop.newOrder();
  await shop.pay(order);
  await shop.drain(11 * MINUTE_MS);
  shop.gateway.fail('close', ...Array.from({ length: 4 }, () => 'request_lost' as const));
  await shop.drain(4 * MINUTE_MS);
  expect(await shop.read(order.id)).toMatchObject({ status: 'pending', closing_at: shop.clock.now() });
  expect(await closeJobOf(order)).toMatchObject({ attempts: 1 });
  await shop.drain(3 * SECOND_MS);
  expect(await closeJobOf(order)).toMatchObject({ attempts: 2 });
  expect(await listOpen(shop.db, [order.id])).toEqual([]);
  await shop.drain(5 * SECOND_MS);
  expect(await closeJobOf(order)).toMatchObject({ attempts: 3 });
  expect(await listOpen(shop.db, [order.id])).toMatchObject([{ kind: 'order_not_closing' }]);
  expect(await shop.stockOf(order)).toMatchObject({ reserved: 1 });
  await shop.drain(MINUTE_MS);
  expect(await shop.read(order.id)).toMatchObject({ status: 'closed' });
  expect(await listOpen(shop.db, [order.id])).toEqual([]);
});

test('money that turns up while the order is being closed confirms it', async () => {
  const order = await shop.newOrder();
  const paymentId = await shop.pay(order);
  await shop.drain(11 * MINUTE_MS);
  shop.gateway.fail('close', { before: async () => void shop.gateway.pay(paymentId) });
  await shop.drain(4 * MINUTE_MS);
  expect(await shop.read(order.id)).toMatchObject({
    ...{ status: 'confirmed', payment_status: 'paid', payment_id: paymentId },
    ...{ closing_at: null, closing_request: null },
  });
  expect(await shop.stockOf(order)).toMatchObject({ reserved: 1 });
  expect(await closeJobOf(order)).toBeUndefined();
});

test('a payment takes the close job away in its own transaction', async () => {
  const order = await shop.newPaidOrder();
  expect(order).toMatchObject({ status: 'confirmed', payment_status: 'paid' });
  expect(await closeJobOf(order)).toBeUndefined();
  await shop.drain(2 * EXPIRY_MS);
  expect(await shop.read(order.id)).toMatchObject({ status: 'confirmed' });
});

test('money for an order that is closed goes back by itself and does not move it', async () => {
  const order = await shop.newOrder();
  const paymentId = await shop.pay(order);
  await shop.drain(EXPIRY_MS);
  shop.gateway.pay(paymentId);
  expect(await shop.receive(paymentId)).toBe(200);
  expect(await shop.read(order.id)).toMatchObject({ status: 'closed', payment_status: 'unpaid' });
  expect(await refundsOf(order)).toMatchObject([{ is_surplus: 1, origin: 'late', amount: 1_999 }]);
  await shop.drain(MINUTE_MS);
  expect(await refundsOf(order)).toMatchObject([{ status: 'succeeded' }]);
});

test('payments and closing at the same moment leave each order either confirmed or closed', async () => {
  const orders = await Promise.all(Array.from({ length: 12 }, () => shop.newOrder()));
  const paymentIds = await Promise.all(orders.map((order) => shop.pay(order)));
  await shop.drain(11 * MINUTE_MS);
  shop.clock.advance(4 * MINUTE_MS);
  for (const paymentId of paymentIds.filter((_, index) => index % 2 === 0)) {
    shop.gateway.pay(paymentId);
  }
  const received = paymentIds
    .filter((_, index) => index % 2 === 0)
    .map((paymentId) => shop.receive(paymentId));
  await Promise.all([...received, shop.drain()]);
  const rows = await Promise.all(orders.map((order) => shop.read(order.id)));
  expect(rows.map(({ status }) => status)).toEqual(
    orders.map((_, index) => (index % 2 === 0 ? 'confirmed' : 'closed')),
  );
});

test('an order without an attempt is cancelled at once, and again without harm', async () => {
  const order = await shop.newOrder();
  expect(await cancel(order)).toBe('cancelled');
  expect(await cancel(order)).toBe('cancelled');
  expect(await shop.read(order.id)).toMatchObject({
    ...{ status: 'cancelled', payment_status: 'unpaid', fulfilment_status: 'cancelled' },
    ...{ cancel_reason: '不想要了', cancelled_at: shop.clock.now() },
  });
  expect(await shop.stockOf(order)).toMatchObject({ reserved: 0 });
  expect(await closeJobOf(order)).toBeUndefined();
});

test('ten cancellations at once cancel the order once', async () => {
  const order = await shop.newOrder();
  await shop.pay(order);
  await Promise.all(Array.from({ length: 10 }, () => cancel(order)));
  await shop.drain(MINUTE_MS);
  const history = await shop.db.query
    .selectFrom('state_history')
    .selectAll()
    .where('entity_id', '=', order.id)
    .where('to_state', '=', 'cancelled')
    .where('field', '=', 'status')
    .execute();
  expect(history).toHaveLength(1);
  expect(await shop.stockOf(order)).toMatchObject({ reserved: 0 });
});

test('a cancellation that a provider holds up answers closing, and the job finishes it', async () => {
  const order = await shop.newOrder();
  await shop.pay(order);
  shop.gateway.fail('close', 'request_lost');
  expect(await cancel(order)).toBe('closing');
  expect(await shop.read(order.id)).toMatchObject({ status: 'pending', closing_at: shop.clock.now() });
  await shop.drain(MINUTE_MS);
  expect(await shop.read(order.id)).toMatchObject({ status: 'cancelled', cancel_reason: '不想要了' });
});

test('a cancellation waits for a call that may still create the payment', async () => {
  const order = await shop.newOrder();
  shop.gateway.fail('create', 'answer_lost');
  await expect(shop.pay(order)).rejects.toThrow();
  await shop.db.tx('test.call_again', (tx) =>
    tx.query
      .updateTable('payments')
      .set({ call_started_at: tx.now })
      .where('purpose_id', '=', order.id)
      .execute(),
  );
  expect(await cancel(order)).toBe('closing');
  const callIsOverAt = shop.clock.now() + OUTBOUND_TIMEOUT_MS + 5 * SECOND_MS;
  expect(await closeJobOf(order)).toMatchObject({ run_at: callIsOverAt });
  await shop.drain(MINUTE_MS);
  expect(await shop.read(order.id)).toMatchObject({ status: 'cancelled' });
});

test('money that is found while a person cancels is confirmed and on its way back in one transaction', async () => {
  const order = await shop.newOrder();
  const paymentId = await shop.pay(order);
  shop.gateway.pay(paymentId);
  expect(await cancel(order)).toBe('cancelled');
  expect(await shop.read(order.id)).toMatchObject({
    ...{ status: 'cancelled', payment_status: 'refund_pending', payment_id: paymentId },
    cancel_reason: '不想要了',
  });
  expect(await refundsOf(order)).toMatchObject([{ origin: 'cancel', amount: 1_999, is_surplus: 0 }]);
  const steps = await shop.db.query
    .selectFrom('state_history')
    .select(['to_state', 'at'])
    .where('entity_id', '=', order.id)
    .where('field', '=', 'status')
    .orderBy('version')
    .execute();
  expect(steps.map(({ to_state }) => to_state)).toEqual(['pending', 'confirmed', 'cancelled']);
  expect(await shop.stockOf(order)).toMatchObject({ reserved: 0 });
  await shop.drain(MINUTE_MS);
  expect(await shop.read(order.id)).toMatchObject({ payment_status: 'refunded' });
});

test('a paid order is cancelled with all of its money on its way back, once', async () => {
  const order = await shop.newPaidOrder();
  await Promise.all([cancel(order), cancel(order), cancel(order)]);
  expect(await shop.read(order.id)).toMatchObject({ status: 'cancelled', payment_status: 'refund_pending' });
  expect(await refundsOf(order)).toHaveLength(1);
  expect(await shop.stockOf(order)).toMatchObject({ reserved: 0 });
  await shop.drain(MINUTE_MS);
  expect(await shop.read(order.id)).toMatchObject({ payment_status: 'refunded' });
});

test('the rest of a partly refunded order goes back when it is cancelled', async () => {
  const order = await shop.newPaidOrder();
  const part = { amount: 500, currency: 'CNY' };
  const purpose = { type: 'order', id: order.id };
  await shop.db.tx('test.refund', (tx) =>
    shop.payments.reserveRefund(tx, { purpose, amount: part, reason: null, by: CLERK, origin: 'staff' }),
  );
  expect(await shop.read(order.id)).toMatchObject({ payment_status: 'refund_pending' });
  await shop.drain(2 * MINUTE_MS);
  expect(await shop.read(order.id)).toMatchObject({ payment_status: 'partially_refunded' });
  await cancel(order);
  expect((await refundsOf(order)).map(({ amount }) => amount)).toEqual([500, 1_499]);
  await shop.drain(2 * MINUTE_MS);
  expect(await shop.read(order.id)).toMatchObject({ status: 'cancelled', payment_status: 'refunded' });
});

test('no attempt is opened for an order that is closing, expiring, expired, ended or paid', async () => {
  const closing = await shop.newOrder();
  await shop.pay(closing);
  shop.gateway.fail('close', 'request_lost');
  await cancel(closing);
  await expect(shop.pay(closing)).rejects.toSatisfy((error) => isError(error, orderClosed));

  const paid = await shop.newPaidOrder();
  await expect(shop.pay(paid)).rejects.toSatisfy((error) => isError(error, orderAlreadyPaid));
  await cancel(paid);
  await expect(shop.pay(paid)).rejects.toSatisfy((error) => isError(error, orderClosed));

  const expiring = await shop.newOrder();
  shop.clock.advance(14 * MINUTE_MS);
  await expect(shop.pay(expiring)).rejects.toSatisfy((error) => isError(error, orderExpiring));
  shop.clock.advance(MINUTE_MS);
  await expect(shop.pay(expiring)).rejects.toSatisfy((error) => isError(error, orderClosed));
});

test('where the time to pay is a minute or less, an attempt may be opened until its end', async () => {
  const hasty = await openShop({ config: { payExpireMs: 12 * SECOND_MS, maxUnpaid: 5 } });
  const order = await hasty.newOrder();
  hasty.clock.advance(11 * SECOND_MS);
  await hasty.receive(await hasty.pay(order));
  expect(await hasty.read(order.id)).toMatchObject({ status: 'confirmed' });
  await hasty.close();
});
