import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Plan, PlannedStatement } from './plan.ts';
import { beginRun, bind, type Run, type Runner } from './run-plan.ts';

const BUSY_TIMEOUT_MS = 5_000;
const MAX_BATCH = 64;

interface PreparedStatement {
  readonly statement: PlannedStatement;
  readonly prepared: StatementSync;
  readonly isRead: boolean;
}

/** node:sqlite itself, synchronous FULL, requests that wait together sharing one commit: what the product does, bare. */
export function openSqlite(file: string, plans: readonly Plan[]): Runner {
  // The product's server is idle beside it, but its jobs are not always.
  const writer = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
  const reader = new DatabaseSync(file, { readOnly: true });
  writer.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16384');
  writer.exec('PRAGMA wal_autocheckpoint = 256');
  const prepare = (database: DatabaseSync, statements: readonly PlannedStatement[]) =>
    statements.map((statement) => ({
      statement,
      prepared: database.prepare(statement.sql),
      isRead: /^select/i.test(statement.sql),
    }));
  const prepared = plans.map((plan) => ({
    plan,
    reads: prepare(reader, plan.reads),
    writes: prepare(writer, plan.writes),
  }));
  let turn = 0;
  const [begin, commit, savepoint, release] = ['BEGIN IMMEDIATE', 'COMMIT', 'SAVEPOINT s', 'RELEASE s'].map(
    (sql) => writer.prepare(sql),
  ) as [StatementSync, StatementSync, StatementSync, StatementSync];
  const waiting: { run: Run; writes: PreparedStatement[]; done: () => void }[] = [];

  function execute(all: readonly PreparedStatement[], run: Run): void {
    for (const { statement, prepared, isRead } of all) {
      const values = bind(statement, run).map((value) => (typeof value === 'number' ? BigInt(value) : value));
      if (isRead) {
        prepared.all(...values);
      } else {
        prepared.run(...values);
      }
    }
  }

  function runBatch(): void {
    const batch = waiting.splice(0, MAX_BATCH);
    begin.run();
    for (const { run, writes } of batch) {
      savepoint.run();
      execute(writes, run);
      release.run();
    }
    commit.run();
    for (const { done } of batch) {
      done();
    }
    if (waiting.length > 0) {
      setImmediate(runBatch);
    }
  }

  return () =>
    new Promise((done) => {
      const { plan, reads, writes } = prepared[turn++ % prepared.length] as (typeof prepared)[number];
      const run = beginRun(plan);
      execute(reads, run);
      waiting.push({ run, writes, done });
      if (waiting.length === 1) {
        setImmediate(runBatch);
      }
    });
}
