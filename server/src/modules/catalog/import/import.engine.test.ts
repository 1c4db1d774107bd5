import { createReadStream, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestDb } from '../../../../test/harness/database.ts';
import { systemActor } from '../../../kernel/actor.ts';
import { createFakeClock, HOUR_MS } from '../../../kernel/clock.ts';
import type { Db } from '../../../kernel/db/index.ts';
import { readHistory } from '../../../kernel/history.ts';
import { readStock, setStock } from '../../inventory/index.ts';
import { findProductBySlug, findVariants } from '../repository.ts';
import type { ProductRow } from '../tables.ts';
import { type ImportSummary, importProducts } from './import-products.ts';
import type { LineReport } from './report.ts';

const FIXTURES = new URL('../../../../test/fixtures/shopify/', import.meta.url);
const clock = createFakeClock(Date.parse('2026-03-01T00:00:00Z'));
const by = systemActor('import');
const HEADER =
  'Handle,Title,Body (HTML),Type,Published,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Tracker,' +
  'Variant Inventory Qty,Variant Price,Variant Compare At Price,Image Src,Variant Image';

describe('the import', () => {
  let db: Db;
  beforeAll(async () => {
    db = await openTestDb({ clock });
  });
  afterAll(() => db.close());

  async function importFile(
    open: () => Readable,
    options: { isDryRun?: boolean; currency?: string } = {},
  ): Promise<ImportSummary & { lines: LineReport[] }> {
    const lines: LineReport[] = [];
    clock.advance(HOUR_MS);
    const { isDryRun = false, currency = 'CNY' } = options;
    const summary = await importProducts(db, open, {
      currency,
      by,
      isDryRun,
      onLine: (line) => lines.push(line),
    });
    return { ...summary, lines };
  }
  const importText = (text: string, options?: { isDryRun?: boolean; currency?: string }) =>
    importFile(() => Readable.from([Buffer.from(text)]), options);
  const rows = (...lines: string[]) => [HEADER, ...lines].join('\n');
  const productOf = async (slug: string) => (await findProductBySlug(db, slug)) as ProductRow;
  const variantsOf = async (slug: string) => findVariants(db, (await productOf(slug)).id);
  const countProducts = async () =>
    Number(
      (
        await db.query
          .selectFrom('products')
          .select(({ fn }) => fn.countAll().as('n'))
          .executeTakeFirst()
      )?.n,
    );

  test('a dry run of a whole file reports everything and writes nothing', async () => {
    const { totals } = await importFile(() => createReadStream(new URL('shopify-apparel.csv', FIXTURES)), {
      isDryRun: true,
    });
    expect(totals.products).toEqual({ created: 20, updated: 0, unchanged: 0, failed: 0 });
    expect(await countProducts()).toBe(0);
    expect(await db.query.selectFrom('stock_items').selectAll().execute()).toEqual([]);
  });

  test('the clothing shop imports whole, without types as uncategorised', async () => {
    const { totals, lines } = await importFile(() =>
      createReadStream(new URL('shopify-apparel.csv', FIXTURES)),
    );
    expect(totals).toEqual({
      products: { created: 20, updated: 0, unchanged: 0, failed: 0 },
      variants: { created: 22, updated: 0, unchanged: 0, retired: 0 },
      lines: { created: 22, updated: 0, unchanged: 0, skipped: 0, failed: 0 },
    });
    expect(lines.map(({ line }) => line)).toEqual(Array.from({ length: 22 }, (_, index) => index + 2));
    const top = await variantsOf('classic-varsity-top');
    expect(top.map(({ sku, option_values, unit_price }) => [sku, option_values, unit_price])).toEqual([
      ['classic-varsity-top/Small', '["Small"]', 6000],
      ['classic-varsity-top/Medium', '["Medium"]', 6000],
      ['classic-varsity-top/Large', '["Large"]', 6000],
    ]);
    const shirt = await productOf('ocean-blue-shirt');
    expect(shirt).toMatchObject({ status: 'active', is_listed: 1, currency: 'CNY', option_names: '[]' });
    expect(shirt.image_url).toMatch(/^https:\/\/burst\.shopifycdn\.com\//);
    const categories = await db.query.selectFrom('categories').select('name').execute();
    expect(categories).toEqual([{ name: 'Uncategorised' }]);
  });

  test('the home shop imports whole, with sales from compare-at prices and stock as it says', async () => {
    const { totals } = await importFile(() =>
      createReadStream(new URL('shopify-home-and-garden.csv', FIXTURES)),
    );
    expect(totals).toEqual({
      products: { created: 20, updated: 0, unchanged: 0, failed: 0 },
      variants: { created: 21, updated: 0, unchanged: 0, retired: 0 },
      lines: { created: 21, updated: 0, unchanged: 0, skipped: 0, failed: 0 },
    });
    expect(await productOf('cream-sofa')).toMatchObject({
      min_price: 50000,
      list_price: 75000,
      description: '<p>Comfortable cream sofa with wooden base</p>',
      summary: 'Comfortable cream sofa with wooden base',
    });
    expect((await variantsOf('cream-sofa'))[0]).toMatchObject({ unit_price: 75000, sale_price: 50000 });
    expect((await variantsOf('pink-armchair'))[0]).toMatchObject({ unit_price: 75000, sale_price: null });
    expect(await productOf('clay-plant-pot')).toMatchObject({ min_price: 999, max_price: 1599 });
    const [tracked] = await variantsOf('biodegradable-cardboard-pots');
    const [untracked] = await variantsOf('grey-sofa');
    const stock = await readStock(db, [tracked!.id, untracked!.id]);
    expect(stock.get(tracked!.id)).toMatchObject({ isTracked: true, onHand: 8, available: 8 });
    expect(stock.get(untracked!.id)).toMatchObject({ isTracked: false, onHand: 6, available: null });
  });

  test('the same files again change nothing, not even stock that was counted meanwhile', async () => {
    const [pots] = await variantsOf('biodegradable-cardboard-pots');
    const [sofa] = await variantsOf('grey-sofa');
    await db.tx('count', async (tx) => {
      await setStock(tx, { variantId: pots!.id, onHand: 3, by });
      await setStock(tx, { variantId: sofa!.id, isTracked: true, onHand: 2, by });
    });
    const before = await db.query.selectFrom('products').selectAll().orderBy('id').execute();
    for (const file of ['shopify-apparel.csv', 'shopify-home-and-garden.csv']) {
      const { totals } = await importFile(() => createReadStream(new URL(file, FIXTURES)));
      expect(totals.products).toEqual({ created: 0, updated: 0, unchanged: 20, failed: 0 });
      expect(totals.lines).toMatchObject({ created: 0, updated: 0, failed: 0 });
    }
    expect(await db.query.selectFrom('products').selectAll().orderBy('id').execute()).toEqual(before);
    const stock = await readStock(db, [pots!.id, sofa!.id]);
    expect(stock.get(pots!.id)?.onHand).toBe(3);
    expect(stock.get(sofa!.id)).toMatchObject({ isTracked: true, onHand: 2 });
  });

  test('a changed file updates what it changes: price, title, and stock that it newly says', async () => {
    const file = readFileSync(new URL('shopify-home-and-garden.csv', FIXTURES), 'utf8')
      .replace('Copper Light', 'Copper Lamp')
      .replace(',59.99,75,', ',49.99,75,')
      .replace('shopify,8', 'shopify,20');
    const { totals, lines } = await importText(file);
    expect(totals.products).toEqual({ created: 0, updated: 2, unchanged: 18, failed: 0 });
    expect(lines.filter(({ outcome }) => outcome === 'updated').map(({ handle }) => handle)).toEqual([
      'copper-light',
      'biodegradable-cardboard-pots',
    ]);
    expect(await productOf('copper-light')).toMatchObject({ name: 'Copper Lamp', min_price: 4999 });
    const [pots] = await variantsOf('biodegradable-cardboard-pots');
    expect((await readStock(db, [pots!.id])).get(pots!.id)?.onHand).toBe(20);
  });

  test('a variant that the file no longer has is made inactive, and comes back with the file', async () => {
    const two = rows('cup,Cup,,Kitchen,true,Size,S,,,1,5,,,', 'cup,,,,,,L,,,1,6,,,');
    const one = rows('cup,Cup,,Kitchen,true,Size,S,,,1,5,,,');
    await importText(two);
    const retired = await importText(one);
    expect(retired.totals).toMatchObject({ products: { updated: 1 }, variants: { retired: 1 } });
    expect(retired.lines[0]?.messages[0]?.en).toContain('cup/L');
    expect((await variantsOf('cup')).map(({ status }) => status)).toEqual(['active', 'inactive']);
    expect(await productOf('cup')).toMatchObject({ max_price: 500, variant_count: 1 });
    await importText(two);
    const variants = await variantsOf('cup');
    expect(variants.map(({ status }) => status)).toEqual(['active', 'active']);
    const history = await readHistory(db, [variants[1]!.id]);
    expect(history.map(({ to }) => to)).toEqual(['active', 'inactive', 'active']);
  });

  test('variants that exchange their SKUs keep their stock and history', async () => {
    await importText(rows('hat,Hat,,,true,Size,S,A-1,,1,5,,,', 'hat,,,,,,L,A-2,,2,6,,,'));
    const [small, large] = await variantsOf('hat');
    await importText(rows('hat,Hat,,,true,Size,S,A-2,,1,5,,,', 'hat,,,,,,L,A-1,,2,6,,,'));
    const after = await variantsOf('hat');
    expect(after.map(({ id, sku, option_values }) => [id, sku, option_values])).toEqual([
      [large!.id, 'A-2', '["S"]'],
      [small!.id, 'A-1', '["L"]'],
    ]);
    const stock = await readStock(db, [small!.id]);
    expect(stock.get(small!.id)?.sku).toBe('A-1');
  });

  test('a product with one wrong line stays out whole, and the report says which line and why', async () => {
    const { totals, lines } = await importText(
      rows(
        'good,Good,,,true,Title,Default Title,,,1,5,,,',
        'bad,Bad,,,true,Size,S,,,1,5,,,',
        'bad,,,,,,M,,,1,¥6,,,',
        'bad,,,,,,L,,,1,-7,,,',
      ),
    );
    expect(totals.products).toEqual({ created: 1, updated: 0, unchanged: 0, failed: 1 });
    expect(lines.map(({ line, outcome }) => [line, outcome])).toEqual([
      [2, 'created'],
      [3, 'skipped'],
      [4, 'failed'],
      [5, 'failed'],
    ]);
    expect(lines[2]?.messages[0]?.en).toContain('"¥6" is no amount of CNY');
    expect(await findProductBySlug(db, 'bad')).toBeUndefined();
  });

  test('a SKU of another product is refused, in the dry run too', async () => {
    const file = rows('one,One,,,true,,,SAME,,1,5,,,', 'two,Two,,,true,,,SAME,,1,5,,,');
    for (const isDryRun of [true, false]) {
      const { totals, lines } = await importText(file, { isDryRun });
      expect(totals.products).toMatchObject({ created: 1, failed: 1 });
      expect(lines[1]?.messages[0]?.en).toBe('The SKU SAME belongs to one.');
    }
  });

  test('lines of one product that do not stand together are one product', async () => {
    const { totals } = await importText(
      rows(
        'pen,Pen,,,true,Colour,Red,,,1,5,,https://example.com/1.jpg,',
        'ink,Ink,,,true,Title,Default Title,,,1,9,,,',
        'pen,,,,,,Blue,,,1,5,,https://example.com/2.jpg,https://example.com/blue.jpg',
        'pen,,,,,,,,,,,,https://example.com/3.jpg,',
      ),
    );
    expect(totals.products.created).toBe(2);
    expect(await variantsOf('pen')).toHaveLength(2);
    const images = JSON.parse((await productOf('pen')).images) as { url: string }[];
    expect(images.map(({ url }) => url.replace('https://example.com/', ''))).toEqual([
      '1.jpg',
      '2.jpg',
      '3.jpg',
      'blue.jpg',
    ]);
  });

  test('another currency than the product has is refused', async () => {
    const { totals, lines } = await importText(rows('pen,Pen,,,true,Colour,Red,,,1,5,,,'), {
      currency: 'USD',
    });
    expect(totals.products.failed).toBe(1);
    expect(lines[0]?.messages[0]?.en).toContain('priced in CNY');
  });

  test('a file without a price column or with a quote that is never closed is refused before anything is written', async () => {
    const before = await countProducts();
    await expect(importText('Handle,Title\na,A')).rejects.toMatchObject({
      code: 'import_columns_missing',
      details: { missing: ['Variant Price'] },
    });
    const torn = rows('torn,Torn,,,true,,,,,1,5,,,', 'open,"Open,,,true,,,,,1,5,,,');
    await expect(importText(torn)).rejects.toMatchObject({ code: 'import_unreadable', details: { line: 3 } });
    await expect(importText('')).rejects.toMatchObject({ code: 'import_empty' });
    await expect(importText(HEADER)).rejects.toMatchObject({ code: 'import_empty' });
    const gbk = Buffer.concat([Buffer.from(`${HEADER}\nhat,`), Buffer.from([0xc3, 0xb1, 0xd7, 0xd3])]);
    await expect(importFile(() => Readable.from([gbk]))).rejects.toMatchObject({ code: 'import_unreadable' });
    await expect(importText(rows('a,A,,,true,,,,,1,5,,,'), { currency: 'ZZZ' })).rejects.toMatchObject({
      code: 'unknown_currency',
    });
    expect(await countProducts()).toBe(before);
  });

  test('a file with few columns leaves the rest of the product as it is', async () => {
    const before = await productOf('cream-sofa');
    const { totals } = await importText('Handle,Title,Price\ncream-sofa,Cream Sofa,600');
    expect(totals.products.updated).toBe(1);
    const after = await productOf('cream-sofa');
    expect(after).toMatchObject({
      description: before.description,
      images: before.images,
      category_id: before.category_id,
      status: 'active',
      min_price: 60000,
      list_price: 75000,
    });
  });
});
