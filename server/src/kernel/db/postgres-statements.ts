/**
 * Which statements PostgreSQL is asked to keep. A statement that comes again and again is given a name and is then parsed
 * and planned once for each connection instead of each time. The name is made from the text, so that behind a pooler that
 * hands server connections around nobody ever runs another text under it: at worst the server knows no such name, or has
 * it already, and says so.
 */
import { createHash } from 'node:crypto';

/** Statements whose text depends on how many values they are given come once or twice and are not worth keeping. */
const NAMED_AT_USE = 3;
const MAX_NAMED = 500;
const MAX_COUNTED = 2_000;

/** `invalid_sql_statement_name` and `duplicate_prepared_statement`: a pooler that does not know of names. */
const POOLER = new Set(['26000', '42P05']);
/** The server's function that finds that the columns of a kept statement are others than they were. */
const STALE_ROUTINE = 'RevalidateCachedQuery';

export interface StatementNames {
  /** The name under which the text is to be run, or `undefined` for none. */
  of(text: string): string | undefined;
  /** Whether the error is about the name and not about the statement, which is then to be run again. */
  isToBlame(error: unknown): boolean;
}

/** The names of one pool's statements; none any more once a pooler was seen that does not know of names. */
export function createStatementNames(): StatementNames {
  const uses = new Map<string, number>();
  const names = new Map<string, string>();
  let isPooled = false;
  /** Part of each name: after a change of the schema all connections prepare anew. */
  let generation = 0;

  function keep(text: string): string {
    const digest = createHash('sha256').update(text).digest('base64url');
    const name = `s${generation}_${digest}`;
    names.set(text, name);
    uses.delete(text);
    return name;
  }

  return {
    of(text) {
      const name = names.get(text);
      if (name !== undefined || isPooled || names.size >= MAX_NAMED) {
        return name;
      }
      const count = (uses.get(text) ?? 0) + 1;
      if (count >= NAMED_AT_USE) {
        return keep(text);
      }
      if (uses.size >= MAX_COUNTED) {
        uses.clear();
      }
      uses.set(text, count);
      return undefined;
    },
    isToBlame(error) {
      const { code, routine } = (error ?? {}) as { code?: string; routine?: string };
      if (code !== undefined && POOLER.has(code)) {
        isPooled = true;
        names.clear();
        return true;
      }
      if (routine === STALE_ROUTINE) {
        generation += 1;
        names.clear();
        return true;
      }
      return false;
    },
  };
}
