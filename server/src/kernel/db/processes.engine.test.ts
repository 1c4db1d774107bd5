import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/harness/database.ts';
import { createEmptyDatabase } from '../../../test/harness/engines.ts';
import { systemClock } from '../clock.ts';
import { applyMigrations, type Db, insertRow, openDb, pendingMigrations } from './index.ts';

const PROGRAM = fileURLToPath(new URL('../../../test/harness/acknowledge.ts', import.meta.url));

let database: TestDatabase;
let db: Db;
const children: ChildProcess[] = [];
beforeEach(async () => {
  database = await createTestDatabase();
  db = await openDb(database.url, { clock: systemClock });
  await applyMigrations(db);
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill('SIGKILL');
  }
  await db.close();
  await database.drop();
});

/** Starts a process that commits rows, and calls `onRow` for each that it was answered. */
function startWriter(
  prefix: string,
  count: number,
  onRow: (id: string, child: ChildProcess) => void,
): ChildProcess {
  const child = spawn(process.execPath, [PROGRAM, prefix, String(count)], {
    env: { ...process.env, DATABASE_URL: database.url },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  createInterface({ input: child.stdout }).on('line', (id) => onRow(id, child));
  return child;
}

const stored = async () =>
  new Set((await db.query.selectFrom('events').select('id').execute()).map((row) => row.id));

test('what was answered is there after the process was killed', async () => {
  const answered: string[] = [];
  const child = startWriter('a', 100_000, (id, self) => {
    answered.push(id);
    if (answered.length === 60) {
      self.kill('SIGKILL');
    }
  });
  await once(child, 'close');
  await db.close();
  db = await openDb(database.url, { clock: systemClock });
  const kept = await stored();
  expect(answered.length).toBeGreaterThanOrEqual(60);
  expect(answered.filter((id) => !kept.has(id))).toEqual([]);
});

test('two processes and this one write to the same database without losing anything', async () => {
  const answered: string[] = [];
  const writers = ['a', 'b'].map((prefix) => startWriter(prefix, 100, (id) => answered.push(id)));
  const own = Array.from({ length: 50 }, (_, n) =>
    db.tx('own', (tx) =>
      insertRow(tx, 'events', {
        id: `own_${n}`,
        name: 'test.row',
        version: 1,
        subject: 'own',
        data: '{}',
        at: tx.now,
      }),
    ),
  );
  await Promise.all([...own, ...writers.map((child) => once(child, 'close'))]);
  expect(answered).toHaveLength(200);
  expect(await stored()).toHaveLength(250);
});

test('four that migrate an empty database at once apply each step once', async () => {
  const empty = await createEmptyDatabase();
  const nodes = await Promise.all(Array.from({ length: 4 }, () => openDb(empty.url, { clock: systemClock })));
  const applied = await Promise.all(nodes.map((node) => applyMigrations(node)));
  expect(applied.filter((steps) => steps.length > 0)).toHaveLength(1);
  expect(await pendingMigrations(nodes[0] as Db)).toEqual([]);
  await Promise.all(nodes.map((node) => node.close()));
  await empty.drop();
});
