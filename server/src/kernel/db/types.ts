import type { Kysely } from 'kysely';
import type { Clock } from '../clock.ts';

export type Engine = 'sqlite' | 'postgres' | 'mysql';

/**
 * Every table of the program. Each module adds its own by declaration merging in its `tables.ts`:
 * `declare module '../../kernel/db/index.ts' { interface Schema { orders: OrderRow } }`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: it is filled by declaration merging.
export interface Schema {}

export type Row = Record<string, unknown>;

export interface QueryOutcome {
  readonly rows: readonly Row[];
  /** Rows inserted, deleted or matched by an update (matched on every engine, also where nothing changed). */
  readonly affected: number;
}

/** One connection to one engine; the only thing the three engines implement. */
export interface Connection {
  run(sql: string, parameters: readonly unknown[]): Promise<QueryOutcome>;
}

/** What may be read with: the database itself outside a transaction, or the transaction inside one. */
export interface Reader {
  readonly engine: Engine;
  /** Kysely, typed by {@link Schema}. It compiles at each call; hot queries use `statement` instead. */
  readonly query: Kysely<Schema>;
  run(sql: string, parameters: readonly unknown[]): Promise<QueryOutcome>;
}

/** Names of the tables. */
export type TableName = keyof Schema & string;

/** An open transaction. It throws once its callback has settled. */
export interface Tx extends Reader {
  /** The name that was given to `db.tx`, for logs and metrics. */
  readonly name: string;
  /** The time at which the callback began (ms); every row of one transaction carries the same. */
  readonly now: number;
  /**
   * Runs a statement whose answer the callback does not need: where the engine allows, nobody waits for it. Throws what it
   * is refused with, or what `mustMatch` makes when it matched no row, out of `db.tx` at the latest, which then commits
   * nothing.
   */
  send(sql: string, parameters: readonly unknown[], mustMatch?: () => Error): Promise<void>;
  /**
   * Inserts a row unless a unique key already holds one, and says which: the only way to ask whether a row exists
   * (RULES 15). On PostgreSQL a competing insert is waited for.
   */
  insertOnce<T extends TableName>(table: T, row: Schema[T]): Promise<boolean>;
  /**
   * Holds a row until the end of the transaction without reading it, where the engine locks rows at all: what keeps the
   * order of locks where somebody else decides on the row.
   */
  hold(table: TableName, id: string): Promise<void>;
  /** Reads a row by id and holds it as `hold` does. */
  lock<T extends TableName>(table: T, id: string): Promise<Schema[T] | undefined>;
  /**
   * Writes rows when the callback is done, those of one table in one statement: for append-only tables that the
   * transaction itself does not read. Throws, like the commit, out of `db.tx` where a constraint refuses one.
   */
  append<T extends TableName>(table: T, ...rows: readonly Schema[T][]): void;
  /** Runs after the commit, for hints that may be lost (a wake-up, an invalidation). Never for anything that must happen. */
  afterCommit(hint: () => void): void;
  /** Whoever is told of events; see `publish`. */
  readonly subscribers: Subscribers;
}

/** Who is told of an event; filled in compose.ts. Each subscriber writes down a job of its own in the transaction. */
export interface Subscribers {
  of(eventName: string): readonly { enqueue(tx: Tx, payload: never): Promise<unknown> }[];
}

export interface Db extends Reader {
  /**
   * Runs `callback` in one transaction at READ COMMITTED and answers after the commit. On a serialisation failure, a
   * deadlock or a lost compare-and-set the **whole callback** runs again, at most five times: it must change nothing
   * outside itself, and await nothing but its own queries. Throws `service_unavailable` (503) when that did not help
   * either, and `commit_unknown` (503) when the connection was lost during COMMIT.
   */
  tx<T>(name: string, callback: (tx: Tx) => Promise<T>): Promise<T>;
  /** Reads everything from one consistent snapshot (for `doctor` and reports); writes nothing. */
  snapshot<T>(callback: (reader: Reader) => Promise<T>): Promise<T>;
  /** Runs DDL or maintenance statements on a connection of their own, outside any transaction. */
  administer<T>(callback: (connection: Connection) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface DbOptions {
  readonly clock: Clock;
  readonly subscribers?: Subscribers;
  /** Runs every callback twice, the first run rolled back: tests prove with it that callbacks change nothing outside themselves. */
  readonly rehearse?: boolean;
  /** Called once for each transaction that ended, for metrics. */
  readonly onTransaction?: (outcome: TransactionOutcome) => void;
  /** Called when a hint given to `afterCommit` throws. */
  readonly onHintError?: (error: unknown) => void;
  /**
   * For a process that serves requests: on SQLite the write-ahead log is moved on a thread (RULES 18), and this is told when
   * that thread is lost. Without it COMMIT moves the log, a megabyte at a time.
   */
  readonly onCheckpointError?: (error: unknown) => void;
  /** Connections to PostgreSQL or MySQL; ignored on SQLite. */
  readonly poolSize?: number;
}

export interface TransactionOutcome {
  readonly name: string;
  readonly result: 'committed' | 'refused';
  readonly attempts: number;
  readonly durationMs: number;
}
