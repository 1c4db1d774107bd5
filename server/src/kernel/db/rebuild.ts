/**
 * Tables are made anew while older processes go on writing. Invariant: a row that anybody was told is committed is in the
 * table afterwards. Nobody reads or writes the table from before its rows are copied until it has its new shape: others
 * wait, and are refused when that takes too long.
 *
 * Crash story: on SQLite and PostgreSQL all of it is one transaction, with the note that it was done. MySQL commits each
 * statement of DDL by itself; there the rows are copied into the successor while both are locked as tables, and the old
 * table is dropped under that very lock. So the old table, where there is one, has every row, and otherwise the successor,
 * which only waits for its name.
 */

import type { CompoundStep, StepContext } from './migration.ts';
import { LOCK_TABLE } from './migration-lock.ts';
import { type ColumnBuilder, type TableOptions, table } from './table.ts';
import type { Engine } from './types.ts';

interface Rebuilt {
  /** Columns whose values stay. */
  readonly kept: readonly string[];
  /** What stands in a column that the old table does not have, in SQL over the columns of the old one, `<name>_copy`. */
  readonly from?: Readonly<Record<string, string>>;
  /** Other tables that `from` reads. */
  readonly reads?: readonly string[];
}

const THERE: Readonly<Record<Engine, string>> = {
  sqlite: "SELECT name FROM sqlite_master WHERE type = 'table' AND name = ?",
  postgres:
    'SELECT 1 FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = $1',
  mysql: 'SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?',
};

async function isThere({ engine, connection }: StepContext, name: string): Promise<boolean> {
  const { rows } = await connection.run(THERE[engine], [name]);
  return rows.length > 0;
}

async function runAll(
  { connection }: StepContext,
  statements: readonly (string | undefined)[],
): Promise<void> {
  for (const statement of statements) {
    if (statement !== undefined) {
      await connection.run(statement, []);
    }
  }
}

/** MySQL's own lock of whole tables; a connection that breaks gives it back by itself. */
async function withTables(
  context: StepContext,
  tables: readonly string[],
  work: () => Promise<void>,
): Promise<void> {
  try {
    await runAll(context, [`LOCK TABLES ${tables.join(', ')}`]);
    await work();
  } finally {
    await runAll(context, ['UNLOCK TABLES']);
  }
}

/**
 * The steps that give a table another shape. Columns that are in neither `kept` nor `from` begin with their default or
 * NULL. Their names are those of a time when there were more of them, so that what was done then is not done again.
 */
export function rebuild(
  name: string,
  columns: Readonly<Record<string, ColumnBuilder>>,
  options: TableOptions,
  { kept, from = {}, reads = [] }: Rebuilt,
): CompoundStep[] {
  const copy = `${name}_copy`;
  const successor = `${name}_next`;
  const readOnly = reads.map((each) => `${each} READ`);

  const create = (as: string, engine: Engine) => table(as, columns, options).map((step) => step.sql(engine));

  function fill(target: string, source: string): string {
    const targets = [...kept, ...Object.keys(from)].join(', ');
    const sources = [...kept, ...Object.entries(from).map(([column, value]) => `${value} AS ${column}`)];
    return `INSERT INTO ${target} (${targets}) SELECT ${targets} FROM (SELECT ${sources.join(', ')} FROM ${source}) AS moved`;
  }

  /** A version that rebuilt in steps has died between them: only the copy has all rows that were there before. */
  async function goOnFromCopy(context: StepContext): Promise<void> {
    const sameRow = options.primaryKey.map((column) => `${name}.${column} = moved.${column}`).join(' AND ');
    await runAll(context, [
      ...create(name, context.engine),
      `${fill(name, copy)} WHERE NOT EXISTS (SELECT 1 FROM ${name} WHERE ${sameRow})`,
    ]);
  }

  async function refillInTransaction(context: StepContext): Promise<void> {
    await runAll(context, [
      context.engine === 'postgres' ? `LOCK TABLE ${name} IN ACCESS EXCLUSIVE MODE` : undefined,
      `CREATE TABLE ${copy} AS SELECT * FROM ${name}`,
      `DROP TABLE ${name}`,
      ...create(name, context.engine),
      fill(name, copy),
    ]);
  }

  async function refillUnderLock(context: StepContext): Promise<void> {
    if (await isThere(context, successor)) {
      // An attempt has died: beside the old table, which only the lock keeps there, its successor counts for nothing.
      await withTables(context, [`${name} WRITE`, `${successor} WRITE`], () =>
        runAll(context, [`DROP TABLE ${successor}`]),
      );
    }
    await runAll(context, create(successor, context.engine));
    const tables = [...[name, successor, LOCK_TABLE].map((each) => `${each} WRITE`), ...readOnly];
    await withTables(context, tables, async () => {
      // Another process may have taken over before the tables were locked; from here on none can.
      await context.keepLock();
      await runAll(context, [fill(successor, `(SELECT * FROM ${name}) AS ${copy}`)]);
      await context.keepLock();
      await runAll(context, [`DROP TABLE ${name}`]);
    });
  }

  const refill: CompoundStep = {
    name: `refill ${name}`,
    async carryOut(context) {
      if ((await isThere(context, copy)) && !(await isThere(context, name))) {
        // Left by a version that rebuilt in steps: what it had copied is the table.
        await runAll(context, [`ALTER TABLE ${copy} RENAME TO ${name}`]);
      } else if ((await isThere(context, copy)) && context.wasDone(`drop ${name}`)) {
        await goOnFromCopy(context);
        return;
      }
      // A copy beside the old table is out of date.
      await runAll(context, [`DROP TABLE IF EXISTS ${copy}`]);
      if (context.engine !== 'mysql') {
        await refillInTransaction(context);
      } else if (await isThere(context, name)) {
        await refillUnderLock(context);
      }
    },
  };
  const finish: CompoundStep = {
    name: `drop the copy of ${name}`,
    async carryOut(context) {
      if (context.engine === 'mysql' && !(await isThere(context, name))) {
        await runAll(context, [`ALTER TABLE ${successor} RENAME TO ${name}`]);
      }
      await runAll(context, [`DROP TABLE IF EXISTS ${copy}`]);
    },
  };
  return [refill, finish];
}
