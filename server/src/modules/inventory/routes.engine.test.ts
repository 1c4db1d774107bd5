import { afterAll, beforeAll, expect, test } from 'vitest';
import { tokenOf } from '../../../test/harness/api.ts';
import { openShop, type Shop } from '../../../test/harness/shop.ts';
import { MINUTE_MS } from '../../kernel/clock.ts';
import { newId } from '../../kernel/ids.ts';
import { readStockOf } from './index.ts';

const staff = tokenOf({
  userId: 'usr_clerk',
  kind: 'staff',
  permissions: ['inventory.read', 'inventory.write'],
});

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});

afterAll(async () => {
  expect(await shop.violations()).toEqual([]);
  await shop.close();
});

test('a customer keeps units for a while, and the next order of the same customer uses them', async () => {
  const variantId = await shop.addVariant({ onHand: 3 });
  const productId = shop.variants.get(variantId)?.productId;
  const userId = newId('usr');
  const token = tokenOf({ userId });
  const body = { variantId, quantity: 2 };
  const held = await shop.api.call(`POST /products/${productId}/reserve`, { token, body });
  expect(held).toMatchObject({
    status: 201,
    body: {
      data: { variantId, quantity: 2, expiresAt: new Date(shop.clock.now() + 15 * MINUTE_MS).toISOString() },
    },
  });
  const refused = await shop.api.call(`POST /products/${variantId}/reserve`, {
    token: tokenOf({ userId: newId('usr') }),
    body: { quantity: 2 },
  });
  expect(refused).toMatchObject({
    status: 409,
    body: {
      error: 'insufficient_stock',
      details: { lines: [{ variantId, requested: 2, available: 1 }] },
    },
  });
  await shop.place([], { customerId: userId, items: [{ variantId, quantity: 3 }] });
  expect(await readStockOf(shop.db, variantId)).toMatchObject({ reserved: 3, available: 0 });
});

test('a reservation needs a login, a product that is for sale, and a variant of that product', async () => {
  const variantId = await shop.addVariant();
  const hidden = await shop.addVariant({ isSellable: false });
  const token = tokenOf({ userId: newId('usr') });
  const reserve = (product: string, body: object, by: string | undefined = token) =>
    shop.api.call(`POST /products/${product}/reserve`, { ...(by !== '' && { token: by }), body });
  expect(await reserve(variantId, { quantity: 1 }, '')).toMatchObject({ status: 401 });
  expect(await reserve(hidden, { quantity: 1 })).toMatchObject({ status: 404 });
  expect(await reserve('prod_other', { variantId, quantity: 1 })).toMatchObject({ status: 404 });
  expect(await reserve(variantId, { quantity: 0 })).toMatchObject({ status: 400 });
  const untracked = await shop.addVariant({ onHand: null });
  expect((await reserve(untracked, { quantity: 50 })).body.data).toMatchObject({ reservationId: null });
});

test('the sixth reservation of one customer is refused until one ends', async () => {
  const variantId = await shop.addVariant();
  const token = tokenOf({ userId: newId('usr') });
  const reserve = () =>
    shop.api.call(`POST /products/${variantId}/reserve`, { token, body: { quantity: 1 } });
  for (let count = 0; count < 5; count += 1) {
    expect(await reserve()).toMatchObject({ status: 201 });
  }
  expect(await reserve()).toMatchObject({ status: 409, body: { error: 'too_many_reservations' } });
  await shop.drain(15 * MINUTE_MS);
  expect(await reserve()).toMatchObject({ status: 201 });
});

test('staff counts and switches tracking, with an audit entry of before and after', async () => {
  const variantId = await shop.addVariant({ onHand: null });
  const patch = (body: object) =>
    shop.api.call(`PATCH /admin/inventory/${variantId}`, { token: staff, body });
  const counted = await patch({ isTracked: true, onHand: 12, backorderAllowance: 3, reason: '盘点' });
  expect(counted).toMatchObject({
    status: 200,
    body: { data: { isTracked: true, onHand: 12, reserved: 0, available: 15, short: 0 } },
  });
  expect(await patch({})).toMatchObject({ status: 400 });
  expect(await patch({ onHand: -1 })).toMatchObject({ status: 400 });
  expect(await patch({ reserved: 1 })).toMatchObject({ status: 400 });
  const missing = await shop.api.call('PATCH /admin/inventory/var_nothing', {
    token: staff,
    body: { onHand: 1 },
  });
  expect(missing).toMatchObject({ status: 404, body: { error: 'unknown_stock_item' } });
  const [entry] = await shop.db.query
    .selectFrom('audit_entries')
    .selectAll()
    .where('target_id', '=', variantId)
    .execute();
  expect(entry).toMatchObject({ action: 'stock.set', actor_id: 'usr_clerk' });
  expect(JSON.parse(entry?.before_value ?? '')).toMatchObject({ isTracked: false, onHand: 0 });
  expect(JSON.parse(entry?.after_value ?? '')).toMatchObject({ isTracked: true, onHand: 12 });
  const customer = tokenOf({ userId: newId('usr') });
  const refused = await shop.api.call('GET /admin/inventory', { token: customer });
  expect(refused).toMatchObject({ status: 403 });
});

test('staff finds stock by its SKU, and what is running low', async () => {
  const low = await shop.addVariant({ sku: 'TEA-LOW', onHand: 2 });
  await shop.addVariant({ sku: 'TEA-MANY', onHand: 50 });
  await shop.addVariant({ sku: 'TEA-FREE', onHand: null });
  const list = async (query: string) => {
    const answer = await shop.api.call(`GET /admin/inventory?${query}`, { token: staff });
    return answer.body.data.items.map(({ sku }: { sku: string }) => sku);
  };
  expect(await list('search=TEA-')).toEqual(['TEA-FREE', 'TEA-LOW', 'TEA-MANY']);
  expect(await list('search=TEA-&sort=-sku&limit=1&page=2')).toEqual(['TEA-LOW']);
  expect(await list('search=TEA-&lowStock=2')).toEqual(['TEA-LOW']);
  expect(await list('search=TEA-&isTracked=false')).toEqual(['TEA-FREE']);
  expect(await list('search=TEA-&isShort=true')).toEqual([]);
  expect(await list(`search=${low}`)).toEqual(['TEA-LOW']);
});
