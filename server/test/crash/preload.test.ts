import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/kernel/clock.ts';
import { applyMigrations, type Db, openDb } from '../../src/kernel/db/index.ts';
import { createTestDatabase, type TestDatabase } from '../harness/database.ts';
import { createCrashCounter, parseCrashPoint } from './crash-point.ts';

const PRELOAD = new URL('./preload.ts', import.meta.url).href;
const PROGRAM = fileURLToPath(new URL('../harness/acknowledge.ts', import.meta.url));

describe('a crash point', () => {
  test('names a boundary and which time it is reached', () => {
    expect(parseCrashPoint('commit.before:order.place')).toEqual({
      kind: 'commit.before',
      name: 'order.place',
      occurrence: 1,
    });
    expect(parseCrashPoint('answer.before:POST /orders/:id#12')).toMatchObject({
      name: 'POST /orders/:id',
      occurrence: 12,
    });
  });

  test.each([
    '',
    'order.place',
    'commit.during:order.place',
    'commit.before:',
    'commit.before:a#0',
    'call.after:a#x',
  ])('that makes no sense is refused: %s', (wrong) => {
    expect(() => parseCrashPoint(wrong)).toThrow('is no crash point');
  });

  test('is reached once, at its occurrence only', () => {
    const isDue = createCrashCounter(parseCrashPoint('call.after:bank.pay#2'));
    const reached = [
      isDue('call.before', 'bank.pay'),
      isDue('call.after', 'bank.pay'),
      isDue('call.after', 'bank.query'),
    ];
    expect(reached).toEqual([false, false, false]);
    expect([isDue('call.after', 'bank.pay'), isDue('call.after', 'bank.pay')]).toEqual([true, false]);
  });
});

describe('a process with the preload', () => {
  let folder: string;
  let database: TestDatabase;
  let db: Db;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'suanpan-crash-'));
    database = await createTestDatabase();
    db = await openDb(database.url, { clock: systemClock });
    await applyMigrations(db);
  });
  afterEach(async () => {
    await db.close();
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  async function run(crashAt: string) {
    const log = join(folder, 'log');
    const child = spawn(process.execPath, ['--import', PRELOAD, PROGRAM, 'row', '20'], {
      env: { ...process.env, DATABASE_URL: database.url, CRASH_AT: crashAt, CRASH_LOG: log },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [output, [code, signal]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    const rows = await db.query.selectFrom('events').select('id').execute();
    const answered = output.split('\n').filter(Boolean);
    return { code, signal, answered, stored: rows.map((row) => row.id), log: readFileSync(log, 'utf8') };
  }

  test('dies before the commit, and what it did not answer may be missing', async () => {
    const { signal, answered, stored, log } = await run('commit.before:acknowledge#10');
    expect(signal).toBe('SIGKILL');
    expect(stored.length).toBeLessThan(20);
    expect(answered.filter((id) => !stored.includes(id))).toEqual([]);
    expect(log.match(/^commit\.before:acknowledge$/gm)).toHaveLength(10);
  });

  test('dies after the commit, and what it could not answer any more is stored', async () => {
    const { signal, answered, stored } = await run('commit.after:acknowledge');
    expect(signal).toBe('SIGKILL');
    expect(answered).toEqual([]);
    expect(stored.length).toBeGreaterThan(0);
  });

  test('ends as ever when the boundary is not reached', async () => {
    const { code, answered, stored } = await run('commit.after:acknowledge#21');
    expect(code).toBe(0);
    expect([...answered].sort()).toEqual([...stored].sort());
  });
});
