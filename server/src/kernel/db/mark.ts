import { AsyncLocalStorage } from 'node:async_hooks';
import { TransactionMisuse } from './errors.ts';

/**
 * The mark "a transaction is open on this async context". It is an object that is closed when the callback settles, so
 * that work which outlives the callback (a promise that nobody awaited) is no longer taken for a part of it.
 */
export interface TransactionMark {
  readonly name: string;
  open: boolean;
}

const marks = new AsyncLocalStorage<TransactionMark | undefined>();

/** Runs `callback` with the mark set. */
export function withMark<T>(mark: TransactionMark, callback: () => T): T {
  return marks.run(mark, callback);
}

/** Runs `callback` without any mark: for what the worker and the server begin on their own. */
export function withoutMark<T>(callback: () => T): T {
  return marks.run(undefined, callback);
}

/** The name of the transaction that is open on this async context, if one is. */
export function openTransactionName(): string | undefined {
  const mark = marks.getStore();
  return mark?.open ? mark.name : undefined;
}

/**
 * Throws when a transaction is open here. Guards everything that must never stand between BEGIN and COMMIT: calls to
 * providers, a second transaction, reads past the transaction, cache loads, password hashing (RULES 16).
 */
export function assertNoTransaction(action: string): void {
  const name = openTransactionName();
  if (name !== undefined) {
    throw new TransactionMisuse(`${action} inside the transaction "${name}"`);
  }
}

/**
 * Guards what runs past a transaction: it must not stand inside one, and it must only read. SQLite's reading connection
 * would refuse a write by itself; on the other engines it would be committed alone.
 */
export function assertPlainRead(sql: string): void {
  assertNoTransaction('a read past the transaction');
  if (!/^[\s(]*(select|with)\b/i.test(sql)) {
    throw new TransactionMisuse(`a write outside of a transaction: ${sql.slice(0, 80)}`);
  }
}
