/**
 * Every answer has the shape that PayPal's public specification gives it. PayPal's own SDK can not take part: its address is
 * fixed to sandbox or live, so it can not be pointed at a simulator.
 */
import { Ajv } from 'ajv';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Delivery, startReceiver } from '../../test/receiver.ts';
import { type Simulators, startSimulators } from '../index.ts';
import schemas from './paypal-schemas.json' with { type: 'json' };

type Json = Record<string, unknown> & { id: string; status: string };

// The specification's formats are PayPal's own, and some of its patterns are no Unicode ones.
const ajv = new Ajv({ strict: false, unicodeRegExp: false, validateFormats: false, allErrors: true });
ajv.addSchema({ $id: 'paypal', definitions: schemas.definitions });

let simulators: Simulators;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
let token = '';

function expectShape(body: unknown, definition: string): void {
  const validate = ajv.compile({ $ref: `paypal#/definitions/${definition}` });
  validate(body);
  expect(validate.errors ?? [], `${definition}: ${JSON.stringify(body)}`).toEqual([]);
}

async function call(
  method: 'GET' | 'POST',
  path: string,
  body?: object,
  headers: Record<string, string> = {},
) {
  const answer = await fetch(simulators.paypalUrl + path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      prefer: 'return=representation',
      ...headers,
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, json: (text === '' ? {} : JSON.parse(text)) as Json };
}

let count = 0;
const nextId = () => `pay_${String(++count).padStart(8, '0')}`;

function order(intent: 'CAPTURE' | 'AUTHORIZE', changes: object = {}) {
  const id = nextId();
  const unit = {
    custom_id: id,
    invoice_id: id,
    amount: { currency_code: 'USD', value: '12.34' },
    ...changes,
  };
  const experience = {
    return_url: 'https://shop.example.test/back',
    cancel_url: 'https://shop.example.test/back',
  };
  return {
    intent,
    purchase_units: [unit],
    payment_source: { paypal: { experience_context: experience } },
  };
}

async function open(intent: 'CAPTURE' | 'AUTHORIZE'): Promise<Json> {
  const { status, json } = await call('POST', '/v2/checkout/orders', order(intent), {
    'paypal-request-id': nextId(),
  });
  expect(status).toBe(201);
  return json;
}

async function buy(): Promise<{ order: Json; captureId: string }> {
  const { id } = await open('CAPTURE');
  simulators.paypal.approve({ orderId: id });
  const { json } = await call('POST', `/v2/checkout/orders/${id}/capture`, {});
  return { order: json, captureId: simulators.paypal.findOrder(id).captures[0]?.id ?? '' };
}

beforeAll(async () => {
  simulators = await startSimulators({ delivery: 'manual', timeScale: 1000 });
  receiver = await startReceiver();
  simulators.paypal.changeSettings({ webhookUrl: receiver.url });
  const { clientId, clientSecret } = simulators.paypal.merchant();
  const answer = await fetch(`${simulators.paypalUrl}/v1/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const granted = (await answer.json()) as Record<string, unknown>;
  expect(granted).toMatchObject({ token_type: 'Bearer', expires_in: 32_400, app_id: expect.any(String) });
  token = String(granted.access_token);
});
afterAll(async () => {
  await receiver.close();
  await simulators.close();
});

test('orders in every state have the shape of an order', async () => {
  const opened = await open('CAPTURE');
  expectShape(opened, 'checkout_orders_v2/order');
  simulators.paypal.approve({ orderId: opened.id });
  const path = `/v2/checkout/orders/${opened.id}`;
  expectShape((await call('GET', path)).json, 'checkout_orders_v2/order');
  const captured = await call('POST', `${path}/capture`, {}, { 'paypal-request-id': 'cap' });
  expect([captured.status, captured.json.status]).toEqual([201, 'COMPLETED']);
  expectShape(captured.json, 'checkout_orders_v2/order');
  const again = await call('POST', `${path}/capture`, {}, { 'paypal-request-id': 'cap' });
  expect([again.status, again.json]).toEqual([200, captured.json]);
  expectShape((await call('GET', path)).json, 'checkout_orders_v2/order');
});

test('captures and refunds have the shape of theirs', async () => {
  const { captureId } = await buy();
  expectShape(
    (await call('GET', `/v2/payments/captures/${captureId}`)).json,
    'payments_payment_v2/capture-2',
  );
  const refunded = await call('POST', `/v2/payments/captures/${captureId}/refund`, {
    amount: { currency_code: 'USD', value: '1.00' },
    custom_id: 'pay_1.ref_1',
    note_to_payer: 'too small',
  });
  expect(refunded.status).toBe(201);
  expectShape(refunded.json, 'payments_payment_v2/refund');
  expectShape(
    (await call('GET', `/v2/payments/refunds/${refunded.json.id}`)).json,
    'payments_payment_v2/refund',
  );
});

test('holds, their captures and their voids have the shape of theirs', async () => {
  const { id } = await open('AUTHORIZE');
  simulators.paypal.approve({ orderId: id });
  const held = await call('POST', `/v2/checkout/orders/${id}/authorize`, {});
  expectShape(held.json, 'checkout_orders_v2/order');
  const authorisationId = simulators.paypal.findOrder(id).authorisation?.id ?? '';
  const path = `/v2/payments/authorizations/${authorisationId}`;
  expectShape((await call('GET', path)).json, 'payments_payment_v2/authorization-2');
  const part = { amount: { currency_code: 'USD', value: '5.00' }, invoice_id: 'cap_1' };
  const captured = await call('POST', `${path}/capture`, part);
  expect(captured.status).toBe(201);
  expectShape(captured.json, 'payments_payment_v2/capture-2');
  const voided = await call('POST', `${path}/void`, {});
  expect([voided.status, voided.json.status]).toEqual([200, 'VOIDED']);
  expectShape(voided.json, 'payments_payment_v2/authorization-2');
  expectShape((await call('POST', `${path}/void`, {})).json, 'checkout_orders_v2/error_422');
});

test('disputes and the report have the shape of theirs', async () => {
  const { captureId } = await buy();
  const { id } = simulators.paypal.openDispute({ captureId });
  const path = `/v1/customer/disputes/${id}`;
  expectShape((await call('GET', path)).json, 'customer_disputes_v1/dispute');
  simulators.paypal.moveDispute(id, { status: 'RESOLVED', outcome: 'RESOLVED_BUYER_FAVOUR' });
  expectShape((await call('GET', path)).json, 'customer_disputes_v1/dispute');
  const day = new Date(simulators.clockView().epochMs).toISOString().slice(0, 10);
  simulators.advanceClock(2 * 86_400_000);
  const { access_token } = await renew();
  token = access_token;
  const query = `start_date=${day}T00:00:00Z&end_date=${day}T23:59:59Z&fields=transaction_info&page_size=2`;
  const { status, json } = await call('GET', `/v1/reporting/transactions?${query}`);
  expect(status).toBe(200);
  expect(Number(json.total_items)).toBeGreaterThan(4);
  expectShape(json, 'reporting_transactions_v1/search_response');
});

async function renew(): Promise<{ access_token: string }> {
  const { clientId, clientSecret } = simulators.paypal.merchant();
  const answer = await fetch(`${simulators.paypalUrl}/v1/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  return (await answer.json()) as { access_token: string };
}

test('refusals have the shape of the error of their status, and its words', async () => {
  const { id } = await open('CAPTURE');
  const notApproved = await call('POST', `/v2/checkout/orders/${id}/capture`, {});
  expect([notApproved.status, notApproved.json.details]).toEqual([422, [{ issue: 'ORDER_NOT_APPROVED' }]]);
  expectShape(notApproved.json, 'checkout_orders_v2/error_422');
  const missing = await call('GET', '/v2/checkout/orders/NOTHING');
  expect(missing.status).toBe(404);
  expectShape(missing.json, 'checkout_orders_v2/error_404');
  const malformed = await call(
    'POST',
    '/v2/checkout/orders',
    { intent: 'SELL' },
    { 'paypal-request-id': nextId() },
  );
  expect(malformed.status).toBe(400);
  expectShape(malformed.json, 'checkout_orders_v2/error_400');
  const stranger = await call('GET', `/v2/checkout/orders/${id}`, undefined, {
    authorization: 'Bearer none',
  });
  expect(stranger.status).toBe(401);
  expectShape(stranger.json, 'checkout_orders_v2/error_401');
  simulators.faults.set({ provider: 'paypal', operation: 'capture_order', kind: 'request_in_progress' });
  simulators.paypal.approve({ orderId: id });
  const busy = await call('POST', `/v2/checkout/orders/${id}/capture`, {});
  expect(busy.status).toBe(409);
  expectShape(busy.json, 'payments_payment_v2/error_409');
  simulators.faults.set({ provider: 'paypal', operation: 'get_order', kind: 'error' });
  expectShape((await call('GET', `/v2/checkout/orders/${id}`)).json, 'payments_payment_v2/error_500');
});

test.each([
  ['12.345', 'USD', 'DECIMAL_PRECISION'],
  ['12.5', 'JPY', 'DECIMALS_NOT_SUPPORTED'],
  ['0.00', 'USD', 'CANNOT_BE_ZERO_OR_NEGATIVE'],
  ['1.00', 'XYZ', 'INVALID_CURRENCY_CODE'],
])('%s %s is refused with %s', async (value, currency_code, issue) => {
  const body = order('CAPTURE', { amount: { currency_code, value } });
  const { status, json } = await call('POST', '/v2/checkout/orders', body, { 'paypal-request-id': nextId() });
  expect([status, (json.details as { issue: string }[])[0]?.issue]).toEqual([422, issue]);
});

test('notifications have the shape of an event, with a resource in the shape of its own', async () => {
  await simulators.notifications.flush();
  const events = receiver.deliveries.map(({ body }: Delivery) => JSON.parse(body) as Json);
  const shapes: Record<string, string> = {
    'checkout-order': 'checkout_orders_v2/order',
    capture: 'payments_payment_v2/capture-2',
    refund: 'payments_payment_v2/refund',
    authorization: 'payments_payment_v2/authorization-2',
    dispute: 'customer_disputes_v1/dispute',
  };
  for (const event of events) {
    expectShape(event, 'notifications_webhooks_v1/event');
    expectShape(event.resource, shapes[String(event.resource_type)] ?? 'unknown');
  }
  expect(new Set(events.map(({ resource_type }) => resource_type))).toEqual(new Set(Object.keys(shapes)));
});

test('a buyer agrees on the page, or goes away, and is led back', async () => {
  const { id, links } = await open('CAPTURE');
  const address =
    (links as { rel: string; href: string }[]).find(({ rel }) => rel === 'payer-action')?.href ?? '';
  const page = await (await fetch(address)).text();
  expect(page).toContain('USD 12.34');
  const post = (action: string) =>
    fetch(`${simulators.paypalUrl}/checkoutnow`, {
      method: 'POST',
      body: new URLSearchParams({ token: id, action }),
      redirect: 'manual',
    });
  const gone = await post('cancel');
  expect(gone.headers.get('location')).toBe(`https://shop.example.test/back?token=${id}`);
  expect(simulators.paypal.findOrder(id).status).toBe('PAYER_ACTION_REQUIRED');
  const agreed = await post('approve');
  expect(agreed.headers.get('location')).toMatch(/\?token=\w+&PayerID=[2-9A-HJ-NP-Z]{13}$/);
  expect(simulators.paypal.findOrder(id).status).toBe('APPROVED');
});
