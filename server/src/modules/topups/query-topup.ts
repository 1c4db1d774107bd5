/**
 * One run of `topup.query`: asks an operator that can be asked what became of a delivery of unknown outcome.
 *
 * Invariant: it moves nothing but what is unknown, under the claim that it asked about. Crash story: the answer and the
 * job's end stand in one transaction; dying before it asks once more.
 */
import { DAY_MS, HOUR_MS } from '../../kernel/clock.ts';
import type { JobRun } from '../../kernel/jobs/index.ts';
import { operatorOf, type TopupsDeps } from './deps.ts';
import type { TopupJob } from './jobs.ts';
import { recordResult } from './record-result.ts';
import { findTopup } from './repository.ts';
import type { TopupRow } from './tables.ts';

/** After this the operator will not know more than it does. A person decides. */
const GIVEN_UP_AFTER_MS = 3 * DAY_MS;
const LONGEST_WAIT_MS = HOUR_MS;

/** Ever more rarely: after as long as it has been unknown, an hour at most; `undefined` when it is left to people. */
function nextQueryAt({ recharge_at: claimedAt }: TopupRow, now: number): number | undefined {
  const ageMs = now - (claimedAt ?? now);
  return ageMs >= GIVEN_UP_AFTER_MS ? undefined : now + Math.min(ageMs, LONGEST_WAIT_MS);
}

export async function queryTopup(deps: TopupsDeps, job: JobRun<TopupJob>): Promise<void> {
  const topup = await findTopup(deps.db, job.payload.topupId);
  const token = topup?.claim_token;
  if (!topup || !token || topup.result !== 'unknown' || topup.decision !== null) {
    return;
  }
  const answer = await operatorOf(deps, topup.operator).queryDelivery?.(topup.id);
  await deps.db.tx('topup.record_query', async (tx) => {
    if (answer !== undefined && answer.outcome !== 'unknown') {
      await recordResult(tx, deps, { topupId: topup.id, orderId: topup.order_id, token }, answer);
      await job.complete(tx);
      return;
    }
    const runAt = nextQueryAt(topup, tx.now);
    await (runAt === undefined ? job.complete(tx) : job.reschedule(tx, runAt));
  });
}
