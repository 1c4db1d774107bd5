import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { TestBuyer } from '../harness/app.ts';
import { MINUTE, openStage, type Seen, type Stage } from './stage.ts';

let stage: Stage;
let buyer: TestBuyer;
let order: Seen;

beforeAll(async () => {
  stage = await openStage();
});

beforeEach(async () => {
  stage.simulators.faults.clear();
  // A circuit that an earlier test has opened is closed again by then.
  await stage.pass(2 * MINUTE);
  buyer = await stage.newBuyer();
  order = await stage.place(buyer, [{ variantId: await stage.addVariant(), quantity: 1 }]);
});

afterAll(() => stage.close());

const tryToOpen = () =>
  stage.call(`POST /orders/${order.id}/payments`, {
    token: buyer.token,
    body: { method: 'wechat_jsapi' },
  });

async function expectPayableLater(): Promise<void> {
  stage.simulators.faults.clear();
  await stage.pass(2 * MINUTE);
  const { paymentId } = await stage.open(buyer, order.id);
  await stage.pay(paymentId, buyer.payerId);
  expect(await stage.order(buyer, order.id)).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' });
  await stage.pass(20 * MINUTE);
  await stage.expectSound();
}

test.each([
  ['can not be reached', 'connection_refused', {}],
  ['answers 500', 'error', { status: 500 }],
  ['limits the rate', 'rate_limit', {}],
  ['carries it out and then fails', 'error_after_commit', { status: 500 }],
  ['carries it out and then is silent', 'commit_then_timeout', { ms: 50 }],
  ['answers half a body', 'truncated_body', {}],
  ['signs its answer wrongly', 'wrong_signature', {}],
] as const)('a provider that %s leaves the order payable', async (_name, kind, params) => {
  stage.plan('prepay', kind, params, 'always');
  const { status, body, headers } = await tryToOpen();
  expect([status, body.error]).toEqual([502, 'provider_unavailable']);
  expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  expect(await stage.order(buyer, order.id)).toMatchObject({ status: 'pending', paymentStatus: 'unpaid' });
  await expectPayableLater();
});

test('an attempt whose answer was lost pays the order if the buyer could pay it all the same', async () => {
  stage.plan('prepay', 'error_after_commit', { status: 500 }, 'always');
  expect((await tryToOpen()).status).toBe(502);
  const [attempt] = (await stage.order(buyer, order.id)).payments;
  stage.simulators.faults.clear();
  await stage.pay(attempt.id, buyer.payerId);
  expect(await stage.order(buyer, order.id)).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' });
  await stage.expectSound();
});

test.each(['wrong_amount', 'wrong_mchid', 'wrong_appid', 'wrong_currency'])(
  'an answer to our own query with %s holds the attempt for a person',
  async (kind) => {
    const { paymentId } = await stage.open(buyer, order.id);
    stage.plan('notify', 'drop', {}, 'always');
    await stage.pay(paymentId, buyer.payerId);
    const params = { total: 1, mchid: '1900000099', appid: 'wx0000000000000000', currency: 'USD' };
    stage.plan('query', kind, params, 'always');
    await stage.pass(20 * MINUTE);
    const seen = await stage.order(buyer, order.id);
    expect(seen.status).toBe('pending');
    expect(seen.payments[0]).toMatchObject({ status: 'unknown', reason: 'mismatch' });
    expect(await stage.openAlerts()).toContain('payment_mismatch');
    stage.simulators.faults.clear();
    await stage.call(`POST /admin/payments/${paymentId}/resolve-mismatch`, {
      token: stage.adminToken,
      body: { decision: 'refund' },
    });
  },
);

test('however often the buyer looks, the provider is asked once in five seconds', async () => {
  await stage.open(buyer, order.id);
  const asked = () =>
    stage.simulators.requests.list({ provider: 'wechat-pay', operation: 'query', limit: 200 }).length;
  const before = asked();
  for (let look = 0; look < 20; look += 1) {
    await stage.order(buyer, order.id);
    stage.clock.advance(500);
  }
  expect(asked() - before).toBeGreaterThanOrEqual(1);
  expect(asked() - before).toBeLessThanOrEqual(3);
});
