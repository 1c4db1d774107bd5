import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestApi, type TestAnswer, type TestApi, tokenOf } from '../../../test/harness/api.ts';
import { openTestDb } from '../../../test/harness/database.ts';
import { systemActor } from '../../kernel/actor.ts';
import { createFakeClock } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/db/index.ts';
import { readHistory } from '../../kernel/history.ts';
import { setStock } from '../inventory/index.ts';
import { createCatalog, readSellable, resolveVariant } from './index.ts';

const clock = createFakeClock(Date.parse('2026-03-01T00:00:00Z'));
const staff = tokenOf({ userId: 'usr_s', kind: 'staff', permissions: ['products.read', 'products.write'] });
const customer = tokenOf({ userId: 'usr_c' });

const SHIRT = {
  name: 'Linen Shirt',
  category: 'Clothing > Shirts',
  brand: 'Nordic',
  description: '<p>Light<script>x</script></p>',
  tags: ['summer'],
  options: ['Size'],
  images: [{ url: 'https://example.com/a.jpg', alt: 'front' }],
  status: 'active',
  variants: [
    {
      optionValues: ['S'],
      unitPrice: 12_900,
      salePrice: 9_900,
      cost: 4_000,
      stock: { isTracked: true, onHand: 5 },
    },
    { optionValues: ['L'], sku: 'LINEN-L', unitPrice: 13_900, stock: { isTracked: false } },
  ],
};

describe('the catalogue over HTTP', () => {
  let db: Db;
  let api: TestApi;
  let shirt: TestAnswer['body'];

  const post = (body: object, headers = {}) => api.call('POST /products', { token: staff, body, headers });
  const patch = (path: string, body: object) => api.call(`PATCH ${path}`, { token: staff, body });
  const audited = (action: string) =>
    db.query.selectFrom('audit_entries').selectAll().where('action', '=', action).execute();

  beforeAll(async () => {
    db = await openTestDb({ clock });
    const catalog = createCatalog({ db, currency: 'CNY' });
    api = await openTestApi({ db, clock, registerRoutes: catalog.registerRoutes });
    shirt = (await post(SHIRT)).body.data;
  });
  afterAll(async () => {
    await api.close();
    await db.close();
  });

  test('a created product is shown with its variants, and costs only to staff', async () => {
    expect(shirt).toMatchObject({
      slug: 'linen-shirt',
      status: 'active',
      minPrice: 9_900,
      listPrice: 12_900,
    });
    expect(shirt.variants[0]).toMatchObject({ sku: 'linen-shirt/S', cost: 4_000, stock: { onHand: 5 } });
    const { body } = await api.call('GET /products/linen-shirt');
    expect(body.data).toMatchObject({
      description: '<p>Light</p>',
      category: { slug: 'clothing-shirts', name: 'Shirts' },
      options: [{ name: 'Size', values: ['S', 'L'] }],
      variants: [
        { price: 9_900, inStock: true, availableQuantity: 5 },
        { price: 13_900, inStock: true, availableQuantity: null },
      ],
    });
    expect(JSON.stringify(body)).not.toContain('cost');
    expect((await audited('product.create')).length).toBeGreaterThan(0);
  });

  test('only staff with the permission write, and strangers learn nothing', async () => {
    const reader = tokenOf({ userId: 'usr_r', kind: 'staff', permissions: ['products.read'] });
    expect((await api.call('POST /products', { body: SHIRT })).status).toBe(401);
    for (const token of [customer, reader]) {
      expect((await api.call('POST /products', { token, body: SHIRT })).status).toBe(403);
      expect((await api.call(`DELETE /products/${shirt.id}`, { token })).status).toBe(403);
    }
    expect((await api.call('GET /admin/products', { token: customer })).status).toBe(403);
  });

  test('bad input is refused with a field error each, in the caller’s language', async () => {
    const { status, body } = await api.call('POST /products', {
      token: staff,
      headers: { 'accept-language': 'zh-CN' },
      body: {
        name: ' ',
        price: 1,
        slug: 'a/b',
        variants: [{ unitPrice: -1 }, { unitPrice: 1.5, salePrice: 9 }],
      },
    });
    expect([status, body.error, body.message]).toEqual([400, 'invalid_request', '请求参数不正确。']);
    expect(body.errors.map(({ field }: { field: string }) => field).sort()).toEqual([
      'name',
      'price',
      'slug',
      'variants.0.unitPrice',
      'variants.1.unitPrice',
    ]);
    const dear = await post({ ...SHIRT, slug: 'dear', variants: [{ unitPrice: 1, salePrice: 2 }] });
    expect(dear.body.errors).toMatchObject([{ field: 'variants.0.salePrice' }]);
  });

  test('taken slugs, SKUs and options are conflicts, and nothing of such a product stays', async () => {
    const tries: [object, number, string][] = [
      [SHIRT, 409, 'slug_taken'],
      [
        { ...SHIRT, slug: 'other', variants: [{ optionValues: ['L'], sku: 'LINEN-L', unitPrice: 1 }] },
        409,
        'sku_taken',
      ],
      [
        {
          ...SHIRT,
          slug: 'twins',
          variants: [
            { optionValues: ['L'], sku: 'T-1', unitPrice: 1 },
            { optionValues: ['L'], sku: 'T-2', unitPrice: 1 },
          ],
        },
        409,
        'options_taken',
      ],
      [{ ...SHIRT, slug: 'bare', variants: [{ unitPrice: 1 }] }, 422, 'options_mismatch'],
    ];
    for (const [body, status, error] of tries) {
      const answer = await post(body);
      expect([answer.status, answer.body.error]).toEqual([status, error]);
    }
    const left = await db.query.selectFrom('products').select('slug').execute();
    expect(left.map(({ slug }) => slug)).toEqual(['linen-shirt']);
  });

  test('the same Idempotency-Key creates one product', async () => {
    const body = { name: 'Once', status: 'active', variants: [{ unitPrice: 100 }] };
    const first = await post(body, { 'idempotency-key': 'create-once' });
    const second = await post(body, { 'idempotency-key': 'create-once' });
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body.data.id).toBe(first.body.data.id);
    expect(second.headers['idempotency-hit']).toBe('true');
  });

  test('a change of price is seen at once in the list, on the page and by orders', async () => {
    const [small] = shirt.variants;
    await api.call('GET /products');
    await api.call('GET /products/linen-shirt');
    const { body } = await patch(`/products/linen-shirt/variants/${small.id}`, {
      unitPrice: 11_900,
      salePrice: null,
    });
    expect(body.data).toMatchObject({ minPrice: 11_900, isOnSale: false });
    const list = await api.call('GET /products?search=linen');
    expect(list.body.data.items[0]).toMatchObject({ slug: 'linen-shirt', minPrice: 11_900 });
    expect((await api.call('GET /products/linen-shirt')).body.data.variants[0].price).toBe(11_900);
    expect((await readSellable(db, [small.id])).get(small.id)).toMatchObject({
      name: 'Linen Shirt (S)',
      unitPrice: 11_900,
      salePrice: null,
      isSellable: true,
    });
    const [row] = await audited('variant.change');
    expect(JSON.parse(row!.before_value!)).toEqual({ unit_price: 12_900, sale_price: 9_900 });
    const dear = await patch(`/products/linen-shirt/variants/${small.id}`, { salePrice: 12_000 });
    expect(dear.body.error).toBe('sale_above_price');
  });

  test('a change that changes nothing writes nothing', async () => {
    const before = await db.query.selectFrom('events').selectAll().execute();
    expect((await patch('/products/linen-shirt', { name: 'Linen Shirt', brand: 'Nordic' })).status).toBe(200);
    expect(await db.query.selectFrom('events').selectAll().execute()).toEqual(before);
  });

  test('archiving takes a product out of the shop, keeps it for staff, and can be undone', async () => {
    const { body } = await post({ name: 'Old Lamp', status: 'active', variants: [{ unitPrice: 100 }] });
    const { id, variants } = body.data;
    const archive = () => api.call(`DELETE /products/${id}`, { token: staff });
    expect((await archive()).body.data.status).toBe('archived');
    expect((await archive()).status).toBe(200);
    expect((await api.call(`GET /products/${id}`)).body.error).toBe('product_not_found');
    expect((await api.call('GET /products?search=lamp')).body.data.items).toEqual([]);
    expect((await readSellable(db, [variants[0].id])).get(variants[0].id)?.isSellable).toBe(false);
    const list = await api.call('GET /admin/products?status=archived', { token: staff });
    expect(list.body.data.items).toMatchObject([{ id, status: 'archived' }]);
    expect((await patch(`/products/${id}`, { status: 'inactive' })).body).toMatchObject({
      error: 'illegal_transition',
      details: { legal: ['draft', 'active'] },
    });
    expect((await patch(`/products/${id}`, { status: 'active' })).body.data.status).toBe('active');
    const history = await readHistory(db, [id]);
    expect(history.map(({ to, actor }) => [to, actor.id])).toEqual([
      ['active', 'usr_s'],
      ['archived', 'usr_s'],
      ['active', 'usr_s'],
    ]);
  });

  test('an active product keeps an active variant', async () => {
    const { body } = await post({ name: 'Single', status: 'active', variants: [{ unitPrice: 100 }] });
    const [variant] = body.data.variants;
    const retire = () => patch(`/products/${body.data.id}/variants/${variant.id}`, { status: 'inactive' });
    expect((await retire()).body.error).toBe('last_active_variant');
    await patch(`/products/${body.data.id}`, { status: 'inactive' });
    expect((await retire()).body.data.variants[0].status).toBe('inactive');
  });

  test('private products are sold by address only, hidden ones not at all', async () => {
    const { body } = await post({
      name: 'Sample',
      status: 'active',
      visibility: 'private',
      variants: [{ unitPrice: 1 }],
    });
    const { id, variants } = body.data;
    const sellable = async () => (await readSellable(db, [variants[0].id])).get(variants[0].id)?.isSellable;
    expect((await api.call('GET /products?search=sample')).body.data.items).toEqual([]);
    expect((await api.call('GET /products/sample')).status).toBe(200);
    expect(await sellable()).toBe(true);
    await patch(`/products/${id}`, { visibility: 'hidden' });
    expect((await api.call('GET /products/sample')).status).toBe(404);
    expect(await sellable()).toBe(false);
  });

  test('stock is asked for a variant, or for a product that has only one', async () => {
    const [small, large] = shirt.variants;
    const ask = async (query: string) => (await api.call(`GET /products/linen-shirt/stock${query}`)).body;
    expect((await ask(`?variantId=${small.id}&quantity=5`)).data).toEqual({
      variantId: small.id,
      inStock: true,
      availableQuantity: 5,
    });
    expect((await ask(`?variantId=${small.id}&quantity=6`)).data.inStock).toBe(false);
    expect((await ask(`?variantId=${large.id}&quantity=999`)).data).toMatchObject({ inStock: true });
    expect((await ask('')).details.variantIds).toEqual([small.id, large.id]);
    expect((await ask('?variantId=var_none')).error).toBe('variant_not_found');
    expect((await ask('?quantity=0')).errors[0].field).toBe('quantity');
    await expect(resolveVariant(db, 'linen-shirt')).rejects.toMatchObject({ code: 'variant_required' });
    expect(await resolveVariant(db, small.id)).toBe(small.id);
    await expect(resolveVariant(db, 'no-such-product')).rejects.toMatchObject({ code: 'product_not_found' });
  });

  test('the filter by stock follows the stock without delay', async () => {
    const { body } = await post({
      name: 'Rare Vase',
      status: 'active',
      variants: [{ unitPrice: 100, stock: { isTracked: true, onHand: 1 } }],
    });
    const slugs = async (inStock: boolean) =>
      (await api.call(`GET /products?search=vase&inStock=${inStock}`)).body.data.items.map(
        ({ slug }: { slug: string }) => slug,
      );
    expect([await slugs(true), await slugs(false)]).toEqual([['rare-vase'], []]);
    const variantId = body.data.variants[0].id;
    await db.tx('count', (tx) => setStock(tx, { variantId, onHand: 0, by: systemActor('test') }));
    expect([await slugs(true), await slugs(false)]).toEqual([[], ['rare-vase']]);
  });

  test('categories include those below them, and recommendations leave out the product itself', async () => {
    await post({
      ...SHIRT,
      name: 'Wool Coat',
      slug: 'wool-coat',
      category: 'Clothing > Coats',
      variants: [{ optionValues: ['M'], unitPrice: 50_000 }],
    });
    const slugs = async (query: string) =>
      (await api.call(`GET /products?sort=name&${query}`)).body.data.items.map(
        ({ slug }: { slug: string }) => slug,
      );
    expect(await slugs('category=clothing')).toEqual(['linen-shirt', 'wool-coat']);
    expect(await slugs('category=Clothing-Coats')).toEqual(['wool-coat']);
    expect(await slugs('category=nowhere')).toEqual([]);
    expect(await slugs('brand=Nordic&maxPrice=20000')).toEqual(['linen-shirt']);
    const like = await api.call('GET /products/linen-shirt/recommendations');
    expect(like.body.data.items.map(({ slug }: { slug: string }) => slug)).toEqual(['wool-coat']);
    const { body } = await api.call('GET /categories');
    expect(body.data.items.map(({ path }: { path: string }) => path)).toContain('clothing/coats');
    expect((await api.call('GET /brands')).body.data.items).toMatchObject([{ name: 'Nordic' }]);
    expect((await api.call('GET /products?sort=cost')).status).toBe(400);
  });
});
