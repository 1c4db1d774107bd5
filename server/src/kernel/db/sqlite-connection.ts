import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { Connection, QueryOutcome, Row } from './types.ts';
import { toParameter } from './values.ts';

const MAX_CACHED_STATEMENTS = 500;
/** Another process may be opening or closing the same file. Only here is waiting inside the call no harm. */
const OPENING_TIMEOUT_MS = 5_000;

/** One SQLite connection. Its queries are synchronous; the promise is only the common shape. */
export interface SqliteConnection extends Connection {
  /** What `run` does, at once: its result or its error is there when it returns. */
  runNow(sql: string, parameters: readonly unknown[]): QueryOutcome;
  /** Runs one statement that has no parameters and no rows, at once. */
  exec(sql: string): void;
  /** How many pages the write-ahead log has, and how many of them stand in the database file as well. */
  readLog(): { readonly pages: number; readonly moved: number };
  /** Moves pages of the log into the database file, as many as no reader holds back. */
  moveLog(): void;
  /** False also when SQLite itself rolled the whole transaction back (disk full, I/O error). */
  isInTransaction(): boolean;
  close(): void;
}

interface PreparedStatement {
  readonly statement: StatementSync;
  readonly isReader: boolean;
}

/** Numbers are bound as BigInt because node:sqlite binds a JavaScript number as REAL: `5 / 2` would be 2.5 (RULES 25). */
function toSqliteValue(value: unknown): SQLInputValue {
  const parameter = toParameter(value);
  return typeof parameter === 'number' ? BigInt(parameter) : parameter;
}

function toBytes(row: Row): Row {
  for (const key in row) {
    const value = row[key];
    if (value instanceof Uint8Array && !Buffer.isBuffer(value)) {
      row[key] = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    }
  }
  return row;
}

/** On some network file systems SQLite silently stays in another mode, in which readers and the writer wait for each other. */
function useWriteAheadLog(database: DatabaseSync, file: string): void {
  const mode = database.prepare('PRAGMA journal_mode = WAL').get()?.journal_mode;
  if (mode !== 'wal') {
    throw new Error(`${file} can not be opened with a write-ahead log (it stays in mode ${String(mode)})`);
  }
  database.exec('PRAGMA synchronous = FULL');
  // A checkpoint on this thread holds every request up: a megabyte at a time it is 3 ms, with the default of four 8 ms.
  database.exec('PRAGMA wal_autocheckpoint = 256');
}

/**
 * Opens the file in WAL mode with synchronous FULL: a committed transaction survives a power cut. The busy time-out is
 * 0, because node:sqlite would wait inside the call and stop the whole process; waiting is done by the event loop (RULES 18).
 */
export function openSqlite(file: string, options: { readonly isReadOnly?: boolean } = {}): SqliteConnection {
  const database = new DatabaseSync(file, {
    readOnly: options.isReadOnly ?? false,
    timeout: OPENING_TIMEOUT_MS,
  });
  if (!options.isReadOnly) {
    useWriteAheadLog(database, file);
  }
  database.exec('PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384;');
  database.exec('PRAGMA busy_timeout = 0');
  const statements = new Map<string, PreparedStatement>();

  function prepare(sql: string): PreparedStatement {
    const cached = statements.get(sql);
    if (cached) {
      return cached;
    }
    if (statements.size >= MAX_CACHED_STATEMENTS) {
      statements.delete(statements.keys().next().value as string);
    }
    const statement = database.prepare(sql);
    const prepared = { statement, isReader: statement.columns().length > 0 };
    statements.set(sql, prepared);
    return prepared;
  }

  function runNow(sql: string, parameters: readonly unknown[]): QueryOutcome {
    const { statement, isReader } = prepare(sql);
    const values = parameters.map(toSqliteValue);
    if (isReader) {
      const rows = statement.all(...values) as Row[];
      return { rows: rows.map(toBytes), affected: rows.length };
    }
    return { rows: [], affected: Number(statement.run(...values).changes) };
  }

  return {
    runNow,
    async run(sql, parameters) {
      return runNow(sql, parameters);
    },
    exec(sql) {
      prepare(sql).statement.run();
    },
    readLog() {
      const { log, checkpointed } = prepare('PRAGMA wal_checkpoint(NOOP)').statement.get() as {
        log: number;
        checkpointed: number;
      };
      return { pages: log, moved: checkpointed };
    },
    moveLog() {
      prepare('PRAGMA wal_checkpoint(PASSIVE)').statement.get();
    },
    isInTransaction: () => database.isTransaction,
    close: () => database.close(),
  };
}
