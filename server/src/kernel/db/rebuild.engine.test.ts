import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/harness/database.ts';
import { systemClock } from '../clock.ts';
import { applyMigrations, type Connection, type Db, insertRow, openDb } from './index.ts';

const WRITER = fileURLToPath(new URL('../../../test/harness/acknowledge.ts', import.meta.url));
const KERNEL = new URL('index.ts', import.meta.url).href;

/** What was there before: keyed otherwise, and without an origin. */
const PROBE = `
  import { integer, key, rebuild, table, text } from '${KERNEL}';
  const kept = { entity_id: key(), version: integer(), note: text().nullable() };
  const before = table('probe_steps', { id: key(80), ...kept }, {
    primaryKey: ['id'],
    unique: { probe_steps_unique: ['entity_id', 'version'] },
    checks: { probe_steps_version: 'version > 0' },
  });
  const after = rebuild('probe_steps', { ...kept, place: integer(), origin: key(16) }, {
    primaryKey: ['entity_id', 'place'],
    indexes: { probe_steps_note: ['version'] },
    checks: { probe_steps_version: 'version > 0' },
  }, {
    kept: Object.keys(kept),
    from: {
      place: 'ROW_NUMBER() OVER (PARTITION BY entity_id ORDER BY id)',
      origin: "(SELECT MAX(origins.name) FROM origins WHERE origins.entity_id = probe_steps_copy.entity_id)",
    },
    reads: ['origins'],
  });
  const origins = table('origins', { entity_id: key(), name: key(16) }, { primaryKey: ['entity_id'] });
`;
/** The shape of `events` stays; what counts is that a table of the program is made anew under its writers. */
const EVENTS = `
  import { integer, key, rebuild, text } from '${KERNEL}';
  const columns = { id: key(), name: key(64), version: integer(), subject: key(), data: text(), at: integer() };
  export const steps = rebuild('events', columns, {
    primaryKey: ['id'],
    indexes: { events_at: ['at'], events_subject: ['subject', 'at'] },
  }, { kept: Object.keys(columns) });
`;

let database: TestDatabase;
let db: Db;
const folders: string[] = [];
const children: ChildProcess[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
  db = await openDb(database.url, { clock: systemClock, poolSize: 1 });
  await applyMigrations(db);
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill('SIGKILL');
  }
  await db.close();
  await database.drop();
  for (const folder of folders.splice(0)) {
    rmSync(folder, { recursive: true });
  }
});

/** A folder with one migration. */
function migration(source: string): URL {
  const folder = mkdtempSync(join(tmpdir(), 'suanpan-rebuild-'));
  folders.push(folder);
  writeFileSync(join(folder, '9001-probe.ts'), source);
  return pathToFileURL(`${folder}/`);
}

const run = (sql: string) => db.administer((connection) => connection.run(sql, []));
const stored = async () => new Set((await db.run('SELECT id FROM events', [])).rows.map(({ id }) => id));

describe('a table that is made anew', () => {
  /** The database of a process that dies before its statement of this number. */
  function dyingAt(count: number): { db: Db; hasDied(): boolean } {
    let statements = 0;
    const mortal = (connection: Connection): Connection => ({
      async run(sql, parameters) {
        // What the engine does by itself when the process is gone.
        const isLastWill = /^(ROLLBACK|UNLOCK)/.test(sql);
        statements += isLastWill ? 0 : 1;
        if (!isLastWill && statements >= count) {
          throw new Error('the process has died');
        }
        return connection.run(sql, parameters);
      },
    });
    return {
      db: { ...db, administer: (callback) => db.administer((connection) => callback(mortal(connection))) },
      hasDied: () => statements >= count,
    };
  }

  const expected = [
    { entity_id: 'a', version: 7, place: 1, note: 'first', origin: 'here' },
    { entity_id: 'a', version: 8, place: 2, note: null, origin: 'here' },
    { entity_id: 'b', version: 1, place: 1, note: 'other', origin: 'there' },
  ];
  const rows = async () =>
    (
      await db.run(
        'SELECT entity_id, version, place, note, origin FROM probe_steps ORDER BY entity_id, place',
        [],
      )
    ).rows;

  async function begin(): Promise<void> {
    await run("DELETE FROM schema_migrations WHERE name LIKE '9001%'");
    for (const table of ['probe_steps', 'probe_steps_copy', 'probe_steps_next', 'origins']) {
      await run(`DROP TABLE IF EXISTS ${table}`);
    }
    await applyMigrations(db, migration(`${PROBE} export const steps = [...before, ...origins];`));
    await run(
      `INSERT INTO probe_steps (id, entity_id, version, note)
       VALUES ('a.1', 'a', 7, 'first'), ('a.2', 'a', 8, NULL), ('b.1', 'b', 1, 'other')`,
    );
    await run("INSERT INTO origins (entity_id, name) VALUES ('a', 'here'), ('b', 'there')");
  }
  const goOn = () => applyMigrations(db, migration(`${PROBE} export const steps = after;`));
  const startAgain = async () => {
    // Its lock would have run out after a minute.
    await run('UPDATE schema_lock SET held_until = 0');
    return goOn();
  };

  async function expectWhole(): Promise<void> {
    expect(await rows()).toEqual(expected);
    const insert = 'INSERT INTO probe_steps (entity_id, version, place, origin) VALUES';
    await expect(run(`${insert} ('a', 9, 2, 'x')`)).rejects.toThrow();
    await expect(run(`${insert} ('a', 0, 3, 'x')`)).rejects.toThrow();
    await expect(run('SELECT * FROM probe_steps_copy')).rejects.toThrow();
    await expect(run('SELECT * FROM probe_steps_next')).rejects.toThrow();
  }

  test('keeps its rows, also where its key is another one', async () => {
    await begin();
    await goOn();
    await expectWhole();
    expect(await goOn()).toEqual([]);
  });

  test('keeps its rows wherever the process dies, and is whole when it goes on', async () => {
    const source = migration(`${PROBE} export const steps = after;`);
    let deaths = 0;
    for (let hasDied = true; hasDied; deaths += 1) {
      await begin();
      const mortal = dyingAt(deaths + 1);
      await applyMigrations(mortal.db, source).catch(() => undefined);
      hasDied = mortal.hasDied();
      await startAgain();
      await expectWhole();
    }
    expect(deaths).toBeGreaterThan(20);
  }, 60_000);

  test('takes over what a version left that made it anew in steps', async () => {
    const copied = 'CREATE TABLE probe_steps_copy AS SELECT * FROM probe_steps';
    const dropped =
      "INSERT INTO schema_migrations (name, applied_at) VALUES ('9001-probe: drop probe_steps', 0)";
    const states: Record<string, () => Promise<void>> = {
      async 'a copy, after which others have written'() {
        await run("DELETE FROM probe_steps WHERE id = 'b.1'");
        await run(copied);
        await run("INSERT INTO probe_steps (id, entity_id, version, note) VALUES ('b.1', 'b', 1, 'other')");
      },
      async 'nothing but the copy'() {
        await run(copied);
        await run('DROP TABLE probe_steps');
      },
      async 'the copy beside the new table, of which somebody has written a row'() {
        await run(copied);
        await run("DELETE FROM probe_steps_copy WHERE id = 'b.1'");
        await run('CREATE TABLE kept_copy AS SELECT * FROM probe_steps_copy');
        await run('DROP TABLE probe_steps_copy');
        await goOn();
        await run("DELETE FROM schema_migrations WHERE name LIKE '9001%'");
        await run(dropped);
        await run("DELETE FROM probe_steps WHERE entity_id = 'a'");
        await run('ALTER TABLE kept_copy RENAME TO probe_steps_copy');
      },
    };
    for (const leave of Object.values(states)) {
      await begin();
      await leave();
      await goOn();
      await expectWhole();
    }
  });
});

test('what is written between the statements that make a table anew is there afterwards', async () => {
  const other = await openDb(database.url, { clock: systemClock });
  const writes: Promise<string | undefined>[] = [];
  const write = (id: string) =>
    other
      .tx('write', (tx) =>
        insertRow(tx, 'events', {
          ...{ id, name: 'test.row', version: 1, subject: 'between', data: '{}' },
          at: tx.now,
        }),
      )
      .then(
        () => id,
        () => undefined,
      );
  const interrupted = (connection: Connection): Connection => ({
    async run(sql, parameters) {
      const outcome = await connection.run(sql, parameters);
      writes.push(write(`row_${writes.length}`));
      // On SQLite, where each statement is carried out at once, nobody else would have a turn.
      await turn();
      await turn();
      return outcome;
    },
  });
  const interruptedDb: Db = {
    ...db,
    administer: (callback) => db.administer((connection) => callback(interrupted(connection))),
  };
  expect(await applyMigrations(interruptedDb, migration(EVENTS))).toHaveLength(2);
  const answered = (await Promise.all(writes)).filter((id) => id !== undefined);
  await other.close();
  expect(answered.length).toBeGreaterThan(2);
  const kept = await stored();
  expect(answered.filter((id) => !kept.has(id))).toEqual([]);
});

test('what other processes were told is committed is there after a table was made anew under them', async () => {
  const child = spawn(process.execPath, [WRITER, 'row', '1000000'], {
    env: { ...process.env, DATABASE_URL: database.url },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const answered: string[] = [];
  let waiting: { readonly count: number; resolve(): void } | undefined;
  createInterface({ input: child.stdout }).on('line', (id) => {
    answered.push(id);
    if (answered.length === waiting?.count) {
      waiting.resolve();
    }
  });
  const more = (count: number) =>
    new Promise<void>((resolve) => {
      waiting = { count: answered.length + count, resolve };
    });
  await more(500);
  for (let round = 0; round < 3; round += 1) {
    await run("DELETE FROM schema_migrations WHERE name LIKE '9001%'");
    expect(await applyMigrations(db, migration(EVENTS))).toHaveLength(2);
    await more(100);
  }
  child.kill('SIGKILL');
  await once(child, 'close');
  const kept = await stored();
  expect(answered.filter((id) => !kept.has(id))).toEqual([]);
});
