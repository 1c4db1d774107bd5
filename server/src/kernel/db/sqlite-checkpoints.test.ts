import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Checkpoints, createCheckpoints } from './sqlite-checkpoints.ts';
import { openSqlite, type SqliteConnection } from './sqlite-connection.ts';

const PAGE = Buffer.alloc(4_000, 1);
const PATIENCE = { timeout: 10_000 };

let folder: string;
let writer: SqliteConnection;
let checkpoints: Checkpoints;
const onError = vi.fn<(error: unknown) => void>();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'suanpan-checkpoints-'));
  writer = openSqlite(join(folder, 'test.db'));
  writer.exec('CREATE TABLE pages (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT');
  onError.mockReset();
});
afterEach(async () => {
  await checkpoints.close();
  writer.close();
  rmSync(folder, { recursive: true });
});

function moveOnThread(file = join(folder, 'test.db')): void {
  checkpoints = createCheckpoints({ file, writer, onError });
}

function commit(pages: number): void {
  writer.exec('BEGIN IMMEDIATE');
  for (let page = 0; page < pages; page += 1) {
    writer.runNow('INSERT INTO pages (bytes) VALUES (?)', [PAGE]);
  }
  writer.exec('COMMIT');
  checkpoints.afterCommit();
}

const stored = () => writer.runNow('SELECT count(*) AS n FROM pages', []).rows[0]?.n;

test('a short log is left to COMMIT, and no thread is started for it', () => {
  moveOnThread();
  commit(200);
  const { pages, moved } = writer.readLog();
  expect(pages).toBeGreaterThan(200);
  expect(moved).toBe(0);
});

test('what was committed is moved behind the back of the writer', async () => {
  moveOnThread();
  commit(600);
  expect(writer.readLog().moved).toBe(0);
  await vi.waitFor(() => expect(writer.readLog().moved).toBe(writer.readLog().pages), PATIENCE);
  expect(onError).not.toHaveBeenCalled();
});

test('a long log is begun anew although commits keep coming', async () => {
  moveOnThread();
  commit(2_100);
  let commits = 0;
  // Each pass of the thread leaves over what was committed meanwhile.
  await vi.waitFor(
    () => {
      commit(1);
      commits += 1;
      expect(writer.readLog().pages).toBeLessThan(1_000);
    },
    { interval: 1, timeout: 10_000 },
  );
  expect(stored()).toBe(2_100 + commits);
});

test('without its thread the log is moved by COMMIT, and somebody is told', async () => {
  moveOnThread(join(folder, 'nowhere', 'test.db'));
  commit(600);
  await vi.waitFor(() => expect(onError).toHaveBeenCalledOnce(), PATIENCE);
  commit(4_000);
  expect(writer.readLog().moved).toBe(writer.readLog().pages);
  commit(600);
  expect(writer.readLog().pages).toBeLessThan(1_000);
  expect(stored()).toBe(5_200);
});
