import { AsyncLocalStorage } from 'node:async_hooks';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openTestDb } from '../../../test/harness/database.ts';
import { systemClock } from '../clock.ts';
import { isError, serviceUnavailable } from '../errors.ts';
import { defineJob, enqueue } from '../jobs/index.ts';
import {
  type Db,
  statement,
  TransactionConflict,
  TransactionMisuse,
  type TransactionOutcome,
  type Tx,
} from './index.ts';

const probe = defineJob({ name: 'probe.run', version: 1, payload: z.object({ n: z.number() }) });
const keysOf = statement<Record<never, never>, { unique_key: string }>((query) =>
  query.selectFrom('jobs').select('unique_key').orderBy('unique_key'),
);

let db: Db & { readonly url: string };
let rehearsed: Db & { readonly url: string };
const outcomes: TransactionOutcome[] = [];
const hintErrors: unknown[] = [];

beforeAll(async () => {
  db = await openTestDb({
    clock: systemClock,
    rehearse: false,
    onTransaction: (outcome) => outcomes.push(outcome),
    onHintError: (error) => hintErrors.push(error),
  });
  rehearsed = await openTestDb({ clock: systemClock });
});
afterAll(async () => {
  await db.close();
  await rehearsed.close();
});
beforeEach(async () => {
  await db.tx('clean', (tx) => tx.query.deleteFrom('jobs').execute());
  outcomes.length = 0;
});

const add = (tx: Tx, key: string) => enqueue(tx, probe, { n: 1 }, { key });
const keys = async () => (await keysOf.all(db, {})).map((row) => row.unique_key.replace('probe.run:', ''));

describe('a transaction', () => {
  test('is there when it has answered, and not at all when it threw', async () => {
    await db.tx('keep', (tx) => add(tx, 'kept'));
    const refused = db.tx('refuse', async (tx) => {
      await add(tx, 'refused');
      throw new Error('no');
    });
    await expect(refused).rejects.toThrow('no');
    expect(await keys()).toEqual(['kept']);
    expect(outcomes).toMatchObject([
      { name: 'keep', result: 'committed', attempts: 1 },
      { name: 'refuse', result: 'refused', attempts: 1 },
    ]);
  });

  test('sees what it has written itself, while others do not', async () => {
    let inside: unknown[] = [];
    await db.tx('write', async (tx) => {
      await add(tx, 'a');
      inside = await keysOf.all(tx, {});
    });
    expect(inside).toHaveLength(1);
  });

  test('begins anew as a whole when somebody else was faster, at most five times', async () => {
    let runs = 0;
    await db.tx('second try', async (tx) => {
      runs += 1;
      await add(tx, `run ${runs}`);
      if (runs < 3) {
        throw new TransactionConflict('too slow');
      }
    });
    expect(await keys()).toEqual(['run 3']);
    runs = 0;
    const never = db.tx('never', async () => {
      runs += 1;
      throw new TransactionConflict('always too slow');
    });
    await expect(never).rejects.toSatisfy((error) => isError(error, serviceUnavailable));
    expect(runs).toBe(6);
    expect(outcomes.map(({ attempts }) => attempts)).toEqual([3, 6]);
  });

  test('what it appends is written when its callback is done, and a row that is refused takes everything with it', async () => {
    const step = (version: number) => ({
      ...{ entity: 'probe', entity_id: 'probe_1', version, field: 'status' },
      ...({
        from_state: null,
        to_state: 'new',
        actor_type: 'system',
        actor_id: 'test',
        note: null,
        at: 1,
      } as const),
    });
    const steps = () => db.query.selectFrom('state_history').select('version').orderBy('version').execute();
    await db.tx('append', async (tx) => {
      tx.append('state_history', step(1));
      tx.append('state_history', step(2), step(3));
      expect(await tx.query.selectFrom('state_history').select('version').execute()).toEqual([]);
    });
    expect(await steps()).toEqual([{ version: 1 }, { version: 2 }, { version: 3 }]);
    const repeated = db.tx('append again', async (tx) => {
      await add(tx, 'beside');
      tx.append('state_history', step(4), step(3));
    });
    await expect(repeated).rejects.toThrow();
    expect(await steps()).toHaveLength(3);
    expect(await keys()).toEqual([]);
    await db.tx('clean', (tx) => tx.query.deleteFrom('state_history').execute());
  });

  test('fifty at once all commit', async () => {
    await Promise.all(Array.from({ length: 50 }, (_, n) => db.tx('many', (tx) => add(tx, String(n)))));
    expect(await keys()).toHaveLength(50);
  });

  test('is run twice in rehearsal, and only the second run is kept, its hints too', async () => {
    let runs = 0;
    const hints: number[] = [];
    await rehearsed.tx('twice', async (tx) => {
      runs += 1;
      const run = runs;
      tx.afterCommit(() => hints.push(run));
      await add(tx, `run ${run}`);
    });
    expect(runs).toBe(2);
    expect(hints).toEqual([2]);
    expect(await keysOf.all(rehearsed, {})).toEqual([{ unique_key: 'probe.run:run 2' }]);
  });

  test('hints come after the commit and not when it was refused, and one that throws harms nobody', async () => {
    const seen: string[] = [];
    const broken = new Error('a broken hint');
    await db.tx('hints', async (tx) => {
      tx.afterCommit(() => {
        throw broken;
      });
      tx.afterCommit(() => seen.push('after'));
      await add(tx, 'a');
      seen.push('inside');
    });
    const refused = db.tx('refused', async (tx) => {
      tx.afterCommit(() => seen.push('never'));
      throw new Error('no');
    });
    await expect(refused).rejects.toThrow('no');
    expect(seen).toEqual(['inside', 'after']);
    expect(hintErrors).toEqual([broken]);
  });

  test('each callback and each hint has the async context of its own caller', async () => {
    const context = new AsyncLocalStorage<number>();
    const callbacks: unknown[] = [];
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        context.run(n, async () => {
          await db.tx('context', async (tx) => {
            await keysOf.all(tx, {});
            callbacks.push([n, context.getStore()]);
          });
          return context.getStore();
        }),
      ),
    );
    expect(answers).toEqual(Array.from({ length: 20 }, (_, n) => n));
    expect(callbacks).toHaveLength(20);
    expect(callbacks.every((pair) => (pair as number[])[0] === (pair as number[])[1])).toBe(true);
  });
});

describe('inside a transaction', () => {
  const misuses: Record<string, (tx: Tx) => Promise<unknown>> = {
    'a second transaction': () => db.tx('inner', async () => undefined),
    'a read past it': () => keysOf.all(db, {}),
    'a query built past it': () => db.query.selectFrom('jobs').selectAll().execute(),
    'a snapshot': () => db.snapshot(async () => undefined),
    'an administrative statement': () => db.administer(async () => undefined),
  };
  test.each(Object.entries(misuses))(
    '%s is refused, and what stood before it is not kept',
    async (_name, misuse) => {
      const refused = db.tx('outer', async (tx) => {
        await add(tx, 'before');
        await misuse(tx);
      });
      await expect(refused).rejects.toThrow('inside the transaction "outer"');
      expect(await keys()).toEqual([]);
    },
  );

  test('a statement that failed and was swallowed refuses the commit', async () => {
    const swallowed = db.tx('swallow', async (tx) => {
      await add(tx, 'before');
      await tx.run('SELECT * FROM no_such_table', []).catch(() => undefined);
    });
    await expect(swallowed).rejects.toThrow(TransactionMisuse);
    expect(await keys()).toEqual([]);
  });

  test('a query that nobody awaits refuses the commit or is part of it, but is never lost', async () => {
    const answer = await db
      .tx('forgetful', async (tx) => {
        await add(tx, 'awaited');
        void add(tx, 'forgotten').catch(() => undefined);
      })
      .catch((error: unknown) => error);
    expect(await keys()).toEqual(answer === undefined ? ['awaited', 'forgotten'] : []);
  });

  test('a query that fails while nobody awaits it refuses the commit', async () => {
    const forgetful = db.tx('forgetful', async (tx) => {
      await add(tx, 'awaited');
      void tx.run('INSERT INTO no_such_table VALUES (1)', []).catch(() => undefined);
    });
    await expect(forgetful).rejects.toThrow();
    expect(await keys()).toEqual([]);
  });

  test('its tx throws once the callback has settled', async () => {
    let escaped: Tx | undefined;
    await db.tx('escape', async (tx) => {
      escaped = tx;
    });
    await expect(add(escaped as Tx, 'late')).rejects.toThrow('is over');
    expect(await keys()).toEqual([]);
  });
});

describe('outside of a transaction', () => {
  test('a write is refused on every engine', async () => {
    await expect(db.query.deleteFrom('jobs').execute()).rejects.toThrow('a write outside of a transaction');
    await expect(db.run('  delete from jobs', [])).rejects.toThrow(TransactionMisuse);
    await expect(keysOf.all(db, {})).resolves.toEqual([]);
  });

  test('a snapshot sees one state, however much is written meanwhile', async () => {
    await db.tx('first', (tx) => add(tx, 'first'));
    const seen = await db.snapshot(async (reader) => {
      const before = await keysOf.all(reader, {});
      const other = AsyncLocalStorage.snapshot();
      await other(() => db.tx('second', (tx) => add(tx, 'second')));
      return [before, await keysOf.all(reader, {})];
    });
    expect(seen[0]).toEqual(seen[1]);
    expect(await keys()).toEqual(['first', 'second']);
  });
});

const settings: Record<string, { sql: string; expected: object }> = {
  postgres: {
    sql: "SELECT current_setting('lock_timeout') AS wait, current_setting('transaction_isolation') AS isolation",
    expected: { wait: '5s', isolation: 'read committed' },
  },
  mysql: {
    sql: `SELECT @@innodb_lock_wait_timeout AS wait, @@lock_wait_timeout AS table_wait, @@tx_isolation AS isolation, @@time_zone AS zone,
      @@sql_mode LIKE '%STRICT_ALL_TABLES%' AS is_strict`,
    expected: { wait: 5, table_wait: 5, isolation: 'READ-COMMITTED', zone: '+00:00', is_strict: 1 },
  },
  sqlite: {
    sql: 'SELECT synchronous, journal_mode, timeout FROM pragma_synchronous, pragma_journal_mode, pragma_busy_timeout',
    expected: { synchronous: 2, journal_mode: 'wal', timeout: 0 },
  },
};

test('every transaction runs with the isolation, the durability and the patience that are promised', async () => {
  const { sql, expected } = settings[db.engine] as (typeof settings)[string];
  const { rows } = await db.tx('settings', (tx) => tx.run(sql, []));
  expect(rows).toMatchObject([expected]);
});
