import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isThereAlready, isUniqueViolation } from './errors.ts';
import type { Migration } from './table.ts';
import type { Connection, Db, Engine } from './types.ts';

const LOCK_LEASE_MS = 60_000;
const LOCK_POLL_MS = 200;
/** Which of the three it is depends on how far the other process was: the table, its row type, or a row of the catalogue. */
const CREATED_MEANWHILE: readonly unknown[] = ['42P07', '42710'];

const BOOKKEEPING: Record<Engine, readonly string[]> = {
  sqlite: tables('TEXT', 'INTEGER', ' STRICT'),
  postgres: tables('VARCHAR(190)', 'BIGINT', ''),
  mysql: tables('VARCHAR(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin', 'BIGINT', ' ENGINE = InnoDB'),
};

function tables(keyType: string, integerType: string, ending: string): readonly string[] {
  return [
    `CREATE TABLE IF NOT EXISTS schema_migrations (name ${keyType} NOT NULL, applied_at ${integerType} NOT NULL, PRIMARY KEY (name))${ending}`,
    `CREATE TABLE IF NOT EXISTS schema_lock (id ${integerType} NOT NULL, held_until ${integerType} NOT NULL, PRIMARY KEY (id))${ending}`,
  ];
}

/** A file of migrations as it is now. */
interface MigrationFile {
  readonly url: URL;
  readonly name: string;
  /** What is written down when all steps of the file were done: its name and what was in it. */
  readonly mark: string;
}

const MARK_DIGITS = 16;

async function readFolder(folder: URL): Promise<MigrationFile[]> {
  const files = (await readdir(folder)).filter((file) => /^\d{4}-.*\.ts$/.test(file)).sort();
  return Promise.all(
    files.map(async (file) => {
      const url = new URL(file, folder);
      const name = file.replace(/\.ts$/, '');
      const digest = createHash('sha256')
        .update(await readFile(url))
        .digest('hex');
      return { url, name, mark: `${name}@${digest.slice(0, MARK_DIGITS)}` };
    }),
  );
}

/** A start with nothing to do loads none of them: reading and comparing is a tenth of that. */
async function loadUnfinished(folder: URL, applied: ReadonlySet<string>) {
  const files = (await readFolder(folder)).filter(({ mark }) => !applied.has(mark));
  const migrations = await Promise.all(
    files.map(async ({ url, name }): Promise<Migration> => {
      const { steps } = (await import(url.href)) as { steps: Migration['steps'] };
      return { name, steps };
    }),
  );
  return { steps: stepsOf(migrations), marks: files.map(({ mark }) => mark) };
}

/** IF NOT EXISTS does not help two processes that create a table at the same time on PostgreSQL: the later one fails. */
async function createBookkeeping(db: Db, connection: Connection): Promise<void> {
  for (const statement of BOOKKEEPING[db.engine]) {
    try {
      await connection.run(statement, []);
    } catch (error) {
      if (!isUniqueViolation(error) && !CREATED_MEANWHILE.includes((error as { code?: unknown }).code)) {
        throw error;
      }
    }
  }
}

const placeholder = (engine: Engine, index: number) => (engine === 'postgres' ? `$${index}` : '?');

async function appliedNames(connection: Connection): Promise<Set<string>> {
  const { rows } = await connection.run('SELECT name FROM schema_migrations', []);
  return new Set(rows.map((row) => String(row.name)));
}

/** Only one process migrates at a time. The lock is a row with an end, so that it can not outlive a process that died. */
async function acquireLock(db: Db, connection: Connection): Promise<void> {
  const p = (index: number) => placeholder(db.engine, index);
  try {
    await connection.run(`INSERT INTO schema_lock (id, held_until) VALUES (${p(1)}, ${p(2)})`, [1, 0]);
  } catch (error) {
    if (!isUniqueViolation(error)) {
      throw error;
    }
  }
  for (;;) {
    const now = Date.now();
    const { affected } = await connection.run(
      `UPDATE schema_lock SET held_until = ${p(1)} WHERE id = ${p(2)} AND held_until < ${p(3)}`,
      [now + LOCK_LEASE_MS, 1, now],
    );
    if (affected === 1) {
      return;
    }
    await sleep(LOCK_POLL_MS);
  }
}

/** Renews the lock between two steps, or gives it back with 0. */
async function holdLockUntil(db: Db, connection: Connection, until: number): Promise<void> {
  const p = (index: number) => placeholder(db.engine, index);
  await connection.run(`UPDATE schema_lock SET held_until = ${p(1)} WHERE id = ${p(2)}`, [until, 1]);
}

function stepsOf(migrations: readonly Migration[]) {
  return migrations.flatMap((migration) =>
    migration.steps.map((step) => ({ name: `${migration.name}: ${step.name}`, step })),
  );
}

/** The default place of the migrations, beside `src`. */
export const MIGRATIONS = new URL('../../../migrations/', import.meta.url);

/**
 * Brings the schema up to date, forward only, one statement of DDL at a time; each step is written down once it is
 * done and is harmless when run again, so that a crash between the two loses nothing. Answers the steps that were run.
 */
export function applyMigrations(db: Db, folder: URL = MIGRATIONS): Promise<string[]> {
  return db.administer(async (connection) => {
    await createBookkeeping(db, connection);
    const { steps, marks } = await loadUnfinished(folder, await appliedNames(connection));
    if (marks.length === 0) {
      return [];
    }
    await acquireLock(db, connection);
    try {
      const applied = await appliedNames(connection);
      const done = await runSteps(db, connection, applied, steps);
      for (const mark of marks.filter((name) => !applied.has(name))) {
        await writeDown(db, connection, mark);
      }
      return done;
    } finally {
      await holdLockUntil(db, connection, 0);
    }
  });
}

/** Not every engine knows IF NOT EXISTS for columns and indexes: one that is there was added before a crash. */
async function runStep(connection: Connection, ddl: string): Promise<void> {
  try {
    await connection.run(ddl, []);
  } catch (error) {
    if (!isThereAlready(error)) {
      throw error;
    }
  }
}

async function writeDown(db: Db, connection: Connection, name: string): Promise<void> {
  const values = `${placeholder(db.engine, 1)}, ${placeholder(db.engine, 2)}`;
  await connection.run(`INSERT INTO schema_migrations (name, applied_at) VALUES (${values})`, [
    name,
    Date.now(),
  ]);
}

async function runSteps(
  db: Db,
  connection: Connection,
  applied: ReadonlySet<string>,
  steps: ReturnType<typeof stepsOf>,
): Promise<string[]> {
  const done: string[] = [];
  for (const { name, step } of steps) {
    if (applied.has(name)) {
      continue;
    }
    const ddl = step.sql(db.engine);
    if (ddl !== undefined) {
      await runStep(connection, ddl);
    }
    await writeDown(db, connection, name);
    done.push(name);
    await holdLockUntil(db, connection, Date.now() + LOCK_LEASE_MS);
  }
  return done;
}

/** The steps that have not been applied yet; `/ready` says no while there are any. */
export function pendingMigrations(db: Db, folder: URL = MIGRATIONS): Promise<string[]> {
  return db.administer(async (connection) => {
    await createBookkeeping(db, connection);
    const applied = await appliedNames(connection);
    const { steps } = await loadUnfinished(folder, applied);
    return steps.map(({ name }) => name).filter((name) => !applied.has(name));
  });
}
