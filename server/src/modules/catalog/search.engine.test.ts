import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestDb } from '../../../test/harness/database.ts';
import { systemActor } from '../../kernel/actor.ts';
import { createFakeClock } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/db/index.ts';
import { importProducts } from './index.ts';
import { createListingCache } from './listing-cache.ts';
import { type ListingRequest, listProducts } from './queries.ts';

const FILE = `Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Variant Price
cotton-shirt,纯棉长袖衬衫,<p>柔软透气的棉布，适合春秋。</p>,云杉,服装,"衬衫, 男装",true,129
silk-shirt,真丝衬衫,<p>桑蚕丝面料，比纯棉更滑。</p>,云杉,服装,"衬衫, 女装",true,399
phone-case,iPhone 手机壳,<p>Silicone case</p>,Nordic,配件,手机,true,39
blouse,Striped Silk Blouse,<p>Soft silk</p>,Nordic,Clothing,women,true,50
creme,Crème Brûlée Set,"<p>For café lovers, with blouse-white cups</p>",Nordic,Kitchen,,true,25
sneaker,スニーカー,<p>白いガラス靴</p>,Kobe,靴,,true,80
hat,모자,<p>면 모자</p>,Seoul,모자류,,true,30
secret,Silk Secret,<p>silk</p>,Nordic,Clothing,,false,10
`;

const cache = createListingCache();

describe('the search', () => {
  let db: Db;
  beforeAll(async () => {
    db = await openTestDb({ clock: createFakeClock(Date.parse('2026-03-01T00:00:00Z')) });
    await importProducts(db, () => Readable.from([Buffer.from(FILE)]), {
      currency: 'CNY',
      by: systemActor('test'),
      onLine: () => undefined,
    });
  });
  afterAll(() => db.close());

  async function find(search: string, more: Partial<ListingRequest> = {}): Promise<string[]> {
    const request = { page: 1, limit: 20, search, ...more };
    const { rows, pagination } = await listProducts(db, request, { isPublic: true, cache });
    expect(pagination.total).toBe(rows.length);
    return rows.map(({ slug }) => slug);
  }

  // The same table on every engine: the hits and their order.
  const table: [string, string[]][] = [
    ['衬衫', ['silk-shirt', 'cotton-shirt']],
    ['纯棉', ['cotton-shirt', 'silk-shirt']],
    ['棉', ['cotton-shirt', 'silk-shirt']],
    ['纯棉衬衫', []],
    ['纯棉 衬衫', ['cotton-shirt', 'silk-shirt']],
    ['云杉 真丝', ['silk-shirt']],
    ['云杉', ['silk-shirt', 'cotton-shirt']],
    ['iphone', ['phone-case']],
    ['ＩＰＨＯＮＥ手机', ['phone-case']],
    ['silk', ['blouse', 'silk-shirt']],
    ['SIL', ['blouse', 'silk-shirt', 'phone-case']],
    ['blouse', ['blouse', 'creme']],
    ['creme brulee', ['creme']],
    ['CAFÉ', ['creme']],
    ['cafe silk', []],
    ['スニーカー', ['sneaker']],
    ['カラス', []],
    ['ガラス', ['sneaker']],
    ['모자', ['hat']],
    ['женский', []],
    ['%', []],
    ["' OR 1=1 --", []],
  ];
  for (const [query, hits] of table) {
    test(`the query ${query} finds ${hits.length === 0 ? 'nothing' : hits.join(', ')}`, async () => {
      expect(await find(query)).toEqual(hits);
    });
  }

  test('hits can be narrowed and sorted otherwise', async () => {
    expect(await find('衬衫', { sort: 'price' })).toEqual(['cotton-shirt', 'silk-shirt']);
    expect(await find('衬衫', { minPrice: 20_000 })).toEqual(['silk-shirt']);
    expect(await find('silk', { category: 'clothing' })).toEqual(['blouse']);
    expect(await find('silk', { brand: 'Kobe' })).toEqual([]);
    expect(await find('', { brand: 'Nordic', sort: 'name' })).toEqual(['creme', 'phone-case', 'blouse']);
  });

  test('pages by cursor show every hit once, in the order of the whole list', async () => {
    for (const sort of ['relevance', 'name', '-price', '-createdAt']) {
      const whole = await listProducts(db, { page: 1, limit: 20, sort }, { isPublic: true, cache });
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await listProducts(db, { page: 1, limit: 2, sort, cursor }, { isPublic: true, cache });
        seen.push(...page.rows.map(({ slug }) => slug));
        cursor = page.pagination.nextCursor;
      } while (cursor !== undefined);
      expect(seen).toEqual(whole.rows.map(({ slug }) => slug));
    }
    const first = await listProducts(db, { page: 1, limit: 1, search: 'SIL' }, { isPublic: true, cache });
    const cursor = first.pagination.nextCursor;
    expect(
      await listProducts(db, { page: 1, limit: 1, search: 'SIL', cursor }, { isPublic: true, cache }),
    ).toMatchObject({ rows: [{ slug: 'silk-shirt' }], pagination: { total: 3 } });
    const foreign = listProducts(db, { page: 1, limit: 1, sort: 'name', cursor }, { isPublic: true, cache });
    await expect(foreign).rejects.toMatchObject({ code: 'bad_cursor' });
  });

  test('staff find drafts too', async () => {
    const { rows } = await listProducts(
      db,
      { page: 1, limit: 20, search: 'secret' },
      { isPublic: false, cache },
    );
    expect(rows).toMatchObject([{ slug: 'secret', status: 'draft' }]);
    expect(await find('secret')).toEqual([]);
  });
});
