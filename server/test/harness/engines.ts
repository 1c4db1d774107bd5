/** The engines that the tests run on, and empty databases on them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import pg from 'pg';
import type { Engine } from '../../src/kernel/db/index.ts';
import { randomCode } from '../../src/kernel/ids.ts';

const POSTGRES_URL = process.env.TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const MYSQL_URL = process.env.TEST_MYSQL_URL ?? 'mysql://root@127.0.0.1:3306/test';

export interface EmptyDatabase {
  readonly engine: Engine;
  /** Of the database in its server; of SQLite, where there is none, the file's. */
  readonly name: string;
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

/** Runs them one after another outside any test's database. */
export async function onPostgres(...statements: readonly string[]): Promise<void> {
  const client = new pg.Client(POSTGRES_URL);
  await client.connect();
  try {
    for (const statement of statements) {
      await client.query(statement);
    }
  } finally {
    await client.end();
  }
}

export async function onMysql(...statements: readonly string[]): Promise<void> {
  // Without a database: the one that the address names may not exist on a fresh server.
  const client = await mysql.createConnection(withDatabase(MYSQL_URL, ''));
  try {
    for (const statement of statements) {
      await client.query(statement);
    }
  } finally {
    await client.end();
  }
}

/** Without a single table; on PostgreSQL a copy of the template that is named. */
export async function createEmptyDatabase(
  engine: Engine = testEngine(),
  template = 'template1',
): Promise<EmptyDatabase> {
  const name = `suanpan_test_${randomCode(12)}`;
  switch (engine) {
    case 'sqlite': {
      const folder = mkdtempSync(join(tmpdir(), 'suanpan-'));
      return {
        ...{ engine, name },
        url: `sqlite:${join(folder, 'test.db')}`,
        drop: async () => rmSync(folder, { recursive: true, force: true }),
      };
    }
    case 'postgres':
      await onPostgres(
        `CREATE DATABASE ${name} TEMPLATE ${template}`,
        // Tests kill their own processes but never the engine, so its commits need not wait for the disk.
        `ALTER DATABASE ${name} SET synchronous_commit = off`,
      );
      return {
        ...{ engine, name },
        url: withDatabase(POSTGRES_URL, name),
        drop: () => onPostgres(`DROP DATABASE ${name} WITH (FORCE)`),
      };
    case 'mysql':
      await onMysql(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
      return {
        engine,
        name,
        url: withDatabase(MYSQL_URL, name),
        drop: () => onMysql(`DROP DATABASE ${name}`),
      };
  }
}
