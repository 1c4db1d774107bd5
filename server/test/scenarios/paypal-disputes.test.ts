/** Disputes at PayPal from the payer's complaint to the ledger: told by its notifications, moved by the simulator's control. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { runDoctor } from '../../src/modules/doctor/index.ts';
import type { TestBuyer } from '../harness/app.ts';
import { toPaypalEnvironment } from '../harness/simulated-paypal.ts';
import { MINUTE, openStage, type Seen, type Stage } from './stage.ts';

const DAY = 24 * 60 * MINUTE;
const FEE = 1_500;

let stage: Stage;
let buyer: TestBuyer;

beforeAll(async () => {
  stage = await openStage({ environment: { SHOP_CURRENCY: 'USD' }, environmentOf: toPaypalEnvironment });
  stage.simulators.paypal.changeSettings({ webhookUrl: `${stage.url}/payments/notify/paypal` });
  buyer = await stage.newBuyer();
});

afterEach(async () => {
  expect((await runDoctor(stage.db, stage.clock)).violations).toEqual([]);
});

afterAll(() => stage.close());

/** What another program does with the simulator. */
async function control(method: 'GET' | 'POST', path: string, body?: object): Promise<Seen> {
  const answer = await fetch(`${stage.simulators.controlUrl}/control${path}`, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const json = (await answer.json()) as Seen;
  expect(answer.status, JSON.stringify(json)).toBeLessThan(300);
  return json;
}

async function buy(): Promise<{ orderId: string; paymentId: string; captureId: string }> {
  const variantId = await stage.addVariant();
  const order = await stage.place(buyer, [{ variantId, quantity: 1 }]);
  const { paymentId, parameters } = await stage.open(buyer, order.id, 'paypal');
  stage.simulators.paypal.approve({ orderId: parameters.orderId ?? '' });
  await stage.simulators.notifications.flush();
  await stage.pass(MINUTE);
  const [capture] = stage.simulators.paypal.findOrder(parameters.orderId ?? '').captures;
  return { orderId: order.id as string, paymentId, captureId: capture?.id as string };
}

async function disputeOf(orderId: string): Promise<Seen> {
  const { body } = await stage.call(`GET /admin/orders/${orderId}`, { token: stage.adminToken });
  expect(body.data.disputes).toHaveLength(1);
  return { ...body.data.disputes[0], disputeStatus: body.data.disputeStatus };
}

const openDispute = async (captureId: string) => {
  const opened = await control('POST', '/paypal/disputes', { captureId });
  await stage.simulators.notifications.flush();
  return opened.id as string;
};

const moveDispute = async (id: string, to: object) => {
  await control('POST', `/paypal/disputes/${id}/move`, to);
  await stage.simulators.notifications.flush();
};

async function balances(): Promise<Map<string, number>> {
  const rows = await stage.db.query.selectFrom('ledger_entries').select(['account', 'amount']).execute();
  const sums = new Map<string, number>();
  for (const { account, amount } of rows) {
    const kind = account.split(':')[0] as string;
    sums.set(kind, (sums.get(kind) ?? 0) + amount);
  }
  return sums;
}

test('one that is lost takes its money and a fee, lowers what can be refunded, and is shown on the order', async () => {
  const { orderId, captureId } = await buy();
  const before = await balances();
  const id = await openDispute(captureId);
  expect(await disputeOf(orderId)).toMatchObject({
    ...{ status: 'needs_response', disputeStatus: 'needs_response', providerDisputeId: id },
    evidenceDueAt: expect.any(String),
  });
  expect(await stage.openAlerts()).toContain('payment_disputed');
  await moveDispute(id, { status: 'UNDER_REVIEW' });
  expect(await disputeOf(orderId)).toMatchObject({ status: 'under_review' });
  await moveDispute(id, { status: 'RESOLVED', outcome: 'RESOLVED_BUYER_FAVOUR' });
  expect(await disputeOf(orderId)).toMatchObject({
    status: 'lost',
    disputeStatus: 'lost',
    heldAmount: 1_280,
  });
  const after = await balances();
  const moved = (kind: string) => (after.get(kind) ?? 0) - (before.get(kind) ?? 0);
  expect([moved('clearing'), moved('disputes'), moved('fees')]).toEqual([-1_280, 1_280, FEE]);
  expect(await stage.openAlerts()).not.toContain('payment_disputed');
  const refused = await stage.call(`POST /orders/${orderId}/refunds`, {
    token: stage.adminToken,
    body: { amount: 1, reason: 'too late' },
  });
  expect(refused.body).toMatchObject({ code: 409, error: 'refund_exceeds_captured' });
});

test('one that is won costs nothing, and its money can be refunded', async () => {
  const { orderId, captureId } = await buy();
  const id = await openDispute(captureId);
  await moveDispute(id, { status: 'RESOLVED', outcome: 'RESOLVED_SELLER_FAVOUR' });
  expect(await disputeOf(orderId)).toMatchObject({ status: 'won', heldAmount: 0 });
  const refunded = await stage.call(`POST /orders/${orderId}/refunds`, {
    token: stage.adminToken,
    body: { amount: 1_280, reason: 'all the same' },
  });
  expect(refunded.status).toBeLessThan(300);
  await stage.pass(5 * MINUTE);
  expect(await stage.order(buyer, orderId)).toMatchObject({ paymentStatus: 'refunded' });
});

test('whose notifications come again and in the wrong order ends where PayPal says', async () => {
  const { orderId, paymentId, captureId } = await buy();
  for (let count = 0; count < 3; count += 1) {
    stage.simulators.faults.set({ provider: 'paypal', operation: 'notify', kind: 'drop' });
  }
  const id = await openDispute(captureId);
  await moveDispute(id, { status: 'UNDER_REVIEW' });
  await moveDispute(id, { status: 'RESOLVED', outcome: 'ACCEPTED' });
  stage.simulators.faults.clear();
  const { list, compose } = stage.simulators.notifications;
  const told = list({ subject: paymentId }).filter(({ eventType }) => eventType.includes('DISPUTE'));
  const [resolved, reviewed, opened] = told.map(({ id: number }) => number) as [string, string, string];
  for (const number of [resolved, opened, resolved, reviewed, opened]) {
    const { headers, body } = compose(number);
    const answer = await stage.call('POST /payments/notify/paypal', { body: Buffer.from(body), headers });
    expect(answer.status).toBe(200);
  }
  expect(await disputeOf(orderId)).toMatchObject({ status: 'lost', heldAmount: 1_280 });
  await stage.pass(DAY);
  expect(await disputeOf(orderId)).toMatchObject({ status: 'lost', heldAmount: 1_280 });
});

test('agrees with the report of its day, and one that PayPal never told of is a difference', async () => {
  // A day of its own, on which nothing else has moved.
  await stage.pass(2 * DAY);
  const date = new Date(stage.clock.now()).toISOString().slice(0, 10);
  const known = await buy();
  await moveDispute(await openDispute(known.captureId), { status: 'RESOLVED', outcome: 'ACCEPTED' });
  const silent = await buy();
  stage.simulators.faults.set({ provider: 'paypal', operation: 'notify', kind: 'drop', times: 'always' });
  await moveDispute(await openDispute(silent.captureId), { status: 'RESOLVED', outcome: 'ACCEPTED' });
  await stage.pass(2 * DAY);
  stage.simulators.faults.clear();
  const token = stage.adminToken;
  const run = await stage.call('POST /admin/reconciliation/runs', {
    token,
    body: { provider: 'paypal', date },
  });
  expect(run.status, JSON.stringify(run.body)).toBeLessThan(300);
  await stage.pass(MINUTE);
  const sums = await stage.db.query
    .selectFrom('bill_sums')
    .selectAll()
    .where('type', '=', 'dispute')
    .execute();
  expect(sums).toMatchObject([
    { bill_count: 4, bill_amount: 2 * (1_280 + FEE), here_count: 2, here_amount: 1_280 + FEE },
  ]);
  const { body } = await stage.call('GET /admin/reconciliation/differences?provider=paypal', { token });
  const found = (body.data.items as Seen[]).map(({ kind, type, number }) => ({ kind, type, number }));
  const missing = { kind: 'missing_here', type: 'dispute', number: silent.paymentId };
  expect(found).toEqual([missing, missing]);
});
