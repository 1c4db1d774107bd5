import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestBuyer } from '../harness/app.ts';
import { MINUTE, openStage, type Stage } from './stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});

afterAll(() => stage.close());

/** As a mini program does it: a code of the phone, exchanged for a session. */
async function logInThroughWechat(): Promise<TestBuyer> {
  const payer = stage.simulators.payers.create({ name: '晓' });
  const { code } = stage.simulators.wechatOpen.mintLoginCode({ payerId: payer.id });
  const { status, body } = await stage.call('POST /wechat/login', { body: { code } });
  expect(status).toBe(200);
  const { user, tokens } = body.data;
  return { token: tokens.accessToken, userId: user.id, payerId: payer.id, openid: '' };
}

test('a purchase goes from the list to completion, and every step stands in its history', async () => {
  const buyer = await logInThroughWechat();
  const tea = await stage.addVariant({ price: 1_280, name: '明前龙井' });
  const cup = await stage.addVariant({ price: 4_500, name: '青瓷杯' });
  const found = await stage.call('GET /products?search=龙井');
  expect(found.body.data.items).toHaveLength(1);

  const order = await stage.place(buyer, [
    { variantId: tea, quantity: 2 },
    { variantId: cup, quantity: 1 },
  ]);
  expect(order).toMatchObject({ status: 'pending', paymentStatus: 'unpaid', total: 7_060 });
  expect(await stage.stockOf(tea)).toEqual({ on_hand: 100, reserved: 2 });

  const { paymentId, parameters } = await stage.open(buyer, order.id);
  const paid = stage.simulators.wechatPay.pay({ clientParams: parameters as never, payerId: buyer.payerId });
  expect(paid).toMatchObject({ result: 'paid', trade: { outTradeNo: paymentId, total: 7_060 } });
  await stage.simulators.notifications.flush();
  expect(await stage.order(buyer, order.id)).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' });

  await stage.advance(order.id, 'processing');
  await stage.advance(order.id, 'shipped', { carrier: 'SF', trackingNumber: 'SF1' });
  await stage.advance(order.id, 'delivered');
  await stage.advance(order.id, 'completed');
  const seen = await stage.order(buyer, order.id);
  expect(seen).toMatchObject({ status: 'completed', paymentStatus: 'paid', fulfilmentStatus: 'fulfilled' });
  expect(seen.history.filter(({ field }: { field: string }) => field === 'status')).toMatchObject(
    ['pending', 'confirmed', 'processing', 'shipped', 'delivered', 'completed'].map((to) => ({ to })),
  );
  expect(await stage.stockOf(tea)).toEqual({ on_hand: 98, reserved: 0 });
  await stage.pass(3 * 24 * 60 * MINUTE);
  const told = await stage.call('GET /notifications', { token: buyer.token });
  expect(told.body.data.items.map(({ type }: { type: string }) => type).sort()).toEqual([
    ...['order.confirmed', 'order.delivered', 'order.shipped'],
  ]);
  await stage.expectSound();
});
