import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { TestBuyer } from '../harness/app.ts';
import { openStage, type Seen, type Stage } from './stage.ts';

// The whole program, WeChat Pay and Unitel at their simulators.

const HOUR = 3_600_000;

let stage: Stage;
let buyer: TestBuyer;
let numbers = 0;

beforeAll(async () => {
  stage = await openStage({
    environmentOf: ({ unitel }) => {
      const { username, password, apiBaseUrl } = unitel.account();
      return { UNITEL_USERNAME: username, UNITEL_PASSWORD: password, UNITEL_API_URL: apiBaseUrl };
    },
  });
});
beforeEach(async () => {
  buyer = await stage.newBuyer();
});
afterEach(() => stage.expectSound());
afterAll(() => stage.close());

function newNumber(): string {
  numbers += 1;
  return `8800${String(1000 + numbers)}`;
}

async function order(body: object = {}): Promise<Seen> {
  const answer = await stage.call('POST /topup/orders', {
    token: buyer.token,
    body: { msisdn: newNumber(), type: 'recharge', code: 'SD5000', ...body },
  });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body.data;
}

async function pay({ orderId }: Seen): Promise<void> {
  const { paymentId } = await stage.open(buyer, orderId);
  await stage.pay(paymentId, buyer.payerId);
}

const see = async ({ id }: Seen): Promise<Seen> =>
  (await stage.call(`GET /topup/orders/${id}`, { token: buyer.token })).body.data;

const sendsOf = ({ id }: Seen) => stage.simulators.unitel.listSends({ journalId: id });

const spoil = (kind: string, msisdn: string, params = {}) =>
  void stage.simulators.faults.set({
    provider: 'unitel',
    operation: 'recharge',
    kind,
    match: { msisdn },
    params,
  });

describe('a top-up', () => {
  test('that is paid is delivered once, however often its money is told', async () => {
    const topup = await order();
    await pay(topup);
    await stage.pass(HOUR);
    for (const { id } of stage.simulators.notifications.list({ limit: 5 })) {
      await stage.simulators.notifications.resend(id);
    }
    await stage.pass(HOUR);
    expect(await see(topup)).toMatchObject({
      ...{ status: 'completed', paymentStatus: 'paid', rechargeStatus: 'fulfilled' },
      vatBill: { amount: '5000.00' },
    });
    expect(sendsOf(topup)).toMatchObject([{ outcome: 'delivered', amount: '5000' }]);
    expect(stage.simulators.unitel.subscriber(topup.msisdn).credit).toBe(5_000);
  });

  test('that nobody pays is closed and never sent', async () => {
    const topup = await order();
    await stage.open(buyer, topup.orderId);
    await stage.pass(HOUR);
    expect(await see(topup)).toMatchObject({
      status: 'closed',
      rechargeStatus: 'unfulfilled',
      expiresAt: null,
    });
    expect(sendsOf(topup)).toEqual([]);
  });

  test('whose money comes after it was closed is refunded and never sent', async () => {
    const topup = await order();
    const { paymentId } = await stage.open(buyer, topup.orderId);
    await stage.pass(HOUR);
    stage.plan('pay', 'paid_after_close');
    await stage.pay(paymentId, buyer.payerId);
    await stage.pass(HOUR);
    expect(sendsOf(topup)).toEqual([]);
    expect(await see(topup)).toMatchObject({ status: 'closed' });
  });

  test('that the customer cancels before it is sent is refunded and never sent', async () => {
    const topup = await order();
    await pay(topup);
    const { status } = await stage.call(`POST /orders/${topup.orderId}/cancel`, {
      token: buyer.token,
      body: { reason: 'wrong number' },
    });
    expect(status).toBe(200);
    await stage.pass(HOUR);
    expect(await see(topup)).toMatchObject({ status: 'cancelled', paymentStatus: 'refunded' });
    expect(sendsOf(topup)).toEqual([]);
  });

  test('that the operator refuses is refunded by itself', async () => {
    const topup = await order();
    spoil('refused', topup.msisdn);
    await pay(topup);
    await stage.pass(HOUR);
    expect(await see(topup)).toMatchObject({
      status: 'cancelled',
      paymentStatus: 'refunded',
      rechargeStatus: 'cancelled',
    });
    expect(sendsOf(topup)).toHaveLength(1);
  });

  test('of which nothing is heard is unknown until a person decides, and cancelled by nobody', async () => {
    const topup = await order();
    spoil('commit_then_timeout', topup.msisdn, { ms: 1 });
    await pay(topup);
    await stage.pass(HOUR);
    expect(await see(topup)).toMatchObject({ paymentStatus: 'paid', rechargeStatus: 'unknown' });
    const cancel = { token: stage.adminToken, body: { reason: 'too slow' } };
    expect((await stage.call(`POST /orders/${topup.orderId}/cancel`, cancel)).status).toBe(409);
    expect(await stage.openAlerts()).toContain('topup_unknown');
    await stage.call(`POST /admin/topups/${topup.id}/decide`, {
      token: stage.adminToken,
      body: { outcome: 'delivered', reason: 'the operator has it in its list' },
    });
    expect(await see(topup)).toMatchObject({ status: 'completed', rechargeStatus: 'fulfilled' });
    expect(sendsOf(topup)).toHaveLength(1);
  });

  test('is not moved by the routes of goods', async () => {
    const topup = await order();
    await pay(topup);
    for (const status of ['processing', 'shipped', 'completed']) {
      const answer = await stage.call(`PATCH /orders/${topup.orderId}/status`, {
        token: stage.adminToken,
        body: { status },
      });
      expect(answer.status, status).toBe(409);
    }
    await stage.pass(HOUR);
    expect(sendsOf(topup)).toHaveLength(1);
  });

  test('is sold by no way to pay that brings its money later', async () => {
    const body = { msisdn: newNumber(), type: 'recharge', code: 'SD5000', method: 'cash_on_delivery' };
    const answer = await stage.call('POST /topup/orders', { token: buyer.token, body });
    expect([answer.status, answer.body.error]).toEqual([422, 'payment_method_unavailable']);
    const topup = await order();
    const attempt = { token: buyer.token, body: { method: 'cash_on_delivery' } };
    expect((await stage.call(`POST /orders/${topup.orderId}/payments`, attempt)).status).toBe(422);
  });
});

test('a bill is paid at the operator, in full', async () => {
  const msisdn = '80000042';
  stage.simulators.unitel.changeSubscriber(msisdn, { unpaid: 12_000 });
  const topup = await order({ msisdn, type: 'bill', code: undefined });
  expect(topup).toMatchObject({ price: 1_200_000, amount: 2_727 });
  await pay(topup);
  await stage.pass(HOUR);
  expect(await see(topup)).toMatchObject({ rechargeStatus: 'fulfilled' });
  expect(stage.simulators.unitel.subscriber(msisdn).unpaid).toBe(0);
});

test('deliveries are counted for Prometheus', async () => {
  const topup = await order();
  await pay(topup);
  await stage.pass(HOUR);
  const { body } = await stage.call('GET /metrics');
  expect(body).toMatch(/suanpan_deliveries_total\{operator="unitel",outcome="delivered"\} \d+/);
});
