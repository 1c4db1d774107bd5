import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestApi, type TestAnswer, type TestApi, tokenOf } from '../../../test/harness/api.ts';
import { openTestDb } from '../../../test/harness/database.ts';
import { systemActor } from '../../kernel/actor.ts';
import { systemClock } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/db/index.ts';
import { addProduct } from './change-product.ts';
import { createCatalog } from './index.ts';
import { toNewContent } from './input.ts';

const token = tokenOf({ userId: 'usr_s', kind: 'staff', permissions: ['products.write'] });

describe('many changes at once', () => {
  let db: Db;
  let api: TestApi;
  const post = (body: object, headers = {}) => api.call('POST /products', { token, body, headers });
  const patch = (path: string, body: object) => api.call(`PATCH ${path}`, { token, body });

  function countStatuses(answers: readonly TestAnswer[]): Record<number, number> {
    const counts: Record<number, number> = {};
    for (const { status } of answers) {
      counts[status] = (counts[status] ?? 0) + 1;
    }
    return counts;
  }

  beforeAll(async () => {
    db = await openTestDb({ clock: systemClock });
    const catalog = createCatalog({ db, currency: 'CNY' });
    api = await openTestApi({ db, clock: systemClock, registerRoutes: catalog.registerRoutes });
  });
  afterAll(async () => {
    await api.close();
    await db.close();
  });

  test('ten creations of one slug at once leave one product', async () => {
    const body = { name: 'Race', status: 'active', variants: [{ unitPrice: 100 }] };
    const answers = await Promise.all(Array.from({ length: 10 }, () => post(body)));
    expect(countStatuses(answers)).toEqual({ 201: 1, 409: 9 });
  });

  test('ten renames to one slug at once: one wins, nobody gets a server error', async () => {
    const made = await Promise.all(
      Array.from({ length: 10 }, (_, n) => post({ name: `Rename ${n}`, variants: [{ unitPrice: 1 }] })),
    );
    const answers = await Promise.all(
      made.map(({ body }) => patch(`/products/${body.data.id}`, { slug: 'renamed' })),
    );
    expect(countStatuses(answers)).toEqual({ 200: 1, 409: 9 });
  });

  test('two imports of one file at once make each product once', async () => {
    const lines = Array.from({ length: 40 }, (_, n) => `twin-${n},Twin ${n},Kind ${n % 3},1.00`);
    const body = ['Handle,Title,Type,Variant Price', ...lines].join('\n');
    const headers = { 'content-type': 'text/csv' };
    const answers = await Promise.all(
      [1, 2].map(() => api.call('POST /products/import', { token, headers, body })),
    );
    expect(countStatuses(answers)).toEqual({ 200: 2 });
    const rows = await db.query.selectFrom('products').select('id').where('slug', 'like', 'twin-%').execute();
    const created = answers.reduce((sum, answer) => sum + answer.body.data.totals.products.created, 0);
    expect([rows.length, created]).toEqual([40, 40]);
    const labels = await db.query
      .selectFrom('categories')
      .select('name')
      .where('name', 'like', 'Kind %')
      .execute();
    expect(labels).toHaveLength(3);
  });

  test('a run that takes over the claim of one that died finds the product it had made', async () => {
    const input = { name: 'Claimed', status: 'draft' as const, variants: [] };
    const product = {
      content: toNewContent(input, 'CNY'),
      variants: [],
      status: input.status,
      claimId: 'claim_1',
      by: systemActor('test'),
    };
    const add = () => db.tx('probe', (tx) => addProduct(tx, product, '127.0.0.1'));
    const first = await add();
    expect((await add()).id).toBe(first.id);
  });

  test('changes of different fields of one product at once all hold', async () => {
    const { body } = await post({ name: 'Shared', variants: [{ unitPrice: 1 }] });
    const path = `/products/${body.data.id}`;
    const changes = [
      { vendor: 'Kobe' },
      { brand: 'Nordic' },
      { tags: ['a'] },
      { status: 'active' },
      { taxClass: 'food' },
    ];
    expect(countStatuses(await Promise.all(changes.map((change) => patch(path, change))))).toEqual({
      200: 5,
    });
    const shown = (await api.call(`GET ${path}`)).body.data;
    expect(shown).toMatchObject({ vendor: 'Kobe', brand: { name: 'Nordic' }, tags: ['a'], taxClass: 'food' });
  });
});
