/**
 * Jobs live in the same database as what they work on and are written in the same transaction: a crash between the
 * change and its job can not happen, because there is no between.
 */
import type { Tx } from '../db/index.ts';
import { newId } from '../ids.ts';
import type { EnqueueOptions, JobDefinition } from './types.ts';

declare module '../db/types.ts' {
  interface Schema {
    /** Owned by kernel/jobs. A completed job is deleted. */
    jobs: JobRow;
  }
}

export interface JobRow {
  id: string;
  name: string;
  /** Unique where it is not NULL: `name:key`. */
  unique_key: string | null;
  version: number;
  payload: string;
  state: 'waiting' | 'dead';
  run_at: number;
  attempts: number;
  lease_token: string | null;
  lease_until: number | null;
  last_error: string | null;
  created_at: number;
  updated_at: number;
}

function uniqueKey(name: string, key: string | undefined): string | null {
  return key === undefined ? null : `${name}:${key}`;
}

let wakeWorkers: (() => void) | undefined;

/** Lets the worker of this process look for due jobs at once instead of at its next poll. */
export function onJobEnqueued(wake: (() => void) | undefined): void {
  wakeWorkers = wake;
}

/**
 * Writes the job down in the transaction. With `key`, a job of that name and key that is already there stays as it is;
 * answers whether this call wrote one.
 */
export async function enqueue<P>(
  tx: Tx,
  definition: JobDefinition<P>,
  payload: P,
  options: EnqueueOptions = {},
): Promise<boolean> {
  const runAt = options.runAt ?? tx.now;
  const row: JobRow = {
    id: newId('job'),
    name: definition.name,
    unique_key: uniqueKey(definition.name, options.key),
    version: definition.version,
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
    tx.afterCommit(() => wakeWorkers?.());
  }
  if (row.unique_key !== null) {
    return tx.insertOnce('jobs', row);
  }
  await tx.query.insertInto('jobs').values(row).execute();
  return true;
}

/** Removes the waiting or running job with this key; answers whether there was one. A run under way then loses its lease. */
export async function cancelJob<P>(tx: Tx, definition: JobDefinition<P>, key: string): Promise<boolean> {
  const result = await tx.query
    .deleteFrom('jobs')
    .where('unique_key', '=', uniqueKey(definition.name, key))
    .executeTakeFirst();
  return Number(result.numDeletedRows) > 0;
}

/** Moves the job with this key to another time; answers whether there was one that waits. */
export async function moveJob<P>(
  tx: Tx,
  definition: JobDefinition<P>,
  key: string,
  runAt: number,
): Promise<boolean> {
  const result = await tx.query
    .updateTable('jobs')
    .set({ run_at: runAt, updated_at: tx.now })
    .where('unique_key', '=', uniqueKey(definition.name, key))
    .where('lease_token', 'is', null)
    .executeTakeFirst();
  if (runAt <= tx.now) {
    tx.afterCommit(() => wakeWorkers?.());
  }
  return Number(result.numUpdatedRows) > 0;
}
