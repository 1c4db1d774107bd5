import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openTestDb } from '../../../test/harness/database.ts';
import { systemClock } from '../clock.ts';
import {
  bytes,
  type Db,
  flag,
  insertRows,
  integer,
  key,
  statement,
  type Tx,
  table,
  text,
  updateVersioned,
} from './index.ts';

declare module './types.ts' {
  interface Schema {
    /** Only in this test. */
    test_values: {
      id: string;
      version: number;
      amount: number | null;
      words: string | null;
      is_on: boolean | number | null;
      raw: Buffer | null;
    };
  }
}

type Row = Awaited<ReturnType<typeof read>>[number];
const blank = { version: 1, amount: null, words: null, is_on: null, raw: null };

let db: Db;
beforeAll(async () => {
  db = await openTestDb({ clock: systemClock });
  const columns = {
    id: key(32),
    version: integer().default(1),
    amount: integer().nullable(),
    words: text().nullable(),
    is_on: flag().nullable(),
    raw: bytes().nullable(),
  };
  await db.administer(async (connection) => {
    for (const step of table('test_values', columns, { primaryKey: ['id'] })) {
      await connection.run(step.sql(db.engine) ?? '', []);
    }
  });
});
afterAll(() => db.close());
beforeEach(() =>
  db.tx('clean', (tx) =>
    tx.query
      .deleteFrom('test_values')
      .execute()
      .then(() => undefined),
  ),
);

const read = (reader: Db | Tx) => reader.query.selectFrom('test_values').selectAll().orderBy('id').execute();
const write = (...rows: (Partial<Row> & { id: string })[]) =>
  db.tx('write', (tx) =>
    insertRows(
      tx,
      'test_values',
      rows.map((row) => ({ ...blank, ...row })),
    ),
  );

describe('what is written is read again', () => {
  test('integers up to 2^53, and none beyond it in either direction', async () => {
    const most = Number.MAX_SAFE_INTEGER;
    await write({ id: 'a', amount: most }, { id: 'b', amount: -most }, { id: 'c', amount: 0 });
    expect((await read(db)).map((row) => row.amount)).toEqual([most, -most, 0]);
    for (const amount of [most + 1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      await expect(write({ id: 'd', amount })).rejects.toThrow(/can not be stored/);
    }
    await db.tx('grow', (tx) =>
      tx.query
        .updateTable('test_values')
        .set((value) => ({ amount: value('amount', '+', 10) }))
        .where('id', '=', 'a')
        .execute(),
    );
    await expect(read(db)).rejects.toThrow(RangeError);
  });

  test('sums and counts are numbers, and a sum beyond 2^53 is refused', async () => {
    await write({ id: 'a', amount: 2 }, { id: 'b', amount: 3 });
    const sum = () =>
      db.query
        .selectFrom('test_values')
        .select((select) => [
          select.fn.sum<number>('amount').as('sum'),
          select.fn.countAll<number>().as('rows'),
        ])
        .execute();
    expect(await sum()).toEqual([{ sum: 5, rows: 2 }]);
    await write({ id: 'c', amount: Number.MAX_SAFE_INTEGER });
    await expect(sum()).rejects.toThrow(RangeError);
  });

  test('texts of every language, bytes, truths and nothing', async () => {
    const words = '算盘 😀 "quoted" \\ \n %_ ’';
    const raw = Buffer.from([0, 255, 10, 13, 39, 92]);
    await write(
      { id: 'a', words, raw, is_on: true },
      { id: 'b' },
      { id: 'c', is_on: false, words: '', raw: Buffer.alloc(0) },
    );
    const rows = await read(db);
    expect(rows).toEqual([
      { ...blank, id: 'a', words, raw, is_on: 1 },
      { ...blank, id: 'b' },
      { ...blank, id: 'c', words: '', raw: Buffer.alloc(0), is_on: 0 },
    ]);
    expect(Buffer.isBuffer(rows[0]?.raw)).toBe(true);
  });

  test('undefined is refused instead of being taken for NULL', async () => {
    await expect(write({ id: 'a', words: undefined as never })).rejects.toThrow();
  });
});

describe('keys', () => {
  test('differ by case and accent', async () => {
    await write({ id: 'abc' }, { id: 'Abc' }, { id: 'ABC' }, { id: 'äbc' });
    expect(await read(db)).toHaveLength(4);
    expect(await db.query.selectFrom('test_values').selectAll().where('id', '=', 'aBC').execute()).toEqual(
      [],
    );
  });

  test('are ordered by their bytes', async () => {
    await write(
      { id: 'b' },
      { id: 'B' },
      { id: 'a_' },
      { id: 'aB' },
      { id: 'ab' },
      { id: '中' },
      { id: 'ä' },
    );
    expect((await read(db)).map((row) => row.id)).toEqual(['B', 'aB', 'a_', 'ab', 'b', 'ä', '中']);
  });

  test('that differ only by a trailing space are never taken for one another', async () => {
    await write({ id: 'abc' });
    const second = await write({ id: 'abc ' }).then(
      () => 'kept',
      () => 'refused',
    );
    expect(second).toBe(db.engine === 'mysql' ? 'refused' : 'kept');
    const kept = (await read(db)).map((row) => row.id);
    expect(kept).toEqual(db.engine === 'mysql' ? ['abc'] : ['abc', 'abc ']);
  });

  test('longer than the column are refused, not cut', async () => {
    await write({ id: '算'.repeat(32) });
    await expect(write({ id: 'x'.repeat(33) })).rejects.toThrow();
  });
});

describe('statement', () => {
  const half = statement<{ five: number; two: number }, { half: number }>((query, p) =>
    query
      .selectFrom('test_values')
      .select((select) => [select(select.val(p.five), '/', select.val(p.two)).as('half')]),
  );
  const find = statement<{ id: string; limit: number }, Row>((query, p) =>
    query
      .selectFrom('test_values')
      .selectAll()
      .where((where) => where.or([where('id', '=', p.id), where('words', '=', p.id)]))
      .where('version', '=', 1)
      .orderBy('id')
      .limit(p.limit),
  );
  const setWords = statement<{ words: string | null; version: number }>((query, p) =>
    query.updateTable('test_values').set({ words: p.words }).where('version', '=', p.version),
  );

  test('binds a name wherever it stands, constants included', async () => {
    await write({ id: 'a' }, { id: 'b', words: 'a' }, { id: 'c' }, { id: 'd', words: 'a', version: 2 });
    expect((await find.all(db, { id: 'a', limit: 9 })).map((row) => row.id)).toEqual(['a', 'b']);
    expect((await find.all(db, { id: 'a', limit: 1 })).map((row) => row.id)).toEqual(['a']);
    expect((await find.first(db, { id: 'c', limit: 1 }))?.id).toBe('c');
    expect(await find.first(db, { id: 'x', limit: 1 })).toBeUndefined();
  });

  test('counts the rows that matched, also where nothing changed', async () => {
    await write({ id: 'a', words: 'same' }, { id: 'b', words: 'same' });
    const set = (words: string | null, version: number) =>
      db.tx('set', (tx) => setWords.run(tx, { words, version }));
    expect(await set('same', 1)).toBe(2);
    expect(await set(null, 1)).toBe(2);
    expect(await set('same', 7)).toBe(0);
  });

  test('binds integers as integers, so that SQLite does not divide them as floats', async () => {
    if (db.engine !== 'sqlite') {
      return;
    }
    await write({ id: 'a' });
    expect(await half.first(db, { five: 5, two: 2 })).toEqual({ half: 2 });
  });

  test('a value that is missing is refused', async () => {
    await expect(find.all(db, { id: 'a' } as never)).rejects.toThrow();
  });
});

test('updateVersioned sets the columns of the version it was given, and begins anew for another', async () => {
  await write({ id: 'a', amount: 1 });
  const values = { amount: 2, version: 2 };
  const row = { id: 'a', version: 1 };
  await db.tx('first', (tx) => updateVersioned(tx, 'test_values', row, values));
  let runs = 0;
  await db.tx('second', async (tx) => {
    runs += 1;
    if (runs === 1) {
      await updateVersioned(tx, 'test_values', row, { ...values, amount: 3 });
    }
  });
  expect(runs).toBe(2);
  expect(await read(db)).toMatchObject([{ amount: 2, version: 2 }]);
});
