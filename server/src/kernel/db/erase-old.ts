/**
 * Privacy: what may be kept only for a time is taken out of old rows, whose rest stays. In the order of ids, which is that
 * of their making, so that no page is read twice and none needs an index of its own; in small transactions, so that
 * nobody waits for them.
 */
import type { Db, Tx } from './types.ts';

const PAGE = 500;

/** An old row, and whether it still holds what shall go. */
export interface Erasable {
  readonly id: string;
  /** When it was made (ms). */
  readonly madeAt: number;
  readonly isErased: boolean;
}

/**
 * Erases in all rows that were made before `before` (ms). `read` gives the next `limit` rows after an id, in the order of
 * ids; `erase` empties the columns of these rows, and may find that another process has done so.
 */
export async function eraseOld(
  db: Db,
  {
    name,
    before,
    read,
    erase,
  }: {
    /** Of the transactions. */
    readonly name: string;
    readonly before: number;
    read(after: string, limit: number): Promise<readonly Erasable[]>;
    erase(tx: Tx, ids: readonly string[]): Promise<unknown>;
  },
): Promise<void> {
  let after = '';
  for (;;) {
    const rows = await read(after, PAGE);
    const old = rows.filter(({ madeAt }) => madeAt < before);
    const ids = old.filter(({ isErased }) => !isErased).map(({ id }) => id);
    if (ids.length > 0) {
      await db.tx(name, (tx) => erase(tx, ids));
    }
    // Clocks of several nodes differ a little, so the first young row is not the end yet.
    if (rows.length < PAGE || old.length === 0) {
      return;
    }
    after = rows.at(-1)?.id ?? after;
  }
}
