import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { applyMigrations, type Db, type DbOptions, type Engine, openDb } from '../../src/kernel/db/index.ts';
import { randomCode } from '../../src/kernel/ids.ts';

const POSTGRES_URL = process.env.TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const MYSQL_URL = process.env.TEST_MYSQL_URL ?? 'mysql://root@127.0.0.1:3306/test';

export interface TestDatabase {
  readonly engine: Engine;
  readonly url: string;
  /** Drops the database; everything that was opened on it must be closed before. */
  drop(): Promise<void>;
}

/** The engine that this run is for: `TEST_ENGINE`, by default SQLite. */
export function testEngine(): Engine {
  return (process.env.TEST_ENGINE ?? 'sqlite') as Engine;
}

function withDatabase(url: string, name: string): string {
  const parsed = new URL(url);
  parsed.pathname = `/${name}`;
  return parsed.href;
}

async function onPostgres(statement: string): Promise<void> {
  const client = new pg.Client(POSTGRES_URL);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

async function onMysql(statement: string): Promise<void> {
  // Without a database: the one that the address names may not exist on a fresh server.
  const client = await mysql.createConnection(withDatabase(MYSQL_URL, ''));
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** A database of its own for one test file, on the engine of this run; empty. */
export async function createTestDatabase(engine: Engine = testEngine()): Promise<TestDatabase> {
  const name = `suanpan_test_${randomCode(12)}`;
  switch (engine) {
    case 'sqlite': {
      const folder = mkdtempSync(join(tmpdir(), 'suanpan-'));
      return {
        engine,
        url: `sqlite:${join(folder, 'test.db')}`,
        drop: async () => rmSync(folder, { recursive: true, force: true }),
      };
    }
    case 'postgres':
      await onPostgres(`CREATE DATABASE ${name}`);
      // Tests kill their own processes but never the engine, so its commits need not wait for the disk.
      await onPostgres(`ALTER DATABASE ${name} SET synchronous_commit = off`);
      return {
        engine,
        url: withDatabase(POSTGRES_URL, name),
        drop: () => onPostgres(`DROP DATABASE ${name} WITH (FORCE)`),
      };
    case 'mysql':
      await onMysql(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
      return { engine, url: withDatabase(MYSQL_URL, name), drop: () => onMysql(`DROP DATABASE ${name}`) };
  }
}

/** A migrated database whose transactions run every callback twice, the first run rolled back. */
export async function openTestDb(
  options: Partial<DbOptions> & Pick<DbOptions, 'clock'>,
): Promise<Db & { readonly url: string }> {
  const database = await createTestDatabase();
  const db = await openDb(database.url, { rehearse: true, ...options });
  await applyMigrations(db);
  return {
    ...db,
    url: database.url,
    async close() {
      await db.close();
      await database.drop();
    },
  };
}
