import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../server/src/kernel/clock.ts';
import { type Engine, openDb } from '../../server/src/kernel/db/index.ts';
import { randomCode } from '../../server/src/kernel/ids.ts';

const SERVERS = {
  postgres: process.env.TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres',
  mysql: process.env.TEST_MYSQL_URL ?? 'mysql://root@127.0.0.1:3306/test',
};

/** A database of its own for one measurement. */
export interface BenchDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

async function administer(server: string, statement: string): Promise<void> {
  const db = await openDb(server, { clock: systemClock, poolSize: 1 });
  await db.administer((connection) => connection.run(statement, []));
  await db.close();
}

/** Creates it on the engine's server, or as a file of its own. */
export async function createBenchDatabase(engine: Engine): Promise<BenchDatabase> {
  const name = `suanpan_bench_${randomCode(12)}`;
  if (engine === 'sqlite') {
    const folder = mkdtempSync(join(tmpdir(), 'suanpan-bench-'));
    return {
      url: `sqlite:${join(folder, 'bench.db')}`,
      drop: async () => rmSync(folder, { recursive: true }),
    };
  }
  const server = SERVERS[engine];
  await administer(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => administer(server, `DROP DATABASE ${name}`) };
}
