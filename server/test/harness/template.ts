/**
 * A migrated schema that is made once a run, and from which every test's database is copied: dozens of statements of DDL
 * that each wait for the disk are most of what a small test would cost.
 */
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2';
import { createFakeClock } from '../../src/kernel/clock.ts';
import { applyMigrations, type Db, type Engine, openDb } from '../../src/kernel/db/index.ts';
import { createEmptyDatabase, type EmptyDatabase, onMysql, testEngine } from './engines.ts';

/** Where the tests of an engine find its template: a file of SQLite, a database of PostgreSQL, a file of MySQL's statements. */
const variableOf = (engine: Engine): string => `TEST_TEMPLATE_${engine.toUpperCase()}`;

/** Makes it from an empty database, and drops it at the end of the run. */
export async function makeTemplate({ engine, name, url, drop }: EmptyDatabase): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'suanpan-template-'));
  const db = await openDb(url, { clock: createFakeClock(0) });
  try {
    await applyMigrations(db);
    process.env[variableOf(engine)] =
      engine === 'postgres' ? name : await writeSchema(db, join(folder, 'schema'));
  } finally {
    await db.close();
  }
  return async () => {
    delete process.env[variableOf(engine)];
    await drop();
    await rm(folder, { recursive: true, force: true });
  };
}

async function writeSchema(db: Db, file: string): Promise<string> {
  if (db.engine === 'mysql') {
    await writeFile(file, (await dumpSchema(db)).join('\n'));
  } else {
    // The file itself may lack what stands in its write-ahead log.
    await db.administer((connection) => connection.run(`VACUUM INTO '${file}'`, []));
  }
  return file;
}

/** The statements that make MySQL's schema, one a line, and the rows that the migrations have written. */
async function dumpSchema(db: Db): Promise<string[]> {
  return db.administer(async (connection) => {
    const { rows: tables } = await connection.run('SHOW TABLES', []);
    const statements: string[] = [];
    for (const table of tables.flatMap((row) => Object.values(row).map(String))) {
      const { rows: created } = await connection.run(`SHOW CREATE TABLE ${table}`, []);
      statements.push(String(created[0]?.['Create Table']).replaceAll('\n', ' '));
      const { rows } = await connection.run(`SELECT * FROM ${table}`, []);
      statements.push(...rows.map((row) => mysql.format('INSERT INTO ?? SET ?', [table, row])));
    }
    return statements;
  });
}

/** A migrated database; an empty one where the run has made no template, as in a command of its own. */
export async function createFromTemplate(engine: Engine = testEngine()): Promise<EmptyDatabase> {
  const template = process.env[variableOf(engine)];
  const database = await createEmptyDatabase(engine, engine === 'postgres' ? template : undefined);
  if (template !== undefined && engine === 'sqlite') {
    await copyFile(template, database.url.slice('sqlite:'.length));
  }
  if (template !== undefined && engine === 'mysql') {
    await onMysql(`USE ${database.name}`, ...(await readFile(template, 'utf8')).split('\n'));
  }
  return database;
}
