import { sql } from 'kysely';
import { isUniqueViolation, TransactionMisuse } from './errors.ts';
import type { TransactionMark } from './mark.ts';
import { createQueryBuilder } from './query-builder.ts';
import type { Connection, Engine, Schema, Subscribers, TableName, Tx } from './types.ts';

interface TransactionParts {
  readonly engine: Engine;
  readonly connection: Connection;
  readonly mark: TransactionMark;
  readonly now: number;
  readonly subscribers: Subscribers;
  /** Where the statement of `insertOnce` may fail without spoiling the transaction. */
  readonly isInsertOnceByError: boolean;
}

export interface OpenTransaction {
  readonly tx: Tx;
  readonly hints: (() => void)[];
  /** Throws when a statement failed and the callback swallowed it: such a transaction must not be committed (RULES 15). */
  assertCommittable(): void;
}

/** Builds the `Tx` that a callback gets: guarded so that it throws after its mark was closed. */
export function openTransaction(parts: TransactionParts): OpenTransaction {
  const { engine, mark } = parts;
  const hints: (() => void)[] = [];
  let failure: unknown;

  const guarded: Connection = {
    async run(text, parameters) {
      if (!mark.open) {
        throw new TransactionMisuse(
          `the transaction "${mark.name}" is over; a query came after its callback had settled`,
        );
      }
      try {
        return await parts.connection.run(text, parameters);
      } catch (error) {
        failure ??= error;
        throw error;
      }
    },
  };
  const query = createQueryBuilder(engine, guarded);

  async function insertOnce<T extends TableName>(table: T, row: Schema[T]): Promise<boolean> {
    const insert = query.insertInto(table as never).values(row as never);
    if (!parts.isInsertOnceByError) {
      const { sql: text, parameters } = insert.onConflict((conflict) => conflict.doNothing()).compile();
      return (await guarded.run(text, parameters)).affected === 1;
    }
    const { sql: text, parameters } = insert.compile();
    const failureBefore = failure;
    try {
      await guarded.run(text, parameters);
      return true;
    } catch (error) {
      if (!isUniqueViolation(error)) {
        throw error;
      }
      failure = failureBefore;
      return false;
    }
  }

  async function lock<T extends TableName>(table: T, id: string): Promise<Schema[T] | undefined> {
    const select = query
      .selectFrom(table as never)
      .selectAll()
      .where(sql.ref('id'), '=', id);
    const { sql: text, parameters } = (engine === 'sqlite' ? select : select.forUpdate()).compile();
    return (await guarded.run(text, parameters)).rows[0] as Schema[T] | undefined;
  }

  const tx: Tx = {
    engine,
    query,
    run: guarded.run,
    name: mark.name,
    now: parts.now,
    insertOnce,
    lock,
    afterCommit: (hint) => {
      hints.push(hint);
    },
    subscribers: parts.subscribers,
  };
  return {
    tx,
    hints,
    assertCommittable() {
      if (failure !== undefined) {
        throw new TransactionMisuse(
          `the transaction "${mark.name}" swallowed a failed statement: ${String(failure)}`,
        );
      }
    },
  };
}
