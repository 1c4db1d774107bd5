import type { MigrationStep } from './migration.ts';
import type { Engine } from './types.ts';

interface Column {
  readonly type: Readonly<Record<Engine, string>>;
  readonly isNullable: boolean;
  readonly defaultTo: string | undefined;
  /** Of a text that is compared or indexed: how many characters it may have. */
  readonly keyLength: number | undefined;
}

/** A column as `key`, `text`, `integer`, `flag` and `bytes` begin it. */
export interface ColumnBuilder extends Column {
  nullable(): ColumnBuilder;
  /** A literal default: a number, or a short text without quotes. */
  default(value: number | string): ColumnBuilder;
}

function column(parts: Column): ColumnBuilder {
  return {
    ...parts,
    nullable: () => column({ ...parts, isNullable: true }),
    default: (value) =>
      column({ ...parts, defaultTo: typeof value === 'number' ? String(value) : `'${value}'` }),
  };
}

const plain = (type: Readonly<Record<Engine, string>>, keyLength?: number) =>
  column({ type, isNullable: false, defaultTo: undefined, keyLength });

/**
 * A text that is compared or indexed: byte order on every engine, at most 190 characters, because MariaDB would
 * otherwise find 'Abc' equal to 'abc' (RULES 25).
 */
export function key(length = 64): ColumnBuilder {
  if (length > 190) {
    throw new RangeError('a key is at most 190 characters long');
  }
  return plain(
    {
      sqlite: 'TEXT',
      postgres: `VARCHAR(${length}) COLLATE "C"`,
      mysql: `VARCHAR(${length}) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`,
    },
    length,
  );
}

/** A text of any length that is only read and written whole; JSON too. */
export function text(): ColumnBuilder {
  return plain({
    sqlite: 'TEXT',
    postgres: 'TEXT',
    mysql: 'MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
  });
}

/** 64 bits: amounts in minor units, times in epoch milliseconds, counts. */
export function integer(): ColumnBuilder {
  return plain({ sqlite: 'INTEGER', postgres: 'BIGINT', mysql: 'BIGINT' });
}

/** 0 or 1. */
export function flag(): ColumnBuilder {
  return plain({ sqlite: 'INTEGER', postgres: 'BIGINT', mysql: 'BIGINT' });
}

/** Raw bytes, such as a notification's body. */
export function bytes(): ColumnBuilder {
  return plain({ sqlite: 'BLOB', postgres: 'BYTEA', mysql: 'LONGBLOB' });
}

/** The keys, indexes and constraints of a table. */
export interface TableOptions {
  readonly primaryKey: readonly string[];
  /** Its rows stand in the primary key, as they always do in InnoDB: for narrow ones that are written all the time. */
  readonly isClustered?: boolean;
  readonly unique?: Readonly<Record<string, readonly string[]>>;
  readonly indexes?: Readonly<Record<string, readonly string[]>>;
  readonly checks?: Readonly<Record<string, string>>;
}

/** SQLite knows no length, and MariaDB finds 'abc ' equal to 'abc': there the column itself refuses what would differ. */
function checkOfKey(name: string, length: number, engine: Engine): string {
  const checks: Readonly<Record<Engine, string>> = {
    sqlite: ` CHECK (length(${name}) <= ${length})`,
    postgres: '',
    mysql: ` CHECK (${name} NOT LIKE '% ')`,
  };
  return checks[engine];
}

function columnSql(name: string, { type, isNullable, defaultTo, keyLength }: Column, engine: Engine): string {
  const nullability = isNullable ? '' : ' NOT NULL';
  const defaultValue = defaultTo === undefined ? '' : ` DEFAULT ${defaultTo}`;
  const check = keyLength === undefined ? '' : checkOfKey(name, keyLength, engine);
  return `${name} ${type[engine]}${nullability}${defaultValue}${check}`;
}

/**
 * In MySQL the names of checks are unique in the whole schema, and a table that is rebuilt stands beside its successor for a
 * while: there the engine names them. The comment is MariaDB's alone, which knows names within a table.
 */
function checkSql(name: string, rule: string, engine: Engine): string {
  return engine === 'mysql'
    ? `/*M! CONSTRAINT ${name} */ CHECK (${rule})`
    : `CONSTRAINT ${name} CHECK (${rule})`;
}

/** What stands behind the columns of a table. */
function endingOf({ isClustered = false }: TableOptions, engine: Engine): string {
  const endings: Readonly<Record<Engine, string>> = {
    sqlite: isClustered ? ' STRICT, WITHOUT ROWID' : ' STRICT',
    postgres: '',
    mysql: ' ENGINE = InnoDB DEFAULT CHARSET = utf8mb4',
  };
  return endings[engine];
}

/**
 * A unique key with columns that may be NULL refuses nothing where one is. Where the engine can, such rows are left out of
 * its index, so that writing them costs nothing; `undefined` where the key is an ordinary constraint.
 */
function partialUnique(
  columns: Readonly<Record<string, ColumnBuilder>>,
  on: readonly string[],
  engine: Engine,
): string | undefined {
  const nullable = on.filter((column) => columns[column]?.isNullable);
  return engine === 'mysql' || nullable.length === 0
    ? undefined
    : nullable.map((column) => `${column} IS NOT NULL`).join(' AND ');
}

/**
 * The steps that create a table with its constraints and indexes. In MySQL the indexes stand in the CREATE TABLE, as it
 * has no CREATE INDEX IF NOT EXISTS; SQLite tables are STRICT. Names of constraints must be unique in the whole schema.
 */
export function table(
  name: string,
  columns: Readonly<Record<string, ColumnBuilder>>,
  options: TableOptions,
): MigrationStep[] {
  const indexes = Object.entries(options.indexes ?? {});
  const uniques = Object.entries(options.unique ?? {});
  const create: MigrationStep = {
    name: `create ${name}`,
    sql(engine) {
      const lines = [
        ...Object.entries(columns).map(([columnName, definition]) =>
          columnSql(columnName, definition, engine),
        ),
        `PRIMARY KEY (${options.primaryKey.join(', ')})`,
        ...uniques
          .filter(([, on]) => partialUnique(columns, on, engine) === undefined)
          .map(([constraint, on]) => `CONSTRAINT ${constraint} UNIQUE (${on.join(', ')})`),
        ...Object.entries(options.checks ?? {}).map(([constraint, rule]) =>
          checkSql(constraint, rule, engine),
        ),
        ...(engine === 'mysql' ? indexes.map(([index, on]) => `KEY ${index} (${on.join(', ')})`) : []),
      ];
      return `CREATE TABLE IF NOT EXISTS ${name} (\n  ${lines.join(',\n  ')}\n)${endingOf(options, engine)}`;
    },
  };
  const createUniques = uniques
    .filter(([, on]) => on.some((column) => columns[column]?.isNullable))
    .map(
      ([constraint, on]): MigrationStep => ({
        name: `unique ${constraint}`,
        sql(engine) {
          const where = partialUnique(columns, on, engine);
          return (
            where &&
            `CREATE UNIQUE INDEX IF NOT EXISTS ${constraint} ON ${name} (${on.join(', ')}) WHERE ${where}`
          );
        },
      }),
    );
  const createIndexes = indexes.map(
    ([index, on]): MigrationStep => ({
      name: `index ${index}`,
      sql: (engine) =>
        engine === 'mysql' ? undefined : `CREATE INDEX IF NOT EXISTS ${index} ON ${name} (${on.join(', ')})`,
    }),
  );
  return [create, ...createUniques, ...createIndexes];
}

/**
 * The step that adds columns to a table that is there, one statement of DDL for each. A column that must not be NULL has
 * a default. What engines can not add to a table (a CHECK over several columns, a unique key on SQLite) needs `rebuild`.
 */
export function addColumns(name: string, columns: Readonly<Record<string, ColumnBuilder>>): MigrationStep[] {
  return Object.entries(columns).map(
    ([columnName, definition]): MigrationStep => ({
      name: `add ${name}.${columnName}`,
      sql: (engine) => `ALTER TABLE ${name} ADD COLUMN ${columnSql(columnName, definition, engine)}`,
    }),
  );
}
