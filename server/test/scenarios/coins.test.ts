/** Coins through Alipay from the package to the statement, over HTTP, with the simulator as the provider. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TestBuyer } from '../harness/app.ts';
import { newStaff } from '../harness/staff.ts';
import { MINUTE, openStage, type Seen, type Stage } from './stage.ts';

const DAY = 24 * 60 * MINUTE;

let stage: Stage;
let buyer: TestBuyer;

beforeEach(async () => {
  stage = await openStage();
  buyer = await stage.newBuyer();
});
afterEach(() => stage.close());

async function call(route: string, token: string, body?: object): Promise<Seen> {
  const answer = await stage.call(route, { token, ...(body !== undefined && { body }) });
  expect(answer.status, `${route}: ${JSON.stringify(answer.body)}`).toBeLessThan(300);
  return answer.body.data;
}

const newPod = (changes: object = {}): Promise<Seen> =>
  call('POST /admin/coin-pods', stage.adminToken, {
    ...{ name: '一百金币', coin: 10_000, giftCoin: 2_000, giftDays: 7, price: 9_900 },
    ...changes,
  });

const walletOf = () => call('GET /wallet', buyer.token);
const orderOf = (id: string) => call(`GET /coin/order/${id}`, buyer.token);

/** Orders by Alipay's code and pays; the notification is let through. */
async function buy(podId: string): Promise<Seen> {
  const started = await call('POST /coin/order', buyer.token, { podId, method: 'native' });
  expect(stage.simulators.alipay.pay(started.parameters).result).toBe('paid');
  await stage.simulators.notifications.flush();
  return started;
}

test('a package is shown, ordered by its code, paid, credited once and told of in the app', async () => {
  const pod = await newPod();
  expect(await call('GET /coin/pods', buyer.token)).toEqual([
    {
      ...{ id: pod.id, name: '一百金币', description: null, coin: 10_000, giftCoin: 2_000, giftDays: 7 },
      ...{ price: 9_900, currency: 'CNY' },
    },
  ]);
  void stage.simulators.faults.set({
    ...{
      provider: 'alipay',
      operation: 'notify',
      kind: 'duplicate',
      times: 'always',
      params: { copies: 49, ms: 0 },
    },
  });
  const started = await buy(pod.id);
  expect(started).toMatchObject({ method: 'alipay_qr', amount: 9_900 });
  expect(started.qrCode).toMatch(/^https:/);
  await stage.pass(2 * MINUTE);
  expect(await orderOf(started.orderId)).toMatchObject({
    ...{ orderId: started.orderId, outTradeNo: started.outTradeNo, isPaid: true, status: 'completed' },
    ...{ coin: 10_000, giftCoin: 2_000, podId: pod.id, subject: '一百金币' },
  });
  expect(await walletOf()).toMatchObject({ coin: 10_000, giftCoin: 2_000 });
  const { items } = await call('GET /notifications', buyer.token);
  expect(items.map(({ type }: Seen) => type)).toEqual(['coins.credited']);
  await stage.expectSound();
});

test('the page of Alipay is the other way, and a lost notification is made up for by the reader', async () => {
  const pod = await newPod();
  const started = await call('POST /coin/order', buyer.token, { podId: pod.id, method: 'web' });
  expect(started).toMatchObject({ method: 'alipay_page' });
  expect(started.redirectUrl).toMatch(/^http/);
  void stage.simulators.faults.set({ provider: 'alipay', operation: 'notify', kind: 'drop' });
  expect(stage.simulators.alipay.pay(started.parameters).result).toBe('paid');
  stage.clock.advance(6_000);
  expect(await orderOf(started.orderId)).toMatchObject({ isPaid: true });
  await stage.pass(MINUTE);
  expect(await walletOf()).toMatchObject({ coin: 10_000 });
  await stage.expectSound();
});

test('the notification of Alipay at the address of coins is verified, and answered in its own words', async () => {
  const pod = await newPod();
  const { outTradeNo, parameters } = await call('POST /coin/order', buyer.token, {
    ...{ podId: pod.id, method: 'native' },
  });
  void stage.simulators.faults.set({
    provider: 'alipay',
    operation: 'notify',
    kind: 'drop',
    times: 'always',
  });
  expect(stage.simulators.alipay.pay(parameters).result).toBe('paid');
  await stage.simulators.notifications.flush();
  const [told] = stage.simulators.notifications.list({ subject: outTradeNo });
  const { headers, body } = stage.simulators.notifications.compose(told?.id ?? '');
  const notify = (text: string) =>
    fetch(`${stage.url}/coin/notify/alipay`, { method: 'POST', headers, body: text }).then(async (answer) => [
      answer.status,
      await answer.text(),
    ]);
  expect(await notify(body.replace('total_amount=99.00', 'total_amount=0.01'))).toEqual([401, 'fail']);
  expect(await walletOf()).toMatchObject({ coin: 0 });
  const answers = await Promise.all([1, 2, 3, 4, 5].map(() => notify(body)));
  expect(answers).toEqual(Array.from({ length: 5 }, () => [200, 'success']));
  expect(await walletOf()).toMatchObject({ coin: 10_000, giftCoin: 2_000 });
  await stage.expectSound();
});

test('what is unspent is refunded with its coins, and gifts expire', async () => {
  const started = await buy((await newPod()).id);
  const service = await newStaff(stage, ['wallet.spend']);
  const held = await call('POST /wallet/holds', service.token, {
    ...{ customerId: buyer.userId, amount: 4_000, reference: 'lesson-1' },
  });
  await call(`POST /wallet/holds/${held.id}/settle`, service.token, { amount: 3_000 });
  expect(await walletOf()).toMatchObject({ coin: 9_000, giftCoin: 0, heldCoin: 0 });
  const refund = (amount: number) =>
    stage.call(`POST /orders/${started.orderId}/refunds`, {
      token: stage.adminToken,
      body: { amount, reason: 'stopped the course' },
    });
  expect(await refund(9_900)).toMatchObject({
    ...{ status: 409, body: { error: 'coins_spent', details: { refundable: 8_910 } } },
  });
  expect((await refund(8_910)).status).toBe(201);
  expect(await walletOf()).toMatchObject({ coin: 0, giftCoin: 0 });
  await stage.pass(10 * MINUTE);
  expect(await orderOf(started.orderId)).toMatchObject({
    paymentStatus: 'partially_refunded',
    returnedCoin: 9_000,
  });
  await buy((await newPod()).id);
  await stage.pass(8 * DAY);
  expect(await walletOf()).toMatchObject({ coin: 10_000, giftCoin: 0 });
  await call('POST /wallet/spend', service.token, {
    ...{ customerId: buyer.userId, amount: 1, reference: 'lesson-2' },
  });
  const statement = await call('GET /wallet/transactions?type=expiry', buyer.token);
  expect(statement.items).toMatchObject([{ gift: -2_000 }]);
  await stage.expectSound();
});

test('what nobody pays is closed here and at Alipay after half an hour', async () => {
  const { id: podId } = await newPod();
  const started = await call('POST /coin/order', buyer.token, { podId, method: 'native' });
  await stage.pass(31 * MINUTE);
  expect(await orderOf(started.orderId)).toMatchObject({ status: 'closed', isPaid: false });
  expect(stage.simulators.alipay.pay(started.parameters).result).toBe('refused');
  expect(await walletOf()).toMatchObject({ coin: 0 });
  await stage.expectSound();
});

test('cash on delivery sells no coins: they are not given for money that is only promised', async () => {
  const body = { podId: (await newPod()).id, method: 'cash_on_delivery' };
  const refused = await stage.call('POST /coin/order', { token: buyer.token, body });
  expect(refused).toMatchObject({ status: 422, body: { error: 'payment_method_unavailable' } });
  expect(await walletOf()).toMatchObject({ coin: 0 });
});
