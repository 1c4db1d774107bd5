import type { Db, DbOptions } from './types.ts';

/**
 * Opens the database that `DATABASE_URL` names: `postgres://…`, `mysql://…` (also `mariadb://…`) or `sqlite:path/to/file`.
 * Throws a plain sentence when it names none of them. Only the driver that is needed is loaded: the others would cost a
 * small machine time at the start and memory for good.
 */
export async function openDb(url: string, options: DbOptions): Promise<Db> {
  const scheme = /^([a-z]+):/.exec(url)?.[1];
  switch (scheme) {
    case 'postgres':
    case 'postgresql':
      return (await import('./postgres.ts')).createPostgresDb(url, options);
    case 'mysql':
      return (await import('./mysql.ts')).createMysqlDb(url, options);
    case 'mariadb':
      return (await import('./mysql.ts')).createMysqlDb(url.replace(/^mariadb:/, 'mysql:'), options);
    case 'sqlite':
    case 'file':
      return (await import('./sqlite.ts')).createSqliteDb(url.replace(/^(sqlite|file):(\/\/)?/, ''), options);
    default:
      throw new Error('DATABASE_URL must begin with sqlite:, postgres:// or mysql://');
  }
}
