import type { Db } from '../db/index.ts';
import { defineCron, handleJob, type JobHandler } from '../jobs/index.ts';
import { pruneProviderCalls } from './call-log.ts';

/** Forgets calls to providers after 90 days (RULES 30); every night. */
export const providerCallPrune = defineCron({
  name: 'provider_call.prune',
  cron: '20 3 * * *',
  timeZone: 'UTC',
});

/** The handler of {@link providerCallPrune}. */
export function handleProviderCallPrune(db: Db): JobHandler {
  return handleJob(providerCallPrune.definition, async (job) => {
    for (let deleted = 1; deleted > 0 && !job.signal.aborted; ) {
      deleted = await db.tx('provider_call.prune', pruneProviderCalls);
    }
  });
}
