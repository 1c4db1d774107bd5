/** The simulator against the official SDK and the example objects of the public specification, so that it is not only checked by itself. */
import { readFileSync } from 'node:fs';
import { Stripe } from 'stripe';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Simulators, startSimulators } from '../../../simulators/src/index.ts';
import type { ObjectType } from '../../../simulators/src/stripe/objects.ts';

type Json = Record<string, unknown>;

const specified = JSON.parse(
  readFileSync(new URL('../fixtures/stripe/specified-shapes.json', import.meta.url), 'utf8'),
) as {
  resources: Record<ObjectType, Json>;
};

let simulators: Simulators;
let sdk: Stripe;

beforeAll(async () => {
  simulators = await startSimulators({ delivery: 'manual' });
  const { hostname, port } = new URL(simulators.stripeUrl);
  sdk = new Stripe(simulators.stripe.merchant().secretKey, {
    host: hostname,
    port,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
  });
});
beforeEach(() => {
  simulators.faults.clear();
});
afterAll(() => simulators.close());

const intentOf = (paymentId: string, more: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
  sdk.paymentIntents.create(
    { amount: 2_000, currency: 'usd', metadata: { payment_id: paymentId }, ...more },
    { idempotencyKey: `${paymentId}:create` },
  );

const sessionOf = (paymentId: string) =>
  sdk.checkout.sessions.create({
    mode: 'payment',
    success_url: 'https://shop.example.com/',
    line_items: [
      { quantity: 2, price_data: { currency: 'usd', unit_amount: 1_000, product_data: { name: 'Tea' } } },
    ],
    metadata: { payment_id: paymentId },
    payment_intent_data: { metadata: { payment_id: paymentId } },
  });

test.each([
  ['a bearer token', (key: string) => `Bearer ${key}`, 200],
  [
    'the user of Basic authentication, as `curl -u` sends it',
    (key: string) => `Basic ${btoa(`${key}:`)}`,
    200,
  ],
  ['a bearer token of somebody else', (key: string) => `Bearer ${key}x`, 401],
  ['no scheme', (key: string) => key, 401],
] as const)('the key as %s', async (_how, authorise, status) => {
  const authorization = authorise(simulators.stripe.merchant().secretKey);
  const answer = await fetch(`${simulators.stripeUrl}/v1/payment_intents`, { headers: { authorization } });
  expect(answer.status).toBe(status);
});

/** Every field that the specification's example has, ours has too, of the same kind where both say something. */
function differences(ours: unknown, theirs: unknown, path: string): string[] {
  if (theirs === null || ours === null) {
    return [];
  }
  if (typeof ours !== typeof theirs || Array.isArray(ours) !== Array.isArray(theirs)) {
    return [`${path} is ${typeof ours}, not ${typeof theirs}`];
  }
  if (typeof theirs !== 'object' || Array.isArray(theirs) || theirs === undefined) {
    return [];
  }
  const held = ours as Json;
  return Object.entries(theirs).flatMap(([name, value]) =>
    name in held ? differences(held[name], value, `${path}.${name}`) : [`${path}.${name} is missing`],
  );
}

describe('every answer has the shape of the public specification', () => {
  beforeAll(async () => {
    const paid = await sessionOf('SHAPE-1');
    simulators.stripe.pay({ reference: paid.id });
    const { charge } = await sdk.refunds.create({
      charge: simulators.stripe.list('charge')[0]?.id ?? '',
      amount: 100,
    });
    expect(charge).toMatch(/^ch_/);
    simulators.stripe.dispute({ paymentId: 'SHAPE-1', amount: 50 });
  });

  /** Optional in the specification: there only for what these objects are not. */
  const NOT_HERE: Partial<Record<ObjectType, readonly string[]>> = {
    charge: ['payment_method_details.card.wallet', 'refunds'],
    dispute: ['evidence', 'evidence_details.enhanced_eligibility'],
    event: ['data'],
  };

  test.each(Object.keys(specified.resources) as ObjectType[])('%s has every field of the example', (type) => {
    const ours = simulators.stripe.list(type);
    expect(ours.length).toBeGreaterThan(0);
    const skipped = NOT_HERE[type] ?? [];
    const found = ours.flatMap((object) => differences(object, specified.resources[type], type));
    expect(found.filter((line) => !skipped.some((path) => line.startsWith(`${type}.${path}`)))).toEqual([]);
  });
});

describe('an idempotency key', () => {
  test('gives the first answer again, and does nothing', async () => {
    const first = await intentOf('KEY-1');
    const again = await intentOf('KEY-1');
    expect(again.id).toBe(first.id);
  });

  test('is refused with other parameters', async () => {
    await intentOf('KEY-2');
    await expect(intentOf('KEY-2', { amount: 3_000 })).rejects.toMatchObject({
      statusCode: 400,
      rawType: 'idempotency_error',
    });
  });

  test('repeats a 500 as well', async () => {
    simulators.faults.set({ provider: 'stripe', operation: 'create_intent', kind: 'stored_error' });
    await expect(intentOf('KEY-3')).rejects.toMatchObject({ statusCode: 500 });
    await expect(intentOf('KEY-3')).rejects.toMatchObject({ statusCode: 500 });
  });

  test('stays free after a request that was malformed', async () => {
    await expect(intentOf('KEY-4', { amount: 0 })).rejects.toMatchObject({
      statusCode: 400,
      param: 'amount',
    });
    expect(await intentOf('KEY-4')).toMatchObject({ amount: 2_000 });
  });

  test('that another request holds is a conflict', async () => {
    simulators.faults.set({ provider: 'stripe', operation: 'create_intent', kind: 'key_in_use' });
    await expect(intentOf('KEY-5')).rejects.toMatchObject({
      statusCode: 409,
      code: 'idempotency_key_in_use',
    });
  });
});

describe('the official SDK', () => {
  test('is told of a card that is refused, and pays with another', async () => {
    const { id } = await intentOf('SDK-1');
    const refused = sdk.paymentIntents.confirm(id, { payment_method: 'pm_card_chargeDeclined' });
    await expect(refused).rejects.toMatchObject({
      type: 'StripeCardError',
      statusCode: 402,
      decline_code: 'generic_decline',
    });
    expect(await sdk.paymentIntents.retrieve(id)).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { decline_code: 'generic_decline' },
    });
    const paid = await sdk.paymentIntents.confirm(id, {
      payment_method: 'pm_card_visa',
      expand: ['latest_charge.balance_transaction'],
    });
    expect(paid).toMatchObject({
      status: 'succeeded',
      latest_charge: { captured: true, balance_transaction: { amount: 2_000, fee: 88, net: 1_912 } },
    });
    await expect(sdk.paymentIntents.cancel(id)).rejects.toMatchObject({
      statusCode: 400,
      code: 'payment_intent_unexpected_state',
    });
  });

  test('pages through what there is', async () => {
    await Promise.all(Array.from({ length: 15 }, (_value, index) => intentOf(`PAGE-${index}`)));
    const ids = new Set<string>();
    for await (const { id } of sdk.paymentIntents.list({ limit: 4 })) {
      ids.add(id);
    }
    expect(ids.size).toBe(simulators.stripe.list('payment_intent').length);
  });

  test('believes the events that are sent', async () => {
    simulators.stripe.changeSettings({ webhookUrl: 'http://127.0.0.1:9/hook' });
    await intentOf('EVENT-1');
    simulators.stripe.changeSettings({ webhookUrl: null });
    const [sent] = simulators.notifications.list({ subject: 'EVENT-1' });
    const { headers, body } = simulators.notifications.compose(sent?.id ?? '');
    const { webhookSecret } = simulators.stripe.merchant();
    const event = sdk.webhooks.constructEvent(body, headers['stripe-signature'] ?? '', webhookSecret);
    expect(event).toMatchObject({ type: 'payment_intent.created', data: { object: { amount: 2_000 } } });
  });

  test.each([
    ['no such intent', () => sdk.paymentIntents.retrieve('pi_none'), 404, 'resource_missing'],
    [
      'a page that ends too soon',
      () =>
        sdk.checkout.sessions.create({ mode: 'payment', success_url: 'https://a.example', expires_at: 1 }),
      400,
      undefined,
    ],
    [
      'more than was held',
      () => intentOf('HELD-1').then(({ id }) => sdk.paymentIntents.capture(id)),
      400,
      'payment_intent_unexpected_state',
    ],
    ['a refund of nothing', () => sdk.refunds.create({ charge: 'ch_none' }), 404, 'resource_missing'],
  ])('is refused %s', async (_what, ask, statusCode, code) => {
    await expect(ask()).rejects.toMatchObject({ statusCode, ...(code !== undefined && { code }) });
  });

  test('a parameter that Stripe does not know is refused', async () => {
    await expect(intentOf('UNKNOWN-1', { colour: 'red' } as never)).rejects.toMatchObject({
      code: 'parameter_unknown',
      param: 'colour',
    });
  });
});

test('the control API plays the payer, and refuses what makes no sense', async () => {
  const session = await sessionOf('CONTROL-1');
  const post = async (path: string, body: object) => {
    const answer = await fetch(`${simulators.controlUrl}/control/stripe/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as Json };
  };
  expect((await post('pay', { reference: 'cs_none' })).status).toBe(404);
  expect((await post('pay', { reference: session.id, card: '1' })).body.error).toBe('unknown_card');
  expect((await post('pay', { reference: session.id })).body).toMatchObject({
    result: 'paid',
    returnUrl: 'https://shop.example.com/',
  });
  expect((await post('pay', { reference: session.id })).body).toMatchObject({
    result: 'refused',
    reason: 'not_open',
  });
  const page = await fetch(session.url ?? '');
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('/stripe/pay.js')]);
});
