import { afterEach, describe, expect, test } from 'vitest';
import { MINUTE, openStage, type Stage } from '../scenarios/stage.ts';

let stage: Stage;

afterEach(() => stage.close());

describe.each(['public_key', 'certificate', 'switching'] as const)('with keys in mode %s', (keyMode) => {
  test('a purchase is paid, and cancelled with its money returned', async () => {
    stage = await openStage({ keyMode });
    const buyer = await stage.newBuyer();
    const { order } = await stage.buy(buyer);
    expect(await stage.order(buyer, order.id)).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' });
    await stage.call(`POST /orders/${order.id}/cancel`, { token: buyer.token, body: { reason: 'no' } });
    await stage.pass(5 * MINUTE);
    expect(await stage.order(buyer, order.id)).toMatchObject({
      status: 'cancelled',
      paymentStatus: 'refunded',
    });
    await stage.expectSound();
  });
});

test('a change-over of the platform certificate in the middle is followed', async () => {
  stage = await openStage({ keyMode: 'certificate' });
  const buyer = await stage.newBuyer();
  await stage.buy(buyer);
  await stage.simulators.wechatPay.rotateCertificate();
  // The certificates are asked for at most once a minute, whatever serial a stranger names.
  await stage.pass(MINUTE);
  const { order } = await stage.buy(buyer);
  await stage.pass(20 * MINUTE);
  expect(await stage.order(buyer, order.id)).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' });
  await stage.expectSound();
});

test('without WeChat Pay configured its methods are not offered, and orders are placed all the same', async () => {
  stage = await openStage({ withSimulators: false });
  const buyer = await stage.newBuyer();
  const order = await stage.place(buyer, [{ variantId: await stage.addVariant(), quantity: 1 }]);
  const { body, status } = await stage.call(`POST /orders/${order.id}/payments`, {
    token: buyer.token,
    body: { method: 'wechat_jsapi' },
  });
  expect([status, body.error]).toEqual([422, 'payment_method_unavailable']);
});
