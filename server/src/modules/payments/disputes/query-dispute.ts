/** One run of `dispute.query`: asks the provider where a dispute stands, until it has ended. */
import { providerActor } from '../../../kernel/actor.ts';
import { HOUR_MS, MINUTE_MS } from '../../../kernel/clock.ts';
import type { JobRun } from '../../../kernel/jobs/index.ts';
import { type PaymentsDeps, reachGatewayOf } from '../deps.ts';
import { applyDisputeFacts } from './apply-dispute.ts';
import { findDispute } from './dispute-repository.ts';
import { isEnded } from './dispute-states.ts';

const ASK_AGAIN_AFTER_MS = 6 * HOUR_MS;
const RETRY_AFTER_MS = 10 * MINUTE_MS;

export async function queryDispute(deps: PaymentsDeps, job: JobRun<{ disputeId: string }>): Promise<void> {
  const dispute = await findDispute(deps.db, job.payload.disputeId);
  const gateway = dispute && reachGatewayOf(deps, dispute);
  if (dispute === undefined || gateway?.queryDispute === undefined) {
    await deps.db.tx('dispute.settle_query', (tx) => job.complete(tx));
    return;
  }
  const result = await gateway.queryDispute({ id: dispute.provider_dispute_id });
  const { provider, merchant_account: merchantAccount } = dispute;
  if (result.outcome === 'found' && result.facts.merchantAccount === merchantAccount) {
    const word = { source: 'query', by: providerActor(provider) } as const;
    // What the provider says is recorded first, whatever becomes of the job (RULES 20).
    await deps.db.tx('dispute.record_answer', (tx) =>
      applyDisputeFacts(tx, deps, { provider, merchantAccount }, result.facts, word),
    );
  }
  await deps.db.tx('dispute.settle_query', async (tx) => {
    const row = await findDispute(tx, dispute.id);
    if (result.outcome === 'unknown') {
      await job.reschedule(tx, tx.now + RETRY_AFTER_MS);
    } else if (row !== undefined && !isEnded(row.status)) {
      await job.reschedule(tx, tx.now + ASK_AGAIN_AFTER_MS);
    } else {
      await job.complete(tx);
    }
  });
}
