import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openTestDb } from '../../../test/harness/database.ts';
import { systemClock } from '../clock.ts';
import { defineJob, enqueue } from '../jobs/index.ts';
import { statement } from './statement.ts';
import type { Db } from './types.ts';

const probe = defineJob({ name: 'probe.run', version: 1, payload: z.object({ n: z.number() }) });
const byName = statement<{ name: string }, { id: string; run_at: number }>((query, p) =>
  query.selectFrom('jobs').selectAll().where('name', '=', p.name),
);

describe('db.tx', () => {
  let db: Db;
  beforeAll(async () => {
    db = await openTestDb({ clock: systemClock });
  });
  afterAll(() => db.close());

  test('what is committed can be read, what throws is not there', async () => {
    await db.tx('probe', (tx) => enqueue(tx, probe, { n: 1 }, { key: 'a', runAt: 5 }));
    expect(await db.tx('probe', (tx) => enqueue(tx, probe, { n: 2 }, { key: 'a' }))).toBe(false);
    await expect(
      db.tx('probe', async (tx) => {
        await enqueue(tx, probe, { n: 3 });
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    const rows = await byName.all(db, { name: 'probe.run' });
    expect(rows).toHaveLength(1);
    expect(rows[0]?.run_at).toBe(5);
  });

  test('fifty transactions at once all commit', async () => {
    await Promise.all(Array.from({ length: 50 }, (_, n) => db.tx('many', (tx) => enqueue(tx, probe, { n }))));
    expect(await byName.all(db, { name: 'probe.run' })).toHaveLength(51);
  });
});
