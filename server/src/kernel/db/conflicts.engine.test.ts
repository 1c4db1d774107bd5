import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openTestDb, testEngine } from '../../../test/harness/database.ts';
import { systemClock } from '../clock.ts';
import {
  type Db,
  insertRow,
  insertRows,
  integer,
  isCheckViolation,
  isRetryable,
  isUniqueViolation,
  key,
  openDb,
  statement,
  TransactionConflict,
  type Tx,
  table,
} from './index.ts';

declare module './types.ts' {
  interface Schema {
    /** Only in this test. */
    test_counters: { id: string; count: number };
  }
}

const engine = testEngine();
const grow = statement<{ id: string; by: number }>((query, p) =>
  query
    .updateTable('test_counters')
    .set((value) => ({ count: value('count', '+', p.by) }))
    .where('id', '=', p.id),
);

let db: Db & { readonly url: string };
/** A second process, as far as the engine can tell. */
let other: Db;
beforeAll(async () => {
  db = await openTestDb({ clock: systemClock, rehearse: false });
  other = await openDb(db.url, { clock: systemClock });
  const columns = { id: key(), count: integer() };
  const checks = { test_counters_positive: 'count >= 0' };
  await db.administer(async (connection) => {
    for (const step of table('test_counters', columns, { primaryKey: ['id'], checks })) {
      await connection.run(step.sql(db.engine) ?? '', []);
    }
  });
});
afterAll(async () => {
  await other.close();
  await db.close();
});
beforeEach(() =>
  db.tx('arrange', async (tx) => {
    await tx.query.deleteFrom('test_counters').execute();
    await insertRows(tx, 'test_counters', [
      { id: 'a', count: 0 },
      { id: 'b', count: 0 },
    ]);
  }),
);

const counts = async () =>
  (await db.query.selectFrom('test_counters').selectAll().orderBy('id').execute()).map((row) => row.count);

/** Lets the first runs of two callbacks meet; SQLite runs callbacks one after another, so there they never can. */
function meeting(): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let arrived = 0;
  return async () => {
    arrived += 1;
    if (arrived === 2 || engine === 'sqlite') {
      resolve();
    }
    if (arrived <= 2) {
      await promise;
    }
  };
}

test('two transactions that lock the same rows crosswise both commit, each as a whole', async () => {
  const meet = meeting();
  let runs = 0;
  const cross = (on: Db, first: string, second: string) =>
    on.tx('cross', async (tx) => {
      runs += 1;
      await grow.run(tx, { id: first, by: 1 });
      await meet();
      await grow.run(tx, { id: second, by: 10 });
    });
  await Promise.all([cross(db, 'a', 'b'), cross(other, 'b', 'a')]);
  expect(await counts()).toEqual([11, 11]);
  if (engine !== 'sqlite') {
    expect(runs).toBeGreaterThan(2);
  }
});

test('a hundred increments from two processes at once are all there', async () => {
  await Promise.all(
    Array.from({ length: 100 }, (_, n) =>
      (n % 2 ? db : other).tx('count', (tx) => grow.run(tx, { id: n % 3 ? 'a' : 'b', by: 1 })),
    ),
  );
  expect((await counts()).reduce((sum, count) => sum + count)).toBe(100);
});

describe('a lock that is waited for in vain', () => {
  const impatience: Record<string, string> = {
    postgres: "SET LOCAL lock_timeout = '200ms'",
    mysql: 'SET SESSION innodb_lock_wait_timeout = 1',
  };
  const waitBriefly = (tx: Tx) => (impatience[engine] ? tx.run(impatience[engine], []) : undefined);

  /** Holds row b until it is released, where the engine lets anybody else run meanwhile. */
  async function holdB(): Promise<{ release: () => Promise<void> }> {
    if (engine === 'sqlite') {
      return { release: async () => undefined };
    }
    const held = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const holding = other.tx('hold', async (tx) => {
      await grow.run(tx, { id: 'b', by: 100 });
      held.resolve();
      await release.promise;
    });
    await held.promise;
    return {
      async release() {
        release.resolve();
        await holding;
      },
    };
  }

  test('runs the whole callback again, so that no half of it is kept', async () => {
    const holder = await holdB();
    let runs = 0;
    await db.tx('wait', async (tx) => {
      runs += 1;
      if (runs === 2) {
        await holder.release();
      }
      await waitBriefly(tx);
      await grow.run(tx, { id: 'a', by: 1 });
      await grow.run(tx, { id: 'b', by: 1 });
    });
    await holder.release();
    expect(await counts()).toEqual(engine === 'sqlite' ? [1, 1] : [1, 101]);
    expect(runs).toBe(engine === 'sqlite' ? 1 : 2);
  });

  test('is not committed by half when the callback swallows it', async () => {
    const holder = await holdB();
    const swallowing = db.tx('swallow', async (tx) => {
      await waitBriefly(tx);
      await grow.run(tx, { id: 'a', by: 1 });
      await grow.run(tx, { id: engine === 'sqlite' ? 'no' : 'b', by: 1 }).catch(() => undefined);
      if (engine === 'sqlite') {
        await tx.run('no SQL at all', []).catch(() => undefined);
      }
    });
    await expect(swallowing).rejects.toThrow('swallowed a failed statement');
    await holder.release();
    expect(await counts()).toEqual(engine === 'sqlite' ? [0, 0] : [0, 100]);
  });
});

test('a callback that waits for a promise from outside is refused and rolled back', async () => {
  const never = new Promise<void>(() => undefined);
  const startedAt = performance.now();
  const waiting = db.tx('escape', async (tx) => {
    await grow.run(tx, { id: 'a', by: 1 });
    await never;
  });
  await expect(waiting).rejects.toThrow(/something else than its own queries/);
  expect(performance.now() - startedAt).toBeLessThan(engine === 'sqlite' ? 1_000 : 7_000);
  expect(await counts()).toEqual([0, 0]);
});

test('what an engine refuses is told apart', async () => {
  const refusal = (callback: (tx: Tx) => Promise<unknown>) =>
    db.tx('refused', callback).catch((error: unknown) => error);
  const unique = await refusal((tx) => insertRow(tx, 'test_counters', { id: 'a', count: 1 }));
  const check = await refusal((tx) => grow.run(tx, { id: 'a', by: -1 }));
  const syntax = await refusal((tx) => tx.run('SELEC', []));
  expect([unique, check, syntax].map(isUniqueViolation)).toEqual([true, false, false]);
  expect([unique, check, syntax].map(isCheckViolation)).toEqual([false, true, false]);
  expect([unique, check, syntax].map(isRetryable)).toEqual([false, false, false]);
});

test('the codes that ask for another try are known', () => {
  const retryable = [
    { code: '40001' },
    { code: '40P01' },
    { errno: 1213 },
    { errno: 1205 },
    { errcode: 5 },
    { errcode: 517 },
    new TransactionConflict('slow'),
  ];
  expect(retryable.map(isRetryable)).toEqual(retryable.map(() => true));
  expect([{ code: '23505' }, { errno: 1062 }, { errcode: 13 }, null, 'text'].map(isRetryable)).not.toContain(
    true,
  );
});

if (engine === 'postgres') {
  test('a COMMIT that PostgreSQL answers with ROLLBACK is not taken for one', async () => {
    const { default: pg } = await import('pg');
    const query = pg.Client.prototype.query;
    const hideFailure = function hide(this: InstanceType<typeof pg.Client>, ...parameters: unknown[]) {
      const running = query.apply(this, parameters as never) as unknown as Promise<unknown>;
      return parameters[0] === 'SELECT 1/0' ? running.catch(() => ({ rows: [], rowCount: 0 })) : running;
    };
    pg.Client.prototype.query = hideFailure as typeof query;
    const spoilt = db.tx('spoilt', async (tx) => {
      await grow.run(tx, { id: 'a', by: 1 });
      await tx.run('SELECT 1/0', []);
    });
    await expect(spoilt).rejects.toThrow('answered ROLLBACK to COMMIT');
    pg.Client.prototype.query = query;
    expect(await counts()).toEqual([0, 0]);
  });
}
