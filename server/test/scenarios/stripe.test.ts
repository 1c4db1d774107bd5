/** Orders that are paid through Stripe, over HTTP, with everything that Stripe does in between. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { TestBuyer } from '../harness/app.ts';
import { MINUTE, openStage, type Seen, type Stage } from '../scenarios/stage.ts';

const DAY = 24 * 60 * MINUTE;

let stage: Stage;
let buyer: TestBuyer;
let variantId: string;
let order: Seen;

function withShop(environment: Record<string, string> = {}) {
  beforeAll(async () => {
    stage = await openStage({ withStripe: true, environment });
  });
  beforeEach(async () => {
    stage.simulators.faults.clear();
    buyer = await stage.newBuyer();
    variantId = await stage.addVariant({ onHand: 5 });
    order = await stage.place(buyer, [{ variantId, quantity: 2 }]);
  });
  afterAll(() => stage.close());
}

const seen = () => stage.order(buyer, order.id);
const plan = (operation: string, kind: string, params = {}, times: number | 'always' = 1) =>
  stage.simulators.faults.set({ provider: 'stripe', operation, kind, params, times });

/** The payer pays, and Stripe tells of it. */
async function pay(paymentId: string, card?: string) {
  const { result } = stage.simulators.stripe.pay({ paymentId, card });
  await stage.simulators.notifications.flush();
  return result;
}

async function staff(route: string, body: object): Promise<Seen> {
  const answer = await stage.call(route, { token: stage.adminToken, body });
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  return answer.body.data;
}

describe('with cards on the page of Stripe', () => {
  withShop();

  test.each(['credit_card', 'debit_card', 'stripe'])(
    'an order is bought by %s and refunded',
    async (method) => {
      const { paymentId, parameters } = await stage.open(buyer, order.id, method);
      expect(parameters.redirectUrl).toContain('/stripe/pay?session=cs_');
      expect(await pay(paymentId)).toBe('paid');
      expect(await seen()).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' });
      await staff(`POST /orders/${order.id}/refunds`, { reason: 'broken', amount: 560 });
      await stage.pass(5 * MINUTE);
      expect(await seen()).toMatchObject({ paymentStatus: 'partially_refunded' });
      await stage.expectSound();
    },
  );

  test('a card that is refused leaves the order payable on the same attempt', async () => {
    const { paymentId } = await stage.open(buyer, order.id, 'credit_card');
    expect(await pay(paymentId, '4000000000000002')).toBe('refused');
    expect(await seen()).toMatchObject({ paymentStatus: 'unpaid', payments: [{ status: 'pending' }] });
    expect(await pay(paymentId)).toBe('paid');
    expect(await seen()).toMatchObject({ paymentStatus: 'paid', payments: [{ id: paymentId }] });
    await stage.expectSound();
  });

  test('an order that nobody pays closes, and its page with it', async () => {
    const { paymentId } = await stage.open(buyer, order.id, 'stripe');
    await stage.pass(16 * MINUTE);
    expect(await seen()).toMatchObject({ status: 'closed', payments: [{ status: 'closed' }] });
    expect(await pay(paymentId)).toBe('refused');
    await stage.expectSound();
  });

  test('money that comes after the close is refunded by itself and moves the order nowhere', async () => {
    plan('expire_session', 'paid_after_close', { ms: 60_000 });
    await stage.open(buyer, order.id, 'stripe');
    await stage.pass(40 * MINUTE);
    const now = await seen();
    expect(now).toMatchObject({ status: 'closed', paymentStatus: 'unpaid' });
    expect(now.refunds).toMatchObject([{ status: 'succeeded', amount: order.total }]);
    await stage.expectSound();
  });

  test('a payer who is quicker than the close has bought the order', async () => {
    plan('expire_session', 'paid_during_close');
    await stage.open(buyer, order.id, 'stripe');
    await stage.pass(20 * MINUTE);
    expect(await seen()).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' });
    await stage.expectSound();
  });

  test('events that come twice, in any order or not at all leave one payment', async () => {
    const { paymentId } = await stage.open(buyer, order.id, 'stripe');
    plan('notify', 'duplicate', { copies: 3 }, 2);
    plan('notify', 'reorder', {}, 2);
    plan('notify', 'drop', {}, 1);
    stage.simulators.stripe.pay({ paymentId, card: '4000000000009995' });
    await pay(paymentId);
    await stage.pass(10 * MINUTE);
    expect(await seen()).toMatchObject({ paymentStatus: 'paid', payments: [{ status: 'succeeded' }] });
    await stage.expectSound();
  });

  test.each(['wrong_amount', 'wrong_currency', 'wrong_account', 'wrong_mode'])(
    'events of %s are quarantined, and what Stripe answers counts',
    async (kind) => {
      const { paymentId } = await stage.open(buyer, order.id, 'stripe');
      plan('notify', kind, {}, 'always');
      await pay(paymentId);
      const events = await stage.call('GET /admin/provider-events?state=quarantined&limit=100', {
        token: stage.adminToken,
      });
      expect(events.body.data.items).toContainEqual(expect.objectContaining({ subjectId: paymentId }));
      stage.simulators.faults.clear();
      await stage.pass(5 * MINUTE);
      expect(await seen()).toMatchObject({ paymentStatus: 'paid' });
    },
  );

  const LOST = [
    'error_after_commit',
    'commit_then_timeout',
    'truncated_body',
    'rate_limit',
    'error',
  ] as const;
  test.each(LOST)('an opening that suffers %s can be asked for again, and makes one page', async (kind) => {
    plan('create_session', kind, { ms: 50 }, 3);
    const first = await stage.call(`POST /orders/${order.id}/payments`, {
      token: buyer.token,
      body: { method: 'stripe' },
    });
    expect(first.status).toBe(first.body.data === null ? 502 : 201);
    stage.simulators.faults.clear();
    await stage.pass(20 * MINUTE);
    expect(await seen()).toMatchObject({ status: 'closed' });
    await stage.expectSound();
  });

  test('a refund that Stripe takes back later is undone and, as it was promised, begun anew', async () => {
    const { paymentId } = await stage.open(buyer, order.id, 'stripe');
    await pay(paymentId);
    plan('refund', 'refund_failed_later', { ms: 120_000 });
    await staff(`POST /orders/${order.id}/refunds`, { reason: 'broken', amount: 560 });
    await stage.pass(MINUTE);
    expect(await seen()).toMatchObject({ refunds: [{ status: 'succeeded' }] });
    await stage.pass(5 * MINUTE);
    expect(await seen()).toMatchObject({
      paymentStatus: 'refund_pending',
      refunds: [{ status: 'failed' }, { status: 'reserved', amount: 560 }],
    });
    await stage.expectSound();
  });

  test('a refund made in the dashboard is found and booked', async () => {
    const { paymentId } = await stage.open(buyer, order.id, 'stripe');
    await pay(paymentId);
    stage.simulators.stripe.refundInDashboard({ paymentId, amount: 100 });
    await stage.simulators.notifications.flush();
    await stage.pass(5 * MINUTE);
    expect((await seen()).refunds).toMatchObject([{ status: 'succeeded', amount: 100 }]);
    await stage.expectSound();
  });
});

describe('with holds and a form of our own', () => {
  withShop({ STRIPE_CAPTURE: 'manual', STRIPE_CARD_FORM: 'intent' });

  test('the payer gets what a form needs, and staff takes part of what is held', async () => {
    const { paymentId, parameters } = await stage.open(buyer, order.id, 'credit_card');
    expect(Object.keys(parameters).sort()).toEqual(['clientSecret', 'publishableKey']);
    expect(await pay(paymentId)).toBe('held');
    expect(await seen()).toMatchObject({ status: 'confirmed', paymentStatus: 'authorized' });
    await staff(`POST /admin/payments/${paymentId}/captures`, { amount: 2_000 });
    await stage.pass(5 * MINUTE);
    const detail = await stage.call(`GET /admin/payments/${paymentId}`, { token: stage.adminToken });
    expect(detail.body.data).toMatchObject({
      status: 'succeeded',
      captures: [{ status: 'succeeded', amount: 2_000 }],
    });
    expect(await seen()).toMatchObject({ refunds: [] });
    await stage.expectSound();
  });

  test('a hold that staff lets go cancels the order, and takes nothing', async () => {
    const { paymentId } = await stage.open(buyer, order.id, 'debit_card');
    await pay(paymentId);
    await staff(`POST /admin/payments/${paymentId}/void`, { reason: 'sold out' });
    await stage.pass(5 * MINUTE);
    expect(await seen()).toMatchObject({ status: 'cancelled', payments: [{ status: 'closed' }] });
    expect(stage.simulators.stripe.find({ paymentId }).intent).toMatchObject({
      status: 'canceled',
      amount_received: 0,
    });
    await stage.expectSound();
  });

  test('a capture whose answer is lost is found, and made once', async () => {
    const { paymentId } = await stage.open(buyer, order.id, 'credit_card');
    await pay(paymentId);
    plan('capture_intent', 'error_after_commit');
    await staff(`POST /admin/payments/${paymentId}/captures`, {});
    await stage.pass(10 * MINUTE);
    expect(await seen()).toMatchObject({ paymentStatus: 'paid' });
    await stage.expectSound();
  });

  test('a hold that Stripe lets go after seven days is void', async () => {
    const { paymentId } = await stage.open(buyer, order.id, 'credit_card');
    await pay(paymentId);
    await stage.pass(8 * DAY);
    expect(stage.simulators.stripe.find({ paymentId }).intent).toMatchObject({ status: 'canceled' });
    expect(await seen()).toMatchObject({ status: 'cancelled', payments: [{ status: 'closed' }] });
    await stage.expectSound();
  });
});
