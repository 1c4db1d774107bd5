import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/harness/database.ts';
import { systemClock } from '../clock.ts';
import { applyMigrations, type Db, openDb, pendingMigrations } from './index.ts';

let database: TestDatabase;
let db: Db;
const folders: string[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
  db = await openDb(database.url, { clock: systemClock });
});
afterEach(async () => {
  await db.close();
  await database.drop();
  for (const folder of folders.splice(0)) {
    rmSync(folder, { recursive: true });
  }
});

/** A folder with one file of migrations, as a version of the program brings it along. */
function versionWith(...tables: readonly string[]): URL {
  const folder = mkdtempSync(join(tmpdir(), 'suanpan-migrations-'));
  folders.push(folder);
  const steps = tables.map((table) => ({
    name: `create ${table}`,
    ddl: `CREATE TABLE ${table} (id INTEGER PRIMARY KEY)`,
  }));
  const lines = steps.map(({ name, ddl }) => `{ name: '${name}', sql: () => '${ddl}' }`);
  writeFileSync(join(folder, '0001-test.ts'), `export const steps = [${lines.join(', ')}];\n`);
  return pathToFileURL(`${folder}/`);
}

test('a file whose steps were all done is not even loaded again', async () => {
  const folder = versionWith('alpha');
  const counted = 'export const steps = []; globalThis.timesLoaded = (globalThis.timesLoaded ?? 0) + 1;\n';
  writeFileSync(new URL('0002-counted.ts', folder), counted);
  const timesLoaded = () => (globalThis as { timesLoaded?: number }).timesLoaded;
  expect(await applyMigrations(db, folder)).toEqual(['0001-test: create alpha']);
  expect(timesLoaded()).toBe(1);
  // Another copy, because a process loads a file once in any case.
  const copy = versionWith('alpha');
  writeFileSync(new URL('0002-counted.ts', copy), counted);
  expect(await applyMigrations(db, copy)).toEqual([]);
  expect(await pendingMigrations(db, copy)).toEqual([]);
  expect(timesLoaded()).toBe(1);
});

test('of a file that has got another step, that step is done', async () => {
  await applyMigrations(db, versionWith('alpha'));
  const later = versionWith('alpha', 'beta');
  expect(await pendingMigrations(db, later)).toEqual(['0001-test: create beta']);
  expect(await applyMigrations(db, later)).toEqual(['0001-test: create beta']);
  expect(await applyMigrations(db, later)).toEqual([]);
  expect((await db.run('SELECT id FROM beta', [])).rows).toEqual([]);
});
