import type { Compilable, Kysely } from 'kysely';
import { type Reader, type Schema, type Statement, statement } from '../../kernel/db/index.ts';

type Ids = Record<string, string>;

/**
 * A hot query over a list of ids. A statement's shape is fixed, so lists are filled up to the next power of two with
 * their last id: eight statements serve every list up to 128, and longer lists are read in parts.
 */
export function statementByIds<R>(build: (query: Kysely<Schema>, ids: string[]) => Compilable<unknown>) {
  const bySize = new Map<number, Statement<Ids, R>>();

  function ofSize(size: number): Statement<Ids, R> {
    const known = bySize.get(size);
    if (known !== undefined) {
      return known;
    }
    const made = statement<Ids, R>((query, p) =>
      build(
        query,
        Array.from({ length: size }, (_, index) => p[`id${index}`] as string),
      ),
    );
    bySize.set(size, made);
    return made;
  }

  return async function readByIds(reader: Reader, ids: readonly string[]): Promise<R[]> {
    const rows: R[] = [];
    for (let start = 0; start < ids.length; start += LARGEST) {
      const part = ids.slice(start, start + LARGEST);
      const size = 2 ** Math.ceil(Math.log2(part.length));
      const last = part.at(-1) as string;
      const values = Object.fromEntries(
        Array.from({ length: size }, (_, index) => [`id${index}`, part[index] ?? last]),
      );
      rows.push(...(await ofSize(size).all(reader, values)));
    }
    return rows;
  };
}

const LARGEST = 128;
