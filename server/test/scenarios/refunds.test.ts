import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { TestBuyer } from '../harness/app.ts';
import { MINUTE, openStage, type Seen, type Stage } from './stage.ts';

let stage: Stage;
let buyer: TestBuyer;
let order: Seen;
let paymentId: string;

beforeAll(async () => {
  stage = await openStage();
});

beforeEach(async () => {
  stage.simulators.faults.clear();
  buyer = await stage.newBuyer();
  ({ order, paymentId } = await stage.buy(buyer));
});

afterAll(() => stage.close());

const refund = (amount?: number) =>
  stage.call(`POST /orders/${order.id}/refunds`, {
    token: stage.adminToken,
    body: { reason: 'broken', ...(amount !== undefined && { amount }) },
  });

const seen = () => stage.order(buyer, order.id);

test('partial refunds add up to the whole and never to more', async () => {
  expect((await refund(280)).status).toBe(201);
  await stage.pass(5 * MINUTE);
  expect(await seen()).toMatchObject({ paymentStatus: 'partially_refunded' });
  expect((await refund(1_001)).body.error).toBe('refund_exceeds_captured');
  const answers = await Promise.all([refund(1_000), refund(1_000), refund(1_000)]);
  expect(answers.map(({ status }) => status).sort((one, other) => one - other)).toEqual([201, 409, 409]);
  await stage.pass(10 * MINUTE);
  expect(await seen()).toMatchObject({ paymentStatus: 'refunded' });
  await stage.expectSound();
});

test('a refund whose answer is lost is asked for under its number before anything is sent again', async () => {
  stage.plan('refund', 'error_after_commit', { status: 500 });
  expect((await refund()).status).toBe(201);
  await stage.pass(10 * MINUTE);
  expect(await seen()).toMatchObject({ paymentStatus: 'refunded', refunds: [{ status: 'succeeded' }] });
  expect(stage.simulators.wechatPay.listRefunds(paymentId)).toHaveLength(1);
  await stage.expectSound();
});

test('a refund that never reached the provider goes out again under the same number', async () => {
  stage.plan('refund', 'connection_refused');
  const { body } = await refund();
  await stage.pass(10 * MINUTE);
  expect(await seen()).toMatchObject({ paymentStatus: 'refunded' });
  expect(stage.simulators.wechatPay.listRefunds(paymentId)).toMatchObject([
    { outRefundNo: body.data.refunds[0].id },
  ]);
  await stage.expectSound();
});

test('a refund that the provider refuses for now goes out later under the same number', async () => {
  stage.plan('refund', 'not_enough', {}, 2);
  await refund();
  await stage.pass(30 * MINUTE);
  expect(await seen()).toMatchObject({ paymentStatus: 'refunded' });
  expect(stage.simulators.wechatPay.listRefunds(paymentId)).toHaveLength(1);
  await stage.expectSound();
});

test('a refund that turns out abnormal waits for a person, with an alert', async () => {
  stage.plan('refund', 'refund_abnormal', { ms: 1_000 });
  await refund();
  await stage.pass(10 * MINUTE);
  expect(await seen()).toMatchObject({ paymentStatus: 'refund_pending', refunds: [{ status: 'abnormal' }] });
  expect((await stage.openAlerts()).filter((kind) => kind.startsWith('refund'))).not.toEqual([]);
  await stage.expectSound();
});

test('a refund of one payment that the provider closes fails, and gives back what it had reserved', async () => {
  stage.plan('refund', 'refund_closed', { ms: 1_000 });
  const asked = await stage.call(`POST /admin/payments/${paymentId}/refunds`, {
    token: stage.adminToken,
    body: { reason: 'broken', amount: 500 },
  });
  expect(asked.status).toBe(201);
  await stage.pass(10 * MINUTE);
  expect((await seen()).refunds).toMatchObject([{ status: 'failed' }]);
  expect((await seen()).paymentStatus).toBe('paid');
  expect((await refund()).status).toBe(201);
  await stage.pass(10 * MINUTE);
  expect((await seen()).paymentStatus).toBe('refunded');
  await stage.expectSound();
});

test('a refund of an order that the provider closes is begun anew until the money is back', async () => {
  stage.plan('refund', 'refund_closed', { ms: 1_000 });
  await refund(500);
  await stage.pass(10 * MINUTE);
  const { refunds } = await seen();
  expect(refunds.map(({ status }: { status: string }) => status).sort()).toEqual(['failed', 'reserved']);
  await stage.pass(3 * 60 * MINUTE);
  expect((await seen()).refundRequests).toMatchObject([{ status: 'reserved', refundedAmount: 500 }]);
  await stage.expectSound();
});

test('an owed refund that fails is tried again under a new number until the money is back', async () => {
  stage.plan('refund', 'refund_closed', { ms: 1_000 });
  const cancelled = await stage.call(`POST /orders/${order.id}/cancel`, {
    token: buyer.token,
    body: { reason: 'no' },
  });
  expect(cancelled.status).toBe(200);
  await stage.pass(26 * 60 * MINUTE);
  expect(await seen()).toMatchObject({ status: 'cancelled', paymentStatus: 'refunded' });
  expect(
    stage.simulators.wechatPay
      .listRefunds(paymentId)
      .map(({ status }) => status)
      .sort(),
  ).toEqual(['CLOSED', 'SUCCESS']);
  await stage.expectSound();
});

test("a refund made in the provider's console, which tells nobody, is not paid out a second time", async () => {
  stage.simulators.wechatPay.refundInConsole({ outTradeNo: paymentId, amount: 300 });
  expect((await refund()).status).toBe(201);
  await stage.pass(2 * 60 * MINUTE);
  expect(stage.simulators.wechatPay.listRefunds(paymentId)).toMatchObject([
    { origin: 'console', refund: 300 },
  ]);
  expect(await seen()).toMatchObject({ paymentStatus: 'refund_pending', refunds: [{ status: 'reserved' }] });
  expect(await stage.openAlerts()).toContain('refund_refused');
});
