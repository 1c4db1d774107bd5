import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { MERCHANT } from '../../../../test/harness/fake-gateway.ts';
import { CLERK, openShop, type Shop } from '../../../../test/harness/shop.ts';
import { systemActor } from '../../../kernel/actor.ts';
import { DAY_MS, MINUTE_MS } from '../../../kernel/clock.ts';
import { newId } from '../../../kernel/ids.ts';
import type { DeliveryOutcome, Fulfiller, OrderRow, VirtualOrderRequest } from '../index.ts';

// Two deliverers as small as can be: coins are delivered in the transaction of their money, a top-up waits for a run.
const by = systemActor('test.delivery');
const told: string[] = [];
let refusal: Error | undefined;
let shop: Shop;

const tell =
  (what: string) =>
  async (_tx: unknown, { id }: OrderRow) => {
    told.push(`${what} ${id}`);
  };

const hooks = {
  onRefundReserved: async (_tx: unknown, { id }: OrderRow) => {
    if (refusal !== undefined) {
      throw refusal;
    }
    told.push(`take back ${id}`);
  },
  onRefundChanged: tell('refund changed'),
  onDisputeChanged: tell('dispute changed'),
};

const coins = (): Fulfiller => ({
  ...hooks,
  kind: 'coins',
  async onPaid(tx, { id }) {
    await shop.orders.delivery.claim(tx, id, by);
    await shop.orders.delivery.settle(tx, id, 'fulfilled', { by });
  },
});

const topup = (): Fulfiller => ({ ...hooks, kind: 'topup', onPaid: tell('due') });

beforeAll(async () => {
  // Rehearsed callbacks run twice, and so would tell twice.
  shop = await openShop({ fulfillers: () => [coins(), topup()], rehearse: false });
});

beforeEach(() => {
  told.length = 0;
  refusal = undefined;
});

/** These deliverers keep no rows of their own. */
const MISSING = 'its order has no top-up';

afterEach(async () => {
  const violations = await shop.violations();
  expect(violations.filter(({ message }) => message !== MISSING)).toEqual([]);
});

afterAll(() => shop.close());

function place(changes: Partial<VirtualOrderRequest> = {}) {
  return shop.orders.placeVirtualOrder({
    kind: 'topup',
    customerId: newId('usr'),
    currency: 'CNY',
    item: {
      ...{ id: 'tariff-1', sku: 'SD5000', name: '5000 MNT', description: null, image: null },
      ...{ unitPrice: 1_137, quantity: 1 },
    },
    sameAs: ['97688000000'],
    metadata: { source: 'web', userAgent: null, ipAddress: null, referrer: null },
    claimId: null,
    write: async () => undefined,
    ...changes,
  });
}

async function buy(kind: 'coins' | 'topup' = 'topup'): Promise<OrderRow> {
  const { order } = await place({ kind });
  await shop.receive(await shop.pay(order));
  return shop.read(order.id);
}

const claim = ({ id }: OrderRow) => shop.db.tx('test.claim', (tx) => shop.orders.delivery.claim(tx, id, by));
const settle = ({ id }: OrderRow, outcome: DeliveryOutcome) =>
  shop.db.tx('test.settle', (tx) => shop.orders.delivery.settle(tx, id, outcome, { by }));
const cancelUndelivered = ({ id }: OrderRow) =>
  shop.db.tx('test.cancel', (tx) =>
    shop.orders.delivery.cancelUndelivered(tx, id, { by, reason: 'refused' }),
  );
const refund = ({ id, currency }: OrderRow, amount: number) =>
  shop.db.tx('test.refund', (tx) =>
    shop.payments.reserveRefund(tx, {
      purpose: { type: 'order', id },
      amount: { amount, currency },
      reason: null,
      by: CLERK,
      origin: 'staff',
    }),
  );

async function returnInConsole(order: OrderRow, amount: number): Promise<void> {
  const paymentId = order.payment_id as string;
  const facts = {
    amount: { amount, currency: order.currency },
    ...{ paymentId, merchantAccount: MERCHANT, providerRefundId: `50console_${paymentId}` },
    finishedAt: shop.clock.now(),
  };
  const result = { outcome: 'succeeded', facts } as const;
  const answer = await shop.api.call('POST /payments/notify/fake_pay', {
    body: {
      eventId: `evt_console_${paymentId}`,
      subject: { type: 'refund', refundId: 'console-1', paymentId, result },
    },
    headers: { 'content-type': 'application/json' },
  });
  expect(answer.status).toBe(200);
}

test('what is delivered in the transaction of its money is complete when it commits', async () => {
  const order = await buy('coins');
  expect(order).toMatchObject({
    ...{ status: 'completed', payment_status: 'paid', fulfilment_status: 'fulfilled' },
  });
});

test('what waits for a run is told once that it is due, and promises no stock', async () => {
  const order = await buy();
  expect(order).toMatchObject({ status: 'confirmed', fulfilment_status: 'unfulfilled' });
  expect(told).toEqual([`due ${order.id}`]);
  await shop.receive(order.payment_id as string);
  expect(told).toEqual([`due ${order.id}`]);
  await cancelUndelivered(order);
});

test('the same wish within a minute is the same order, another number is another', async () => {
  const customerId = newId('usr');
  const first = await place({ customerId });
  const again = await place({ customerId });
  expect(again).toMatchObject({ repeatOf: 'cart', order: { id: first.order.id } });
  const other = await place({ customerId, sameAs: ['97688000001'] });
  expect(other.repeatOf).toBeNull();
});

test('of fifty runs at once one may deliver', async () => {
  const order = await buy();
  const won = await Promise.all(Array.from({ length: 50 }, () => claim(order)));
  expect(won.filter((row) => row !== undefined)).toHaveLength(1);
  await settle(order, 'fulfilled');
  expect(await settle(order, 'fulfilled')).toBeUndefined();
  expect(await claim(order)).toBeUndefined();
});

test('nobody delivers what is not paid', async () => {
  const { order } = await place();
  expect(await claim(order)).toBeUndefined();
});

test('a refund and a claim at once: one of them wins', async () => {
  const order = await buy();
  const [claimed, refunded] = await Promise.allSettled([claim(order), refund(order, order.total)]);
  const isClaimed = claimed.status === 'fulfilled' && claimed.value !== undefined;
  expect(isClaimed).toBe(refunded.status === 'rejected');
  if (isClaimed) {
    await settle(order, 'fulfilled');
  }
  await shop.drain(DAY_MS);
});

test.each(['in_progress', 'unknown'] as const)('nothing is refunded while it is %s', async (state) => {
  const order = await buy();
  await claim(order);
  if (state === 'unknown') {
    await settle(order, 'unknown');
  }
  await expect(refund(order, order.total)).rejects.toMatchObject({ code: 'delivery_undecided' });
  await expect(cancelUndelivered(order)).rejects.toMatchObject({ code: 'delivery_undecided' });
  await expect(
    shop.orders.cancelOrder({ orderId: order.id, by: CLERK, reason: null, customerId: null }),
  ).rejects.toMatchObject({ code: 'illegal_transition' });
  await settle(order, 'fulfilled');
});

test('a refund before delivery is one of everything, ends the delivery, and ends the order when it is done', async () => {
  const order = await buy();
  await expect(refund(order, 1)).rejects.toMatchObject({ code: 'refund_must_be_full' });
  await refund(order, order.total);
  expect(await shop.read(order.id)).toMatchObject({
    ...{ status: 'confirmed', payment_status: 'refund_pending', fulfilment_status: 'cancelled' },
  });
  expect(await claim(order)).toBeUndefined();
  await shop.drain(DAY_MS);
  expect(await shop.read(order.id)).toMatchObject({ status: 'cancelled', payment_status: 'refunded' });
});

test('a delivery that failed is cancelled with its money on the way back', async () => {
  const order = await buy();
  await claim(order);
  await settle(order, 'failed');
  expect(await claim(order)).toBeUndefined();
  expect(await cancelUndelivered(order)).toMatchObject({ status: 'cancelled' });
  await shop.drain(DAY_MS);
  expect(await shop.read(order.id)).toMatchObject({
    ...{ status: 'cancelled', payment_status: 'refunded', fulfilment_status: 'cancelled' },
  });
});

test('a part that the provider has returned by itself before delivery takes the rest with it', async () => {
  const order = await buy();
  await returnInConsole(order, 137);
  await shop.drain(MINUTE_MS);
  expect(await claim(order)).toBeUndefined();
  await shop.drain(DAY_MS);
  expect(await shop.read(order.id)).toMatchObject({
    ...{ status: 'cancelled', payment_status: 'refunded', fulfilment_status: 'cancelled' },
  });
});

test('a refund that was refused before delivery is owed and begun anew', async () => {
  const order = await buy();
  await refund(order, order.total);
  const closed = { outcome: 'failed', reason: { code: 'CLOSED', message: 'closed' } } as const;
  shop.gateway.fail('refund', { answer: closed });
  await shop.drain(DAY_MS);
  expect(await shop.read(order.id)).toMatchObject({ status: 'cancelled', payment_status: 'refunded' });
});

test('a delivery that a dispute holds up is due again when the money stays after all', async () => {
  const order = await buy();
  const notify = async (stage: 'needs_response' | 'won') => {
    const facts = {
      ...{ disputeId: `dp_${order.id}`, merchantAccount: MERCHANT, paymentId: order.payment_id, stage },
      ...{ captureTransactionId: null, reason: 'fraudulent', movements: [] },
      amount: { amount: order.total, currency: order.currency },
      ...{ evidenceDueAt: null, openedAt: shop.clock.now() },
    };
    shop.gateway.disputes.set(facts.disputeId, facts);
    const body = { eventId: newId('evt'), subject: { type: 'dispute', facts } };
    const headers = { 'content-type': 'application/json' };
    expect((await shop.api.call('POST /payments/notify/fake_pay', { body, headers })).status).toBe(200);
  };
  await notify('needs_response');
  expect(await claim(order)).toBeUndefined();
  told.length = 0;
  await notify('won');
  expect(told).toEqual([`due ${order.id}`]);
  expect(await claim(order)).toBeDefined();
  await settle(order, 'fulfilled');
});

test('what was delivered is taken back by whoever delivered it, who may refuse', async () => {
  const order = await buy('coins');
  refusal = new Error('spent');
  await expect(refund(order, 137)).rejects.toThrow('spent');
  refusal = undefined;
  await refund(order, 137);
  await shop.drain(DAY_MS);
  expect(told).toContain(`take back ${order.id}`);
  expect(told).toContain(`refund changed ${order.id}`);
  expect(await shop.read(order.id)).toMatchObject({
    ...{ status: 'completed', payment_status: 'partially_refunded', fulfilment_status: 'fulfilled' },
  });
});
