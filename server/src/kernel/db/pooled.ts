/**
 * What PostgreSQL and MySQL share: a pool of connections, BEGIN … COMMIT around one callback, a deadline for it, and
 * the rule that a connection lost during COMMIT leaves the outcome unknown.
 */
import { reachBoundary } from '../boundaries.ts';
import { AppError, commitUnknown } from '../errors.ts';
import { TransactionMisuse } from './errors.ts';
import { assertNoTransaction, assertPlainRead, type TransactionMark, withMark } from './mark.ts';
import { createQueryBuilder } from './query-builder.ts';
import { openTransaction } from './transaction.ts';
import { createTxRunner, noSubscribers, Rehearsal } from './tx-runner.ts';
import type { Connection, Db, DbOptions, Engine } from './types.ts';

/** A callback has nothing to wait for but its own queries, whose locks give up after 5 s each. */
const CALLBACK_DEADLINE_MS = 15_000;

export interface PooledConnection extends Connection {
  begin(mode: 'read_committed' | 'snapshot'): Promise<void>;
  /** Throws when the engine answered anything but that it has committed; `isLost` says that no answer came at all. */
  commit(): Promise<void>;
  rollback(): Promise<void>;
  isLost(error: unknown): boolean;
  /** Gives the connection back, or throws it away when it may be in an unknown state. */
  release(isBroken: boolean): void;
}

export interface Pool {
  readonly engine: Exclude<Engine, 'sqlite'>;
  acquire(): Promise<PooledConnection>;
  /** Runs one statement outside a transaction. */
  readonly connection: Connection;
  close(): Promise<void>;
}

/** Makes the database of a pool of connections; throws what `Db` says. */
export function createPooledDb(pool: Pool, options: DbOptions): Db {
  const { engine } = pool;
  const readConnection: Connection = {
    run(sql, parameters) {
      assertPlainRead(sql);
      return pool.connection.run(sql, parameters);
    },
  };

  const tx = createTxRunner(options, async (name, callback, { isRehearsal }) => {
    const connection = await pool.acquire();
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
      });
      const result = await withDeadline(
        name,
        withMark(mark, () => callback(opened.tx)),
      );
      mark.open = false;
      opened.assertCommittable();
      if (isRehearsal) {
        throw new Rehearsal();
      }
      await commit(connection, name);
      return { result, hints: opened.hints };
    } catch (error) {
      mark.open = false;
      isBroken = !(await rollback(connection, error));
      throw error;
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
      const connection = await pool.acquire();
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
      const connection = await pool.acquire();
      try {
        return await callback(connection);
      } finally {
        connection.release(false);
      }
    },
    close: () => pool.close(),
  };
}

async function commit(connection: PooledConnection, name: string): Promise<void> {
  reachBoundary('commit.before', name);
  try {
    await connection.commit();
  } catch (error) {
    throw connection.isLost(error) ? new AppError(commitUnknown, { cause: error }) : error;
  }
  reachBoundary('commit.after', name);
}

/** Whether the connection is clean again. */
async function rollback(connection: PooledConnection, cause: unknown): Promise<boolean> {
  if (
    connection.isLost(cause) ||
    cause instanceof TransactionMisuse ||
    (cause instanceof AppError && cause.definition === commitUnknown)
  ) {
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

async function withDeadline<T>(name: string, running: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new TransactionMisuse(`the transaction "${name}" did not settle within ${CALLBACK_DEADLINE_MS} ms`),
        ),
      CALLBACK_DEADLINE_MS,
    );
  });
  try {
    return await Promise.race([running, deadline]);
  } finally {
    clearTimeout(timer);
    running.catch(() => undefined);
  }
}
