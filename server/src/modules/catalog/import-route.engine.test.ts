import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestApi, type TestApi, tokenOf } from '../../../test/harness/api.ts';
import { openTestDb } from '../../../test/harness/database.ts';
import { createFakeClock } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/db/index.ts';
import { createCatalog } from './index.ts';

const clock = createFakeClock(Date.parse('2026-03-01T00:00:00Z'));
const staff = tokenOf({ userId: 'usr_s', kind: 'staff', permissions: ['products.write'] });
const customer = tokenOf({ userId: 'usr_c' });

describe('the import over HTTP', () => {
  let db: Db;
  let api: TestApi;
  const audited = (action: string) =>
    db.query.selectFrom('audit_entries').selectAll().where('action', '=', action).execute();

  beforeAll(async () => {
    db = await openTestDb({ clock });
    api = await openTestApi({
      db,
      clock,
      registerRoutes: createCatalog({ db, currency: 'CNY' }).registerRoutes,
    });
  });
  afterAll(async () => {
    await api.close();
    await db.close();
  });

  const FILE = 'Handle,Title,Variant Price\nmug,Mug,9.90\nbad,Bad,free\n';

  test('a file is taken as the body or as the part of a form, with a report for each line', async () => {
    const asBody = await api.call('POST /products/import?dryRun=true', {
      token: staff,
      headers: { 'content-type': 'text/csv; charset=utf-8', 'accept-language': 'zh' },
      body: FILE,
    });
    expect(asBody.status).toBe(200);
    expect(asBody.body.data).toMatchObject({
      isDryRun: true,
      totals: { products: { created: 1, failed: 1 } },
      lines: [
        { line: 2, handle: 'mug', sku: 'mug', outcome: 'created' },
        { line: 3, handle: 'bad', outcome: 'failed' },
      ],
    });
    expect(asBody.body.data.lines[1].messages[0]).toContain('不是有效的 CNY 金额');
    expect((await api.call('GET /products/mug')).status).toBe(404);
    const form = [
      '--limit',
      'Content-Disposition: form-data; name="file"; filename="goods.csv"',
      'Content-Type: application/vnd.ms-excel',
      '',
      FILE,
      '--limit--',
      '',
    ].join('\r\n');
    const asForm = await api.call('POST /products/import', {
      token: staff,
      headers: { 'content-type': 'multipart/form-data; boundary=limit' },
      body: form,
    });
    expect(asForm.body.data.totals.products).toMatchObject({ created: 1, failed: 1 });
    expect((await api.call('GET /products/mug')).body.data.minPrice).toBe(990);
    const [started] = await audited('product.import');
    expect(JSON.parse(started!.after_value!)).toMatchObject({ fileName: 'goods.csv' });
    expect(await audited('product.import_finished')).toHaveLength(1);
  });

  test('customers, other content types, missing files and files over the limit are refused', async () => {
    const send = (type: string, body: string | undefined, token = staff) =>
      api.call('POST /products/import', { token, headers: { 'content-type': type }, body });
    expect((await send('text/csv', FILE, customer)).status).toBe(403);
    expect((await send('application/json', '{}')).status).toBe(415);
    const nobody = { headers: { 'content-type': 'application/json' }, body: '{}' };
    expect((await api.call('POST /products/import', nobody)).status).toBe(401);
    expect((await send('text/csv', 'Title\nx')).body).toMatchObject({
      error: 'import_columns_missing',
      details: { missing: ['Handle', 'Variant Price'] },
    });
    expect((await send('text/csv', `${FILE}${'x'.repeat(21 * 1_024 * 1_024)}`)).status).toBe(413);
    const empty = '--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n1\r\n--b--\r\n';
    expect((await send('multipart/form-data; boundary=b', empty)).body.error).toBe('file_missing');
    const cutShort = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nHandle';
    for (const [type, body] of [
      ['multipart/form-data', empty],
      ['multipart/form-data; boundary=b', cutShort],
      ['multipart/form-data; boundary=b', 'no parts at all'],
    ] as const) {
      expect(await send(type, body)).toMatchObject({ status: 400, body: { error: 'malformed_form' } });
    }
  });
});
