/** A shop in WeChat Cloud Hosting, over HTTP: callers whom the platform vouches for, and payments by cloud call. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type TestBuyer, toCloudSettings } from '../harness/app.ts';
import { MINUTE, openStage, type Seen, type Stage } from '../scenarios/stage.ts';

const HOUR = 60 * MINUTE;

let stage: Stage;
let buyer: TestBuyer;
let order: Seen;

beforeAll(async () => {
  stage = await openStage({
    environmentOf: toCloudSettings,
    hostedLogin: { isHosted: true, isMocked: false },
  });
});
beforeEach(async () => {
  stage.simulators.faults.clear();
  cloud().changeSettings({ serviceUrl: stage.url, refundLists: 'empty' });
  buyer = await stage.newBuyer();
  order = await stage.place(buyer, [{ variantId: await stage.addVariant(), quantity: 2 }]);
});
afterAll(() => stage.close());

const cloud = () => stage.simulators.wechatCloud;
const seen = () => stage.order(buyer, order.id);
const plan = (operation: string, kind: string, params = {}, times: number | 'always' = 1) =>
  stage.simulators.faults.set({ provider: 'wechat-cloud', operation, kind, params, times });
const open = () => stage.open(buyer, order.id, 'wechat_cloud');
const eventsOf = (paymentId: string) =>
  stage.db.query.selectFrom('provider_events').selectAll().where('subject_id', '=', paymentId).execute();

/** A callback that anybody could have sent, for all that it says. */
const callBack = (paymentId: string, content: object = {}, address = paymentId) =>
  stage.call(`POST /orders/payment-callback/${address}`, {
    body: {
      returnCode: 'SUCCESS',
      resultCode: 'SUCCESS',
      outTradeNo: paymentId,
      totalFee: 2_560,
      ...content,
    },
  });

describe('an order', () => {
  test('is bought, and its callback answered in the words of the platform before anybody was asked', async () => {
    const { paymentId, parameters } = await open();
    expect(parameters).toMatchObject({ signType: 'MD5', package: expect.stringMatching(/^prepay_id=/) });
    const { prepay_id: _, ...clientParams } = parameters;
    expect(cloud().pay({ clientParams: clientParams as never }).result).toBe('paid');
    const answer = await callBack(paymentId);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ errcode: 0, errmsg: 'ok' });
    await stage.worker.drain();
    expect(await seen()).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' });
    await stage.simulators.notifications.flush();
    await stage.expectSound();
  });

  test('is refunded, and the refund is done once the bill of the next morning says so', async () => {
    const { paymentId } = await open();
    cloud().pay({ outTradeNo: paymentId });
    await stage.pass(MINUTE);
    const body = { reason: 'broken', amount: 560 };
    await stage.call(`POST /orders/${order.id}/refunds`, { token: stage.adminToken, body });
    await stage.pass(MINUTE);
    expect(await seen()).toMatchObject({ paymentStatus: 'refund_pending' });
    // It was noon at Beijing; the bill of the day is there at ten in the morning.
    stage.clock.advance(23 * HOUR);
    await stage.pass(MINUTE);
    expect(await seen()).toMatchObject({ paymentStatus: 'partially_refunded' });
    await stage.expectSound();
  });

  test('that nobody pays closes, and its trade with it', async () => {
    const { paymentId } = await open();
    await stage.pass(20 * MINUTE);
    expect(await seen()).toMatchObject({ status: 'closed', payments: [{ status: 'closed' }] });
    expect(cloud().pay({ outTradeNo: paymentId }).result).toBe('refused');
    await stage.expectSound();
  });
});

describe('callbacks', () => {
  test('of money that never came credit nothing, whatever they say and however many they are', async () => {
    const { paymentId } = await open();
    for (const claim of [{}, { totalFee: 1 }, { transactionId: '42' }, { totalFee: 999_999 }]) {
      expect((await callBack(paymentId, claim)).body).toEqual({ errcode: 0, errmsg: 'ok' });
    }
    await stage.pass(MINUTE);
    expect(await seen()).toMatchObject({ status: 'pending', paymentStatus: 'unpaid' });
    expect(await eventsOf(paymentId)).toHaveLength(1);
    await stage.expectSound();
  });

  test('with a wrong amount credit what the query says', async () => {
    plan('notify', 'wrong_amount', { total: 1 });
    const { paymentId } = await open();
    cloud().pay({ outTradeNo: paymentId });
    await stage.pass(MINUTE);
    expect(await seen()).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' });
    await stage.expectSound();
  });

  test('twenty of them at once credit once', async () => {
    const { paymentId } = await open();
    cloud().pay({ outTradeNo: paymentId });
    const answers = await Promise.all(Array.from({ length: 20 }, () => callBack(paymentId)));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    await stage.pass(MINUTE);
    const captures = stage.db.query.selectFrom('captures').selectAll().where('payment_id', '=', paymentId);
    expect(await captures.execute()).toHaveLength(1);
    expect(await eventsOf(paymentId)).toHaveLength(1);
    await stage.expectSound();
  });

  test('for a number that we do not have are not taken, so that the platform brings them again', async () => {
    const answer = await callBack('pay_nobody_has_this_one');
    expect(answer.status).toBe(500);
    expect(answer.body.errcode).not.toBe(0);
    expect(await eventsOf('pay_nobody_has_this_one')).toEqual([]);
  });

  test('for a payment of another provider are not taken', async () => {
    const { paymentId } = await stage.open(buyer, order.id, 'wechat_jsapi');
    expect((await callBack(paymentId)).status).toBe(500);
    expect(await eventsOf(paymentId)).toEqual([]);
  });

  test('count for the payment that they name, whatever address they come to', async () => {
    const { paymentId } = await open();
    cloud().pay({ outTradeNo: paymentId });
    expect((await callBack(paymentId, {}, 'another_number')).status).toBe(200);
    await stage.worker.drain();
    expect(await seen()).toMatchObject({ status: 'confirmed' });
  });

  test('that are no callbacks are refused', async () => {
    const send = (body: string) =>
      stage.call('POST /orders/payment-callback/pay_1', {
        body,
        headers: { 'content-type': 'application/json' },
      });
    expect((await send('{"outTradeNo":')).status).toBe(400);
    expect((await send('{}')).status).toBe(400);
  });
});

describe('a query that lies', () => {
  test('of NOTPAY for money that has come credits it as soon as it says so', async () => {
    const { paymentId } = await open();
    cloud().pay({ outTradeNo: paymentId });
    plan('query', 'not_paid_yet');
    await callBack(paymentId);
    await stage.worker.drain();
    expect(await seen()).toMatchObject({ status: 'pending' });
    await stage.pass(MINUTE);
    expect(await seen()).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' });
    await stage.expectSound();
  });

  test.each(['wrong_amount', 'wrong_mchid', 'wrong_appid', 'wrong_currency'])(
    'with a %s credits nothing, and people are told',
    async (kind) => {
      const { paymentId } = await open();
      cloud().pay({ outTradeNo: paymentId });
      plan('query', kind, {}, 'always');
      await callBack(paymentId);
      await stage.worker.drain();
      expect(await seen()).toMatchObject({ status: 'pending', paymentStatus: 'unpaid' });
      const captures = stage.db.query.selectFrom('captures').selectAll().where('payment_id', '=', paymentId);
      expect(await captures.execute()).toEqual([]);
      expect((await stage.openAlerts()).length).toBeGreaterThan(0);
      stage.simulators.faults.clear();
      await stage.pass(5 * MINUTE);
      expect(await seen()).toMatchObject({ status: 'confirmed' });
    },
  );
});

describe('callers whom the platform vouches for', () => {
  const me = (headers: Record<string, string>, token?: string) =>
    stage.call('GET /users/me', { headers, ...(token !== undefined && { token }) });
  const newCaller = (more: { isShared?: boolean; appid?: string } = {}) =>
    cloud().callerHeaders({ payerId: stage.simulators.payers.create().id, ...more });

  test('are users from their first call on, one however many calls come together', async () => {
    const headers = newCaller();
    const answers = await Promise.all(Array.from({ length: 8 }, () => me(headers)));
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(new Set(answers.map(({ body }) => body.data.id)).size).toBe(1);
  });

  test('are the users who log in with a code too', async () => {
    const headers = cloud().callerHeaders({ payerId: buyer.payerId });
    expect((await me(headers)).body.data.id).toBe(buyer.userId);
  });

  test('are nobody without the mark of the gateway', async () => {
    const { 'x-wx-source': _, ...unmarked } = newCaller();
    expect((await me(unmarked)).status).toBe(401);
  });

  test('of an app that shares the environment come in where it was configured, and not as somebody of our own', async () => {
    const [own, sharing] = cloud().merchant().apps;
    expect((await me(newCaller({ isShared: true, appid: sharing?.appid ?? '' }))).status).toBe(200);
    expect((await me(newCaller({ isShared: true, appid: own?.appid ?? '' }))).status).toBe(401);
  });

  test('are customers, and a token goes before what the headers say', async () => {
    const headers = newCaller();
    expect((await stage.call('GET /admin/customers', { headers })).status).toBe(403);
    expect((await me(headers, buyer.token)).body.data.id).toBe(buyer.userId);
    expect((await me(headers, 'no.such.token')).status).toBe(401);
  });

  test('buy in one call, without any login', async () => {
    const headers = cloud().callerHeaders({ payerId: buyer.payerId });
    const product = await stage.db.query
      .selectFrom('product_variants')
      .select('product_id')
      .executeTakeFirstOrThrow();
    const address = { firstName: 'Mei', street1: '1 Tea Street', city: 'Hangzhou', country: 'CN' };
    await stage.call('POST /users/me/addresses', { headers, body: address });
    const answer = await stage.call('POST /wechat/jsapiPay', {
      headers,
      body: {
        ...{ userId: buyer.userId, openid: buyer.openid, productId: product.product_id, productNum: 1 },
        ...{ totalPrice: 1_280, description: 'tea' },
      },
    });
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
    const { appId, timeStamp, nonceStr, package: prepay, signType, paySign } = answer.body.data;
    expect(signType).toBe('MD5');
    const clientParams = { appId, timeStamp, nonceStr, package: prepay, signType, paySign };
    expect(cloud().pay({ clientParams }).result).toBe('paid');
    await stage.pass(MINUTE);
    const bought = await stage.call(`GET /orders/${answer.body.data.orderId}`, { headers });
    expect(bought.body.data).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' });
  });
});
