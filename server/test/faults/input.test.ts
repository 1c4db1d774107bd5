import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestAnswer } from '../harness/api.ts';
import type { TestBuyer } from '../harness/app.ts';
import { ADDRESS, openStage, type Seen, type Stage } from '../scenarios/stage.ts';

let stage: Stage;
let buyer: TestBuyer;
let variantId: string;
let order: Seen;
let paymentId: string;

beforeAll(async () => {
  stage = await openStage();
  buyer = await stage.newBuyer();
  variantId = await stage.addVariant({ price: 1_280 });
  order = await stage.place(buyer, [{ variantId, quantity: 1 }]);
  ({ paymentId } = await stage.open(buyer, order.id));
});

afterAll(() => stage.close());

const place = (body: unknown) => stage.call('POST /orders', { token: buyer.token, body });
const line = (changes: object = {}) => ({ variantId, quantity: 2, ...changes });

/** Says what is wrong in the envelope, and nothing of how the program looks inside. */
function expectRefusal({ status, body }: TestAnswer, code: number, error: string): void {
  expect([status, body.error]).toEqual([code, error]);
  expect(body).toMatchObject({ code, data: null });
  expect(body.requestId).toMatch(/^req_/);
  expect(JSON.stringify(body)).not.toMatch(/node_modules|\.ts:\d|at \w+ \(|SELECT|sqlite|postgres/i);
}

describe('bad input', () => {
  test.each([
    ['malformed JSON', '{"items":['],
    ['a body that is no object', '[]'],
  ])('that is %s is refused', async (_name, body) => {
    const answer = await stage.call('POST /orders', { token: buyer.token, body });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 400, data: null });
  });

  test.each([
    ['an unknown field', { items: [line()], shippingAddress: ADDRESS, isPaid: true }, ''],
    [
      'a quantity as text',
      { items: [line({ quantity: '2' })], shippingAddress: ADDRESS },
      'items.0.quantity',
    ],
    ['a fraction', { items: [line({ quantity: 1.5 })], shippingAddress: ADDRESS }, 'items.0.quantity'],
    ['nothing', { items: [], shippingAddress: ADDRESS }, 'items'],
    ['minus one', { items: [line({ quantity: -1 })], shippingAddress: ADDRESS }, 'items.0.quantity'],
    ['no items', { shippingAddress: ADDRESS }, 'items'],
    ['null', { items: null, shippingAddress: ADDRESS }, 'items'],
    ['a status of its own', { items: [line({ status: 'paid' })], shippingAddress: ADDRESS }, 'items.0'],
  ])('with %s is refused, and the field is named', async (_name, body, field) => {
    const answer = await place(body);
    expectRefusal(answer, 400, 'invalid_request');
    const fields = answer.body.errors.map((entry: { field: string }) => entry.field);
    expect(fields.some((name: string) => name.startsWith(field))).toBe(true);
  });

  test('is refused in the language that was asked for', async () => {
    const ask = (language: string) =>
      stage.call('POST /orders', {
        token: buyer.token,
        body: { items: [line()] },
        headers: { 'accept-language': language },
      });
    const [english, chinese] = await Promise.all([ask('en'), ask('zh-CN,zh;q=0.9')]);
    expectRefusal(english, 422, 'shipping_address_required');
    expect(english.body.message).toMatch(/address/);
    expect(chinese.body.message).toMatch(/地址/);
  });
});

describe('prices and totals come from the catalogue', () => {
  test.each([
    ['a unit price', { items: [{ variantId: '', quantity: 1, unitPrice: 1 }] }],
    ['a total', { items: [{ variantId: '', quantity: 1 }], expectedTotal: 1 }],
  ])('%s that differs is refused, with what it costs', async (_name, body) => {
    const items = body.items.map((item) => ({ ...item, variantId }));
    expectRefusal(await place({ ...body, items, shippingAddress: ADDRESS }), 409, 'price_changed');
  });

  test('there is no way to say what an order costs or that it is paid', async () => {
    for (const field of ['total', 'subtotal', 'discount', 'paymentStatus', 'status']) {
      expect((await place({ items: [line()], shippingAddress: ADDRESS, [field]: 0 })).status).toBe(400);
    }
    for (const status of ['confirmed', 'paid', 'closed', 'pending']) {
      const answer = await stage.call(`PATCH /orders/${order.id}/status`, {
        token: stage.adminToken,
        body: { status },
      });
      expect(answer.status).toBe(400);
    }
  });
});

describe("other people's things do not exist", () => {
  test('orders, their history, their payments', async () => {
    const { token } = await stage.newBuyer();
    const answers = await Promise.all([
      stage.call(`GET /orders/${order.id}`, { token }),
      stage.call(`GET /orders/${order.id}/history`, { token }),
      stage.call(`POST /orders/${order.id}/cancel`, { token, body: { reason: 'mine now' } }),
      stage.call(`POST /orders/${order.id}/payments`, { token, body: { method: 'wechat_native' } }),
      stage.call(`POST /orders/${order.id}/refunds`, { token, body: { reason: 'mine now' } }),
      stage.call(`GET /payments/${paymentId}`, { token }),
    ]);
    for (const answer of answers) {
      expectRefusal(answer, 404, 'not_found');
    }
    const list = await stage.call(`GET /orders?customer=${buyer.userId}`, { token });
    expect(list.body.data.items).toEqual([]);
  });
});

interface Operation {
  readonly method: string;
  readonly path: string;
}

/** Every operation of the OpenAPI document whose path or description says that it is for staff. */
async function readOperations(): Promise<Operation[]> {
  const { body } = await stage.call('GET /api/openapi.json');
  return Object.entries(body.paths as Record<string, object>).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
  );
}

test('no customer and no stranger gets through any route for staff', async () => {
  const operations = (await readOperations()).filter(({ path }) => path.startsWith('/admin/'));
  expect(operations.length).toBeGreaterThan(15);
  const staffOnly = [
    ...operations,
    { method: 'POST', path: '/products' },
    { method: 'POST', path: '/products/import' },
    { method: 'PATCH', path: '/products/{id}' },
    { method: 'DELETE', path: '/products/{id}' },
    { method: 'PATCH', path: '/orders/{id}/status' },
    { method: 'POST', path: '/wechat/getAccessToken' },
  ];
  for (const { method, path } of staffOnly) {
    const route = `${method} ${path.replaceAll(/\{\w+\}/g, order.id)}`;
    const body = method === 'GET' || method === 'DELETE' ? undefined : {};
    const headers = path === '/products/import' ? { 'content-type': 'text/csv' } : {};
    const customer = await stage.call(route, { token: buyer.token, body, headers });
    expect([route, customer.status, customer.body.error]).toEqual([route, 403, 'forbidden']);
    const stranger = await stage.call(route, { body, headers });
    expect([route, stranger.status, stranger.body.error]).toEqual([route, 401, 'unauthenticated']);
  }
});

test('every write of staff stands in the audit log, in the same transaction', async () => {
  await stage.call(`PATCH /admin/inventory/${variantId}`, {
    token: stage.adminToken,
    body: { onHand: 50, reason: 'counted' },
  });
  const { body } = await stage.call('GET /admin/audit?action=stock.set', { token: stage.adminToken });
  expect(body.data.items[0]).toMatchObject({ action: 'stock.set', target: { type: 'stock', id: variantId } });
});

test('a token that was tampered with is none', async () => {
  const [head, payload, signature] = buyer.token.split('.');
  const forged = Buffer.from(
    JSON.stringify({
      ...JSON.parse(Buffer.from(payload ?? '', 'base64url').toString()),
      roles: ['administrator'],
    }),
  );
  const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
  for (const token of [`${head}.${forged.toString('base64url')}.${signature}`, `${none}.${payload}.`, 'x']) {
    expectRefusal(await stage.call('GET /orders', { token }), 401, 'unauthenticated');
  }
});
