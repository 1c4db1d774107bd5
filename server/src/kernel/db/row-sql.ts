/**
 * SQL for whole rows, made once for each shape and kept: what `insertOnce`, `insertRow`, `lock` and the state machines
 * run in every transaction, where compiling would cost more than the query itself.
 */
import { TransactionConflict } from './errors.ts';
import type { Connection, Engine, QueryOutcome, Schema, TableName, Tx } from './types.ts';

/** Far more shapes than the program has; a caller that makes up columns can not fill the memory. */
const MAX_CACHED = 2_000;

const cache = new Map<string, string>();

function cached(shape: string, make: () => string): string {
  let sql = cache.get(shape);
  if (sql === undefined) {
    if (cache.size >= MAX_CACHED) {
      cache.clear();
    }
    sql = make();
    cache.set(shape, sql);
  }
  return sql;
}

function quote(engine: Engine, name: string): string {
  if (!/^[a-z][a-z0-9_]*$/.test(name)) {
    throw new Error(`${name} is no name of a table or column`);
  }
  return engine === 'mysql' ? `\`${name}\`` : `"${name}"`;
}

function placeholders(engine: Engine, count: number, from = 1): string[] {
  return Array.from({ length: count }, (_, index) => (engine === 'postgres' ? `$${from + index}` : '?'));
}

function insertSql(
  engine: Engine,
  table: string,
  columns: readonly string[],
  rows: number,
  ending: string,
): string {
  return cached(`insert ${engine} ${table} ${columns.join()} ${rows}${ending}`, () => {
    const names = columns.map((column) => quote(engine, column)).join(', ');
    const tuples = Array.from(
      { length: rows },
      (_, row) => `(${placeholders(engine, columns.length, row * columns.length + 1).join(', ')})`,
    );
    return `INSERT INTO ${quote(engine, table)} (${names}) VALUES ${tuples.join(', ')}${ending}`;
  });
}

/** The insert of one row that does nothing where a unique key already holds one; not for MySQL. */
export function runInsertOnce(
  engine: Engine,
  connection: Connection,
  table: string,
  row: object,
): Promise<QueryOutcome> {
  const sql = insertSql(engine, table, Object.keys(row), 1, ' ON CONFLICT DO NOTHING');
  return connection.run(sql, Object.values(row));
}

/** The plain insert of one row. */
export function runInsert(
  engine: Engine,
  connection: Connection,
  table: string,
  row: object,
): Promise<QueryOutcome> {
  return connection.run(insertSql(engine, table, Object.keys(row), 1, ''), Object.values(row));
}

/** Reads columns of the row with the id that is its parameter, locked where the engine locks rows. */
export function lockSql(engine: Engine, table: string, columns: '*' | 'id'): string {
  return cached(`lock ${engine} ${table} ${columns}`, () => {
    const ending = engine === 'sqlite' ? '' : ' FOR UPDATE';
    return `SELECT ${columns} FROM ${quote(engine, table)} WHERE ${quote(engine, 'id')} = ${placeholders(engine, 1)[0]}${ending}`;
  });
}

/** Inserts a row. Throws, like the commit, out of `db.tx` where a constraint refuses it. */
export async function insertRow<T extends TableName>(tx: Tx, table: T, row: Schema[T]): Promise<void> {
  await tx.send(insertSql(tx.engine, table, Object.keys(row), 1, ''), Object.values(row));
}

/** The insert of rows that all have the same columns, in one statement. There must be one. */
export function insertManySql(
  engine: Engine,
  table: string,
  rows: readonly object[],
): { readonly sql: string; readonly parameters: readonly unknown[] } {
  const columns = Object.keys(rows[0] ?? {});
  return {
    sql: insertSql(engine, table, columns, rows.length, ''),
    parameters: rows.flatMap((row) => columns.map((column) => (row as Record<string, unknown>)[column])),
  };
}

/** Inserts rows that all have the same columns, in one statement; none is no error. Throws as `insertRow` does. */
export async function insertRows<T extends TableName>(
  tx: Tx,
  table: T,
  rows: readonly Schema[T][],
): Promise<void> {
  if (rows.length > 0) {
    const { sql, parameters } = insertManySql(tx.engine, table, rows);
    await tx.send(sql, parameters);
  }
}

/**
 * Sets columns of the row with this id. Throws a TransactionConflict when its version is not the given one any more, out of
 * `db.tx` at the latest. Columns must not be named by a user.
 */
export async function updateVersioned(
  tx: Tx,
  table: TableName,
  row: { readonly id: string; readonly version: number },
  values: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { engine } = tx;
  const columns = Object.keys(values);
  const sql = cached(`update ${engine} ${table} ${columns.join()}`, () => {
    const marks = placeholders(engine, columns.length + 2);
    const assignments = columns.map((column, index) => `${quote(engine, column)} = ${marks[index]}`);
    const [id, version] = marks.slice(-2);
    return `UPDATE ${quote(engine, table)} SET ${assignments.join(', ')} WHERE ${quote(engine, 'id')} = ${id} AND ${quote(engine, 'version')} = ${version}`;
  });
  const changed = () =>
    new TransactionConflict(`${row.id} of ${table} has changed since version ${row.version}`);
  await tx.send(sql, [...Object.values(values), row.id, row.version], changed);
}
