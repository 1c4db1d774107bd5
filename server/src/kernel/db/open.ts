import { createMysqlDb } from './mysql.ts';
import { createPostgresDb } from './postgres.ts';
import { createSqliteDb } from './sqlite.ts';
import type { Db, DbOptions } from './types.ts';

/**
 * Opens the database that `DATABASE_URL` names: `postgres://…`, `mysql://…` (also `mariadb://…`) or `sqlite:path/to/file`.
 * Throws a plain sentence when it names none of them.
 */
export function openDb(url: string, options: DbOptions): Db {
  const scheme = /^([a-z]+):/.exec(url)?.[1];
  switch (scheme) {
    case 'postgres':
    case 'postgresql':
      return createPostgresDb(url, options);
    case 'mysql':
      return createMysqlDb(url, options);
    case 'mariadb':
      return createMysqlDb(url.replace(/^mariadb:/, 'mysql:'), options);
    case 'sqlite':
    case 'file':
      return createSqliteDb(url.replace(/^(sqlite|file):(\/\/)?/, ''), options);
    default:
      throw new Error('DATABASE_URL must begin with sqlite:, postgres:// or mysql://');
  }
}
