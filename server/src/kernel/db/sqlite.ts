import { AsyncResource } from 'node:async_hooks';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRetryable } from './errors.ts';
import { assertNoTransaction, assertPlainRead, type TransactionMark, withMark } from './mark.ts';
import { createQueryBuilder } from './query-builder.ts';
import { createCheckpoints } from './sqlite-checkpoints.ts';
import { openSqlite, type SqliteConnection } from './sqlite-connection.ts';
import { createSharedCommit } from './sqlite-shared-commit.ts';
import { openTransaction } from './transaction.ts';
import { createTxRunner, noSubscribers, Rehearsal } from './tx-runner.ts';
import type { Connection, Db, DbOptions } from './types.ts';

const MAX_BUSY_WAIT_MS = 5_000;
const BUSY_WAIT_MS = 5;

/**
 * The database as one file (RULES 17, 18): one writing connection whose transactions share commits, and a reading
 * connection of its own, so that reads see committed data only and never wait for a writer.
 */
export function createSqliteDb(file: string, options: DbOptions): Db {
  mkdirSync(dirname(file), { recursive: true });
  const writer = openSqlite(file);
  const reader = openSqlite(file, { isReadOnly: true });
  const { onCheckpointError: onError } = options;
  const checkpoints = onError && createCheckpoints({ file, writer, onError });
  const shared = createSharedCommit(writer, checkpoints?.afterCommit);

  const readConnection: Connection = {
    async run(sql, parameters) {
      assertPlainRead(sql);
      return reader.run(sql, parameters);
    },
  };

  const tx = createTxRunner(options, (name, callback, { isRehearsal }) => {
    const mark: TransactionMark = { name, open: true };
    const caller = new AsyncResource('transaction');
    const opened = openTransaction({
      engine: 'sqlite',
      connection: writer,
      mark,
      now: options.clock.now(),
      subscribers: options.subscribers ?? noSubscribers,
      isInsertOnceByError: false,
      isPipelined: false,
    });
    const value = shared.submit({
      mark,
      run: () => caller.runInAsyncScope(() => withMark(mark, () => opened.run(callback))),
      assertCommittable() {
        opened.assertCommittable();
        if (isRehearsal) {
          throw new Rehearsal();
        }
      },
    });
    return value.then((result) => ({
      result: result as Awaited<ReturnType<typeof callback>>,
      hints: opened.hints,
    }));
  });

  return {
    engine: 'sqlite',
    query: createQueryBuilder('sqlite', readConnection),
    run: readConnection.run,
    tx,
    async snapshot(callback) {
      assertNoTransaction('a snapshot');
      const connection = openSqlite(file, { isReadOnly: true });
      try {
        connection.exec('BEGIN');
        return await callback({
          engine: 'sqlite',
          query: createQueryBuilder('sqlite', connection),
          run: connection.run,
        });
      } finally {
        connection.close();
      }
    },
    async administer(callback) {
      assertNoTransaction('an administrative statement');
      const connection = openSqlite(file);
      try {
        return await callback(patiently(connection));
      } finally {
        connection.close();
      }
    },
    async close() {
      await shared.idle();
      await checkpoints?.close();
      reader.close();
      writer.close();
    },
  };
}

/** Waits while the server or another process is writing, but from the event loop (RULES 18). */
function patiently(connection: SqliteConnection): Connection {
  return {
    async run(sql, parameters) {
      const deadline = performance.now() + MAX_BUSY_WAIT_MS;
      for (;;) {
        try {
          return await connection.run(sql, parameters);
        } catch (error) {
          if (!isRetryable(error) || performance.now() > deadline) {
            throw error;
          }
          await sleep(BUSY_WAIT_MS);
        }
      }
    },
  };
}
