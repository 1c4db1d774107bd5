import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';

/** The simulators' own database. It has nothing to do with the database of the program under test. */
export interface Store {
  /** Creates tables; every statement has to be repeatable (`IF NOT EXISTS`). */
  define(schema: string): void;
  all<Row>(sql: string, ...values: SQLInputValue[]): Row[];
  get<Row>(sql: string, ...values: SQLInputValue[]): Row | undefined;
  /** Runs a write and answers the number of rows it changed. */
  run(sql: string, ...values: SQLInputValue[]): number;
  /** All or nothing. Calls may nest: the outermost one commits. */
  transaction<T>(work: () => T): T;
  readRecord<T>(name: string): T | undefined;
  writeRecord(name: string, value: unknown): void;
  /** Empties every table named, and the records. */
  clear(tables: readonly string[]): void;
  close(): void;
}

const RECORDS = `CREATE TABLE IF NOT EXISTS records (
  name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;`;

/** Opens `simulators.sqlite` in a folder, or a database in memory when no folder is given. */
export function openStore(dataDir: string | undefined): Store {
  const database = openDatabase(dataDir);
  const statements = new Map<string, StatementSync>();
  let depth = 0;

  function prepare(sql: string): StatementSync {
    const known = statements.get(sql);
    if (known !== undefined) {
      return known;
    }
    const statement = database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  }

  function transaction<T>(work: () => T): T {
    if (depth > 0) {
      return work();
    }
    prepare('BEGIN IMMEDIATE').run();
    depth += 1;
    try {
      const result = work();
      prepare('COMMIT').run();
      return result;
    } catch (error) {
      prepare('ROLLBACK').run();
      throw error;
    } finally {
      depth -= 1;
    }
  }

  database.exec(RECORDS);
  const store: Store = {
    define: (schema) => database.exec(schema),
    all: <Row>(sql: string, ...values: SQLInputValue[]) => prepare(sql).all(...values) as Row[],
    get: <Row>(sql: string, ...values: SQLInputValue[]) => prepare(sql).get(...values) as Row | undefined,
    run: (sql, ...values) => Number(prepare(sql).run(...values).changes),
    transaction,
    readRecord<T>(name: string) {
      const row = store.get<{ value: string }>('SELECT value FROM records WHERE name = ?', name);
      return row === undefined ? undefined : (JSON.parse(row.value) as T);
    },
    writeRecord(name, value) {
      const text = JSON.stringify(value);
      store.run(
        'INSERT INTO records VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = ?',
        name,
        text,
        text,
      );
    },
    clear(tables) {
      transaction(() => {
        for (const table of [...tables, 'records']) {
          database.exec(`DELETE FROM ${table}`);
        }
      });
    },
    close: () => database.close(),
  };
  return store;
}

function openDatabase(dataDir: string | undefined): DatabaseSync {
  if (dataDir === undefined) {
    return new DatabaseSync(':memory:');
  }
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, 'simulators.sqlite');
  const database = new DatabaseSync(path);
  chmodSync(path, 0o600);
  // A simulated provider may lose its last milliseconds in a power cut; surviving a killed process is enough.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 2000');
  return database;
}
