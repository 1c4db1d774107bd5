import { describeError, isUniqueViolation, TransactionMisuse } from './errors.ts';
import type { TransactionMark } from './mark.ts';
import { createQueryBuilder } from './query-builder.ts';
import { insertManySql, lockSql, runInsert, runInsertOnce } from './row-sql.ts';
import { createSentStatements, type SentStatements } from './sent-statements.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import type { Connection, Engine, QueryOutcome, Schema, Subscribers, TableName, Tx } from './types.ts';

/** What a transaction's statements have done so far. */
interface Progress {
  firstFailure: unknown;
  /** Statements that the engine has not answered yet. */
  inFlight: number;
}

interface TransactionParts {
  readonly engine: Engine;
  /** One whose queries have ended when they return needs fewer promises, of which there are many in a busy second. */
  readonly connection: Connection & { runNow?(sql: string, parameters: readonly unknown[]): QueryOutcome };
  /** Whether the connection takes a statement before it has answered the last. */
  readonly isPipelined: boolean;
  readonly mark: TransactionMark;
  readonly now: number;
  readonly subscribers: Subscribers;
  /** Where the statement of `insertOnce` may fail without spoiling the transaction. */
  readonly isInsertOnceByError: boolean;
}

export interface OpenTransaction {
  readonly tx: Tx;
  readonly hints: (() => void)[];
  /** Runs the callback and then writes what it has appended; throws when it must not be committed. */
  run<T>(callback: (tx: Tx) => Promise<T>): Promise<T>;
  /** Throws when a statement failed and the callback swallowed it: such a transaction must not be committed (RULES 15). */
  assertCommittable(): void;
  /** Whether the callback has something to wait for. */
  isQuerying(): boolean;
}

/** Builds the `Tx` that a callback gets: guarded so that it throws after its mark was closed. */
export function openTransaction(parts: TransactionParts): OpenTransaction {
  const { engine, mark } = parts;
  const hints: (() => void)[] = [];
  const progress: Progress = { firstFailure: undefined, inFlight: 0 };
  const sent = createSentStatements();
  const guarded = guard(parts, progress);
  const send = createSend(parts, guarded, sent);
  const appended = createAppended(engine, send);
  let query: Tx['query'] | undefined;

  async function lock<T extends TableName>(table: T, id: string): Promise<Schema[T] | undefined> {
    const { rows } = await guarded.run(lockSql(engine, table, '*'), [id]);
    return rows[0] as Schema[T] | undefined;
  }

  async function hold(table: TableName, id: string): Promise<void> {
    // SQLite has one writer, which holds everything.
    if (engine !== 'sqlite') {
      await send(lockSql(engine, table, 'id'), [id]);
    }
  }

  const tx: Tx = {
    engine,
    // Most transactions run prepared statements only and never need one.
    get query() {
      query ??= createQueryBuilder(engine, guarded);
      return query;
    },
    run: guarded.run,
    send,
    name: mark.name,
    now: parts.now,
    insertOnce: createInsertOnce(parts, guarded, progress),
    hold,
    lock,
    append: appended.add,
    afterCommit: (hint) => {
      hints.push(hint);
    },
    subscribers: parts.subscribers,
  };
  return {
    tx,
    hints,
    async run(callback) {
      try {
        const result = await callback(tx);
        await appended.write();
        await assertDone(sent);
        return result;
      } catch (error) {
        // What comes after a refused statement is refused for that, or decides on what is not so.
        throw (await sent.failure()) ?? error;
      }
    },
    isQuerying: () => progress.inFlight > 0 || sent.isWaiting(),
    assertCommittable: () => assertCommittable(mark.name, progress),
  };
}

function assertCommittable(name: string, { inFlight, firstFailure }: Progress): void {
  if (inFlight > 0) {
    throw new TransactionMisuse(`the transaction "${name}" did not await one of its queries`);
  }
  if (firstFailure !== undefined) {
    throw new TransactionMisuse(
      `the transaction "${name}" swallowed a failed statement: ${describeError(firstFailure)}`,
    );
  }
}

async function assertDone(sent: SentStatements): Promise<void> {
  const failure = await sent.failure();
  if (failure !== undefined) {
    throw failure;
  }
}

/** The `insertOnce` of a transaction. */
function createInsertOnce(
  { engine, isInsertOnceByError }: TransactionParts,
  guarded: Connection,
  progress: Progress,
): Tx['insertOnce'] {
  return async (table, row) => {
    if (!isInsertOnceByError) {
      return (await runInsertOnce(engine, guarded, table, row)).affected === 1;
    }
    const failureBefore = progress.firstFailure;
    try {
      await runInsert(engine, guarded, table, row);
      return true;
    } catch (error) {
      if (!isUniqueViolation(error)) {
        throw error;
      }
      progress.firstFailure = failureBefore;
      return false;
    }
  };
}

/** The `send` of a transaction. */
function createSend(
  { connection, isPipelined, mark }: TransactionParts,
  guarded: Connection,
  sent: SentStatements,
): Tx['send'] {
  return async (sql, parameters, mustMatch) => {
    if (isPipelined) {
      assertOpen(mark);
      sent.add(connection.run(sql, parameters), mustMatch);
      return;
    }
    const { affected } = await guarded.run(sql, parameters);
    if (mustMatch && affected === 0) {
      throw mustMatch();
    }
  };
}

/** Rows that wait for the end of the callback, so that those of one table are one statement. */
function createAppended(engine: Engine, send: Tx['send']) {
  const tables = new Map<TableName, object[]>();
  return {
    add(table: TableName, ...rows: readonly object[]): void {
      const waiting = tables.get(table);
      if (waiting) {
        waiting.push(...rows);
      } else {
        tables.set(table, [...rows]);
      }
    },
    async write(): Promise<void> {
      for (const [table, rows] of tables) {
        const { sql, parameters } = insertManySql(engine, table, rows);
        await send(sql, parameters);
      }
    },
  };
}

function assertOpen(mark: TransactionMark): void {
  if (!mark.open) {
    throw new TransactionMisuse(
      `the transaction "${mark.name}" is over; a query came after its callback had settled`,
    );
  }
}

function guard({ connection, mark }: TransactionParts, progress: Progress): Connection {
  async function run(text: string, parameters: readonly unknown[]): Promise<QueryOutcome> {
    assertOpen(mark);
    progress.inFlight += 1;
    try {
      return await connection.run(text, parameters);
    } catch (error) {
      progress.firstFailure ??= error;
      throw error;
    } finally {
      progress.inFlight -= 1;
    }
  }

  async function runNow(text: string, parameters: readonly unknown[]): Promise<QueryOutcome> {
    assertOpen(mark);
    try {
      return (connection.runNow as SqliteConnection['runNow'])(text, parameters);
    } catch (error) {
      progress.firstFailure ??= error;
      throw error;
    }
  }

  return { run: connection.runNow ? runNow : run };
}
