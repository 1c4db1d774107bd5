import { describe, expect, test, vi } from 'vitest';
import { DELIVERED, LOST, REFUSED } from '../../../test/harness/fake-operator.ts';
import { CLERK } from '../../../test/harness/shop.ts';
import { strayRun, type TopupShop } from '../../../test/harness/topup-shop.ts';
import { topupShopOfTests } from '../../../test/harness/topup-shop-of-tests.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../kernel/clock.ts';
import type { DeliveryResult } from '../../operators/operator.ts';

let shop: TopupShop;

topupShopOfTests((opened) => {
  shop = opened;
});

const refundOf = async (topupId: string) => {
  const { topup } = await shop.standing(topupId);
  const order = await shop.read(topup.order_id);
  return shop.db.tx('test.refund', (tx) =>
    shop.payments.reserveRefund(tx, {
      purpose: { type: 'order', id: order.id },
      amount: { amount: order.total, currency: order.currency },
      reason: null,
      by: CLERK,
      origin: 'staff',
    }),
  );
};

test('a paid top-up is sent once, and its order is complete when the operator has delivered it', async () => {
  const id = await shop.buy();
  expect(await shop.standing(id)).toMatchObject({ status: 'confirmed', fulfilment: 'unfulfilled' });
  await shop.drain();
  expect(await shop.standing(id)).toMatchObject({
    ...{ status: 'completed', payment: 'paid', fulfilment: 'fulfilled' },
    topup: { result: 'delivered', sequence: '1760754386127', service_id: 'P_ETOPUP_1', awaits_person: null },
  });
  expect(shop.operator.sent.at(-1)).toEqual({
    ...{ reference: id, msisdn: '88000001', type: 'recharge', code: 'SD5000', amount: 500_000 },
    ...{ description: '5000 units', vatRegisterNumber: null },
  });
  expect(shop.results.at(-1)).toBe('unitel delivered');
  await shop.drain(DAY_MS);
  await strayRun(shop.topups, 'topup.send', id);
  expect(shop.operator.sendsOf(id)).toBe(1);
});

test('of a hundred workers at once one sends', async () => {
  const id = await shop.buy();
  const workers = Array.from({ length: 100 }, () => shop.another());
  await Promise.all(workers.map((worker) => strayRun(worker, 'topup.send', id)));
  expect(shop.operator.sendsOf(id)).toBe(1);
  expect(await shop.standing(id)).toMatchObject({ fulfilment: 'fulfilled' });
  await shop.drain(DAY_MS);
  expect(shop.operator.sendsOf(id)).toBe(1);
});

test('an order that is told twice to be paid is sent once', async () => {
  const { id, orderId } = await shop.order(shop.newCustomer().token);
  const paymentId = await shop.pay(await shop.read(orderId));
  await Promise.all(Array.from({ length: 10 }, () => shop.receive(paymentId)));
  await shop.drain(DAY_MS);
  expect(shop.operator.sendsOf(id)).toBe(1);
});

describe('a refund and a claim', () => {
  test('at once: one of them wins, and the other does nothing', async () => {
    for (let round = 0; round < 10; round += 1) {
      shop.operator.forgetAnswers();
      const id = await shop.buy();
      // What was delivered may be refunded again: the answer waits until the race is over.
      const answer = shop.operator.hold();
      const run = strayRun(shop.another(), 'topup.send', id);
      const [refund] = await Promise.allSettled([refundOf(id)]);
      answer(DELIVERED);
      await run;
      const isRefunded = refund.status === 'fulfilled';
      expect(shop.operator.sendsOf(id)).toBe(isRefunded ? 0 : 1);
      await shop.drain(DAY_MS);
      const ends = await shop.standing(id);
      expect([ends.fulfilment, ends.payment]).toEqual(
        isRefunded ? ['cancelled', 'refunded'] : ['fulfilled', 'paid'],
      );
    }
  });

  test('nothing is refunded while the request is under way', async () => {
    const id = await shop.buy();
    const answer = shop.operator.hold();
    const run = strayRun(shop.another(), 'topup.send', id);
    await shop.operator.untilSent(id);
    await expect(refundOf(id)).rejects.toMatchObject({ code: 'delivery_undecided' });
    answer(DELIVERED);
    await run;
    expect(await shop.standing(id)).toMatchObject({ fulfilment: 'fulfilled', payment: 'paid' });
  });

  test('a top-up whose refund is given up before it was sent is due again', async () => {
    const id = await shop.buy();
    const { topup } = await shop.standing(id);
    const notice = {
      ...{ refundId: 'ref_given_up', paymentId: 'pay_of_it', purpose: { type: 'order', id: topup.order_id } },
      amount: { amount: topup.amount, currency: topup.currency },
      ...{ isSurplus: false, captured: topup.amount, refundedDone: 0, at: shop.clock.now(), by: CLERK },
    };
    const { purposeOwner } = shop.orders;
    await shop.db.tx('test.reserve', (tx) =>
      purposeOwner.onRefundReserved(tx, { ...notice, state: 'reserved', refundedUnderWay: topup.amount }),
    );
    await shop.drain();
    expect(await shop.standing(id)).toMatchObject({ fulfilment: 'cancelled' });
    await shop.db.tx('test.give_up', (tx) =>
      purposeOwner.onRefundChanged(tx, { ...notice, state: 'cancelled', refundedUnderWay: 0 }),
    );
    await shop.drain();
    expect(await shop.standing(id)).toMatchObject({ fulfilment: 'fulfilled', payment: 'paid' });
    expect(shop.operator.sendsOf(id)).toBe(1);
  });
});

describe('an answer that does not come', () => {
  test('leaves the outcome unknown, which nobody sends again or refunds by itself', async () => {
    const id = await shop.buy();
    shop.operator.answer(LOST);
    await shop.drain();
    expect(await shop.standing(id)).toMatchObject({
      ...{ status: 'confirmed', payment: 'paid', fulfilment: 'unknown' },
      topup: { result: 'unknown', result_code: 'timeout', awaits_person: 'unknown' },
    });
    expect(await shop.alertsOf(id)).toEqual(['topup_unknown']);
    await shop.drain(7 * DAY_MS);
    await shop.runCron('topup.pick_up');
    await strayRun(shop.topups, 'topup.send', id);
    expect(await shop.standing(id)).toMatchObject({ fulfilment: 'unknown', payment: 'paid' });
    expect(shop.operator.sendsOf(id)).toBe(1);
  });

  test('is given up 30 s after the last moment of sending, by a run that sends nothing', async () => {
    const id = await shop.buy();
    const answer = shop.operator.hold();
    const claimant = strayRun(shop.another(), 'topup.send', id);
    await shop.operator.untilSent(id);
    await shop.drain(34 * SECOND_MS);
    expect(await shop.standing(id)).toMatchObject({ fulfilment: 'in_progress' });
    await shop.drain(SECOND_MS);
    expect(await shop.standing(id)).toMatchObject({
      fulfilment: 'unknown',
      topup: { result_code: 'no_answer' },
    });
    expect(shop.operator.sendsOf(id)).toBe(1);
    answer(LOST);
    await claimant;
  });

  test.each([
    [DELIVERED, 'fulfilled', 'completed'],
    [REFUSED, 'cancelled', 'cancelled'],
  ] as const)('that comes late after all (%o) settles what was unknown', async (late, fulfilment, status) => {
    const id = await shop.buy();
    const answer = shop.operator.hold();
    const claimant = strayRun(shop.another(), 'topup.send', id);
    await shop.operator.untilSent(id);
    await shop.drain(MINUTE_MS);
    expect(await shop.standing(id)).toMatchObject({ fulfilment: 'unknown' });
    answer(late);
    await claimant;
    await shop.drain(DAY_MS);
    expect(await shop.standing(id)).toMatchObject({ fulfilment, status, topup: { awaits_person: null } });
    expect(await shop.alertsOf(id)).toEqual([]);
    expect(shop.operator.sendsOf(id)).toBe(1);
  });
});

test('what the operator refuses is cancelled with its money on the way back, and never sent again', async () => {
  const id = await shop.buy();
  shop.operator.answer(REFUSED);
  await shop.drain(DAY_MS);
  expect(await shop.standing(id)).toMatchObject({
    ...{ status: 'cancelled', payment: 'refunded', fulfilment: 'cancelled' },
    topup: { result: 'refused', result_code: '207' },
  });
  expect(shop.operator.sendsOf(id)).toBe(1);
});

test('a dispute about its money holds it back, and the job waits', async () => {
  const id = await shop.buy();
  const { topup } = await shop.standing(id);
  const dispute = (status: string | null) =>
    shop.db.tx('test.dispute', (tx) =>
      tx.query
        .updateTable('orders')
        .set({ dispute_status: status as 'under_review' | null })
        .where('id', '=', topup.order_id)
        .execute(),
    );
  await dispute('under_review');
  await shop.drain(MINUTE_MS);
  expect(await shop.standing(id)).toMatchObject({ fulfilment: 'unfulfilled' });
  expect(shop.operator.sendsOf(id)).toBe(0);
  await dispute(null);
  await shop.drain(11 * MINUTE_MS);
  expect(await shop.standing(id)).toMatchObject({ fulfilment: 'fulfilled' });
});

test('a slow operator holds four runs of a process, and leaves it the others', async () => {
  const ids = [await shop.buy(), await shop.buy(), await shop.buy(), await shop.buy(), await shop.buy()];
  const sendsBefore = shop.operator.sent.length;
  const held = Promise.withResolvers<DeliveryResult>();
  shop.operator.answer(...ids.map(() => held.promise));
  const slow = shop.another();
  const runs = ids.map((id) => strayRun(slow, 'topup.send', id));
  await vi.waitUntil(() => shop.operator.sent.length === sendsBefore + 4, { timeout: 10_000, interval: 1 });
  await Promise.race(runs);
  expect(shop.operator.sent.length).toBe(sendsBefore + 4);
  held.resolve(DELIVERED);
  await Promise.all(runs);
  await shop.drain(MINUTE_MS);
  for (const id of ids) {
    expect(await shop.standing(id)).toMatchObject({ fulfilment: 'fulfilled' });
  }
});

test('a paid top-up that has lost its job is picked up', async () => {
  const id = await shop.buy();
  await shop.db.tx('test.lose', (tx) =>
    tx.query.deleteFrom('jobs').where('unique_key', '=', `topup.send:${id}`).execute(),
  );
  await shop.runCron('topup.pick_up');
  await shop.drain();
  expect(shop.operator.sendsOf(id)).toBe(0);
  shop.clock.advance(MINUTE_MS);
  await shop.runCron('topup.pick_up');
  await shop.drain();
  expect(await shop.standing(id)).toMatchObject({ fulfilment: 'fulfilled' });
});
