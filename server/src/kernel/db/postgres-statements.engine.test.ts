import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestDb, testEngine } from '../../../test/harness/database.ts';
import { systemClock } from '../clock.ts';
import { type Db, openDb, type Reader } from './index.ts';

if (testEngine() === 'postgres') {
  describe('a statement that comes again and again', () => {
    let schema: Db & { readonly url: string };
    let db: Db;
    beforeAll(async () => {
      schema = await openTestDb({ clock: systemClock, rehearse: false });
      await schema.administer((connection) =>
        connection.run('CREATE TABLE kept (id BIGINT PRIMARY KEY, words TEXT NOT NULL)', []),
      );
      await schema.administer((connection) =>
        connection.run('INSERT INTO kept (id, words) SELECT n, n::text FROM generate_series(1, 10) n', []),
      );
      // One connection, so that it is known which one has the statement.
      db = await openDb(schema.url, { clock: systemClock, poolSize: 1 });
    });
    afterAll(async () => {
      await db.close();
      await schema.close();
    });

    const read = (reader: Reader, id: number) => reader.run('SELECT * FROM kept WHERE id = $1', [id]);
    const add = (id: number) =>
      db.tx('add', async (tx) => {
        await tx.run('INSERT INTO kept (id, words) VALUES ($1, $2)', [id, 'added']);
        return (await read(tx, id)).rows[0];
      });
    const forget = () => db.administer((connection) => connection.run('DEALLOCATE ALL', []));
    const keptTexts = async () =>
      (await db.run('SELECT statement FROM pg_prepared_statements', [])).rows.map(
        ({ statement }) => statement,
      );

    test('is prepared once', async () => {
      await read(db, 1);
      expect(await keptTexts()).toEqual([]);
      for (const id of [1, 2, 3, 4, 5, 6, 7]) {
        expect((await read(db, id)).rows).toEqual([{ id, words: String(id) }]);
      }
      expect(await keptTexts()).toEqual(['SELECT * FROM kept WHERE id = $1']);
    });

    test('gives the columns of today when the table has got another one', async () => {
      await schema.administer((connection) => connection.run('ALTER TABLE kept ADD COLUMN more BIGINT', []));
      expect((await read(db, 1)).rows).toEqual([{ id: 1, words: '1', more: null }]);
      for (const id of [20, 21, 22, 23]) {
        await add(id);
      }
      await schema.administer((connection) => connection.run('ALTER TABLE kept DROP COLUMN more', []));
      expect(await add(24)).toEqual({ id: 24, words: 'added' });
      expect((await read(db, 24)).rows).toEqual([{ id: 24, words: 'added' }]);
    });

    test('runs without a name behind a pooler that hands connections around', async () => {
      for (const id of [30, 31, 32, 33]) {
        await add(id);
      }
      expect(await keptTexts()).not.toEqual([]);
      await forget();
      expect(await add(34)).toEqual({ id: 34, words: 'added' });
      await forget();
      for (const id of [35, 36, 37, 38]) {
        expect(await add(id)).toEqual({ id, words: 'added' });
        expect((await read(db, id)).rows).toHaveLength(1);
      }
      expect(await keptTexts()).toEqual([]);
    });
  });
}
