import { createConnection } from 'mysql2/promise';
import pg from 'pg';

/** An engine that the tests run on, where it is, and whether it answers. */
export interface EngineProbe {
  readonly engine: 'sqlite' | 'postgres' | 'mysql';
  /** Handed to the tests as environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Why the engine can not be used; absent when it answered a query. */
  readonly failure?: string;
}

const PROBE_TIMEOUT_MS = 3_000;

async function askPostgres(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: PROBE_TIMEOUT_MS });
  try {
    await client.connect();
    await client.query('SELECT 1');
  } finally {
    await client.end();
  }
}

/** Connects without a database: the tests create their own, and a fresh server may lack the one that is named. */
async function askMysql(url: string): Promise<void> {
  const { hostname, port, username, password } = new URL(url);
  const connection = await createConnection({
    host: hostname,
    port: Number(port || '3306'),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    connectTimeout: PROBE_TIMEOUT_MS,
  });
  try {
    await connection.query('SELECT 1');
  } finally {
    await connection.end();
  }
}

/** The words of an error; a refused connection to several addresses has them only in its parts. */
function describe(error: unknown): string {
  if (error instanceof AggregateError) {
    return error.errors.map(describe).join('; ');
  }
  return error instanceof Error ? error.message : String(error);
}

async function probe(
  engine: EngineProbe['engine'],
  variable: string,
  url: string,
  ask: (url: string) => Promise<void>,
): Promise<EngineProbe> {
  const environment = { TEST_ENGINE: engine, [variable]: url };
  try {
    await ask(url);
    return { engine, environment };
  } catch (error) {
    const { host } = new URL(url);
    return {
      engine,
      environment,
      failure: `${engine} can not be used at ${host}: ${describe(error)}. Start it, or set ${variable}.`,
    };
  }
}

/** Asks each engine one question. SQLite is part of Node and always there. */
export async function probeEngines(environment: NodeJS.ProcessEnv): Promise<EngineProbe[]> {
  const postgresUrl = environment.TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';
  const mysqlUrl = environment.TEST_MYSQL_URL ?? 'mysql://root@127.0.0.1:3306/test';
  const probed = await Promise.all([
    probe('postgres', 'TEST_POSTGRES_URL', postgresUrl, askPostgres),
    probe('mysql', 'TEST_MYSQL_URL', mysqlUrl, askMysql),
  ]);
  return [{ engine: 'sqlite', environment: { TEST_ENGINE: 'sqlite' } }, ...probed];
}
