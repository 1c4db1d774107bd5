import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdtempSync, rmSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { onBoundary } from '../boundaries.ts';
import { systemClock } from '../clock.ts';
import { commitUnknown, isError } from '../errors.ts';
import { TransactionConflict, TransactionMisuse } from './errors.ts';
import { type Db, openDb } from './index.ts';
import { openSqlite, type SqliteConnection } from './sqlite-connection.ts';
import { createSharedCommit, type SharedCommit } from './sqlite-shared-commit.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'suanpan-shared-'));
  file = join(folder, 'test.db');
  const database = new DatabaseSync(file);
  database.exec('CREATE TABLE notes (id INTEGER PRIMARY KEY, words TEXT NOT NULL) STRICT');
  database.close();
});
afterEach(() => {
  onBoundary(undefined);
  rmSync(folder, { recursive: true });
});

const INSERT = 'INSERT INTO notes (words) VALUES (?)';
const words = (database = new DatabaseSync(file)): unknown[] => {
  const rows = database.prepare('SELECT words FROM notes ORDER BY id').all();
  database.close();
  return rows.map((row) => row.words);
};

describe('transactions that share a commit', () => {
  let db: Db;
  beforeEach(async () => {
    db = await openDb(`sqlite:${file}`, { clock: systemClock });
  });
  afterEach(() => db.close());
  const note = (text: string) => db.tx(text, (tx) => tx.run(INSERT, [text]));

  test('one that fails among 64 fails alone', async () => {
    let commits = 0;
    onBoundary((kind, name) => {
      commits += kind === 'commit.after' && name === '5' ? 1 : 0;
    });
    const all = await Promise.allSettled(
      Array.from({ length: 64 }, (_, n) =>
        db.tx(String(n), async (tx) => {
          await tx.run(INSERT, [String(n)]);
          if (n === 30) {
            throw new Error('only me');
          }
        }),
      ),
    );
    expect(all.filter((result) => result.status === 'rejected')).toHaveLength(1);
    expect(all[30]).toMatchObject({ reason: { message: 'only me' } });
    expect(words()).toEqual(Array.from({ length: 64 }, (_, n) => String(n)).filter((n) => n !== '30'));
    expect(commits).toBe(1);
  });

  test('one that awaits something else is rolled back and refused, its batch mates commit', async () => {
    const results = await Promise.allSettled([
      note('before'),
      db.tx('sleepy', async (tx) => {
        await tx.run(INSERT, ['sleepy']);
        await sleep(1);
        await tx.run(INSERT, ['too late']);
      }),
      note('after'),
    ]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[1]).toMatchObject({ reason: expect.any(TransactionMisuse) });
    await sleep(20);
    expect(words()).toEqual(['before', 'after']);
  });

  test.each<[string, () => Promise<unknown>]>([
    ['a timer that is due at once', () => sleep(0)],
    ['the next turn of the event loop', () => new Promise((resolve) => setImmediate(resolve))],
    ['a file', () => stat(file)],
  ])('one that awaits %s is refused every time', async (_name, wait) => {
    for (let round = 0; round < 20; round += 1) {
      await expect(db.tx('impatient', wait)).rejects.toThrow(TransactionMisuse);
    }
  });

  test('one that awaits a hundred queries and promises that are ready is not refused', async () => {
    await db.tx('long', async (tx) => {
      for (let n = 0; n < 100; n += 1) {
        await tx.run(INSERT, [String(n)]);
        await Promise.all([Promise.resolve(n), tx.run('SELECT 1', [])]);
        await new Promise<void>((resolve) => queueMicrotask(resolve));
      }
    });
    expect(words()).toHaveLength(100);
  });

  test('a promise that two of them share (a single flight) is refused to both', async () => {
    let flight: Promise<string> | undefined;
    const load = () => {
      flight ??= sleep(5).then(() => 'loaded');
      return flight;
    };
    const results = await Promise.allSettled(
      ['a', 'b'].map((text) =>
        db.tx(text, async (tx) => {
          await tx.run(INSERT, [await load()]);
        }),
      ),
    );
    expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected']);
    expect(words()).toEqual([]);
  });

  test('each callback has the async context of its caller, even when another one began the batch', async () => {
    const context = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    await Promise.all(
      ['x', 'y', 'z'].map((name) =>
        context.run(name, () =>
          db.tx(name, async (tx) => {
            await tx.run(INSERT, [name]);
            seen.push(context.getStore());
          }),
        ),
      ),
    );
    expect(seen).toEqual(['x', 'y', 'z']);
  });

  test('nobody is answered before the commit, not even with a refusal', async () => {
    const order: string[] = [];
    onBoundary((kind, name) => order.push(`${kind} ${name}`));
    await Promise.all([
      note('kept').then(() => order.push('kept answered')),
      db.tx('refused', () => Promise.reject(new Error('no'))).catch(() => order.push('refused answered')),
    ]);
    expect(order).toEqual([
      'commit.before kept',
      'commit.before refused',
      'commit.after kept',
      'commit.after refused',
      'kept answered',
      'refused answered',
    ]);
  });

  test('beside a process that holds the lock they wait without stopping the event loop', async () => {
    const other = new DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    let turns = 0;
    const ticking = setInterval(() => {
      turns += 1;
    }, 5);
    const waiting = Promise.all([note('a'), note('b')]);
    await sleep(200);
    expect(turns).toBeGreaterThan(20);
    other.exec('COMMIT');
    other.close();
    await waiting;
    clearInterval(ticking);
    expect(words()).toEqual(['a', 'b']);
  });

  test('statements of administration wait for them in the same way', async () => {
    const other = new DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    const altering = db.administer((connection) =>
      connection.run('CREATE TABLE more (id INTEGER) STRICT', []),
    );
    await sleep(50);
    other.exec('COMMIT');
    other.close();
    await altering;
    await note('after');
    expect(words()).toEqual(['after']);
  });
});

describe('a commit that fails', () => {
  let connection: SqliteConnection;
  let shared: SharedCommit;
  let failing: { statement: string; error: Error } | undefined;
  beforeEach(() => {
    failing = undefined;
    // A batch ends after 10 ms; here the clock of the batch stands still, so that they stay together on a busy machine.
    vi.spyOn(performance, 'now').mockReturnValue(0);
    const real = openSqlite(file);
    connection = {
      ...real,
      exec(sql) {
        if (failing?.statement === sql) {
          const { error } = failing;
          failing = undefined;
          throw error;
        }
        real.exec(sql);
      },
    };
    shared = createSharedCommit(connection);
  });
  afterEach(() => connection.close());

  const submit = (name: string, run: () => Promise<unknown>) =>
    shared.submit({ mark: { name, open: true }, run, assertCommittable: () => undefined });
  const note = (text: string) => submit(text, () => connection.run(INSERT, [text]));
  const failure = (errcode: number) => Object.assign(new Error(`code ${errcode}`), { errcode });
  const reasons = async (promises: Promise<unknown>[]) =>
    (await Promise.allSettled(promises)).map((result) =>
      result.status === 'rejected' ? result.reason : 'kept',
    );

  test('refuses everybody, those who had been refused for their own reasons too', async () => {
    const error = failure(13);
    failing = { statement: 'COMMIT', error };
    const refused = submit('refused', () => Promise.reject(new Error('insufficient stock')));
    expect(await reasons([note('a'), refused, note('b')])).toEqual([error, error, error]);
    await note('next');
    expect(words()).toEqual(['next']);
  });

  test('with an I/O error leaves the outcome unknown', async () => {
    failing = { statement: 'COMMIT', error: failure(1034) };
    const [reason] = await reasons([note('a')]);
    expect(isError(reason, commitUnknown)).toBe(true);
  });

  test.each(['SAVEPOINT shared', 'RELEASE shared'])(
    'so does one of its savepoints (%s), and the queue goes on',
    async (statement) => {
      failing = { statement, error: failure(1034) };
      const all = await reasons([note('a'), note('b')]);
      expect(all.filter((reason) => reason === 'kept').length).toBe(words().length);
      await note('next');
      expect(words().at(-1)).toBe('next');
    },
  );

  test('because SQLite rolled everything back lets the innocent begin anew', async () => {
    const first = note('a');
    const culprit = submit('culprit', async () => {
      connection.exec('ROLLBACK');
      throw new Error('the disk is full');
    });
    const [conflict, refusal, later] = await reasons([first, culprit, note('b')]);
    expect(conflict).toBeInstanceOf(TransactionConflict);
    expect(refusal).toMatchObject({ message: 'the disk is full' });
    expect(later).toBe('kept');
    expect(words()).toEqual(['b']);
  });

  test('on a full disk keeps exactly those that were answered', async () => {
    await connection.run('PRAGMA max_page_count = 40', []);
    const big = 'x'.repeat(3_000);
    const all = await reasons(Array.from({ length: 60 }, (_, n) => note(`${n} ${big}`)));
    const kept = all.flatMap((reason, n) => (reason === 'kept' ? [String(n)] : []));
    expect(kept.length).toBeGreaterThan(10);
    expect(kept.length).toBeLessThan(60);
    expect(words().map((text) => String(text).split(' ')[0])).toEqual(kept);
  });
});
