import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { tokenOf } from '../../../../test/harness/api.ts';
import { readRefunds } from '../../../../test/harness/read-refunds.ts';
import { CLERK, openShop, type Shop } from '../../../../test/harness/shop.ts';
import { HOUR_MS } from '../../../kernel/clock.ts';
import type { OrderRow } from '../index.ts';

const staff = tokenOf({
  userId: 'usr_clerk',
  kind: 'staff',
  permissions: ['orders.read', 'orders.write', 'refunds.write', 'payments.read'],
});

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});

beforeEach(() => {
  shop.gateway.refundsAreInstant = true;
});

afterEach(async () => {
  expect(await shop.violations()).toEqual([]);
});

afterAll(() => shop.close());

const tokenFor = ({ customer_id: userId }: OrderRow) => tokenOf({ userId });

async function buy(quantity = 3): Promise<OrderRow> {
  const variants = [await shop.addVariant({ onHand: 10 }), await shop.addVariant({ onHand: 10 })];
  const { order } = await shop.place(variants, {
    items: variants.map((variantId) => ({ variantId, quantity })),
  });
  await shop.receive(await shop.pay(order));
  return shop.read(order.id);
}

async function ship({ id: orderId }: OrderRow): Promise<void> {
  for (const to of ['processing', 'shipped'] as const) {
    await shop.orders.advanceOrder({ orderId, to, by: CLERK });
  }
}

const post = (path: string, token: string, body: object = {}) =>
  shop.api.call(`POST ${path}`, { token, body });

const ask = (order: OrderRow, body: object, token = tokenFor(order)) =>
  post(`/orders/${order.id}/refunds`, token, { reason: 'broken', ...body });

const refundsOf = (purpose: OrderRow) => readRefunds(shop.db, purpose);

const onHand = async (order: OrderRow) => (await shop.stockOf(order)).onHand;

test('a customer’s request promises nothing until staff agrees, to less if it likes', async () => {
  const order = await buy();
  const asked = await ask(order, { items: [{ position: 1, quantity: 2 }] });
  expect(asked).toMatchObject({
    status: 201,
    body: {
      data: { status: 'requested', amount: 3_998, items: [{ position: 1, quantity: 2, amount: 3_998 }] },
    },
  });
  expect(await refundsOf(order)).toEqual([]);
  expect(await ask(order, {})).toMatchObject({ status: 409, body: { error: 'refund_already_requested' } });
  const { id } = asked.body.data;
  const list = await shop.api.call('GET /admin/refund-requests?status=requested', { token: staff });
  expect(list.body.data.items.map((item: { id: string }) => item.id)).toContain(id);
  const path = `/admin/refund-requests/${id}/approve`;
  expect(await post(path, staff, { amount: 3_999 })).toMatchObject({
    body: { error: 'refund_above_request' },
  });
  const approved = await post(path, staff, { amount: 3_000 });
  expect(approved.body.data).toMatchObject({ status: 'reserved', amount: 3_998, approvedAmount: 3_000 });
  expect(await post(path, staff)).toMatchObject({ status: 409, body: { error: 'illegal_transition' } });
  await shop.drain(HOUR_MS);
  const seen = await shop.api.call(`GET /orders/${order.id}`, { token: tokenFor(order) });
  expect(seen.body.data).toMatchObject({
    paymentStatus: 'partially_refunded',
    refundable: order.total - 3_000,
    refundRequests: [{ id, refundedAmount: 3_000, refunds: [{ status: 'succeeded', origin: 'customer' }] }],
    refundedItems: [{ position: 1, refundedQuantity: 2, refundedAmount: 3_000 }],
  });
});

test('a request is rejected with a reason or withdrawn, and then another may be made', async () => {
  const order = await buy();
  const first = (await ask(order, { amount: 500 })).body.data.id;
  const rejected = await post(`/admin/refund-requests/${first}/reject`, staff, { reason: 'worn' });
  expect(rejected.body.data).toMatchObject({ status: 'rejected', decisionReason: 'worn' });
  const second = (await ask(order, { amount: 500 })).body.data.id;
  const withdraw = (token: string) => post(`/orders/${order.id}/refunds/${second}/withdraw`, token);
  expect(await withdraw(tokenOf({ userId: 'usr_other' }))).toMatchObject({ status: 404 });
  expect((await withdraw(tokenFor(order))).body.data).toMatchObject({ status: 'withdrawn' });
  expect(await withdraw(tokenFor(order))).toMatchObject({ status: 409 });
  expect(await refundsOf(order)).toEqual([]);
});

test('nobody asks about the order of somebody else, or for more than there is', async () => {
  const order = await buy();
  expect(await ask(order, {}, tokenOf({ userId: 'usr_other' }))).toMatchObject({ status: 404 });
  const tooMuch = await ask(order, { amount: order.total + 1 });
  expect(tooMuch).toMatchObject({ status: 409, body: { error: 'refund_exceeds_captured' } });
  const tooMany = await ask(order, { items: [{ position: 2, quantity: 4 }] });
  expect(tooMany).toMatchObject({ status: 409, body: { error: 'refund_quantity_exceeded' } });
  const unknown = await ask(order, { items: [{ position: 9, quantity: 1 }] });
  expect(unknown).toMatchObject({ status: 409, body: { error: 'refund_quantity_exceeded' } });
  const both = await ask(order, { amount: 1, items: [{ position: 1, quantity: 1 }] });
  expect(both.status).toBe(400);
  const twice = await ask(order, { items: [1, 1].map((position) => ({ position, quantity: 1 })) });
  expect(twice.status).toBe(400);
  const unpaid = await shop.newOrder();
  expect(await ask(unpaid, {})).toMatchObject({ status: 409, body: { error: 'refund_exceeds_captured' } });
});

test('fifty refunds of a line at once over HTTP never give back more units or money than it has', async () => {
  const order = await buy();
  const wanted = { items: [{ position: 1, quantity: 1 }] };
  const answers = await Promise.all(Array.from({ length: 50 }, () => ask(order, wanted, staff)));
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
  const refused = answers.filter(({ status }) => status !== 201);
  expect(refused.every(({ body }) => body.error === 'refund_quantity_exceeded')).toBe(true);
  const refunds = await refundsOf(order);
  expect(refunds.reduce((sum, { amount }) => sum + amount, 0)).toBe(3 * 1_999);
});

test('fifty refunds by amount at once over HTTP never promise more than was captured', async () => {
  const order = await buy(1);
  const answers = await Promise.all(Array.from({ length: 50 }, () => ask(order, { amount: 700 }, staff)));
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(Math.floor(order.total / 700));
  const refunds = await refundsOf(order);
  expect(refunds.reduce((sum, { amount }) => sum + amount, 0)).toBeLessThanOrEqual(order.total);
});

test('units come back onto the shelf once, only as many as staff says, and not before they went out', async () => {
  const order = await buy();
  const items = [{ position: 1, quantity: 2, restockQuantity: 2 }];
  const early = await ask(order, { items }, staff);
  expect(early).toMatchObject({ status: 409, body: { error: 'order_not_shipped' } });
  await ship(order);
  expect(await onHand(order)).toBe(7);
  const byCustomer = await ask(order, { items });
  expect(byCustomer.body.data.items).toMatchObject([{ restockQuantity: 0 }]);
  const restock = [{ position: 1, quantity: 1 }];
  const path = `/admin/refund-requests/${byCustomer.body.data.id}/approve`;
  const approved = await Promise.all([post(path, staff, { restock }), post(path, staff, { restock })]);
  expect(approved.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409]);
  expect(await onHand(order)).toBe(8);
  await shop.orders.advanceOrder({ orderId: order.id, to: 'returned', by: CLERK, restock: true });
  expect(await onHand(order)).toBe(10);
});

test('a return is asked for by the customer, and staff says that the goods are here', async () => {
  const order = await buy();
  const wanted = { reason: 'too small', items: [{ position: 2, quantity: 1 }] };
  const early = await post(`/orders/${order.id}/return`, tokenFor(order), wanted);
  expect(early).toMatchObject({ status: 409, body: { error: 'order_not_shipped' } });
  await ship(order);
  const asked = await post(`/orders/${order.id}/return`, tokenFor(order), wanted);
  expect(asked.body.data).toMatchObject({
    order: { status: 'shipped' },
    request: { status: 'requested', isReturn: true, amount: 1_999 },
  });
  const here = await post(`/orders/${order.id}/return`, staff, { reason: 'is here', restock: true });
  expect(here.body.data).toMatchObject({ order: { status: 'returned' }, request: null });
  expect(await onHand(order)).toBe(10);
});

test('when everything goes back, a request that still waits needs no answer', async () => {
  const order = await buy();
  const { id } = (await ask(order, { amount: 500 })).body.data;
  const cancelled = await post(`/orders/${order.id}/cancel`, staff, { reason: 'sold out' });
  expect(cancelled.status).toBe(200);
  const seen = await shop.api.call(`GET /admin/orders/${order.id}`, { token: staff });
  expect(seen.body.data.refundRequests).toMatchObject([{ id, status: 'withdrawn' }]);
});

test('what was agreed to and fails is begun anew, and only that', async () => {
  await shop.drain(HOUR_MS);
  const order = await buy();
  const reason = { code: 'USER_ACCOUNT_ABNORMAL', message: 'gone' };
  shop.gateway.fail('refund', { answer: { outcome: 'failed', reason } });
  const { id } = (await ask(order, { amount: 1_000 }, staff)).body.data;
  await shop.drain();
  await ask(order, { amount: 500 }, staff);
  await shop.drain(3 * HOUR_MS);
  const refunds = await refundsOf(order);
  const ofFirst = refunds.filter(({ request_id: requestId }) => requestId === id);
  expect(ofFirst.map(({ status, amount }) => ({ status, amount }))).toEqual([
    { status: 'failed', amount: 1_000 },
    { status: 'succeeded', amount: 1_000 },
  ]);
  expect(refunds).toHaveLength(3);
  expect(await shop.read(order.id)).toMatchObject({ payment_status: 'partially_refunded' });
});

test('one Idempotency-Key is one refund', async () => {
  const order = await buy();
  const headers = { 'idempotency-key': 'one-refund-only' };
  const send = () =>
    shop.api.call(`POST /orders/${order.id}/refunds`, {
      token: staff,
      body: { reason: 'broken', amount: 700 },
      headers,
    });
  const first = await send();
  const again = await send();
  expect(again.body.data.id).toBe(first.body.data.id);
  expect(await refundsOf(order)).toHaveLength(1);
});
