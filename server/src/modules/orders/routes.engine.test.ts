import { afterAll, beforeAll, expect, test } from 'vitest';
import { tokenOf } from '../../../test/harness/api.ts';
import { HOME, openShop, type Shop } from '../../../test/harness/shop.ts';
import { MINUTE_MS } from '../../kernel/clock.ts';
import { newId } from '../../kernel/ids.ts';
import { toOrderAddress } from './address.ts';

const staff = tokenOf({ userId: 'usr_clerk', kind: 'staff', permissions: ['orders.read', 'orders.write'] });

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});

afterAll(async () => {
  expect(await shop.violations()).toEqual([]);
  await shop.close();
});

function customer(): { userId: string; token: string } {
  const userId = newId('usr');
  return { userId, token: tokenOf({ userId }) };
}

async function cart(changes: object = {}) {
  const variantId = await shop.addVariant();
  return { items: [{ variantId, quantity: 2 }], shippingAddress: toOrderAddress(HOME), ...changes };
}

test('an order is placed with 201, and the same cart again gives it with the header Duplicate', async () => {
  const { userId, token } = customer();
  const body = await cart({ notes: '请轻放', expectedTotal: 3_998 });
  const placed = await shop.api.call('POST /orders', {
    token,
    body,
    headers: { 'user-agent': 'browser/1', referer: 'https://shop.example.com/tea' },
  });
  expect(placed.status).toBe(201);
  expect(placed.headers.duplicate).toBeUndefined();
  expect(placed.body.data).toMatchObject({
    customerId: userId,
    ...{ status: 'pending', paymentStatus: 'unpaid', fulfilmentStatus: 'unfulfilled', isClosing: false },
    ...{ subtotal: 3_998, total: 3_998, currency: 'CNY', customerNote: '请轻放' },
    items: [{ position: 1, quantity: 2, unitPrice: 1_999, totalPrice: 3_998 }],
    shippingAddress: { city: '上海', country: 'CN' },
    expiresAt: new Date(shop.clock.now() + 15 * MINUTE_MS).toISOString(),
  });
  const again = await shop.api.call('POST /orders', { token, body });
  expect(again).toMatchObject({ status: 201, headers: { duplicate: 'true' } });
  expect(again.body.data.id).toBe(placed.body.data.id);
  const row = await shop.read(placed.body.data.id);
  expect(row).toMatchObject({ user_agent: 'browser/1', referrer: 'https://shop.example.com/tea' });
});

test('one Idempotency-Key is one order, and another body under it is refused', async () => {
  const { token } = customer();
  const body = await cart();
  const headers = { 'idempotency-key': 'key-for-one-order' };
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => shop.api.call('POST /orders', { token, body, headers })),
  );
  const placed = answers.filter(({ status }) => status === 201);
  expect(placed.length).toBeGreaterThan(0);
  expect(new Set(placed.map(({ body: { data } }) => data.id)).size).toBe(1);
  expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
  const other = await shop.api.call('POST /orders', { token, body: await cart(), headers });
  expect(other).toMatchObject({ status: 422, body: { error: 'idempotency_key_reused' } });
});

test('bad input is refused with an entry for each field, in the language that was asked for', async () => {
  const { token } = customer();
  const body = {
    items: [{ variantId: 'var_1', quantity: 0, price: 1 }],
    shippingAddress: { ...toOrderAddress(HOME), country: 'China' },
    total: 1,
  };
  const answer = await shop.api.call('POST /orders', {
    token,
    body,
    headers: { 'accept-language': 'zh-CN' },
  });
  expect(answer.status).toBe(400);
  expect(answer.body.errors.map(({ field }: { field: string }) => field).sort()).toEqual([
    'items.0.price',
    'items.0.quantity',
    'shippingAddress.country',
    'total',
  ]);
  expect(answer.body.message).toBe('请求参数不正确。');
  expect(await shop.api.call('POST /orders', { body })).toMatchObject({ status: 401 });
  const both = await shop.api.call('POST /orders', {
    token,
    body: { ...(await cart()), addressId: 'adr_1' },
  });
  expect(both.body.errors).toMatchObject([{ field: 'addressId' }]);
});

test('what is short or costs something else now is a 409 that says so', async () => {
  const { token } = customer();
  const few = await shop.addVariant({ onHand: 1 });
  const address = toOrderAddress(HOME);
  const short = await shop.api.call('POST /orders', {
    token,
    body: { items: [{ variantId: few, quantity: 2 }], shippingAddress: address },
  });
  expect(short).toMatchObject({
    status: 409,
    body: {
      error: 'insufficient_stock',
      details: { lines: [{ variantId: few, requested: 2, available: 1 }] },
    },
  });
  const old = await shop.api.call('POST /orders', {
    token,
    body: { items: [{ variantId: few, quantity: 1 }], shippingAddress: address, expectedTotal: 1 },
  });
  expect(old).toMatchObject({ status: 409, body: { error: 'price_changed', details: { total: 1_999 } } });
});

test('an order of somebody else does not exist', async () => {
  const order = await shop.newOrder();
  const { token } = customer();
  const calls = [
    ['GET', ''],
    ['GET', '/history'],
    ['POST', '/cancel', { reason: 'mine' }],
    ['POST', '/payments', { method: 'wechat_native' }],
  ] as const;
  for (const [method, path, body] of calls) {
    const answer = await shop.api.call(`${method} /orders/${order.id}${path}`, { token, body });
    expect(answer).toMatchObject({ status: 404, body: { error: 'not_found' } });
  }
  for (const route of [
    'GET /admin/orders',
    `GET /admin/orders/${order.id}`,
    `PATCH /orders/${order.id}/status`,
  ]) {
    expect(await shop.api.call(route, { token, body: { status: 'processing' } })).toMatchObject({
      status: 403,
    });
  }
});

test('an order is paid, read with its money, and cancelled by its customer', async () => {
  const { token } = customer();
  const placed = await shop.api.call('POST /orders', { token, body: await cart() });
  const { id } = placed.body.data;
  const open = await shop.api.call(`GET /orders/${id}`, { token });
  expect(open.body.data.paymentMethods).toContainEqual({
    method: 'wechat_native',
    needsOpenid: false,
    settlement: 'online',
  });

  const started = await shop.api.call(`POST /orders/${id}/payments`, {
    token,
    body: { method: 'wechat_native' },
  });
  expect(started).toMatchObject({ status: 201, body: { data: { amount: 3_998, currency: 'CNY' } } });
  expect(started.body.data.parameters).toHaveProperty('prepay');
  const wrong = await shop.api.call(`POST /orders/${id}/payments`, { token, body: { method: 'barter' } });
  expect(wrong).toMatchObject({ status: 422, body: { error: 'payment_method_unavailable' } });

  shop.gateway.pay(started.body.data.paymentId);
  shop.clock.advance(6_000);
  const paid = await shop.api.call(`GET /orders/${id}`, { token });
  expect(paid.body.data).toMatchObject({
    ...{ status: 'confirmed', paymentStatus: 'paid', expiresAt: null, paymentMethods: [] },
    payments: [{ status: 'succeeded', amount: 3_998 }],
    refunds: [],
  });
  const cancelled = await shop.api.call(`POST /orders/${id}/cancel`, { token, body: { reason: '买错了' } });
  expect(cancelled).toMatchObject({
    status: 200,
    body: { data: { status: 'cancelled', paymentStatus: 'refund_pending', cancelReason: '买错了' } },
  });
  const history = await shop.api.call(`GET /orders/${id}/history`, { token });
  expect(history.body.data.map(({ field, to }: { field: string; to: string }) => `${field} ${to}`)).toEqual([
    'status pending',
    'payment_status unpaid',
    'fulfilment_status unfulfilled',
    'status confirmed',
    'payment_status paid',
    'payment_status refund_pending',
    'status cancelled',
    'fulfilment_status cancelled',
  ]);
});

test('a cancellation that waits for a provider is a 202', async () => {
  const { token } = customer();
  const placed = await shop.api.call('POST /orders', { token, body: await cart() });
  const { id } = placed.body.data;
  await shop.api.call(`POST /orders/${id}/payments`, { token, body: { method: 'wechat_jsapi' } });
  shop.gateway.fail('close', 'request_lost');
  const answer = await shop.api.call(`POST /orders/${id}/cancel`, { token, body: { reason: '不要了' } });
  expect(answer).toMatchObject({ status: 202, body: { data: { status: 'pending', isClosing: true } } });
  await shop.drain(MINUTE_MS);
  const later = await shop.api.call(`GET /orders/${id}`, { token });
  expect(later.body.data).toMatchObject({ status: 'cancelled', isClosing: false });
});

test('customers list their own orders, and staff filters and searches all of them', async () => {
  const { userId, token } = customer();
  const ids: string[] = [];
  for (let count = 0; count < 5; count += 1) {
    shop.clock.advance(MINUTE_MS);
    ids.push((await shop.newOrder({ customerId: userId })).id);
  }
  await shop.newOrder();
  const idsOf = (answer: { body: { data: { items: { id: string }[] } } }) =>
    answer.body.data.items.map(({ id }) => id);

  const own = await shop.api.call('GET /orders?customer=usr_other&sort=placedAt', { token });
  expect(idsOf(own)).toEqual(ids);
  expect(own.body.data.pagination).toEqual({ page: 1, limit: 20, total: 5, pages: 1 });
  expect(own.body.data.items[0].items).toHaveLength(1);

  const first = await shop.api.call(`GET /orders?limit=2`, { token });
  const { nextCursor } = first.body.data.pagination;
  const second = await shop.api.call(`GET /orders?limit=2&cursor=${nextCursor}`, { token });
  expect([...idsOf(first), ...idsOf(second)]).toEqual([...ids].reverse().slice(0, 4));
  const page = await shop.api.call('GET /orders?limit=2&page=3', { token });
  expect(idsOf(page)).toEqual([ids[0]]);

  const byCustomer = await shop.api.call(`GET /orders?customer=${userId}`, { token: staff });
  expect(idsOf(byCustomer)).toHaveLength(5);
  const { order_number: number, placed_at: placedAt } = await shop.read(ids[2] as string);
  const byNumber = await shop.api.call(`GET /admin/orders?search=${number.toLowerCase()}`, { token: staff });
  expect(idsOf(byNumber)).toEqual([ids[2]]);
  expect(byNumber.body.data.items[0]).toMatchObject({
    nextStatuses: ['cancelled'],
    metadata: { source: 'web' },
  });
  const from = new Date(placedAt).toISOString();
  const since = await shop.api.call(`GET /orders?startDate=${from}&customer=${userId}`, { token: staff });
  expect(idsOf(since)).toEqual([ids[4], ids[3], ids[2]]);
  const day = from.slice(0, 10);
  const onDay = await shop.api.call(`GET /orders?startDate=${day}&endDate=${day}`, { token });
  expect(idsOf(onDay)).toHaveLength(5);
  const paid = await shop.api.call(`GET /admin/orders?paymentStatus=paid&customer=${userId}`, {
    token: staff,
  });
  expect(idsOf(paid)).toEqual([]);
  expect(await shop.api.call('GET /orders?sort=total', { token })).toMatchObject({ status: 400 });
});

test('staff takes an order through its steps, each with an audit entry', async () => {
  const order = await shop.newPaidOrder();
  const patch = (body: object) => shop.api.call(`PATCH /orders/${order.id}/status`, { token: staff, body });
  expect(await patch({ status: 'processing', note: '已拣货' })).toMatchObject({ status: 200 });
  const shipped = await patch({ status: 'shipped', carrier: '顺丰', trackingNumber: 'SF42' });
  expect(shipped.body.data).toMatchObject({ status: 'shipped', carrier: '顺丰', trackingNumber: 'SF42' });
  expect(await patch({ status: 'confirmed' })).toMatchObject({ status: 400 });
  expect(await patch({ status: 'delivered', carrier: '顺丰' })).toMatchObject({ status: 400 });
  expect(await patch({ status: 'processing' })).toMatchObject({
    status: 409,
    body: { error: 'illegal_transition', details: { legal: ['delivered', 'returned'] } },
  });
  const entries = await shop.db.query
    .selectFrom('audit_entries')
    .selectAll()
    .where('target_id', '=', order.id)
    .orderBy('id')
    .execute();
  expect(entries.map(({ action, actor_id }) => `${actor_id} ${action}`)).toEqual([
    'usr_clerk order.advance',
    'usr_clerk order.advance',
  ]);
  expect(JSON.parse(entries[1]?.after_value ?? '')).toMatchObject({
    status: 'shipped',
    trackingNumber: 'SF42',
  });
});

test('staff sees everything that is known of an order, and a note that customers do not', async () => {
  const order = await shop.newPaidOrder();
  const token = tokenOf({ userId: order.customer_id });
  const note = { internalNote: '老客户' };
  const noted = await shop.api.call(`PATCH /admin/orders/${order.id}`, { token: staff, body: note });
  expect(noted).toMatchObject({ status: 200, body: { data: note } });
  await shop.api.call(`POST /orders/${order.id}/cancel`, { token: staff, body: { reason: '缺货' } });
  const { data } = (await shop.api.call(`GET /admin/orders/${order.id}`, { token: staff })).body;
  expect(data).toMatchObject({ ...note, status: 'cancelled', nextStatuses: [] });
  expect(new Set(data.history.map(({ entity }: { entity: string }) => entity))).toEqual(
    new Set(['order', 'payment', 'refund']),
  );
  expect(data.timeline.events.map(({ name }: { name: string }) => name)).toEqual(
    expect.arrayContaining(['order.placed', 'payment.succeeded', 'order.confirmed', 'order.cancelled']),
  );
  expect(data.timeline.jobs).toMatchObject([{ name: 'refund.send', state: 'waiting' }]);
  expect(data.timeline.notifications).toMatchObject([{ provider: 'fake_pay', state: 'applied' }]);
  const own = await shop.api.call(`GET /orders/${order.id}`, { token });
  expect(own.body.data).not.toHaveProperty('internalNote');
  expect(own.body.data).not.toHaveProperty('timeline');
});
