/**
 * What the product says to the database, recorded in this very run, so that the limit program always runs the same SQL.
 * Drivers are listened to from outside; the product knows nothing of it.
 */
import { StatementSync } from 'node:sqlite';
import pg from 'pg';

export type Value = string | number | null | { readonly bytes: string };

/** One statement as it reached the driver. `isRead` where it ran outside the transaction. */
export interface RecordedStatement {
  readonly sql: string;
  readonly values: readonly Value[];
}

type Listener = (statement: RecordedStatement) => void;

let listener: Listener | undefined;

function toValue(value: unknown): Value {
  if (value === null || value === undefined) {
    return null;
  }
  if (value instanceof Uint8Array) {
    return { bytes: Buffer.from(value).toString('base64') };
  }
  return typeof value === 'string' ? value : Number(value);
}

function listenToSqlite(): void {
  for (const name of ['run', 'all'] as const) {
    const original = StatementSync.prototype[name] as (...values: never[]) => unknown;
    Object.defineProperty(StatementSync.prototype, name, {
      value(this: StatementSync, ...values: never[]) {
        listener?.({ sql: this.sourceSQL, values: values.map(toValue) });
        return original.apply(this, values);
      },
    });
  }
}

function listenToPostgres(): void {
  const original = pg.Client.prototype.query as (...words: unknown[]) => unknown;
  Object.defineProperty(pg.Client.prototype, 'query', {
    value(this: pg.Client, ...words: unknown[]) {
      const [first, given] = words as [string | { text?: string; values?: unknown[] }, unknown[] | undefined];
      const { text, values } = typeof first === 'string' ? { text: first, values: given } : first;
      if (text !== undefined) {
        listener?.({ sql: text, values: (values ?? []).map(toValue) });
      }
      return original.apply(this, words);
    },
  });
}

let isListening = false;

/** Runs `act` and answers every statement that reached a driver meanwhile, in order. */
export async function record(act: () => Promise<unknown>): Promise<RecordedStatement[]> {
  if (!isListening) {
    listenToSqlite();
    listenToPostgres();
    isListening = true;
  }
  const statements: RecordedStatement[] = [];
  listener = (statement) => statements.push(statement);
  try {
    await act();
  } finally {
    listener = undefined;
  }
  return statements;
}
