import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestApi, type TestApi, tokenOf } from '../../../test/harness/api.ts';
import { openTestDb } from '../../../test/harness/database.ts';
import { createFakeClock, DAY_MS } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/db/index.ts';
import { createSubscriberTable, type EventDefinition, publish } from '../../kernel/events/index.ts';
import { newId } from '../../kernel/ids.ts';
import { createWorker, enqueue, type Worker } from '../../kernel/jobs/index.ts';
import { silentLogger } from '../../kernel/log/index.ts';
import { coinsReturned } from '../coins/index.ts';
import { rewardCredited, rewardTakenBack } from '../invites/index.ts';
import { type OrderEvent, orderCancelled, orderConfirmed, orderShipped } from '../orders/index.ts';
import { refundSucceeded } from '../payments/index.ts';
import { topupDelivered, topupFailed, topupUndecided } from '../topups/index.ts';
import { walletChanged } from '../wallet/index.ts';
import { createNotifications } from './index.ts';
import { notificationPrune } from './prune.ts';

const clock = createFakeClock(Date.UTC(2026, 10, 20, 9, 0));
let db: Db;
let api: TestApi;
let worker: Worker;

beforeAll(async () => {
  const subscribers = createSubscriberTable();
  db = await openTestDb({ clock, subscribers });
  const { jobs, crons, registerRoutes } = createNotifications({ db, clock, subscribers });
  worker = createWorker({ db, clock, log: silentLogger, handlers: jobs, crons });
  api = await openTestApi({ db, clock, registerRoutes });
});

afterAll(async () => {
  await api.close();
  await db.close();
});

const orderOf = (customerId: string, changes: Partial<OrderEvent> = {}): OrderEvent => ({
  ...{ orderId: newId('ord'), orderNumber: '20261120-7X', customerId, kind: 'goods' },
  ...{ status: 'confirmed', paymentStatus: 'paid', fulfilmentStatus: 'unfulfilled' },
  ...{ total: 1_999, currency: 'CNY' },
  ...changes,
});

async function tell<D extends { readonly orderId: string }>(
  event: EventDefinition<D>,
  data: D,
): Promise<void> {
  await db.tx('test.tell', (tx) => publish(tx, event, data.orderId, data));
  await worker.drain();
}

function call(route: string, userId: string, language = 'en') {
  const headers = { 'accept-language': language };
  return api.call(route, { token: tokenOf({ userId }), headers });
}

const listOf = async (userId: string, query = '') =>
  (await call(`GET /notifications${query}`, userId)).body.data;

test('an order that is confirmed is told to its customer, and to nobody else', async () => {
  const [customerId, other] = [newId('usr'), newId('usr')];
  const order = orderOf(customerId);
  await tell(orderConfirmed, order);
  expect(await listOf(customerId)).toMatchObject({
    unreadCount: 1,
    pagination: { total: 1 },
    items: [
      {
        type: 'order.confirmed',
        title: 'Order confirmed',
        body: 'Order 20261120-7X is confirmed and will be prepared.',
        subject: { type: 'order', id: order.orderId },
        facts: { orderNumber: '20261120-7X' },
        readAt: null,
      },
    ],
  });
  expect(await listOf(other)).toMatchObject({ items: [], unreadCount: 0 });
});

test('the words are in the language of who reads them', async () => {
  const customerId = newId('usr');
  await tell(orderCancelled, orderOf(customerId, { status: 'cancelled', paymentStatus: 'refund_pending' }));
  const [english] = (await listOf(customerId)).items;
  expect(english.body).toBe('Order 20261120-7X was cancelled. What you have paid goes back to you.');
  const { body } = await call('GET /notifications', customerId, 'zh-CN');
  expect(body.data.items[0]).toMatchObject({
    title: '订单已取消',
    body: '订单 20261120-7X 已取消。已付款项将退还给您。',
  });
});

test('an event that is told twice is one notice', async () => {
  const customerId = newId('usr');
  await db.tx('test.tell', (tx) => publish(tx, orderShipped, 'ord_twice', orderOf(customerId)));
  const [job] = await db.query
    .selectFrom('jobs')
    .selectAll()
    .where('name', '=', 'notification.tell')
    .execute();
  expect(job).toBeDefined();
  await db.tx('test.repeat', (tx) =>
    tx.query
      .insertInto('jobs')
      .values({ ...(job as NonNullable<typeof job>), id: newId('job') })
      .execute(),
  );
  expect((await worker.drain()).ran).toEqual(['notification.tell', 'notification.tell']);
  expect((await listOf(customerId)).items).toHaveLength(1);
});

test('what the program delivers itself is told when it is there, not when it is paid', async () => {
  const customerId = newId('usr');
  await tell(orderConfirmed, orderOf(customerId, { kind: 'coins' }));
  expect((await listOf(customerId)).items).toEqual([]);
});

test('coins that go back with their money, and come again, are told; so are gifts that expire', async () => {
  const customerId = newId('usr');
  const order = { orderId: 'ord_2', customerId, podId: 'pod_1', amount: 9_900, currency: 'CNY' };
  const sold = { ...order, coins: 10_000, giftCoins: 2_000 };
  const half = { returnedCoins: 5_000, returnedGiftCoins: 1_000, keptAmount: 4_950 };
  await tell(coinsReturned, { ...sold, ...half, changedCoins: 5_000, changedGiftCoins: 1_000 });
  const none = { returnedCoins: 0, returnedGiftCoins: 0, keptAmount: 9_900 };
  await tell(coinsReturned, { ...sold, ...none, changedCoins: -5_000, changedGiftCoins: -1_000 });
  const change = {
    transactionId: 'wtx_1',
    customerId,
    currency: 'COIN',
    purpose: { type: 'lot', id: 'lot_1' },
  };
  const moved = { paid: 0, gift: -300, held: 0, owed: 0, note: null };
  await db.tx('test.tell', async (tx) => {
    await publish(tx, walletChanged, 'wallet', { ...change, ...moved, type: 'expiry' });
    await publish(tx, walletChanged, 'wallet', { ...change, ...moved, type: 'spend' });
  });
  await worker.drain();
  const told = (await listOf(customerId)).items.map(({ type, body }: { type: string; body: string }) => [
    type,
    body,
  ]);
  expect(Object.fromEntries(told)).toEqual({
    'coins.taken_back': '50 coins and 10 given ones were taken back, because their money went back.',
    'coins.given_back': '50 coins and 10 given ones are yours again: their money did not go back after all.',
    'wallet.gift_expired': '3 coins that were given to you have expired.',
  });
});

test('a refund is told to whose order it is of, and one of nobody’s order to nobody', async () => {
  const purpose = { type: 'order', id: 'ord_gone' };
  await db.tx('test.refund', (tx) =>
    publish(tx, refundSucceeded, purpose.id, {
      ...{ refundId: 'ref_1', paymentId: 'pay_1', purpose, isSurplus: false, to: 'payer' },
      amount: { amount: 500, currency: 'CNY' },
    }),
  );
  expect(await worker.drain()).toEqual({ ran: ['notification.tell'], failures: [] });
});

test('an inviter is told of the coins that they get and lose, and not by whom', async () => {
  const customerId = newId('usr');
  const reward = { rewardId: 'rwd_1', customerId, amount: 1_250, currency: 'COIN' };
  await db.tx('test.reward', (tx) => publish(tx, rewardCredited, 'rwd_1', reward));
  await worker.drain();
  clock.advance(1_000);
  await db.tx('test.reward', (tx) => publish(tx, rewardTakenBack, 'rwd_1', { ...reward, amount: 50 }));
  await worker.drain();
  expect((await listOf(customerId)).items).toMatchObject([
    { type: 'reward.taken_back', body: expect.stringContaining('0.5 coins were taken back') },
    {
      type: 'reward.credited',
      body: 'You were given 12.5 coins: somebody you have invited has bought some.',
      subject: { type: 'invite_reward', id: 'rwd_1' },
      facts: { amount: 1_250, currency: 'COIN' },
    },
  ]);
});

test('a top-up is told with what was bought, and that nobody knows of it yet', async () => {
  const customerId = newId('usr');
  const topup = { topupId: 'top_1', orderId: 'ord_topup', customerId, operator: 'unitel', type: 'recharge' };
  for (const event of [topupUndecided, topupFailed, topupDelivered]) {
    clock.advance(1_000);
    const told = { ...topup, name: '5,000 MNT', amount: 1_137, currency: 'CNY' };
    await db.tx('test.topup', (tx) => publish(tx, event, 'top_1', told));
    await worker.drain();
  }
  expect((await listOf(customerId)).items).toMatchObject([
    { type: 'topup.delivered', body: '5,000 MNT was delivered.', subject: { type: 'topup', id: 'top_1' } },
    { type: 'topup.failed', title: 'Top-up failed' },
    { type: 'topup.undecided', title: 'Top-up being checked' },
  ]);
});

test('reading one leaves the others unread, and the first time of reading stays', async () => {
  const customerId = newId('usr');
  await tell(orderConfirmed, orderOf(customerId));
  clock.advance(1_000);
  await tell(orderShipped, orderOf(customerId));
  const { items } = await listOf(customerId);
  expect(items.map(({ type }: { type: string }) => type)).toEqual(['order.shipped', 'order.confirmed']);
  const route = `POST /notifications/${items[0].id}/read`;
  const { readAt } = (await call(route, customerId)).body.data;
  clock.advance(1_000);
  expect((await call(route, customerId)).body.data.readAt).toBe(readAt);
  const unread = await listOf(customerId, '?unread=true');
  expect(unread).toMatchObject({
    unreadCount: 1,
    pagination: { total: 1 },
    items: [{ type: 'order.confirmed' }],
  });
  expect((await listOf(customerId)).items).toHaveLength(2);
});

test('somebody else’s notice is not there', async () => {
  const customerId = newId('usr');
  await tell(orderConfirmed, orderOf(customerId));
  const [{ id }] = (await listOf(customerId)).items;
  expect((await call(`POST /notifications/${id}/read`, newId('usr'))).status).toBe(404);
  expect((await call('POST /notifications/ntf_none/read', customerId)).status).toBe(404);
  expect((await listOf(customerId)).items[0].readAt).toBeNull();
});

test('all are read at once, and only one’s own', async () => {
  const [customerId, other] = [newId('usr'), newId('usr')];
  await tell(orderConfirmed, orderOf(customerId));
  await tell(orderShipped, orderOf(customerId));
  await tell(orderShipped, orderOf(other));
  expect((await call('POST /notifications/read-all', customerId)).body.data).toEqual({ marked: 2 });
  expect((await call('POST /notifications/read-all', customerId)).body.data).toEqual({ marked: 0 });
  expect(await listOf(customerId)).toMatchObject({ unreadCount: 0 });
  expect(await listOf(other)).toMatchObject({ unreadCount: 1 });
});

test('a type that this release does not know is still listed', async () => {
  const customerId = newId('usr');
  await tell(orderConfirmed, orderOf(customerId));
  await db.tx('test.later', (tx) =>
    tx.query
      .updateTable('notifications')
      .set({ type: 'parcel.found' })
      .where('customer_id', '=', customerId)
      .execute(),
  );
  expect((await listOf(customerId)).items).toMatchObject([{ type: 'parcel.found', title: 'News' }]);
});

test('after half a year a notice goes', async () => {
  const customerId = newId('usr');
  await tell(orderConfirmed, orderOf(customerId));
  clock.advance(179 * DAY_MS);
  await tell(orderShipped, orderOf(customerId));
  clock.advance(2 * DAY_MS);
  await db.tx('test.prune', (tx) => enqueue(tx, notificationPrune.definition, {}));
  await worker.drain();
  expect((await listOf(customerId)).items).toMatchObject([{ type: 'order.shipped' }]);
});
