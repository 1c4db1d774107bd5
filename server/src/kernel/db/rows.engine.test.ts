import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openTestDb } from '../../../test/harness/database.ts';
import { systemClock } from '../clock.ts';
import { defineJob, enqueue } from '../jobs/index.ts';
import { type Db, insertRow, type Reader, statement } from './index.ts';

const probe = defineJob({ name: 'row.probe', version: 1, payload: z.object({}) });
const keysOf = statement<Record<never, never>, { unique_key: string }>((query) =>
  query.selectFrom('jobs').select('unique_key').orderBy('unique_key'),
);

let db: Db;
beforeAll(async () => {
  db = await openTestDb({ clock: systemClock, rehearse: false });
});
afterAll(() => db.close());
beforeEach(() => db.tx('clean', (tx) => tx.query.deleteFrom('jobs').execute()));

const keys = async () => (await keysOf.all(db, {})).map((row) => row.unique_key);

describe('insertOnce', () => {
  const row = (id: string, key: string) => ({
    id,
    name: 'row.probe',
    unique_key: key,
    version: 1,
    payload: '{}',
    state: 'waiting' as const,
    run_at: 1,
    attempts: 0,
    lease_token: null,
    lease_until: null,
    last_error: null,
    created_at: 1,
    updated_at: 1,
  });

  test('says whether it wrote the row, and the transaction goes on after either', async () => {
    const answers = await db.tx('once', async (tx) => [
      await tx.insertOnce('jobs', row('1', 'a')),
      await tx.insertOnce('jobs', row('2', 'a')),
      await tx.insertOnce('jobs', row('1', 'b')),
      await tx.insertOnce('jobs', row('3', 'c')),
    ]);
    expect(answers).toEqual([true, false, false, true]);
    expect(await keys()).toEqual(['a', 'c']);
  });

  test('of twenty at once exactly one writes the row', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        db.tx('race', (tx) => tx.insertOnce('jobs', row(String(n), 'same'))),
      ),
    );
    expect(answers.filter(Boolean)).toHaveLength(1);
  });

  test('any other refusal is an error and refuses the commit', async () => {
    const broken = { ...row('1', 'a'), state: 'nonsense' as never };
    const swallowed = db.tx('check', async (tx) => {
      await tx.insertOnce('jobs', broken).catch(() => undefined);
    });
    await expect(swallowed).rejects.toThrow('swallowed a failed statement');
    await expect(
      db.tx('null', (tx) => tx.insertOnce('jobs', { ...row('1', 'a'), name: null as never })),
    ).rejects.toThrow();
  });

  test('a plain insert of the same row throws', async () => {
    await db.tx('first', (tx) => insertRow(tx, 'jobs', row('1', 'a')));
    await expect(db.tx('second', (tx) => insertRow(tx, 'jobs', row('2', 'a')))).rejects.toThrow();
  });
});

test('a locked row is read as it is, and of two who change it none is lost', async () => {
  await db.tx('arrange', (tx) => enqueue(tx, probe, {}));
  const [{ id } = { id: '' }] = await db.query.selectFrom('jobs').select('id').execute();
  await Promise.all(
    Array.from({ length: 10 }, () =>
      db.tx('count', async (tx) => {
        const row = await tx.lock('jobs', id);
        await tx.query
          .updateTable('jobs')
          .set({ attempts: (row?.attempts ?? 0) + 1 })
          .where('id', '=', id)
          .execute();
      }),
    ),
  );
  expect(await db.query.selectFrom('jobs').select('attempts').execute()).toEqual([{ attempts: 10 }]);
  expect(await db.tx('none', (tx) => tx.lock('jobs', 'job_none'))).toBeUndefined();
});

test('a row that is held is changed by nobody else until the end of the transaction', async () => {
  await db.tx('arrange', (tx) => enqueue(tx, probe, {}));
  const [{ id } = { id: '' }] = await db.query.selectFrom('jobs').select('id').execute();
  const of = (reader: Reader) => reader.query.selectFrom('jobs').select('attempts').where('id', '=', id);
  await Promise.all(
    Array.from({ length: 10 }, () =>
      db.tx('count', async (tx) => {
        await tx.hold('jobs', id);
        const { attempts } = await of(tx).executeTakeFirstOrThrow();
        await tx.query
          .updateTable('jobs')
          .set({ attempts: attempts + 1 })
          .where('id', '=', id)
          .execute();
      }),
    ),
  );
  expect(await of(db).execute()).toEqual([{ attempts: 10 }]);
  await db.tx('none', (tx) => tx.hold('jobs', 'job_none'));
});
