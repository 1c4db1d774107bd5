import type { Compilable, Kysely } from 'kysely';
import type { Engine, QueryOutcome, Reader, Schema, Tx } from './types.ts';

/** Stands in a statement for the value that `run` will be given under this name. */
class Placeholder {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

interface CompiledStatement {
  readonly sql: string;
  readonly bind: (values: Readonly<Record<string, unknown>>) => unknown[];
}

export interface Statement<P, R> {
  all(reader: Reader, values: P): Promise<R[]>;
  first(reader: Reader, values: P): Promise<R | undefined>;
  /** Answers how many rows were inserted, deleted or matched. */
  run(reader: Reader, values: P): Promise<number>;
  /** Runs it as `Tx.send` does. */
  send(tx: Tx, values: P): Promise<void>;
}

/**
 * A query that is built and compiled once for each engine and then only bound: for the hot paths, because Kysely
 * compiles about 24,000 queries a second and an order needs a dozen. `p.name` stands for the value of that name:
 * `statement<{ id: string }, OrderRow>((query, p) => query.selectFrom('orders').selectAll().where('id', '=', p.id))`.
 * The shape is fixed: no condition may depend on a value.
 */
export function statement<P extends object, R = never>(
  build: (query: Kysely<Schema>, p: P) => Compilable<unknown>,
): Statement<P, R> {
  const compiled = new Map<Engine, CompiledStatement>();
  const placeholders = new Proxy({} as P, { get: (_target, name) => new Placeholder(String(name)) });

  function compileFor(reader: Reader): CompiledStatement {
    const { sql, parameters } = build(reader.query, placeholders).compile();
    const names = parameters.map((parameter) =>
      parameter instanceof Placeholder ? parameter.name : undefined,
    );
    const made: CompiledStatement = {
      sql,
      bind: (values) => names.map((name, index) => (name === undefined ? parameters[index] : values[name])),
    };
    compiled.set(reader.engine, made);
    return made;
  }

  function bound(reader: Reader, values: P): [string, unknown[]] {
    const { sql, bind } = compiled.get(reader.engine) ?? compileFor(reader);
    return [sql, bind(values as Readonly<Record<string, unknown>>)];
  }

  function execute(reader: Reader, values: P): Promise<QueryOutcome> {
    return reader.run(...bound(reader, values));
  }

  return {
    all: async (reader, values) => (await execute(reader, values)).rows as R[],
    first: async (reader, values) => (await execute(reader, values)).rows[0] as R | undefined,
    run: async (reader, values) => (await execute(reader, values)).affected,
    send: (tx, values) => tx.send(...bound(tx, values)),
  };
}
