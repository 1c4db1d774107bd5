/**
 * Thrown when a compare-and-set found that somebody else was faster, or a transaction must otherwise begin anew;
 * `db.tx` re-runs the whole callback.
 */
export class TransactionConflict extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TransactionConflict';
  }
}

/** Thrown for a mistake in our own code (a call inside a transaction, a callback that did not settle); never retried. */
export class TransactionMisuse extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TransactionMisuse';
  }
}

const POSTGRES_RETRYABLE = new Set(['40001', '40P01', '55P03']);
const MYSQL_RETRYABLE = new Set([1213, 1205, 3572]);
const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_IOERR = 10;

interface DriverError {
  code?: unknown;
  errno?: unknown;
  errcode?: unknown;
}

/** Whether the engine says that running the same transaction again may well succeed. */
export function isRetryable(error: unknown): boolean {
  if (error instanceof TransactionConflict) {
    return true;
  }
  if (typeof error !== 'object' || error === null) {
    return false;
  }
  const { code, errno, errcode } = error as DriverError;
  return (
    (typeof code === 'string' && POSTGRES_RETRYABLE.has(code)) ||
    (typeof errno === 'number' && MYSQL_RETRYABLE.has(errno)) ||
    isBusy(errcode)
  );
}

/** SQLite's primary result code is the low byte of the extended one. */
function primaryCode(errcode: unknown): number | undefined {
  return typeof errcode === 'number' ? errcode & 0xff : undefined;
}

function isBusy(errcode: unknown): boolean {
  const code = primaryCode(errcode);
  return code === SQLITE_BUSY || code === SQLITE_LOCKED;
}

/** Whether SQLite could not read or write its files. */
export function isIoError(error: unknown): boolean {
  return primaryCode((error as DriverError | null | undefined)?.errcode) === SQLITE_IOERR;
}

/** Whether a unique key (and not another constraint) refused the row. */
export function isUniqueViolation(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) {
    return false;
  }
  const { code, errno, errcode } = error as DriverError;
  return code === '23505' || errno === 1062 || errcode === 2067 || errcode === 1555;
}

/** Whether a CHECK constraint refused the row: one of our intents would have broken a limit. */
export function isCheckViolation(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) {
    return false;
  }
  const { code, errno, errcode } = error as DriverError;
  return code === '23514' || errno === 4025 || errno === 3819 || errcode === 275;
}

const POSTGRES_DUPLICATE_COLUMN = '42701';
const MYSQL_DUPLICATE_COLUMN = 1060;
const MYSQL_DUPLICATE_INDEX = 1061;

/** Whether a column or an index could not be added because it is there already. SQLite has no code of its own for it. */
export function isThereAlready(error: unknown): boolean {
  const { code, errno, message } = error as DriverError & { message?: unknown };
  return (
    code === POSTGRES_DUPLICATE_COLUMN ||
    errno === MYSQL_DUPLICATE_COLUMN ||
    errno === MYSQL_DUPLICATE_INDEX ||
    (typeof message === 'string' && message.includes('duplicate column name'))
  );
}

/** An error in words, whatever was thrown. */
export function describeError(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : JSON.stringify(error);
}
