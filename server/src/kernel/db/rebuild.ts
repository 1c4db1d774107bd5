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

/** The names and statements of one rebuild. */
interface Plan {
  readonly name: string;
  /** What the old rows are kept in for the time of a transaction. */
  readonly copy: string;
  /** What has the new shape before it has the name; MySQL only. */
  readonly successor: string;
  readonly primaryKey: readonly string[];
  readonly reads: readonly string[];
  create(as: string, engine: Engine): readonly (string | undefined)[];
  fill(target: string, source: string): string;
}

/** A version that rebuilt in steps has died between them: only the copy has all rows that were there before. */
async function goOnFromCopy(context: StepContext, plan: Plan): Promise<void> {
  const { name, copy } = plan;
  const sameRow = plan.primaryKey.map((column) => `${name}.${column} = moved.${column}`).join(' AND ');
  await runAll(context, [
    ...plan.create(name, context.engine),
    `${plan.fill(name, copy)} WHERE NOT EXISTS (SELECT 1 FROM ${name} WHERE ${sameRow})`,
  ]);
}

async function refillInTransaction(context: StepContext, { name, copy, create, fill }: Plan): Promise<void> {
  await runAll(context, [
    context.engine === 'postgres' ? `LOCK TABLE ${name} IN ACCESS EXCLUSIVE MODE` : undefined,
    `CREATE TABLE ${copy} AS SELECT * FROM ${name}`,
    `DROP TABLE ${name}`,
    ...create(name, context.engine),
    fill(name, copy),
  ]);
}

async function refillUnderLock(context: StepContext, plan: Plan): Promise<void> {
  const { name, copy, successor } = plan;
  if (await isThere(context, successor)) {
    // An attempt has died: beside the old table, which only the lock keeps there, its successor counts for nothing.
    await withTables(context, [`${name} WRITE`, `${successor} WRITE`], () =>
      runAll(context, [`DROP TABLE ${successor}`]),
    );
  }
  await runAll(context, plan.create(successor, context.engine));
  const written = [name, successor, LOCK_TABLE].map((each) => `${each} WRITE`);
  await withTables(context, [...written, ...plan.reads.map((each) => `${each} READ`)], async () => {
    // Another process may have taken over before the tables were locked; from here on none can.
    await context.keepLock();
    await runAll(context, [plan.fill(successor, `(SELECT * FROM ${name}) AS ${copy}`)]);
    await context.keepLock();
    await runAll(context, [`DROP TABLE ${name}`]);
  });
}

async function refill(context: StepContext, plan: Plan): Promise<void> {
  const { name, copy } = plan;
  if ((await isThere(context, copy)) && !(await isThere(context, name))) {
    // Left by a version that rebuilt in steps: what it had copied is the table.
    await runAll(context, [`ALTER TABLE ${copy} RENAME TO ${name}`]);
  } else if ((await isThere(context, copy)) && context.wasDone(`drop ${name}`)) {
    await goOnFromCopy(context, plan);
    return;
  }
  // A copy beside the old table is out of date.
  await runAll(context, [`DROP TABLE IF EXISTS ${copy}`]);
  if (context.engine !== 'mysql') {
    await refillInTransaction(context, plan);
  } else if (await isThere(context, name)) {
    await refillUnderLock(context, plan);
  }
}

async function finish(context: StepContext, { name, copy, successor }: Plan): Promise<void> {
  if (context.engine === 'mysql' && !(await isThere(context, name))) {
    await runAll(context, [`ALTER TABLE ${successor} RENAME TO ${name}`]);
  }
  await runAll(context, [`DROP TABLE IF EXISTS ${copy}`]);
}

/**
 * The steps that give a table another shape. Columns that are in neither `kept` nor `from` begin with their default or
 * NULL. The steps have names of a time when there were more of them, so that what was done then is not done again.
 */
export function rebuild(
  name: string,
  columns: Readonly<Record<string, ColumnBuilder>>,
  options: TableOptions,
  { kept, from = {}, reads = [] }: Rebuilt,
): CompoundStep[] {
  const targets = [...kept, ...Object.keys(from)].join(', ');
  const sources = [...kept, ...Object.entries(from).map(([column, value]) => `${value} AS ${column}`)];
  const plan: Plan = {
    name,
    copy: `${name}_copy`,
    successor: `${name}_next`,
    primaryKey: options.primaryKey,
    reads,
    create: (as, engine) => table(as, columns, options).map((step) => step.sql(engine)),
    fill: (target, source) =>
      `INSERT INTO ${target} (${targets}) SELECT ${targets} FROM (SELECT ${sources.join(', ')} FROM ${source}) AS moved`,
  };
  return [
    { name: `refill ${name}`, carryOut: (context) => refill(context, plan) },
    { name: `drop the copy of ${name}`, carryOut: (context) => finish(context, plan) },
  ];
}
