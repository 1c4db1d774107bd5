import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tokenOf } from '../../../test/harness/api.ts';
import { HOME, openShop, type Shop } from '../../../test/harness/shop.ts';
import { encodeCursor } from '../../kernel/http/index.ts';
import { newId } from '../../kernel/ids.ts';
import { toOrderAddress } from './address.ts';
import type { OrderRow } from './index.ts';

const userId = newId('usr');
const buyer = tokenOf({ userId });
const staff = tokenOf({ userId: 'usr_clerk', kind: 'staff', permissions: ['*'] });

let shop: Shop;
let order: OrderRow;
let variantId: string;

beforeAll(async () => {
  shop = await openShop();
  variantId = await shop.addVariant();
  ({ order } = await shop.place([variantId], { customerId: userId }));
});

afterAll(async () => {
  expect(await shop.violations()).toEqual([]);
  await shop.close();
});

describe('a zero character, which PostgreSQL stores nowhere, is refused with its field', () => {
  const address = toOrderAddress(HOME);
  const items = () => [{ variantId, quantity: 1 }];

  test.each([
    ['a note', 'notes', () => ({ items: items(), shippingAddress: address, notes: 'a\0b' })],
    [
      'an address',
      'shippingAddress.city',
      () => ({ items: items(), shippingAddress: { ...address, city: '上\0海' } }),
    ],
    [
      'an id',
      'items.0.variantId',
      () => ({ items: [{ variantId: '\0', quantity: 1 }], shippingAddress: address }),
    ],
  ])('where %s has one', async (_name, field, body) => {
    const answer = await shop.api.call('POST /orders', { token: buyer, body: body() });
    expect(answer).toMatchObject({
      status: 400,
      body: { error: 'invalid_request', errors: [{ field, code: 'invalid_character' }] },
    });
  });

  test.each([
    'GET /orders/ord_%00',
    'GET /payments/%00',
    'GET /admin/orders?search=%00',
    'GET /admin/payments?purposeId=a%00b',
    'GET /admin/inventory?search=a%00',
    'GET /orders?customer=%00',
  ])('where it stands in %s', async (route) => {
    expect((await shop.api.call(route, { token: staff })).status).toBe(400);
  });

  test('a reason with a zero character cancels nothing', async () => {
    const route = `POST /orders/${order.id}/cancel`;
    const answer = await shop.api.call(route, { token: buyer, body: { reason: 'x\0' } });
    expect(answer.status).toBe(400);
    expect((await shop.read(order.id)).status).toBe('pending');
  });
});

describe('a cursor that was tampered with is refused', () => {
  const values = [[1.5, 'x'], [1e300, 'x'], [1, 'x\0'], [-0.1, ''], ['a', 1], [], [null, {}]];

  test.each(['/orders', '/admin/orders', '/admin/payments', '/admin/refunds', '/admin/provider-events'])(
    'when it is given to %s',
    async (path) => {
      for (const value of values) {
        const cursor = encodeCursor(value as (string | number)[]);
        const answer = await shop.api.call(`GET ${path}?cursor=${cursor}`, { token: staff });
        expect([value, answer]).toMatchObject([value, { status: 400, body: { error: 'bad_cursor' } }]);
      }
    },
  );
});

describe('an id with a space behind it is no id, on MariaDB as everywhere', () => {
  test.each([
    ['GET /orders/ID%20', undefined],
    ['GET /orders/ID%20/history', undefined],
    ['POST /orders/ID%20/cancel', { reason: 'x' }],
    ['POST /orders/ID%20/payments', { method: 'wechat_native' }],
  ])('as asked for by %s', async (route, body) => {
    const answer = await shop.api.call(route.replace('ID', order.id), { token: buyer, body });
    expect(answer).toMatchObject({ status: 404, body: { error: 'not_found' } });
  });

  test('no stock is set under such an id', async () => {
    const body = { onHand: 3 };
    const answer = await shop.api.call(`PATCH /admin/inventory/${variantId}%20`, { token: staff, body });
    expect(answer.status).toBe(404);
  });
});

test.each([
  'startDate=0001-01-01',
  'startDate=0000-01-01&endDate=9999-12-31',
  'endDate=9999-12-31T23:59:59.999%2B23:59',
  'startDate=2026-11-20T10:00:00.123456789012Z',
  'startDate=2026-11-20T10:00Z',
  'startDate=2026-02-30',
  'page=10000&limit=100',
  'page=99999999999999999999',
  'search=%F0%9F%92%A9',
  `search=${'x'.repeat(190)}`,
  `search=${'x'.repeat(191)}`,
])('a list asked for with %s is answered or refused', async (query) => {
  const { status } = await shop.api.call(`GET /admin/orders?${query}`, { token: staff });
  expect([200, 400]).toContain(status);
});

test.each([
  ['a broken escape', 'GET /orders/%E0%A4%A', 400, 'invalid_request'],
  [
    'a name as long as a slug',
    `POST /products/${encodeURIComponent('茶'.repeat(190))}/reserve`,
    404,
    'not_found',
  ],
  ['a name longer than any', `GET /orders/${'x'.repeat(500)}`, 404, 'not_found'],
])('%s in the path is refused in the envelope', async (_name, route, code, error) => {
  const options = route.startsWith('POST') ? { token: staff, body: { quantity: 1 } } : { token: staff };
  const answer = await shop.api.call(route, options);
  expect(answer.body).toMatchObject({ code, error, data: null });
  expect(answer.headers['x-request-id']).toBe(answer.body.requestId);
});
