import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeError, isRetryable, isThereAlready, isUniqueViolation } from './errors.ts';
import type { CompoundStep, Migration } from './migration.ts';
import {
  acquireLock,
  keepLock,
  LOCK_TABLE,
  type MigrationLock,
  placeholder,
  releaseLock,
  waitingForOthers,
} from './migration-lock.ts';
import type { Connection, Db, Engine } from './types.ts';

/** A step waits 5 s each time for the tables that it needs; whoever writes to them waits as long behind it. */
const MAX_ATTEMPTS = 6;
const PAUSE_MS = 1_000;
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
    `CREATE TABLE IF NOT EXISTS ${LOCK_TABLE} (id ${integerType} NOT NULL, held_until ${integerType} NOT NULL, PRIMARY KEY (id))${ending}`,
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
      await waitingForOthers(db.engine, () => connection.run(statement, []));
    } catch (error) {
      if (!isUniqueViolation(error) && !CREATED_MEANWHILE.includes((error as { code?: unknown }).code)) {
        throw error;
      }
    }
  }
}

async function appliedNames(connection: Connection): Promise<Set<string>> {
  const { rows } = await connection.run('SELECT name FROM schema_migrations', []);
  return new Set(rows.map((row) => String(row.name)));
}

function stepsOf(migrations: readonly Migration[]) {
  return migrations.flatMap((migration) =>
    migration.steps.map((step) => ({
      migration: migration.name,
      name: `${migration.name}: ${step.name}`,
      step,
    })),
  );
}

/** The default place of the migrations, beside `src`. */
export const MIGRATIONS = new URL('../../../migrations/', import.meta.url);

/** Others use a table all the time that a step needs for itself, and nothing was changed by it. */
export class MigrationHeldUp extends Error {
  constructor(step: string, cause: unknown) {
    super(
      `The step "${step}" needs a table for itself, which others hold (${describeError(cause)}). ` +
        'End transactions that stay open, or the processes of the version before, and start again.',
      { cause },
    );
    this.name = 'MigrationHeldUp';
  }
}

/**
 * Brings the schema up to date, forward only, step by step, beside processes of the version before that go on working.
 * Each step is written down once it is done and is harmless when run again, so that a crash between the two loses
 * nothing. Answers the steps that were run. Throws `MigrationHeldUp` where a step can not have its tables.
 */
export function applyMigrations(db: Db, folder: URL = MIGRATIONS): Promise<string[]> {
  return db.administer(async (connection) => {
    await createBookkeeping(db, connection);
    const { steps, marks } = await loadUnfinished(folder, await appliedNames(connection));
    if (marks.length === 0) {
      return [];
    }
    const lock = await acquireLock(db.engine, connection);
    try {
      const applied = await appliedNames(connection);
      const done = await runSteps(db, connection, { applied, steps, lock });
      for (const mark of marks.filter((name) => !applied.has(name))) {
        await writeDown(db.engine, connection, mark);
      }
      return done;
    } finally {
      await releaseLock(db.engine, connection, lock);
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

async function writeDown(engine: Engine, connection: Connection, name: string): Promise<void> {
  const values = `${placeholder(engine, 1)}, ${placeholder(engine, 2)}`;
  await connection.run(`INSERT INTO schema_migrations (name, applied_at) VALUES (${values})`, [
    name,
    Date.now(),
  ]);
}

interface Work {
  readonly applied: ReadonlySet<string>;
  readonly steps: ReturnType<typeof stepsOf>;
  readonly lock: MigrationLock;
}

async function runSteps(db: Db, connection: Connection, work: Work): Promise<string[]> {
  const done: string[] = [];
  for (const planned of work.steps) {
    const { name, step } = planned;
    if (work.applied.has(name)) {
      continue;
    }
    await withPatience(name, async () => {
      if ('carryOut' in step) {
        await carryOut(db.engine, connection, { ...planned, ...work, step });
        return;
      }
      const ddl = step.sql(db.engine);
      if (ddl !== undefined) {
        await runStep(connection, ddl);
      }
      await writeDown(db.engine, connection, name);
      await keepLock(db.engine, connection, work.lock);
    });
    done.push(name);
  }
  return done;
}

async function withPatience(name: string, work: () => Promise<void>): Promise<void> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      await work();
      return;
    } catch (error) {
      if (!isRetryable(error)) {
        throw error;
      }
      if (attempts === MAX_ATTEMPTS) {
        throw new MigrationHeldUp(name, error);
      }
      await sleep(PAUSE_MS);
    }
  }
}

interface PlannedCompound {
  readonly migration: string;
  readonly name: string;
  readonly step: CompoundStep;
}

/** Carries a step of several statements out, and writes it down. */
async function carryOut(
  engine: Engine,
  connection: Connection,
  { migration, name, step, applied, lock }: Omit<Work, 'steps'> & PlannedCompound,
): Promise<void> {
  await inTransaction(engine, connection, lock, async (held) => {
    await step.carryOut({
      engine,
      connection,
      wasDone: (title) => applied.has(`${migration}: ${title}`),
      keepLock: () => keepLock(engine, connection, held),
    });
    await writeDown(engine, connection, name);
  });
}

const BEGIN: Readonly<Record<Engine, readonly string[]>> = {
  sqlite: ['BEGIN IMMEDIATE'],
  postgres: ['BEGIN ISOLATION LEVEL READ COMMITTED', "SET LOCAL lock_timeout = '5s'"],
  // Its DDL commits whatever was begun.
  mysql: [],
};

/**
 * A transaction that begins and ends with the lock of the migrations: until it has ended its row is locked, so that nobody
 * takes over from a process that needs longer than a minute.
 */
async function inTransaction(
  engine: Engine,
  connection: Connection,
  lock: MigrationLock,
  work: (held: MigrationLock) => Promise<void>,
): Promise<void> {
  const begin = BEGIN[engine];
  const isOpen = begin.length > 0;
  const held = isOpen ? { ...lock } : lock;
  try {
    for (const statement of begin) {
      await connection.run(statement, []);
    }
    await keepLock(engine, connection, held);
    await work(held);
    await keepLock(engine, connection, held);
    if (isOpen) {
      await connection.run('COMMIT', []);
    }
  } catch (error) {
    if (isOpen) {
      // Where it fails, none was begun, the connection is lost, or SQLite has rolled back by itself.
      await connection.run('ROLLBACK', []).catch(() => undefined);
    }
    throw error;
  }
  lock.heldUntil = held.heldUntil;
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
