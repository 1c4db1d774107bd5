import pg from 'pg';
import { TransactionConflict, TransactionMisuse } from './errors.ts';
import { createPooledDb, type Pool, type PooledConnection } from './pooled.ts';
import { createStatementNames, type StatementNames } from './postgres-statements.ts';
import type { Connection, Db, DbOptions, QueryOutcome, Row } from './types.ts';
import { toParameter, toSafeInteger } from './values.ts';

const DEFAULT_POOL_SIZE = 10;
const BEGIN = {
  // One round trip, and nothing that outlives the transaction: session state is lost behind PgBouncer (RULES 27).
  read_committed:
    "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = '5s'; SET LOCAL idle_in_transaction_session_timeout = '20s'",
  snapshot: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
};

const INT8 = 20;
const NUMERIC = 1700;

/** int8 and sums arrive as text; they become numbers here, and a value beyond 2^53 is an error instead of a rounded one. */
const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === INT8 || oid === NUMERIC) {
      return toSafeInteger;
    }
    return pg.types.getTypeParser(oid, format) as (text: string) => unknown;
  },
};

/** `again` says how a statement goes on whose name the server did not know. */
function toConnection(
  client: pg.Pool | pg.PoolClient,
  names: StatementNames,
  again: (run: () => Promise<QueryOutcome>, error: unknown) => Promise<QueryOutcome>,
): Connection {
  async function run(text: string, values: unknown[]): Promise<QueryOutcome> {
    const name = names.of(text);
    const { rows, rowCount } = await (name === undefined
      ? client.query<Row>(text, values)
      : client.query<Row>({ name, text, values }));
    return { rows, affected: rowCount ?? 0 };
  }

  return {
    async run(text, parameters) {
      const values = parameters.map(toParameter);
      try {
        return await run(text, values);
      } catch (error) {
        if (names.isToBlame(error)) {
          return again(() => run(text, values), error);
        }
        throw error;
      }
    },
  };
}

/** Outside a transaction nothing has happened. */
const atOnce = (run: () => Promise<QueryOutcome>) => run();

/** The statement has spoilt its transaction, which begins anew and then runs without that name. */
function withTheTransaction(_run: unknown, cause: unknown): never {
  throw new TransactionConflict('PostgreSQL did not know a statement by its name', { cause });
}

/** PostgreSQL 15 or newer, or what speaks its protocol; `url` is `postgres://…`. */
export function createPostgresDb(url: string, options: DbOptions): Db {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.poolSize ?? DEFAULT_POOL_SIZE,
    types: types,
    connectionTimeoutMillis: 5_000,
    application_name: 'suanpan',
    pipeline: true,
  });
  const names = createStatementNames();
  // A connection that breaks fails its query and is replaced. Without these two listeners, for idle connections and for
  // those in use, it would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));

  async function acquire(): Promise<PooledConnection> {
    const client = await pool.connect();
    return {
      ...toConnection(client, names, withTheTransaction),
      isPipelined: true,
      async begin(mode) {
        await client.query(BEGIN[mode]);
      },
      async commit() {
        const { command } = await client.query('COMMIT');
        if (command !== 'COMMIT') {
          throw new TransactionMisuse(
            `PostgreSQL answered ${command} to COMMIT: a statement of the transaction had failed`,
          );
        }
      },
      async rollback() {
        await client.query('ROLLBACK');
      },
      release: (isBroken) => client.release(isBroken),
    };
  }

  const shared: Pool = {
    engine: 'postgres',
    acquire,
    isLost,
    hasAnswered,
    connection: toConnection(pool, names, atOnce),
    close: () => pool.end(),
  };
  return createPooledDb(shared, options);
}

/** Words of the driver, which gives its own errors no code. */
const LOST_MESSAGE =
  /^(Connection terminated|Client has encountered a connection error|Client was closed|timeout exceeded when trying to connect|timeout expired)/;
const LOST_CODE = /^(57P|08|ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)/;

function isLost(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return typeof code === 'string' ? LOST_CODE.test(code) : LOST_MESSAGE.test(String(message));
}

/** A SQLSTATE has five characters; classes 57P and 08 are last words, not answers. */
function hasAnswered(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return (
    error instanceof TransactionMisuse ||
    (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !LOST_CODE.test(code))
  );
}
