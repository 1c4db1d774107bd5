import mysql from 'mysql2/promise';
import { createPooledDb, type Pool, type PooledConnection } from './pooled.ts';
import type { Connection, Db, DbOptions, QueryOutcome, Row } from './types.ts';
import { toParameter, toSafeInteger } from './values.ts';

const DEFAULT_POOL_SIZE = 10;

/** MariaDB waits 50 s for a row by itself and a day for a table; strictness and the isolation level are properties of the connection there (RULES 27). */
const SESSION_SETUP = [
  "SET SESSION sql_mode = 'STRICT_ALL_TABLES,ONLY_FULL_GROUP_BY,NO_ZERO_DATE,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO'",
  "SET SESSION time_zone = '+00:00'",
  'SET SESSION innodb_lock_wait_timeout = 5',
  'SET SESSION lock_wait_timeout = 5',
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
];

type TypeCastField = { type: string; string(): string | null };

/** BIGINT and DECIMAL (sums) become numbers; a value beyond 2^53 is an error instead of a silently rounded one (RULES 25). */
function typeCast(field: unknown, next: () => unknown): unknown {
  const { type } = field as TypeCastField;
  if (type === 'LONGLONG' || type === 'NEWDECIMAL') {
    const text = (field as TypeCastField).string();
    return text === null ? null : toSafeInteger(text);
  }
  return next();
}

type Client = mysql.Pool | mysql.PoolConnection;

function toConnection(client: Client): Connection {
  return {
    async run(text, parameters): Promise<QueryOutcome> {
      // Not `execute`: a prepared statement binds every JavaScript number as DOUBLE.
      const [result] = await client.query(text, parameters.map(toParameter));
      if (Array.isArray(result)) {
        return { rows: result as unknown as Row[], affected: result.length };
      }
      return { rows: [], affected: (result as mysql.ResultSetHeader).affectedRows };
    },
  };
}

/** MariaDB 10.6 or MySQL 8.0.16 or newer, or what speaks their protocol; `url` is `mysql://…`. */
export function createMysqlDb(url: string, options: DbOptions): Db {
  const pool = mysql.createPool({
    uri: url,
    connectionLimit: options.poolSize ?? DEFAULT_POOL_SIZE,
    charset: 'utf8mb4_bin',
    timezone: 'Z',
    flags: ['FOUND_ROWS'],
    typeCast: typeCast as mysql.TypeCast,
    connectTimeout: 5_000,
  });
  const isSetUp = new WeakSet<object>();

  async function connect(): Promise<mysql.PoolConnection> {
    const client = await pool.getConnection();
    if (!isSetUp.has(client.connection)) {
      for (const statement of SESSION_SETUP) {
        await client.query(statement);
      }
      isSetUp.add(client.connection);
    }
    return client;
  }

  async function acquire(): Promise<PooledConnection> {
    const client = await connect();
    return {
      ...toConnection(client),
      isPipelined: false,
      async begin(mode) {
        if (mode === 'snapshot') {
          await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
          await client.query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
        } else {
          await client.query('START TRANSACTION');
        }
      },
      async commit() {
        await client.query('COMMIT');
      },
      async rollback() {
        await client.query('ROLLBACK');
      },
      release: (isBroken) => (isBroken ? client.destroy() : client.release()),
    };
  }

  const connection: Connection = {
    async run(text, parameters) {
      const client = await connect();
      try {
        return await toConnection(client).run(text, parameters);
      } finally {
        client.release();
      }
    },
  };
  const shared: Pool = { engine: 'mysql', acquire, isLost, hasAnswered, connection, close: () => pool.end() };
  return createPooledDb(shared, options);
}

function isLost(error: unknown): boolean {
  const { code, fatal } = (error ?? {}) as { code?: unknown; fatal?: unknown };
  return (
    fatal === true ||
    (typeof code === 'string' &&
      /^(PROTOCOL_|ECONN|EPIPE|ETIMEDOUT|ER_CONNECTION_KILLED|ER_SERVER_SHUTDOWN)/.test(code))
  );
}

function hasAnswered(error: unknown): boolean {
  return typeof (error as { sqlState?: unknown }).sqlState === 'string' && !isLost(error);
}
