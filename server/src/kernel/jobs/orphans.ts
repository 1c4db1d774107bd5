/** Jobs whose kind no node knows any more: they are shown to people instead of waiting for ever. */
import { DAY_MS, MINUTE_MS } from '../clock.ts';
import type { Db, Tx } from '../db/index.ts';
import { defineCron } from './crons.ts';
import { handleJob } from './define-job.ts';
import type { RunParts } from './run-job.ts';
import type { JobHandler } from './types.ts';

const OVERDUE_MS = DAY_MS;
const MAX_AT_ONCE = 100;

/** Looks for jobs that nobody can run. */
export const orphanSweep = defineCron({ name: 'job.sweep', everyMs: 10 * MINUTE_MS });

/**
 * A name that this node does not know may belong to a newer program that is being rolled out, so such a job is left
 * alone for a day before it is dead. One of a known name and a newer version is never touched.
 */
export function handleOrphanSweep(
  parts: Pick<RunParts, 'db' | 'onAlert'>,
  knownNames: () => readonly string[],
): JobHandler {
  return handleJob(orphanSweep.definition, async (job) => {
    await buryOrphans(parts.db, [...knownNames()], parts.onAlert);
    await parts.db.tx('job.sweep', (tx) => job.complete(tx));
  });
}

async function buryOrphans(db: Db, knownNames: string[], onAlert: RunParts['onAlert']): Promise<void> {
  await db.tx('job.bury', async (tx) => {
    const orphans = await tx.query
      .selectFrom('jobs')
      .select(['id', 'name', 'attempts'])
      .where('state', '=', 'waiting')
      .where('run_at', '<', tx.now - OVERDUE_MS)
      .where('name', 'not in', knownNames)
      .orderBy('run_at')
      .limit(MAX_AT_ONCE)
      .execute();
    for (const orphan of orphans) {
      await bury(tx, orphan, onAlert);
    }
  });
}

interface Orphan {
  readonly id: string;
  readonly name: string;
  readonly attempts: number;
}

async function bury(tx: Tx, { id, name, attempts }: Orphan, onAlert: RunParts['onAlert']): Promise<void> {
  const error = `no node knows the job ${name}, and it is overdue by more than a day`;
  const { numUpdatedRows } = await tx.query
    .updateTable('jobs')
    .set({ state: 'dead', last_error: error, lease_token: null, lease_until: null, updated_at: tx.now })
    .where('id', '=', id)
    .where('state', '=', 'waiting')
    .executeTakeFirst();
  if (Number(numUpdatedRows) === 1) {
    await onAlert?.(tx, { kind: 'dead', job: name, jobId: id, attempts, error });
  }
}
