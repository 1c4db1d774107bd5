import {
  type CompiledQuery,
  type DatabaseConnection,
  DefaultQueryExecutor,
  type Dialect,
  type Driver,
  Kysely,
  MysqlAdapter,
  MysqlIntrospector,
  MysqlQueryCompiler,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { Connection, Engine, Schema } from './types.ts';

const unusedDriver: Driver = {
  init: () => Promise.resolve(),
  acquireConnection: () => Promise.reject(new Error('connections are handed out by db.tx')),
  beginTransaction: () => Promise.reject(new Error('transactions are opened by db.tx')),
  commitTransaction: () => Promise.resolve(),
  rollbackTransaction: () => Promise.resolve(),
  releaseConnection: () => Promise.resolve(),
  destroy: () => Promise.resolve(),
};

const dialects: Record<Engine, Dialect> = {
  sqlite: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => unusedDriver,
    createIntrospector: (kysely) => new SqliteIntrospector(kysely),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
  postgres: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => unusedDriver,
    createIntrospector: (kysely) => new PostgresIntrospector(kysely),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
  mysql: {
    createAdapter: () => new MysqlAdapter(),
    createDriver: () => unusedDriver,
    createIntrospector: (kysely) => new MysqlIntrospector(kysely),
    createQueryCompiler: () => new MysqlQueryCompiler(),
  },
};

const parts = {
  sqlite: { adapter: new SqliteAdapter(), compiler: new SqliteQueryCompiler() },
  postgres: { adapter: new PostgresAdapter(), compiler: new PostgresQueryCompiler() },
  mysql: { adapter: new MysqlAdapter(), compiler: new MysqlQueryCompiler() },
};

function toKyselyConnection(connection: Connection): DatabaseConnection {
  return {
    async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
      const { rows, affected } = await connection.run(query.sql, query.parameters);
      return { rows: rows as R[], numAffectedRows: BigInt(affected) };
    },
    streamQuery() {
      throw new Error('streaming is not supported; page by key instead');
    },
  };
}

/**
 * A Kysely whose every query runs on `connection`. Kysely is used as typed SQL only: connections and transactions are
 * ours, because two of its habits do not fit (it opens transactions itself, and it can not share a commit).
 */
export function createQueryBuilder(engine: Engine, connection: Connection): Kysely<Schema> {
  const { adapter, compiler } = parts[engine];
  const kyselyConnection = toKyselyConnection(connection);
  const executor = new DefaultQueryExecutor(compiler, adapter, {
    provideConnection: (consumer) => consumer(kyselyConnection),
  });
  return new Kysely<Schema>({
    config: { dialect: dialects[engine] },
    driver: unusedDriver,
    dialect: dialects[engine],
    executor,
  });
}
