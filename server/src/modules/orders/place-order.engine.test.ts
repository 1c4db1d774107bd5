import { afterAll, beforeAll, expect, test } from 'vitest';
import { HOME, openShop, type Shop } from '../../../test/harness/shop.ts';
import { MINUTE_MS } from '../../kernel/clock.ts';
import { type AppError, type ErrorDefinition, isError, notFound } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { insufficientStock, readStockOf } from '../inventory/index.ts';
import {
  currencyMixed,
  priceChanged,
  shippingAddressRequired,
  tooManyUnpaidOrders,
  variantUnavailable,
} from './errors.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await openShop({ config: { payExpireMs: 15 * MINUTE_MS, maxUnpaid: 3 } });
});

afterAll(async () => {
  expect(await shop.violations()).toEqual([]);
  await shop.close();
});

async function refusalOf(placing: Promise<unknown>, definition: ErrorDefinition): Promise<AppError> {
  const error = await placing.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isError(error, definition)) {
    throw new Error(`expected ${definition.code}, got ${String(error)}`);
  }
  return error;
}

test('an order keeps what was ordered as it was, and promises its stock', async () => {
  const tea = await shop.addVariant({ unitPrice: 1_999, salePrice: 1_500 });
  const cup = await shop.addVariant({ unitPrice: 300, name: '茶杯' });
  const customerId = newId('usr');
  const { order, repeatOf } = await shop.place([], {
    customerId,
    items: [
      { variantId: tea, quantity: 2, unitPrice: 1_500 },
      { variantId: cup, quantity: 1 },
      { variantId: tea, quantity: 1 },
    ],
    customerNote: '请轻放',
    expectedTotal: 4_800,
  });
  expect(repeatOf).toBeNull();
  expect(order).toMatchObject({
    customer_id: customerId,
    ...{ status: 'pending', payment_status: 'unpaid', fulfilment_status: 'unfulfilled' },
    ...{ subtotal: 4_800, discount: 0, tax: 0, shipping: 0, total: 4_800, currency: 'CNY' },
    ...{ customer_note: '请轻放', expires_at: shop.clock.now() + 15 * MINUTE_MS },
  });
  expect(JSON.parse(order.shipping_address as string)).toMatchObject({ firstName: '小明', city: '上海' });
  expect(order.billing_address).toBe(order.shipping_address);
  const lines = await shop.db.query
    .selectFrom('order_lines')
    .selectAll()
    .where('order_id', '=', order.id)
    .orderBy('position')
    .execute();
  expect(lines.map(({ variant_id, quantity, total_price }) => [variant_id, quantity, total_price])).toEqual([
    [tea, 3, 4_500],
    [cup, 1, 300],
  ]);
  expect(await readStockOf(shop.db, tea)).toMatchObject({ onHand: 100, reserved: 3 });
  const events = await shop.db.query
    .selectFrom('events')
    .selectAll()
    .where('subject', '=', order.id)
    .execute();
  expect(events.map(({ name }) => name)).toEqual(['order.placed']);
});

test('the same cart sent fifty times at once is one order', async () => {
  const variantId = await shop.addVariant();
  const customerId = newId('usr');
  const placed = await Promise.all(Array.from({ length: 50 }, () => shop.place([variantId], { customerId })));
  expect(new Set(placed.map(({ order }) => order.id)).size).toBe(1);
  expect(placed.filter(({ repeatOf }) => repeatOf === null)).toHaveLength(1);
  expect(placed.filter(({ repeatOf }) => repeatOf === 'cart')).toHaveLength(49);
  expect(await readStockOf(shop.db, variantId)).toMatchObject({ reserved: 1 });
});

test('fifty runs under one claim are one order, even where the last unit went to the first of them', async () => {
  const variantId = await shop.addVariant({ onHand: 1 });
  const request = { customerId: newId('usr'), claimId: newId('clm') };
  const placed = await Promise.all(Array.from({ length: 50 }, () => shop.place([variantId], request)));
  expect(new Set(placed.map(({ order }) => order.id)).size).toBe(1);
  expect(placed.filter(({ repeatOf }) => repeatOf === 'key')).toHaveLength(49);
});

test('equal carts under different keys are different orders', async () => {
  const variantId = await shop.addVariant();
  const customerId = newId('usr');
  const first = await shop.place([variantId], { customerId, claimId: newId('clm') });
  const second = await shop.place([variantId], { customerId, claimId: newId('clm') });
  expect(first.order.id).not.toBe(second.order.id);
});

test('the same cart after a minute, after cancelling or to another address is another order', async () => {
  const variantId = await shop.addVariant();
  const request = { customerId: newId('usr') };
  const first = await shop.place([variantId], request);
  const elsewhere = await shop.place([variantId], { ...request, shippingAddress: { ...HOME, city: '杭州' } });
  expect(elsewhere.order.id).not.toBe(first.order.id);
  shop.clock.advance(MINUTE_MS - 1);
  expect(await shop.place([variantId], request)).toMatchObject({
    repeatOf: 'cart',
    order: { id: first.order.id },
  });
  shop.clock.advance(1);
  const later = await shop.place([variantId], request);
  expect(later.repeatOf).toBeNull();
  await shop.orders.cancelOrder({
    orderId: later.order.id,
    by: { type: 'customer', id: request.customerId },
    reason: '改主意',
    customerId: request.customerId,
  });
  expect((await shop.place([variantId], request)).repeatOf).toBeNull();
});

test('a caller that asks for it gets the same order for as long as it can be paid', async () => {
  const variantId = await shop.addVariant();
  const request = { customerId: newId('usr'), repeats: 'while_payable' } as const;
  const first = await shop.place([variantId], request);
  shop.clock.advance(10 * MINUTE_MS);
  expect((await shop.place([variantId], request)).order.id).toBe(first.order.id);
  shop.clock.advance(5 * MINUTE_MS);
  expect((await shop.place([variantId], request)).order.id).not.toBe(first.order.id);
});

test('a repeat that finds nothing left gets its order, and another customer is told what is short', async () => {
  const variantId = await shop.addVariant({ onHand: 1 });
  const customerId = newId('usr');
  const first = await shop.place([variantId], { customerId });
  expect((await shop.place([variantId], { customerId })).order.id).toBe(first.order.id);
  const refusal = await refusalOf(shop.place([variantId]), insufficientStock);
  expect(refusal.details).toEqual({ lines: [{ variantId, requested: 1, available: 0 }] });
});

test('a price or total that is not ours any more is refused with the present ones', async () => {
  const variantId = await shop.addVariant({ unitPrice: 500 });
  const current = { lines: [{ variantId, unitPrice: 500 }], total: 500, currency: 'CNY' };
  const oldPrice = shop.place([], { items: [{ variantId, quantity: 1, unitPrice: 1 }] });
  expect((await refusalOf(oldPrice, priceChanged)).details).toEqual(current);
  const oldTotal = shop.place([variantId], { expectedTotal: 1 });
  expect((await refusalOf(oldTotal, priceChanged)).details).toEqual(current);
});

test('what is unknown, not for sale or in two currencies is refused', async () => {
  const gone = await shop.addVariant({ isSellable: false });
  const dollars = await shop.addVariant({ currency: 'USD' });
  const yuan = await shop.addVariant();
  const refusal = await refusalOf(shop.place([gone, 'var_nothing', yuan]), variantUnavailable);
  expect(refusal.details).toEqual({ variantIds: [gone, 'var_nothing'] });
  await refusalOf(shop.place([dollars, yuan]), currencyMixed);
});

test('goods go to the named or the default address, never to somebody else’s', async () => {
  const variantId = await shop.addVariant();
  const customerId = newId('usr');
  const nowhere = { customerId, shippingAddress: undefined };
  await refusalOf(shop.place([variantId], nowhere), shippingAddressRequired);
  await refusalOf(shop.place([variantId], { ...nowhere, addressId: 'adr_home' }), notFound);
  shop.homes.set(customerId, HOME);
  const named = await shop.place([variantId], { ...nowhere, addressId: 'adr_home', claimId: newId('clm') });
  const byDefault = await shop.place([variantId], nowhere);
  expect(named.order.shipping_address).toBe(byDefault.order.shipping_address);
  const download = await shop.addVariant({ requiresShipping: false, onHand: null });
  const { order } = await shop.place([download], { shippingAddress: undefined });
  expect(order).toMatchObject({ shipping_address: null, requires_shipping: 0 });
});

test('a customer who orders twenty things at once has no more unpaid orders than the limit', async () => {
  const variantIds = await Promise.all(Array.from({ length: 20 }, () => shop.addVariant()));
  const customerId = newId('usr');
  const placed = await Promise.allSettled(
    variantIds.map((variantId) => shop.place([variantId], { customerId })),
  );
  const refused = placed.filter((result) => result.status === 'rejected');
  expect(refused).toHaveLength(17);
  expect(refused.every(({ reason }) => isError(reason, tooManyUnpaidOrders))).toBe(true);
});

test('an order that costs nothing is confirmed at once, once, and waits for no money', async () => {
  const variantId = await shop.addVariant({ salePrice: 0 });
  const customerId = newId('usr');
  const placed = await Promise.all(Array.from({ length: 8 }, () => shop.place([variantId], { customerId })));
  expect(new Set(placed.map(({ order }) => order.id)).size).toBe(1);
  const order = await shop.read(placed[0]?.order.id as string);
  expect(order).toMatchObject({ total: 0, status: 'confirmed', payment_status: 'paid' });
  const jobs = await shop.db.query
    .selectFrom('jobs')
    .selectAll()
    .where('unique_key', '=', `order.close:${order.id}`)
    .execute();
  expect(jobs).toEqual([]);
});
