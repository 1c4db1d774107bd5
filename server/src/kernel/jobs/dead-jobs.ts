import { toIso } from '../clock.ts';
import type { Reader, Tx } from '../db/index.ts';
import { wakeWorkersAfterCommit } from './enqueue.ts';
import { reviveById } from './statements.ts';

/** A job that was given up, as the console shows it. */
export interface DeadJob {
  readonly id: string;
  readonly name: string;
  /** The key it was enqueued with, if any. */
  readonly key: string | null;
  readonly payload: unknown;
  readonly attempts: number;
  readonly error: string | null;
  readonly createdAt: string;
  readonly diedAt: string;
}

/** The dead jobs, the latest first, at most `limit`. */
export async function listDeadJobs(db: Reader, limit = 100): Promise<DeadJob[]> {
  const rows = await db.query
    .selectFrom('jobs')
    .selectAll()
    .where('state', '=', 'dead')
    .orderBy('updated_at', 'desc')
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    key: row.unique_key === null ? null : row.unique_key.slice(row.name.length + 1),
    payload: readPayload(row.payload),
    attempts: row.attempts,
    error: row.last_error,
    createdAt: toIso(row.created_at),
    diedAt: toIso(row.updated_at),
  }));
}

/** A payload that can not be read is one of the reasons for being here: it is shown as it is. */
function readPayload(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Lets a dead job run again at once, with all its attempts; answers whether there was one with this id. */
export async function replayJob(tx: Tx, id: string): Promise<boolean> {
  wakeWorkersAfterCommit(tx);
  return (await reviveById.run(tx, { id, now: tx.now })) === 1;
}
