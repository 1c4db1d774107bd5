import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTestDb } from '../../../test/harness/database.ts';
import { systemClock } from '../clock.ts';
import { type Db, integer, key, type MigrationStep, rebuild, table, text } from './index.ts';

const before = table(
  'probe_steps',
  { id: key(80), entity_id: key(), version: integer(), note: text().nullable() },
  { primaryKey: ['id'], unique: { probe_steps_unique: ['entity_id', 'version'] } },
);
const columns = { entity_id: key(), version: integer(), note: text().nullable(), origin: key(16) };
const after = rebuild(
  'probe_steps',
  columns,
  { primaryKey: ['entity_id', 'version'] },
  { kept: ['entity_id', 'version', 'note'], from: { origin: "'before'" } },
);

let db: Db;
beforeEach(async () => {
  db = await openTestDb({ clock: systemClock });
});
afterEach(() => db.close());

const run = (sql: string) => db.administer((connection) => connection.run(sql, []));

async function carryOut(steps: readonly MigrationStep[]): Promise<void> {
  for (const sql of steps.map((step) => step.sql(db.engine))) {
    if (sql !== undefined) {
      await run(sql);
    }
  }
}

test('a table that is made anew keeps its rows, also where its key is another one, and each step may be run again', async () => {
  await carryOut(before);
  await run("INSERT INTO probe_steps VALUES ('a.1', 'a', 1, 'first'), ('a.2', 'a', 2, NULL)");
  for (const step of after) {
    await carryOut([step, step]);
  }
  const { rows } = await db.run('SELECT * FROM probe_steps ORDER BY entity_id, version', []);
  expect(rows).toEqual([
    { entity_id: 'a', version: 1, note: 'first', origin: 'before' },
    { entity_id: 'a', version: 2, note: null, origin: 'before' },
  ]);
  await expect(run("INSERT INTO probe_steps VALUES ('a', 2, NULL, 'x')")).rejects.toThrow();
});
