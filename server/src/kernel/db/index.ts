export { type Erasable, eraseOld } from './erase-old.ts';
export {
  describeError,
  isCheckViolation,
  isRetryable,
  isUniqueViolation,
  TransactionConflict,
  TransactionMisuse,
} from './errors.ts';
export { assertNoTransaction, openTransactionName, withoutMark } from './mark.ts';
export { applyMigrations, MigrationHeldUp, pendingMigrations } from './migrate.ts';
export type { Migration, MigrationStep } from './migration.ts';
export { openDb } from './open.ts';
export { rebuild } from './rebuild.ts';
export { insertRow, insertRows, updateVersioned } from './row-sql.ts';
export { type Statement, statement } from './statement.ts';
export {
  addColumns,
  bytes,
  flag,
  integer,
  key,
  table,
  text,
} from './table.ts';
export type {
  Connection,
  Db,
  DbOptions,
  Engine,
  QueryOutcome,
  Reader,
  Schema,
  Subscribers,
  TableName,
  TransactionOutcome,
  Tx,
} from './types.ts';
