/**
 * Only one process migrates at a time. The lock is a row with an end, so that it can not outlive a process that died. A
 * process that was held up for longer finds that out by its next step: whoever has taken over has changed the end.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { isRetryable, isUniqueViolation } from './errors.ts';
import type { Connection, Engine } from './types.ts';

const LEASE_MS = 60_000;
const POLL_MS = 200;

/** The table of the one row; in MySQL it is locked as a table with those that a step locks. */
export const LOCK_TABLE = 'schema_lock';

/** The end that this process has given to the lock (ms), by which it knows it again. */
export interface MigrationLock {
  heldUntil: number;
}

/** The parameter of a statement at this place, counted from one. */
export const placeholder = (engine: Engine, index: number) => (engine === 'postgres' ? `$${index}` : '?');

async function moveEnd(engine: Engine, connection: Connection, from: number, to: number): Promise<boolean> {
  const p = (index: number) => placeholder(engine, index);
  const { affected } = await connection.run(
    `UPDATE ${LOCK_TABLE} SET held_until = ${p(1)} WHERE id = ${p(2)} AND held_until = ${p(3)}`,
    [to, 1, from],
  );
  return affected === 1;
}

/**
 * Waits while another process has locked the tables that `work` needs; a rebuild may take minutes. Not on SQLite, where
 * anybody may have locked the file, and `administer` has waited for it already.
 */
export async function waitingForOthers<T>(engine: Engine, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (engine === 'sqlite' || !isRetryable(error)) {
        throw error;
      }
      await sleep(POLL_MS);
    }
  }
}

/** Waits until no other process migrates. */
export async function acquireLock(engine: Engine, connection: Connection): Promise<MigrationLock> {
  const p = (index: number) => placeholder(engine, index);
  try {
    await waitingForOthers(engine, () =>
      connection.run(`INSERT INTO ${LOCK_TABLE} (id, held_until) VALUES (${p(1)}, ${p(2)})`, [1, 0]),
    );
  } catch (error) {
    if (!isUniqueViolation(error)) {
      throw error;
    }
  }
  for (;;) {
    const now = Date.now();
    const { affected } = await waitingForOthers(engine, () =>
      connection.run(
        `UPDATE ${LOCK_TABLE} SET held_until = ${p(1)} WHERE id = ${p(2)} AND held_until < ${p(3)}`,
        [now + LEASE_MS, 1, now],
      ),
    );
    if (affected === 1) {
      return { heldUntil: now + LEASE_MS };
    }
    await sleep(POLL_MS);
  }
}

/** Moves the end of the lock. Throws when another process has taken over meanwhile. */
export async function keepLock(engine: Engine, connection: Connection, lock: MigrationLock): Promise<void> {
  const until = Date.now() + LEASE_MS;
  if (!(await moveEnd(engine, connection, lock.heldUntil, until))) {
    throw new Error(
      'another process has gone on with the migrations, because this one was held up for a minute',
    );
  }
  lock.heldUntil = until;
}

/** Gives the lock back, unless another process has it by now. */
export async function releaseLock(
  engine: Engine,
  connection: Connection,
  lock: MigrationLock,
): Promise<void> {
  await moveEnd(engine, connection, lock.heldUntil, 0);
}
