import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestBuyer } from '../harness/app.ts';
import { MINUTE, openStage, type Seen, type Stage } from './stage.ts';

const HOUR = 60 * MINUTE;

describe('a payment of high risk', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage({
      environment: {
        RISK_HIGH_RISK_COUNTRIES: 'KP,SY',
        RISK_COUNTRY_HEADER: 'CF-IPCountry',
        RISK_VELOCITY_CUSTOMER: '4',
      },
    });
  });
  afterAll(() => stage.close());

  async function placeBig(buyer: TestBuyer): Promise<Seen> {
    const variantId = await stage.addVariant({ price: 200_000 });
    return stage.place(buyer, [{ variantId, quantity: 1 }]);
  }
  const pay = (buyer: TestBuyer, orderId: string, more: object = { billingCountry: 'KP' }, headers = {}) =>
    stage.call(`POST /orders/${orderId}/payments`, {
      token: buyer.token,
      body: { method: 'wechat_jsapi', ...more },
      headers,
    });
  const asStaff = (route: string, body?: object) =>
    stage.call(route, { token: stage.adminToken, ...(body && { body }) });
  const waiting = async () => (await asStaff('GET /admin/risk/reviews')).body.data.items as Seen[];
  const tradeOf = (paymentId: string) =>
    stage.simulators.wechatPay.listTrades(10_000).find(({ outTradeNo }) => outTradeNo === paymentId);

  test('waits, its provider never called, until a person approves; then it is paid', async () => {
    const buyer = await stage.newBuyer();
    const order = await placeBig(buyer);
    const first = await pay(buyer, order.id);
    expect(first.status).toBe(202);
    const { paymentId } = first.body.data;
    expect(first.body.data).toMatchObject({ status: 'requires_review', parameters: {} });
    expect(tradeOf(paymentId)).toBeUndefined();
    expect((await pay(buyer, order.id)).body.data).toMatchObject({ paymentId, status: 'requires_review' });
    expect(await stage.openAlerts()).toEqual(['payment_review_waiting']);

    const [review] = await waiting();
    expect(review).toMatchObject({
      ...{ paymentId, score: 50, level: 'high', verdict: 'review', decision: null },
      factors: [
        { factor: 'high_amount', points: 20 },
        { factor: 'high_risk_country', points: 30 },
      ],
      signals: { billingCountry: 'KP', customer: { attempts: 0, failed: 0 } },
    });
    expect(Date.parse(review.heldUntil)).toBe(stage.clock.now() + 24 * HOUR);

    const approved = await asStaff(`POST /admin/risk/reviews/${review.id}/approve`, { note: 'called them' });
    expect(approved.body.data).toMatchObject({ decision: 'approved', decisionNote: 'called them' });
    expect(
      (await asStaff(`POST /admin/risk/reviews/${review.id}/reject`, { reason: 'no' })).body,
    ).toMatchObject({ code: 409, error: 'not_under_review' });
    expect(await waiting()).toEqual([]);
    expect(await stage.openAlerts()).toEqual([]);

    const second = await pay(buyer, order.id);
    expect(second).toMatchObject({ status: 201, body: { data: { paymentId, status: 'pending' } } });
    await stage.pay(paymentId);
    expect(await stage.order(buyer, order.id)).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' });
    const { items } = (await asStaff('GET /admin/audit?action=payment_review.approve')).body.data;
    expect(items).toHaveLength(1);
    await stage.expectSound();
  });

  test('is closed by a rejection, and the order can be paid in another try', async () => {
    const buyer = await stage.newBuyer();
    const order = await placeBig(buyer);
    const { paymentId } = (await pay(buyer, order.id)).body.data;
    const [review] = await waiting();
    expect((await asStaff(`POST /admin/risk/reviews/${review.id}/reject`, {})).status).toBe(400);
    const rejected = await asStaff(`POST /admin/risk/reviews/${review.id}/reject`, { reason: 'a thief' });
    expect(rejected.body.data).toMatchObject({ decision: 'rejected', decisionNote: 'a thief' });
    const token = buyer.token;
    expect((await stage.call(`GET /payments/${paymentId}`, { token })).body.data).toMatchObject({
      status: 'closed',
    });
    expect(await stage.openAlerts()).toEqual([]);
    const other = await pay(buyer, order.id, { billingCountry: 'CN' });
    expect(other).toMatchObject({ status: 201, body: { data: { status: 'pending' } } });
    expect(other.body.data.paymentId).not.toBe(paymentId);
    expect(tradeOf(paymentId)).toBeUndefined();
    const history = await asStaff(`GET /admin/risk/assessments?purposeId=${order.id}`);
    expect(history.body.data.items.map(({ verdict }: Seen) => verdict)).toEqual(['pass', 'review']);
    await stage.pay(other.body.data.paymentId);
    await stage.expectSound();
  });

  test('holds its order open past the expiry until the deadline; then people are told, and the order closes', async () => {
    const buyer = await stage.newBuyer();
    const order = await placeBig(buyer);
    const { paymentId } = (await pay(buyer, order.id)).body.data;
    await stage.pass(2 * HOUR);
    expect(await stage.order(buyer, order.id)).toMatchObject({ status: 'pending' });
    await stage.pass(23 * HOUR);
    expect(await stage.order(buyer, order.id)).toMatchObject({ status: 'closed', paymentStatus: 'unpaid' });
    expect(tradeOf(paymentId)).toBeUndefined();
    expect(await waiting()).toEqual([]);
    const told = await asStaff(`GET /admin/alerts?subject=${paymentId}`);
    expect(told.body.data.items).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'payment_review_overdue', state: 'open' }),
        expect.objectContaining({ kind: 'payment_review_waiting', state: 'resolved' }),
      ]),
    );
    const [overdue] = told.body.data.items.filter(({ state }: Seen) => state === 'open');
    await asStaff(`POST /admin/alerts/${overdue.id}/resolve`, {});
    await stage.expectSound();
  });

  test('whose order is cancelled leaves neither a review nor an alert', async () => {
    const buyer = await stage.newBuyer();
    const order = await placeBig(buyer);
    await pay(buyer, order.id);
    const { token } = buyer;
    await stage.call(`POST /orders/${order.id}/cancel`, { token, body: { reason: 'no wish' } });
    await stage.pass(MINUTE);
    expect(await stage.order(buyer, order.id)).toMatchObject({ status: 'cancelled' });
    expect(await waiting()).toEqual([]);
    expect(await stage.openAlerts()).toEqual([]);
  });

  test('is found by the country that a trusted proxy gives, not by one that the caller claims', async () => {
    const buyer = await stage.newBuyer();
    const alone = await pay(buyer, (await placeBig(buyer)).id, {}, { 'cf-ipcountry': 'SY' });
    expect(alone.status).toBe(201);
    const headers = { 'cf-ipcountry': 'SY', 'x-forwarded-for': '203.0.113.77' };
    const proxied = await pay(buyer, (await placeBig(buyer)).id, {}, headers);
    expect(proxied.status).toBe(202);
    const [review] = await waiting();
    expect(review.signals).toMatchObject({ billingCountry: 'CN', addressCountry: 'SY' });
    expect(JSON.stringify(review)).not.toContain('203.0.113.77');
    await asStaff(`POST /admin/risk/reviews/${review.id}/reject`, { reason: 'a test' });
  });

  test('after four tries of a customer within the window the next is refused, in their language', async () => {
    const buyer = await stage.newBuyer();
    for (let count = 0; count < 4; count += 1) {
      expect((await pay(buyer, (await placeBig(buyer)).id, {})).status).toBe(201);
    }
    const { id } = await placeBig(buyer);
    const refused = await pay(buyer, id, {}, { 'accept-language': 'zh-CN' });
    expect(refused).toMatchObject({
      status: 429,
      body: { error: 'too_many_payment_attempts', message: '支付尝试过于频繁，请稍后再试。' },
    });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    await stage.pass(10 * MINUTE);
    const { status } = await pay(buyer, (await placeBig(buyer)).id, {});
    expect(status).toBe(201);
  });

  test('customers see neither the queue nor a score', async () => {
    const { token } = await stage.newBuyer();
    expect((await stage.call('GET /admin/risk/reviews', { token })).status).toBe(403);
    const buyer = await stage.newBuyer();
    const order = await placeBig(buyer);
    await pay(buyer, order.id);
    expect(JSON.stringify(await stage.order(buyer, order.id))).not.toMatch(/score|high_amount/);
  });
});
