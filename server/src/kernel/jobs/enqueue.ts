/**
 * Jobs live in the same database as what they work on and are written in the same transaction: a crash between the
 * change and its job can not happen, because there is no between.
 */
import { insertRow, type Tx } from '../db/index.ts';
import { newId } from '../ids.ts';
import { deleteByKey, moveByKey, moveSoonerByKey, reviveByKey } from './statements.ts';
import type { EnqueueOptions, JobDefinition, JobRow } from './types.ts';

declare module '../db/types.ts' {
  interface Schema {
    /** Owned by kernel/jobs. A completed job is deleted. */
    jobs: JobRow;
  }
}

function uniqueKey(name: string, key: string): string {
  return `${name}:${key}`;
}

const listeners = new Set<() => void>();

/**
 * Tells the workers of this process of a job that is due now, so that they look at once instead of at their next poll.
 * Answers how to stop listening.
 */
export function onJobEnqueued(wake: () => void): () => void {
  listeners.add(wake);
  return () => listeners.delete(wake);
}

/** After the commit, and it may be lost: the poll finds the job anyway. */
export function wakeWorkersAfterCommit(tx: Tx): void {
  tx.afterCommit(() => {
    for (const wake of listeners) {
      wake();
    }
  });
}

/**
 * Writes the job down in the transaction. With `key`, a job of that name and key that waits or runs stays as it is, and
 * a dead one is written anew; answers whether this call has written one.
 */
export async function enqueue<P>(
  tx: Tx,
  definition: JobDefinition<P>,
  payload: P,
  options: EnqueueOptions = {},
): Promise<boolean> {
  const { name, version } = definition;
  const runAt = options.runAt ?? tx.now;
  const row: JobRow = {
    id: newId('job'),
    name,
    unique_key: options.key === undefined ? null : uniqueKey(name, options.key),
    version,
    payload: JSON.stringify(payload),
    state: 'waiting',
    run_at: runAt,
    attempts: 0,
    lease_token: null,
    lease_until: null,
    last_error: null,
    created_at: tx.now,
    updated_at: tx.now,
  };
  if (runAt <= tx.now) {
    wakeWorkersAfterCommit(tx);
  }
  if (row.unique_key === null) {
    await insertRow(tx, 'jobs', row);
    return true;
  }
  if (await tx.insertOnce('jobs', row)) {
    return true;
  }
  const revived = { uniqueKey: row.unique_key, payload: row.payload, version, runAt, now: tx.now };
  return (await reviveByKey.run(tx, revived)) === 1;
}

/** Removes the job with this key if there is one. A run under way then loses its lease. */
export async function cancelJob<P>(tx: Tx, definition: JobDefinition<P>, key: string): Promise<void> {
  await deleteByKey.send(tx, { uniqueKey: uniqueKey(definition.name, key) });
}

/** Moves the job with this key to another time; answers whether there was one that waits and is not being run. */
export async function moveJob<P>(
  tx: Tx,
  definition: JobDefinition<P>,
  key: string,
  runAt: number,
): Promise<boolean> {
  const moved = await moveByKey.run(tx, { uniqueKey: uniqueKey(definition.name, key), runAt, now: tx.now });
  if (runAt <= tx.now) {
    wakeWorkersAfterCommit(tx);
  }
  return moved === 1;
}

/** Moves the job with this key to an earlier time, never to a later one. */
export async function hastenJob<P>(
  tx: Tx,
  definition: JobDefinition<P>,
  key: string,
  runAt: number,
): Promise<void> {
  await moveSoonerByKey.send(tx, { uniqueKey: uniqueKey(definition.name, key), runAt, now: tx.now });
  if (runAt <= tx.now) {
    wakeWorkersAfterCommit(tx);
  }
}
