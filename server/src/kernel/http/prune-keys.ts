import type { Db } from '../db/index.ts';
import { defineCron, handleJob, type JobHandler } from '../jobs/index.ts';
import { pruneKeys } from './idempotency.ts';

/** Forgets idempotency keys after their 24 hours; every hour. */
export const idempotencyPrune = defineCron({ name: 'idempotency.prune', cron: '40 * * * *' });

/** The handler of {@link idempotencyPrune}. */
export function handleIdempotencyPrune(db: Db): JobHandler {
  return handleJob(idempotencyPrune.definition, async () => {
    await pruneKeys(db);
  });
}
