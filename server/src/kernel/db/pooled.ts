/**
 * What PostgreSQL and MySQL share: a pool of connections, BEGIN … COMMIT around one callback, a deadline for it, and
 * the rule that a connection lost during COMMIT leaves the outcome unknown.
 */
import { reachBoundary } from '../boundaries.ts';
import { AppError, commitUnknown, isError, serviceUnavailable } from '../errors.ts';
import { TransactionConflict, TransactionMisuse } from './errors.ts';
import { assertNoTransaction, assertPlainRead, type TransactionMark, withMark } from './mark.ts';
import { createQueryBuilder } from './query-builder.ts';
import { type OpenTransaction, openTransaction } from './transaction.ts';
import { createTxRunner, noSubscribers, Rehearsal } from './tx-runner.ts';
import type { Connection, Db, DbOptions, Engine } from './types.ts';

/** A callback has nothing to wait for but its own queries: one that still runs then, with no query under way, waits for something else. */
const CALLBACK_DEADLINE_MS = 5_000;

export interface PooledConnection extends Connection {
  /** Whether a statement may be given to it before it has answered the last. */
  readonly isPipelined: boolean;
  begin(mode: 'read_committed' | 'snapshot'): Promise<void>;
  /** Throws when the engine answered anything but that it has committed. */
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /** Gives the connection back, or throws it away when it may be in an unknown state. */
  release(isBroken: boolean): void;
}

export interface Pool {
  readonly engine: Exclude<Engine, 'sqlite'>;
  acquire(): Promise<PooledConnection>;
  /** Whether the connection broke, so that nobody knows how the server took the last statement. */
  isLost(error: unknown): boolean;
  /** Whether the error that COMMIT ended with is the server's own no. */
  hasAnswered(error: unknown): boolean;
  /** Runs one statement outside a transaction. */
  readonly connection: Connection;
  close(): Promise<void>;
}

/** Makes the database of a pool of connections; throws what `Db` says. */
export function createPooledDb(pool: Pool, options: DbOptions): Db {
  const { engine } = pool;
  const readConnection: Connection = {
    async run(sql, parameters) {
      assertPlainRead(sql);
      try {
        return await pool.connection.run(sql, parameters);
      } catch (error) {
        throw pool.isLost(error) ? unavailable(error) : error;
      }
    },
  };

  const tx = createTxRunner(options, async (name, callback, { isRehearsal }) => {
    const connection = await acquire(pool);
    const mark: TransactionMark = { name, open: true };
    let isBroken = false;
    try {
      await connection.begin('read_committed');
      const opened = openTransaction({
        engine,
        connection,
        mark,
        now: options.clock.now(),
        subscribers: options.subscribers ?? noSubscribers,
        isInsertOnceByError: engine === 'mysql',
        isPipelined: connection.isPipelined,
      });
      const running = withMark(mark, () => opened.run(callback));
      const result = await withDeadline(running, opened, name);
      mark.open = false;
      opened.assertCommittable();
      if (isRehearsal) {
        throw new Rehearsal();
      }
      await commit(pool, connection, name);
      return { result, hints: opened.hints };
    } catch (error) {
      mark.open = false;
      isBroken = !(await rollback(pool, connection, error));
      throw pool.isLost(error) ? lostBeforeCommit(name, error) : error;
    } finally {
      connection.release(isBroken);
    }
  });

  return {
    engine,
    query: createQueryBuilder(engine, readConnection),
    run: readConnection.run,
    tx,
    async snapshot(callback) {
      assertNoTransaction('a snapshot');
      const connection = await acquire(pool);
      let isBroken = true;
      try {
        await connection.begin('snapshot');
        const result = await callback({
          engine,
          query: createQueryBuilder(engine, connection),
          run: connection.run,
        });
        await connection.rollback();
        isBroken = false;
        return result;
      } finally {
        connection.release(isBroken);
      }
    },
    async administer(callback) {
      assertNoTransaction('an administrative statement');
      const connection = await acquire(pool);
      try {
        return await callback(connection);
      } finally {
        connection.release(false);
      }
    },
    close: () => pool.close(),
  };
}

async function acquire(pool: Pool): Promise<PooledConnection> {
  try {
    return await pool.acquire();
  } catch (error) {
    throw unavailable(error);
  }
}

function unavailable(cause: unknown): AppError {
  return new AppError(serviceUnavailable, { cause, retryAfterSeconds: 5 });
}

/** COMMIT was never sent, so the engine rolls back: as safe to run again as a deadlock. */
function lostBeforeCommit(name: string, cause: unknown): Error {
  return new TransactionConflict(`the connection was lost in the transaction "${name}"`, { cause });
}

async function commit(pool: Pool, connection: PooledConnection, name: string): Promise<void> {
  reachBoundary('commit.before', name);
  try {
    await connection.commit();
  } catch (error) {
    throw pool.hasAnswered(error) ? error : new AppError(commitUnknown, { cause: error });
  }
  reachBoundary('commit.after', name);
}

/** Whether the connection is clean again. */
async function rollback(pool: Pool, connection: PooledConnection, cause: unknown): Promise<boolean> {
  if (pool.isLost(cause) || cause instanceof TransactionMisuse || isError(cause, commitUnknown)) {
    // After a misuse, queries of the callback may still be under way on this connection.
    return false;
  }
  try {
    await connection.rollback();
    return true;
  } catch {
    return false;
  }
}

async function withDeadline<T>(running: Promise<T>, opened: OpenTransaction, name: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setInterval(() => {
      if (!opened.isQuerying()) {
        reject(
          new TransactionMisuse(`the transaction "${name}" waits for something else than its own queries`),
        );
      }
    }, CALLBACK_DEADLINE_MS);
  });
  try {
    return await Promise.race([running, deadline]);
  } finally {
    clearInterval(timer);
    running.catch(() => undefined);
  }
}
