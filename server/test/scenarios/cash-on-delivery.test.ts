import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { TestBuyer } from '../harness/app.ts';
import { newStaff, type TestStaff } from '../harness/staff.ts';
import { MINUTE, openStage, type Seen, type Stage } from './stage.ts';

let stage: Stage;
let clerk: TestStaff;
let cashier: TestStaff;
let buyer: TestBuyer;

beforeAll(async () => {
  stage = await openStage({ environment: { CASH_ON_DELIVERY: 'on', CASH_ON_DELIVERY_MAX_AMOUNT: '100000' } });
  clerk = await newStaff(stage, ['cash.read', 'cash.record', 'cash.confirm']);
  cashier = await newStaff(stage, ['cash.read', 'cash.confirm']);
});

beforeEach(async () => {
  buyer = await stage.newBuyer();
});

afterAll(() => stage.close());

async function orderByCash(price = 1_280): Promise<{ order: Seen; paymentId: string; variantId: string }> {
  const variantId = await stage.addVariant({ price });
  const order = await stage.place(buyer, [{ variantId, quantity: 1 }]);
  const { paymentId } = await stage.open(buyer, order.id, 'cash_on_delivery');
  return { order, paymentId, variantId };
}

async function ship(orderId: string): Promise<void> {
  await stage.advance(orderId, 'processing');
  await stage.advance(orderId, 'shipped');
}

async function deliver(price?: number): Promise<{ order: Seen; paymentId: string }> {
  const bought = await orderByCash(price);
  await ship(bought.order.id);
  await stage.advance(bought.order.id, 'delivered', { collectedAmount: price ?? 1_280 });
  return bought;
}

const record = (paymentIds: readonly string[], amount: number, { token } = clerk) =>
  stage.call('POST /admin/cash-remittances', {
    token,
    body: { courier: 'Fast Wheels', paymentIds, amount, currency: 'CNY' },
  });

const confirm = (id: string, { token }: TestStaff) =>
  stage.call(`POST /admin/cash-remittances/${id}/confirm`, { token, body: { reference: 'SLIP-1' } });

const outstanding = async (): Promise<string[]> => {
  const { body } = await stage.call('GET /admin/cash-collections?state=outstanding', { token: clerk.token });
  return body.data.items.map(({ paymentId }: Seen) => paymentId);
};

test('an order by cash is confirmed at once, and paid by what is collected at the door', async () => {
  const { order, paymentId } = await orderByCash();
  expect(await stage.order(buyer, order.id)).toMatchObject({ status: 'confirmed', paymentStatus: 'unpaid' });
  await stage.pass(30 * MINUTE);
  expect(await stage.order(buyer, order.id)).toMatchObject({ status: 'confirmed' });
  await ship(order.id);
  const without = await stage.call(`PATCH /orders/${order.id}/status`, {
    token: stage.adminToken,
    body: { status: 'delivered' },
  });
  expect([without.status, without.body.error]).toEqual([422, 'collected_amount_required']);
  await stage.advance(order.id, 'delivered', { collectedAmount: 1_280 });
  expect(await stage.order(buyer, order.id)).toMatchObject({
    status: 'delivered',
    paymentStatus: 'paid',
    payments: [{ id: paymentId, status: 'succeeded' }],
  });
  expect(await outstanding()).toContain(paymentId);
  await stage.expectSound();
});

test('refused at the door, the goods are back on the shelf and nothing is captured', async () => {
  const { order, paymentId, variantId } = await orderByCash();
  await ship(order.id);
  expect(await stage.stockOf(variantId)).toEqual({ on_hand: 99, reserved: 0 });
  await stage.advance(order.id, 'returned', { restock: true });
  expect(await stage.order(buyer, order.id)).toMatchObject({
    status: 'returned',
    paymentStatus: 'unpaid',
    payments: [{ status: 'closed' }],
  });
  expect(await stage.stockOf(variantId)).toEqual({ on_hand: 100, reserved: 0 });
  expect(await outstanding()).not.toContain(paymentId);
  await stage.expectSound();
});

test('an order over the limit can not be paid by cash', async () => {
  const order = await stage.place(buyer, [
    { variantId: await stage.addVariant({ price: 100_001 }), quantity: 1 },
  ]);
  expect(order.paymentMethods?.map(({ method }: Seen) => method) ?? []).not.toContain('cash_on_delivery');
  const answer = await stage.call(`POST /orders/${order.id}/payments`, {
    token: buyer.token,
    body: { method: 'cash_on_delivery' },
  });
  expect([answer.status, answer.body.error]).toEqual([422, 'payment_method_unavailable']);
});

test('what a courier hands over is the sum of its collections, and arrives by the word of a second person', async () => {
  const one = await deliver();
  const two = await deliver(500);
  const short = await record([one.paymentId, two.paymentId], 1_700);
  expect([short.status, short.body.error]).toEqual([409, 'cash_sum_differs']);
  expect(await outstanding()).toEqual(expect.arrayContaining([one.paymentId, two.paymentId]));
  const recorded = await record([two.paymentId, one.paymentId], 1_780);
  expect(recorded.body.data).toMatchObject({ state: 'recorded', collections: 2, recordedBy: clerk.userId });
  const { id } = recorded.body.data;
  expect((await confirm(id, clerk)).body.error).toBe('second_person_required');
  const others = await Promise.all(
    [cashier, await newStaff(stage, ['cash.confirm'])].map((who) => confirm(id, who)),
  );
  expect(others.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409]);
  const arrived = await stage.call(`GET /admin/cash-remittances/${id}`, { token: clerk.token });
  expect(arrived.body.data).toMatchObject({ state: 'confirmed', reference: 'SLIP-1' });
  expect(arrived.body.data.items.every(({ remittedAt }: Seen) => remittedAt !== null)).toBe(true);
  const booked = await stage.db.query
    .selectFrom('ledger_entries')
    .select(['account', 'amount'])
    .where('account', 'in', ['bank:CNY', 'remitted:cash_on_delivery:courier:CNY'])
    .orderBy('account')
    .execute();
  expect(booked).toEqual([
    { account: 'bank:CNY', amount: 1_780 },
    { account: 'remitted:cash_on_delivery:courier:CNY', amount: -1_780 },
  ]);
  await stage.expectSound();
});

test('of hand-overs that take the same cash at once only one stands, and one that is cancelled gives it back', async () => {
  const { paymentId } = await deliver();
  const answers = await Promise.all([0, 1, 2, 3].map(() => record([paymentId], 1_280)));
  expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([201, 409, 409, 409]);
  const { id } = answers.find(({ status }) => status === 201)?.body.data ?? {};
  expect(await outstanding()).not.toContain(paymentId);
  const cancelled = await stage.call(`POST /admin/cash-remittances/${id}/cancel`, {
    token: clerk.token,
    body: { note: 'counted wrongly' },
  });
  expect(cancelled.body.data).toMatchObject({ state: 'cancelled' });
  expect(await outstanding()).toContain(paymentId);
  expect((await confirm(id, cashier)).body.error).toBe('illegal_transition');
  await stage.expectSound();
});

test('who may only confirm records nothing, and an unknown payment is no cash', async () => {
  expect((await record(['pay_unknown'], 100, cashier)).status).toBe(403);
  expect((await record(['pay_unknown'], 100)).body.error).toBe('cash_not_outstanding');
});
